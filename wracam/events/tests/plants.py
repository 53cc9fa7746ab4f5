"""What the tests of the log talk about: two events, three people, and a subscription that exists for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from wracam.events import ports
from wracam.events.contracts import Cause, Event, event
from wracam.kernel.ids import derived_id

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANIA = derived_id("ania")
BARTEK = derived_id("bartek")
CELINA = derived_id("celina")
SHOP = 1


@event("test.watered", pl="podlano", en="watered")
@dataclass(frozen=True, slots=True, kw_only=True)
class Watered(Event):
    """A plant was watered."""

    plant: str
    liters: int = 1


@event("test.bloomed", pl="zakwitło", en="bloomed")
@dataclass(frozen=True, slots=True, kw_only=True)
class Bloomed(Event):
    """A plant bloomed."""

    plant: str


def watered(customer_id: UUID | None, plant: str = "fern", cause: Cause | None = None) -> Any:
    return Watered(shop_id=SHOP, customer_id=customer_id, occurred_at=NOW, plant=plant, cause=cause)


def bloomed(customer_id: UUID | None, plant: str = "fern", cause: Cause | None = None) -> Any:
    return Bloomed(shop_id=SHOP, customer_id=customer_id, occurred_at=NOW, plant=plant, cause=cause)


@contextmanager
def only_subscription(handler: ports.Handler, *kinds: type[Event], **options: Any) -> Iterator[ports.Subscription]:
    """Replace all registered subscriptions by one called `test.reader`."""
    registered = dict(ports.SUBSCRIPTIONS._items)
    ports.SUBSCRIPTIONS._items.clear()
    try:
        ports.subscribe("test.reader", *(kinds or (Watered,)), **options)(handler)
        yield ports.SUBSCRIPTIONS.get("test.reader")
    finally:
        ports.SUBSCRIPTIONS._items.clear()
        ports.SUBSCRIPTIONS._items.update(registered)
