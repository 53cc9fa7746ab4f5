"""Where features subscribe to the event log, and say what its customers are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wracam.events.contracts import Event, RecordedEvent
from wracam.kernel.registry import Registry

Handler = Callable[[Sequence[RecordedEvent], datetime], None]
"""Handles a batch of one lane in order, inside the transaction that also moves the cursor."""


class OnFailure(StrEnum):
    """What a customer's lane does when one of their events cannot be handled."""

    WAIT = "wait"
    """Later events of this customer for this subscription are parked behind it, in order."""
    SKIP = "skip"
    """The failed event is parked alone; later ones are handled."""


class StartsFrom(StrEnum):
    """Where a subscription that joins an older installation begins to read."""

    NOW = "now"
    """At the moment it is first seen; events recorded before are history."""
    BEGINNING = "beginning"
    """At the oldest event that the log still holds."""


Named = Mapping[UUID, str]
PEOPLE: Registry[Callable[[Collection[UUID]], Named]] = Registry("names of people")


def name_people(name_them: Callable[[Collection[UUID]], Named]) -> Callable[[Collection[UUID]], Named]:
    """Register who names the customers of events, for people who read the log."""
    return PEOPLE.register("customers", name_them)


def named_people(customer_ids: Collection[UUID]) -> Named:
    """Return what these customers are called; who is gone is left out."""
    return {
        customer_id: name
        for name_them in (PEOPLE if customer_ids else ())
        for customer_id, name in name_them(customer_ids).items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A durable reader of the log. `event_names` may be a function for readers driven by live definitions."""

    name: str
    event_names: Callable[[], frozenset[str]]
    handler: Handler
    on_failure: OnFailure
    batch_size: int
    starts_from: StartsFrom = StartsFrom.NOW


SUBSCRIPTIONS: Registry[Subscription] = Registry("subscription")
BATCH_SIZE_DEFAULT = 500


def subscribe(
    name: str,
    *events: type[Event],
    names: Callable[[], frozenset[str]] | None = None,
    on_failure: OnFailure = OnFailure.WAIT,
    batch_size: int = BATCH_SIZE_DEFAULT,
    starts_from: StartsFrom = StartsFrom.NOW,
) -> Callable[[Handler], Handler]:
    """Register a handler of batches for these event classes, or for whatever *names* returns at the time."""
    fixed = frozenset(kind.name for kind in events)

    def register(handler: Handler) -> Handler:
        SUBSCRIPTIONS.register(
            name,
            Subscription(
                name=name,
                event_names=names or (lambda: fixed),
                handler=handler,
                on_failure=on_failure,
                batch_size=batch_size,
                starts_from=starts_from,
            ),
        )
        return handler

    return register


def on(
    *events: type[Event],
    name: str,
    on_failure: OnFailure = OnFailure.WAIT,
    starts_from: StartsFrom = StartsFrom.NOW,
) -> Callable[[Callable[[RecordedEvent, datetime], None]], Callable[[RecordedEvent, datetime], None]]:
    """Register a handler of single events: `@on(OrderPaid, name="care.thank")`."""

    def register(
        handler: Callable[[RecordedEvent, datetime], None],
    ) -> Callable[[RecordedEvent, datetime], None]:
        def handle_each(batch: Sequence[RecordedEvent], now: datetime) -> None:
            for happened in batch:
                handler(happened, now)

        subscribe(name, *events, on_failure=on_failure, starts_from=starts_from)(handle_each)
        return handler

    return register
