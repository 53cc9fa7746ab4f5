"""The public language of the event log: events, their causes, and events as recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec

from wracam.kernel.language import Words
from wracam.kernel.registry import Registry

CAUSE_DEPTH_MAX = 16
"""How long a chain of events may grow before the log refuses to continue it."""

NAMED_KEPT_DAYS = 730
"""How long the log keeps events without a class, which shops and widgets name themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The recorded event that led to a new one, and how deep in its chain it stands."""

    event_id: UUID
    depth: int


class Openness(StrEnum):
    """Who may send events of a kind through the public intake."""

    CLOSED = "closed"
    """Nobody: only the product itself says that it happened."""
    SERVER = "server"
    """The shop's server, with a server key."""
    BROWSER = "browser"
    """Also pages in a browser, with a publishable key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: the base of every event class.

    `occurred_at` is when it happened for the customer, in UTC. Fields of subclasses must be JSON values,
    datetimes, UUIDs, or frozen dataclasses and tuples of these; amounts are integer minor units.
    """

    name: ClassVar[str]
    title: ClassVar[Words]
    kept_days: ClassVar[int | None] = None
    openness: ClassVar[Openness] = Openness.CLOSED

    shop_id: int
    customer_id: UUID | None
    occurred_at: datetime
    cause: Cause | None = None


EventClass = TypeVar("EventClass", bound=type[Event])
BASE_FIELDS = frozenset({"shop_id", "customer_id", "occurred_at", "cause"})
EVENTS: Registry[type[Event]] = Registry("event")


def event(
    name: str, *, pl: str, en: str, kept_days: int | None = None, openness: Openness = Openness.CLOSED
) -> Callable[[EventClass], EventClass]:
    """Register an event class under its past-tense dotted *name*, with what people call it.

    *kept_days* limits how long the log keeps events of this kind; None keeps them for ever.
    """

    def register(kind: EventClass) -> EventClass:
        kind.name = name
        kind.kept_days = kept_days
        kind.openness = openness
        kind.title = Words(pl=pl, en=en)
        EVENTS.register(name, kind)
        return kind

    return register


_own_fields: dict[type[Event], tuple[str, ...]] = {}


def own_fields(kind: type[Event]) -> tuple[str, ...]:
    """Return the names of the fields that an event class adds to the common ones."""
    if kind not in _own_fields:
        _own_fields[kind] = tuple(item.name for item in fields(kind) if item.name not in BASE_FIELDS)
    return _own_fields[kind]


def event_data(happened: Event) -> dict[str, Any]:
    """Return what the log stores of *happened* beside its columns, as JSON values."""
    data: dict[str, Any] = msgspec.to_builtins({name: getattr(happened, name) for name in own_fields(type(happened))})
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEvent:
    """An event without a class: one that a shop or a widget named itself (`"calculator.used"`)."""

    name: str
    shop_id: int
    customer_id: UUID | None
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause | None = None
    source: str = ""
    source_id: str | None = None


class RecordedEvent(msgspec.Struct, frozen=True, kw_only=True):
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
    txid: int
    """The transaction that recorded it: subscriptions read the log in the order of (txid, position)."""

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


class CauseTooDeepError(RuntimeError):
    """A chain of events grew beyond `CAUSE_DEPTH_MAX`: two reactions probably feed each other. The chain is named."""


class ParkedState(StrEnum):
    """Why an event stands aside for one subscription."""

    RETRYING = "retrying"
    """It failed and will be tried again by itself."""
    WAITING = "waiting"
    """An earlier event of its customer has not been handled yet."""
    PARKED = "parked"
    """It failed as often as we try; somebody must retry or dismiss it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An event standing aside for one subscription, as the console shows it."""

    id: int
    subscription: str
    event_id: UUID
    event_name: str
    customer_id: UUID | None
    state: ParkedState
    attempts: int
    retry_at: datetime | None
    error: str
    parked_at: datetime
    failed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionProgress:
    """How far a subscription has read: events it still has to read, those parked, and when it last moved."""

    name: str
    is_registered: bool
    waiting_count: int
    parked_count: int
    retrying_count: int
    oldest_waiting_at: datetime | None
    moved_at: datetime | None


class WebhookState(StrEnum):
    """Where one webhook delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that is told of events. `event_names` may hold `*` for all of them."""

    id: UUID
    shop_id: int | None
    url: str
    description: str
    event_names: tuple[str, ...]
    is_active: bool
    disabled_reason: str
    failing_since: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """An endpoint with the secret that signs its webhooks, shown once."""

    endpoint: Endpoint
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook: an event on its way to an endpoint, and how its last attempt went."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_name: str
    state: WebhookState
    attempts: int
    attempt_at: datetime | None
    status_code: int | None
    error: str
    latency_ms: int | None
    created_at: datetime
    finished_at: datetime | None


class WebhookRefusedError(ValueError):
    """The endpoint cannot be saved as asked; the message says why."""


STREAM_KEPT_DAYS = 180
"""How long the log keeps what visitors look at."""


@event("page.viewed", pl="obejrzano stronę", en="page viewed", kept_days=STREAM_KEPT_DAYS, openness=Openness.BROWSER)
@dataclass(frozen=True, slots=True, kw_only=True)
class PageViewed(Event):
    """A visitor opened a page of the shop."""

    path: str
    page_title: str = ""
    session: str = ""


@event(
    "product.viewed", pl="obejrzano produkt", en="product viewed", kept_days=STREAM_KEPT_DAYS, openness=Openness.BROWSER
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProductViewed(Event):
    """A visitor looked at a product, named by the shop's own id."""

    product_external_id: str
    session: str = ""


@event("search.made", pl="szukano w sklepie", en="search made", kept_days=STREAM_KEPT_DAYS, openness=Openness.BROWSER)
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMade(Event):
    """A visitor searched the shop."""

    text: str
    result_count: int | None = None
    session: str = ""


class IntakeStatus(StrEnum):
    """What became of one event that came from outside."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    ERROR = "error"


class IntakeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one event of a batch, in the order of the batch.

    `id` is the sender's; `event_id` is ours, for a duplicate that of the first time. An error has a stable `code`, the
    `path` of what is wrong (`events[3].occurred_at`) and a sentence.
    """

    id: str | None
    status: IntakeStatus
    event_id: UUID | None = None
    code: str | None = None
    path: str | None = None
    message: str | None = None
