"""Delivery: each subscription reads the log behind durable cursors, one per lane.

1. Claim a lane: lock its cursor row, skipping lanes that another worker holds.
2. Read a batch in order, below the oldest transaction still running.
3. Handle it and move the cursor in one transaction: both commit or neither, so an effect happens once although
   the batch may be tried many times, also when the process or the database is killed in between.
4. A batch that fails is halved until the guilty event stands alone; that event goes aside to be retried
   (`parking`), and the others are handled.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from wracam.events.actions import parking
from wracam.events.actions.handling import handle
from wracam.events.core.lanes import LANES
from wracam.events.ports import SUBSCRIPTIONS, OnFailure, StartsFrom, Subscription
from wracam.events.queries.reading import NO_BORDER, Batch, Place, next_batch, pending_lanes

logger = logging.getLogger(__name__)
WAIT_ROUNDS_MAX = 3_000
WAIT_ROUND_SECONDS = 0.01


class DeliveryStalledError(RuntimeError):
    """Other transactions stayed open for so long that not all events could be delivered; look for a hanging one."""


@dataclass(slots=True)
class LaneResult:
    """What one visit of a lane did: events handled or put aside, and whether the lane was read to its end."""

    count: int = 0
    is_at_end: bool = True
    aside: list[UUID] = field(default_factory=list)


def join_subscriptions(*, now: datetime) -> list[str]:
    """Give every newly registered subscription its cursors; return the names of the new ones.

    In an installation that has delivered nothing yet all of them begin at the beginning of the log.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT subscription FROM event_cursor")
        known = {row[0] for row in cursor.fetchall()}
        missing = [item for item in SUBSCRIPTIONS if item.name not in known]
        for subscription in missing:
            from_start = not known or subscription.starts_from is StartsFrom.BEGINNING
            cursor.execute(
                "INSERT INTO event_cursor (subscription, lane, txid, position, moved_at) "
                "SELECT %s, lane, CASE WHEN %s THEN 0 ELSE event_border() END, 0, %s "
                "FROM generate_series(0, %s) AS lane ON CONFLICT DO NOTHING",
                [subscription.name, from_start, now, LANES - 1],
            )
    return [item.name for item in missing]


def deliver_lane(
    subscription: Subscription, lane: int, *, now: datetime, is_own_transaction: bool = False, is_strict: bool = False
) -> LaneResult | None:
    """Handle the next batch of one lane; None when another worker holds it.

    *is_own_transaction* reads what the open transaction itself recorded; *is_strict* raises a handler's error
    instead of putting the event aside. Both are for tests and single-process tools.
    """
    with transaction.atomic():
        claimed = _claim(subscription.name, lane)
        if claimed is None:
            return None
        place, border = claimed
        batch = next_batch(
            lane,
            place,
            NO_BORDER if is_own_transaction else border,
            sorted(subscription.event_names()),
            subscription.batch_size,
        )
        aside = _handle_batch(subscription, lane, batch, now, is_strict=is_strict) if batch.events else []
        if batch.ends_at != place:
            _move(subscription.name, lane, batch.ends_at, now)
    return LaneResult(count=len(batch.events), is_at_end=batch.is_last, aside=aside)


def deliver_all(*, now: datetime) -> int:
    """Deliver until nothing is left, and return how many events were handled; a handler's error is raised.

    For tests and for tools that need the effects at once. Inside an open transaction its own events are delivered too.
    """
    join_subscriptions(now=now)
    is_own = connection.in_atomic_block
    border = NO_BORDER if is_own else None
    count = 0
    for _ in range(WAIT_ROUNDS_MAX):
        lanes = pending_lanes(SUBSCRIPTIONS, border=border)
        delivered = _deliver(lanes, now=now, is_own_transaction=is_own) + parking.retry_due(now=now, is_strict=True)
        count += delivered
        if not delivered:
            if is_own or not _has_unread():
                return count
            time.sleep(WAIT_ROUND_SECONDS)
    raise DeliveryStalledError(DeliveryStalledError.__doc__)


def _deliver(lanes: Iterable[tuple[str, int]], *, now: datetime, is_own_transaction: bool) -> int:
    count = 0
    for name, lane in lanes:
        result = deliver_lane(
            SUBSCRIPTIONS.get(name), lane, now=now, is_own_transaction=is_own_transaction, is_strict=True
        )
        count += result.count if result else 0
    return count


def _has_unread() -> bool:
    return bool(pending_lanes(SUBSCRIPTIONS, border=NO_BORDER))


def _claim(name: str, lane: int) -> tuple[Place, int] | None:
    """Lock a lane's cursor; return its place and the border below which events may be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT txid, position, event_border() FROM event_cursor "
            "WHERE subscription = %s AND lane = %s FOR UPDATE SKIP LOCKED",
            [name, lane],
        )
        row = cursor.fetchone()
    return (Place(row[0], row[1]), row[2]) if row else None


def _move(name: str, lane: int, place: Place, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE event_cursor SET txid = %s, position = %s, moved_at = %s WHERE subscription = %s AND lane = %s",
            [place.txid, place.position, now, name, lane],
        )


def _handle_batch(subscription: Subscription, lane: int, batch: Batch, now: datetime, *, is_strict: bool) -> list[UUID]:
    """Handle what is not held back by an earlier failure of its customer; put the rest aside."""
    held = (
        parking.held_customers(subscription.name, lane, batch.events)
        if subscription.on_failure is OnFailure.WAIT
        else frozenset()
    )
    free = [item for item in batch.events if item.customer_id not in held]
    result = handle(subscription, free, now, is_strict=is_strict)
    result.waiting.extend(item for item in batch.events if item.customer_id in held)
    if result.failed or result.waiting:
        places = {item.id: Place(txid, item.position) for item, txid in zip(batch.events, batch.txids, strict=True)}
        parking.put_aside(subscription.name, lane, result, places, now)
    return result.aside_ids
