"""Searching the log: newest first, by customer, name and chain of causes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from wracam.events.contracts import RecordedEvent
from wracam.events.queries.log import COLUMNS, as_recorded

PAGE_SIZE = 50
CHAIN_MAX = 200

_SEARCH = f"""
SELECT {COLUMNS} FROM event
WHERE (%(shop)s::integer IS NULL OR shop_id = %(shop)s)
  AND (%(customer)s::uuid IS NULL OR customer_id = %(customer)s)
  AND (%(name)s = '' OR name = %(name)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 the columns are constant
_CHAIN = f"""
WITH RECURSIVE up AS (
    SELECT id, cause_id FROM event WHERE id = %(id)s
    UNION ALL SELECT event.id, event.cause_id FROM event JOIN up ON event.id = up.cause_id
), chain AS (
    SELECT id FROM up WHERE cause_id IS NULL OR NOT EXISTS (SELECT FROM event WHERE event.id = up.cause_id)
    UNION ALL SELECT event.id FROM event JOIN chain ON event.cause_id = chain.id
)
SELECT {COLUMNS} FROM event WHERE id IN (SELECT id FROM chain LIMIT %(limit)s) ORDER BY depth, id
"""  # noqa: S608 the columns are constant


def search(
    *,
    shop_id: int | None = None,
    customer_id: UUID | None = None,
    name: str = "",
    before_id: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[RecordedEvent]:
    """Return a page of events, newest first, from before one of them."""
    values = {"shop": shop_id, "customer": customer_id, "name": name, "before": before_id, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, values)
        return [as_recorded(row) for row in cursor.fetchall()]


def chain_of(event_id: UUID) -> list[RecordedEvent]:
    """Return everything that came of the first cause of an event, the event included, causes before effects."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, {"id": event_id, "limit": CHAIN_MAX})
        return [as_recorded(row) for row in cursor.fetchall()]
