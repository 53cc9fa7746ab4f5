"""Recording: one statement for any number of events, in the transaction that made them true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from wracam.events.contracts import CAUSE_DEPTH_MAX, Cause, CauseTooDeepError, Event, NamedEvent, own_fields
from wracam.events.core.lanes import lane_of
from wracam.foundation.transactions import require_transaction
from wracam.foundation.wake_ups import wake
from wracam.kernel.ids import new_ids

CHANNEL = "wracam_events"
RECORD_BATCH_MAX = 2_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_INSERT = """
INSERT INTO event
    (id, lane, name, shop_id, customer_id, occurred_at, recorded_at, data, cause_id, depth, source, source_id)
SELECT id, lane, name, shop_id, customer_id, occurred_at, %s, data, cause_id, depth, source, source_id
FROM jsonb_to_recordset(%s::text::jsonb) AS item(
    id uuid, lane smallint, name text, shop_id integer, customer_id uuid, occurred_at timestamptz, data jsonb,
    cause_id uuid, depth smallint, source text, source_id text)
"""

_CHAIN = """
WITH RECURSIVE chain AS (
    SELECT name, cause_id, depth FROM event WHERE id = %s
    UNION ALL
    SELECT event.name, event.cause_id, event.depth FROM event JOIN chain ON event.id = chain.cause_id
)
SELECT name FROM chain ORDER BY depth
"""


class _Row(msgspec.Struct):
    """One event as the insert statement reads it from JSON."""

    id: UUID
    lane: int
    name: str
    shop_id: int
    customer_id: UUID | None
    occurred_at: datetime
    data: Any
    cause_id: UUID | None
    depth: int
    source: str
    source_id: str | None


def record(happened: Sequence[Event], *, now: datetime) -> list[UUID]:
    """Append events to the log, in order, and return their ids.

    Demands an open transaction (`TransactionRequiredError`), moments with a time zone (`ValueError`) and a chain of
    causes within `CAUSE_DEPTH_MAX` (`CauseTooDeepError`). NUL and lone surrogates are dropped from texts.
    """
    ids = new_ids(len(happened), now)
    return _store(
        [
            _row(own_id, item, type(item).name, {name: getattr(item, name) for name in own_fields(type(item))})
            for own_id, item in zip(ids, happened, strict=True)
        ],
        now,
    )


def record_named(happened: Sequence[NamedEvent], *, now: datetime) -> list[UUID]:
    """Append events that have a name but no class; otherwise like `record`."""
    ids = new_ids(len(happened), now)
    return _store(
        [
            _row(own_id, item, item.name, item.data, source=item.source, source_id=item.source_id)
            for own_id, item in zip(ids, happened, strict=True)
        ],
        now,
    )


def _row(
    event_id: UUID, item: Event | NamedEvent, name: str, data: Any, *, source: str = "", source_id: str | None = None
) -> _Row:
    if item.occurred_at.tzinfo is None:
        raise ValueError(f"{name} occurred at {item.occurred_at}, which has no time zone")
    cause_id, depth = _checked_cause(item.cause, name)
    return _Row(
        id=event_id,
        lane=lane_of(item.customer_id, event_id),
        name=name,
        shop_id=item.shop_id,
        customer_id=item.customer_id,
        occurred_at=item.occurred_at,
        data=data,
        cause_id=cause_id,
        depth=depth,
        source=source,
        source_id=source_id,
    )


def _checked_cause(cause: Cause | None, name: str) -> tuple[UUID | None, int]:
    if cause is None:
        return None, 0
    if cause.depth > CAUSE_DEPTH_MAX:
        raise CauseTooDeepError(f"events cause each other without end: {_chain_text(cause.event_id, name)}")
    return cause.event_id, cause.depth


def _chain_text(event_id: UUID, name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [event_id])
        return " → ".join([*(row[0] for row in cursor.fetchall()), name])


def _store(stored: Sequence[_Row], now: datetime) -> list[UUID]:
    require_transaction()
    for start in range(0, len(stored), RECORD_BATCH_MAX):
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [now, as_json(stored[start : start + RECORD_BATCH_MAX])])
    if stored:
        wake(CHANNEL)
    return [row.id for row in stored]


def as_json(value: Any) -> str:
    """Encode *value* as JSON that PostgreSQL can hold: without NUL and lone surrogates."""
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_clean(msgspec.to_builtins(value))).decode()
    if "\\u0000" in text:
        return msgspec.json.encode(_clean(msgspec.json.decode(text))).decode()
    return text


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value
