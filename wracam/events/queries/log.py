"""Reading recorded events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from wracam.events.contracts import RecordedEvent

COLUMNS = "id, position, name, shop_id, customer_id, occurred_at, recorded_at, data, cause_id, depth, txid"


def as_recorded(row: Sequence[Any]) -> RecordedEvent:
    """Build the contract from a row of `COLUMNS`."""
    return RecordedEvent(
        id=row[0],
        position=row[1],
        name=row[2],
        shop_id=row[3],
        customer_id=row[4],
        occurred_at=row[5],
        recorded_at=row[6],
        data=msgspec.json.decode(row[7]),
        cause_id=row[8],
        depth=row[9],
        txid=row[10],
    )


def event(event_id: UUID) -> RecordedEvent | None:
    """Return one event, or None."""
    return events_by_id([event_id]).get(event_id)


def events_by_id(event_ids: Sequence[UUID]) -> dict[UUID, RecordedEvent]:
    """Return the events of these ids that the log still holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM event WHERE id = ANY(%s)", [list(event_ids)])  # noqa: S608 constant
        return {row[0]: as_recorded(row) for row in cursor.fetchall()}


def partitions() -> set[str]:
    """Return the names of the log's partitions, the default one included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass")
        return {row[0] for row in cursor.fetchall()}
