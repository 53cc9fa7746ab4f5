"""How delivery stands: lag of each subscription, and what stands aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max

from wracam.events.contracts import Parked, ParkedState, SubscriptionProgress
from wracam.events.models import ParkedEvent, SubscriptionCursor
from wracam.events.ports import SUBSCRIPTIONS

PAGE_SIZE = 50
WAITING_COUNTED_MAX = 10_000
"""The lag is counted up to here; "10,000 and more" says enough."""

_WAITING = """
SELECT count(*), min(recorded_at) FROM (
    SELECT event.recorded_at FROM event_cursor AS reader
    JOIN event ON event.lane = reader.lane AND (event.txid, event.position) > (reader.txid, reader.position)
    WHERE reader.subscription = %s AND event.name = ANY(%s)
    LIMIT %s
) AS waiting
"""


def progress() -> list[SubscriptionProgress]:
    """Return how far each subscription has read, by name; those whose feature is gone included."""
    moved = dict(SubscriptionCursor.objects.values_list("subscription").annotate(Max("moved_at")))
    aside: dict[tuple[str, str], int] = {
        (name, state): count
        for name, state, count in ParkedEvent.objects.values_list("subscription", "state").annotate(Count("id"))
    }
    found = []
    for name in sorted({*moved, *SUBSCRIPTIONS.names()}):
        subscription = SUBSCRIPTIONS.find(name)
        waiting, oldest = _waiting(name, sorted(subscription.event_names())) if subscription else (0, None)
        found.append(
            SubscriptionProgress(
                name=name,
                is_registered=subscription is not None,
                waiting_count=waiting,
                parked_count=aside.get((name, ParkedState.PARKED), 0),
                retrying_count=aside.get((name, ParkedState.RETRYING), 0),
                oldest_waiting_at=oldest,
                moved_at=moved.get(name),
            )
        )
    return found


def _waiting(name: str, event_names: list[str]) -> tuple[int, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [name, event_names, WAITING_COUNTED_MAX])
        row = cursor.fetchone()
    return row[0], row[1]


def parked(
    *,
    state: ParkedState | None = None,
    subscription: str = "",
    before_id: int | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[Parked]:
    """Return a page of what stands aside, newest first, from before one of them."""
    rows = ParkedEvent.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if subscription:
        rows = rows.filter(subscription=subscription)
    if before_id:
        rows = rows.filter(id__lt=before_id)
    return [_contract(row) for row in rows[:limit]]


def count_parked() -> int:
    """Return how many events wait for somebody to retry or dismiss them."""
    return ParkedEvent.objects.filter(state=ParkedState.PARKED).count()


def _contract(row: ParkedEvent) -> Parked:
    return Parked(
        id=row.id,
        subscription=row.subscription,
        event_id=row.event_id,
        event_name=row.event_name,
        customer_id=row.customer_id,
        state=ParkedState(row.state),
        attempts=row.attempts,
        retry_at=row.retry_at,
        error=row.error,
        parked_at=row.parked_at,
        failed_at=row.failed_at,
    )
