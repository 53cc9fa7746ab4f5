"""What we accept from outside: the form of an event, item by item, and why one is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec

from wracam.events.contracts import Event, IntakeResult, IntakeStatus, Openness
from wracam.kernel import json_form

BATCH_EVENTS_MAX = 500
BATCH_BYTES_MAX = 1_000_000
ITEM_BYTES_MAX = 16_000
DEPTH_MAX = 16
FUTURE_MAX = timedelta(minutes=5)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){1,3}$"

_CONTAINERS = (dict, list)
_PLACE = re.compile(r"^(?P<message>.*?) - at `\$(?P<place>[^`]*)`$", re.DOTALL)

ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom an event is about: our id, or marks by which the shop knows them."""

    id: UUID | None = None
    shop_account: ShortText | None = None
    email: ShortText | None = None
    phone: ShortText | None = None
    anonymous_id: ShortText | None = None

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """The marks other than our id, as (kind of identity, value)."""
        given = (
            ("shop_account", self.shop_account),
            ("email", self.email),
            ("phone", self.phone),
            ("anonymous", self.anonymous_id),
        )
        return tuple((kind, value) for kind, value in given if value)


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """One event as its sender writes it. `id` is unique for the sender: sent again, the event is not recorded twice."""

    id: ShortText
    name: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    occurred_at: datetime | None = None
    customer: Person | None = None
    data: dict[str, Any] = {}


_Events = msgspec.Meta(min_length=1, max_length=BATCH_EVENTS_MAX)
_Source = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]


class RawBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /v1/events`. `source` tells apart senders that number their events independently."""

    events: Annotated[list[msgspec.Raw], _Events]
    source: _Source = "api"


class ReadBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The same where the form of every item is right, as it mostly is: read in one go."""

    events: Annotated[list[Item], _Events]
    source: _Source = "api"


Batch = RawBatch | ReadBatch


class DocumentedBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The same for the documentation, with the items spelled out."""

    events: Annotated[list[Item], msgspec.Meta(min_length=1, max_length=BATCH_EVENTS_MAX)]
    source: str = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for this sender: which kinds of event have a class, and whether it is a browser."""

    kind_of: Callable[[str], type[Event] | None]
    is_browser: bool
    now: datetime


class ItemError(Exception):
    """One item cannot be accepted; says where, with a stable code."""

    def __init__(self, code: str, place: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.place = place


_item_decoder = msgspec.json.Decoder(Item)
_raw_decoder = msgspec.json.Decoder(RawBatch)
_batch_decoder = msgspec.json.Decoder(ReadBatch)


def read_batch(body: bytes) -> Batch:
    """Decode the body; raises msgspec's errors for anything that is no batch.

    Where an item may be too large or hide a NUL or is wrong in form, items stay as they came, to be judged one by one.
    """
    if _has_small_items(body) and not json_form.has_nul(body):
        with suppress(msgspec.DecodeError, ValueError, RecursionError):
            return _batch_decoder.decode(body)
    return _raw_decoder.decode(body)


def _has_small_items(body: bytes) -> bool:
    return len(body) <= ITEM_BYTES_MAX or all(
        len(memoryview(raw)) <= ITEM_BYTES_MAX for raw in _raw_decoder.decode(body).events
    )


def read_items(batch: Batch, rules: Rules) -> list[Item | IntakeResult]:
    """Return each item, checked and with its moment filled in, or the error that answers it."""
    given: Sequence[msgspec.Raw | Item] = batch.events
    return [_read(one, number, rules) for number, one in enumerate(given)]


def _read(given: msgspec.Raw | Item, number: int, rules: Rules) -> Item | IntakeResult:
    item = None
    try:
        if isinstance(given, Item):
            _check_depth(given)
            item = given
        else:
            _check_form(given)
            item = _item_decoder.decode(given)
        _check_meaning(item, rules)
        return item
    except ItemError as error:
        code, place, message = error.code, error.place, str(error)
    except msgspec.ValidationError as error:
        code, place, message = _invalid(str(error))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        code, place, message = "malformed", "", f"this is not valid JSON: {error}"
    return error_at(number, code, place, message, item.id if item else None)


def error_at(number: int, code: str, place: str, message: str, sender_id: str | None) -> IntakeResult:
    """Return the answer for a refused item."""
    return IntakeResult(
        id=sender_id, status=IntakeStatus.ERROR, code=code, path=f"events[{number}]{place}", message=message
    )


def _check_form(raw: msgspec.Raw) -> None:
    """Check what must hold before decoding: size, depth, and no NUL, which text in the database cannot hold."""
    content = bytes(raw)
    if len(content) > ITEM_BYTES_MAX:
        raise ItemError("too_large", "", f"an event may have {ITEM_BYTES_MAX} bytes")
    if content.count(b"{") + content.count(b"[") > DEPTH_MAX and json_form.depth(content) > DEPTH_MAX:
        raise ItemError("too_deep", "", f"an event may be nested {DEPTH_MAX} levels deep")
    if json_form.has_nul(content):
        raise ItemError("nul_character", "", "an event must not contain the NUL character")


def _check_depth(item: Item) -> None:
    for value in item.data.values():
        if isinstance(value, _CONTAINERS) and _is_deeper(value, DEPTH_MAX - 2):
            raise ItemError("too_deep", "", f"an event may be nested {DEPTH_MAX} levels deep")


def _is_deeper(value: Any, levels: int) -> bool:
    """Say whether a value of JSON is nested more than so many levels."""
    if not isinstance(value, _CONTAINERS):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels < 1 or any(_is_deeper(one, levels - 1) for one in inner)


def _invalid(text: str) -> tuple[str, str, str]:
    """Turn msgspec's message into code, place and sentence."""
    match = _PLACE.match(text)
    message, place = (match["message"], match["place"]) if match else (text, "")
    if "missing required field" in message:
        return "required", place, message
    return ("unknown_field" if "unknown field" in message else "invalid"), place, message


def _check_meaning(item: Item, rules: Rules) -> None:
    _check_moment(item, rules)
    _check_kind(item, rules)
    if rules.is_browser and item.customer and (item.customer.id or item.customer.marks != _anonymous(item.customer)):
        raise ItemError(
            "customer_not_allowed", ".customer", "a publishable key may only name a visitor by anonymous_id"
        )
    if item.customer is not None and item.customer.id is None and not item.customer.marks:
        raise ItemError("empty_customer", ".customer", "give at least one mark of the customer, or leave it out")


def _anonymous(person: Person) -> tuple[tuple[str, str], ...]:
    return (("anonymous", person.anonymous_id),) if person.anonymous_id else ()


def _check_moment(item: Item, rules: Rules) -> None:
    if item.occurred_at is None:
        item.occurred_at = rules.now
        return
    if item.occurred_at.tzinfo is None:
        raise ItemError("no_time_zone", ".occurred_at", "write the moment with its time zone, such as Z or +02:00")
    if item.occurred_at > rules.now + FUTURE_MAX:
        raise ItemError("in_future", ".occurred_at", "this moment has not come yet; check the sender's clock")
    if item.occurred_at < OLDEST:
        raise ItemError("too_old", ".occurred_at", "events before the year 2000 are not accepted")


def _check_kind(item: Item, rules: Rules) -> None:
    """Refuse names of our own events, and from browsers everything but the kinds meant for them."""
    kind = rules.kind_of(item.name)
    if kind is None:
        if rules.is_browser:
            raise ItemError("name_not_allowed", ".name", "a publishable key may not send events of this name")
        return
    if kind.openness is Openness.CLOSED or (rules.is_browser and kind.openness is not Openness.BROWSER):
        raise ItemError("name_reserved", ".name", f"only Wracam itself records {item.name}")
    try:
        msgspec.convert(
            {**item.data, "shop_id": 0, "customer_id": None, "occurred_at": item.occurred_at}, kind, strict=True
        )
    except msgspec.ValidationError as error:
        code, place, message = _invalid(str(error))
        raise ItemError(code, f".data{place}", message) from error


def intake_key(shop_id: int, source: str, sender_id: str) -> str:
    """Return the key under which an event from outside is recorded once: a UUID's 32 hexadecimal digits."""
    return hashlib.sha256(f"{shop_id}\x1f{source}\x1f{sender_id}".encode()).hexdigest()[:32]
