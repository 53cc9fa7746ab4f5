"""The public language of the event log: events, their causes, and events as recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec

from wracam.kernel.language import Words
from wracam.kernel.registry import Registry

CAUSE_DEPTH_MAX = 16
"""How long a chain of events may grow before the log refuses to continue it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The recorded event that led to a new one, and how deep in its chain it stands."""

    event_id: UUID
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: the base of every event class.

    `occurred_at` is when it happened for the customer, in UTC. Fields of subclasses must be JSON values,
    datetimes, UUIDs, or frozen dataclasses and tuples of these; amounts are integer minor units.
    """

    name: ClassVar[str]
    title: ClassVar[Words]

    shop_id: int
    customer_id: UUID | None
    occurred_at: datetime
    cause: Cause | None = None


EventClass = TypeVar("EventClass", bound=type[Event])
BASE_FIELDS = frozenset({"shop_id", "customer_id", "occurred_at", "cause"})
EVENTS: Registry[type[Event]] = Registry("event")


def event(name: str, *, pl: str, en: str) -> Callable[[EventClass], EventClass]:
    """Register an event class under its past-tense dotted *name*, with what people call it."""

    def register(kind: EventClass) -> EventClass:
        kind.name = name
        kind.title = Words(pl=pl, en=en)
        EVENTS.register(name, kind)
        return kind

    return register


def event_data(happened: Event) -> dict[str, Any]:
    """Return what the log stores of *happened* beside its columns, as JSON values."""
    own = {item.name: getattr(happened, item.name) for item in fields(happened) if item.name not in BASE_FIELDS}
    data: dict[str, Any] = msgspec.to_builtins(own)
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event as the log holds it; `data` are its own fields as JSON values."""

    id: UUID
    position: int
    name: str
    shop_id: int
    customer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    data: dict[str, Any]
    cause_id: UUID | None
    depth: int

    def as_cause(self) -> Cause:
        """Return this event as the cause of the next one."""
        return Cause(event_id=self.id, depth=self.depth + 1)

    def typed(self) -> Event:
        """Rebuild the event object of the registered class; raises for a name without a class."""
        values = {
            "shop_id": self.shop_id,
            "customer_id": self.customer_id,
            "occurred_at": self.occurred_at,
            **self.data,
        }
        return msgspec.convert(values, EVENTS.get(self.name))
