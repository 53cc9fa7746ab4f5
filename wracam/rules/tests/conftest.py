"""Puts the small world of `vocabulary.py` in the place of whatever the features registered."""

from __future__ import annotations

import pytest

from wracam.rules import ports
from wracam.rules.tests.vocabulary import VOCABULARY


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "vocabulary", lambda: VOCABULARY)
