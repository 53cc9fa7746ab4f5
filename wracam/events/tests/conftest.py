"""Fixtures of the tests of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from wracam.events import ports
from wracam.events.contracts import Event

from .plants import only_subscription


@pytest.fixture
def reader() -> Iterator[Callable[..., ports.Subscription]]:
    """`reader(handler, *kinds, **options)` makes the handler the only subscription of the test."""
    managers = []

    def start(handler: ports.Handler, *kinds: type[Event], **options: Any) -> ports.Subscription:
        manager = only_subscription(handler, *kinds, **options)
        managers.append(manager)
        return manager.__enter__()

    yield start
    for manager in reversed(managers):
        manager.__exit__(None, None, None)
