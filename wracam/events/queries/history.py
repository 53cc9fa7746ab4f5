"""What the log holds of one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from wracam.events.contracts import RecordedEvent
from wracam.events.queries.log import COLUMNS, as_recorded


def of_customers(customer_ids: Sequence[UUID], *, until: datetime | None, limit: int) -> list[RecordedEvent]:
    """Return the newest events of some customers by `occurred_at`, newest first, none later than *until*."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {COLUMNS} FROM event
                WHERE customer_id = ANY(%s) AND (%s::timestamptz IS NULL OR occurred_at <= %s)
                ORDER BY occurred_at DESC, position DESC LIMIT %s""",  # noqa: S608 the columns are constant
            [list(customer_ids), until, until, limit],
        )
        return [as_recorded(row) for row in cursor.fetchall()]
