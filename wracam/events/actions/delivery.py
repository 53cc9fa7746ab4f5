"""Delivery: each subscription reads the log behind durable cursors, one per lane.

1. Claim lanes, first one, then twice as many each time, until a batch is full: lock their cursor rows, skipping lanes
   that another worker holds.
2. Read each lane in order, below the oldest transaction still running.
3. Handle the batch and move the cursors in one transaction: both commit or neither, so an effect happens once although
   the batch may be tried many times, also when the process or the database is killed in between.
4. A batch that fails is halved until the guilty event stands alone; that event goes aside to be retried
   (`parking`), and the others are handled.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, transaction

from wracam.events.actions import parking
from wracam.events.actions.handling import Handled, handle, is_deadlock
from wracam.events.core.lanes import LANES
from wracam.events.ports import SUBSCRIPTIONS, OnFailure, StartsFrom, Subscription
from wracam.events.queries.reading import NO_BORDER, Batch, Place, next_batches, pending_lanes_of_share
from wracam.events.queries.reading import border as log_border
from wracam.foundation.bulk import execute, fetch

logger = logging.getLogger(__name__)
WAIT_ROUNDS_MAX = 3_000
WAIT_ROUND_SECONDS = 0.01
_MOVE_IDLE = """
WITH idle AS (
    SELECT subscription, lane FROM event_cursor
    WHERE subscription = ANY(%s) AND lane %% %s = %s AND txid < %s
    ORDER BY subscription, lane FOR UPDATE SKIP LOCKED
)
UPDATE event_cursor AS reader SET txid = %s, position = 0, moved_at = %s
FROM idle WHERE reader.subscription = idle.subscription AND reader.lane = idle.lane
"""
_MOVE = """
UPDATE event_cursor AS reader SET txid = read.txid, position = read.position, moved_at = %s
FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) AS read(lane, txid, position)
WHERE reader.subscription = %s AND reader.lane = read.lane
"""
DEADLOCKS_MAX = 5


class DeliveryStalledError(RuntimeError):
    """Other transactions stayed open for so long that not all events could be delivered; look for a hanging one."""


@dataclass(slots=True)
class Visit:
    """What one visit of some lanes did."""

    count: int = 0
    """Events handled or put aside."""
    unfinished: list[int] = field(default_factory=list)
    """Lanes that may have more: not yet looked at, or not read to their end."""
    held: list[int] = field(default_factory=list)
    """Lanes that another worker holds."""
    aside: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class _Claimed:
    """A lane whose cursor we hold, and what was read of it."""

    lane: int
    place: Place
    batch: Batch


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


def deliver_lanes(
    subscription: Subscription,
    lanes: Sequence[int],
    *,
    now: datetime,
    at_once: int = 1,
    is_own_transaction: bool = False,
    is_strict: bool = False,
) -> Visit:
    """Handle the next batch of some lanes together, as many of them as it takes to fill the batch.

    The first *at_once* lanes are claimed together: all, where nobody else would take the others.

    *is_own_transaction* reads what the open transaction itself recorded; *is_strict* raises a handler's error
    instead of putting the event aside. Both are for tests and single-process tools. A transaction that PostgreSQL
    ended because it and another waited for each other is begun again: no event is guilty of that.
    """
    for is_last in (*[False] * DEADLOCKS_MAX, True):
        try:
            return _visit(subscription, lanes, now, at_once, is_own_transaction=is_own_transaction, is_strict=is_strict)
        except OperationalError as error:
            if is_last or connection.in_atomic_block or not is_deadlock(error):
                raise
            logger.warning("%s met another transaction head-on; once more", subscription.name)
    raise AssertionError("the last attempt answers or raises")


def _visit(
    subscription: Subscription,
    lanes: Sequence[int],
    now: datetime,
    at_once: int,
    *,
    is_own_transaction: bool,
    is_strict: bool,
) -> Visit:
    visit = Visit()
    with transaction.atomic():
        claimed = _read_lanes(subscription, lanes, visit, at_once, is_own_transaction=is_own_transaction)
        visit.count = sum(len(one.batch.events) for one in claimed)
        if visit.count:
            visit.aside = _handle_batch(subscription, claimed, now, is_strict=is_strict)
        _move(subscription.name, [one for one in claimed if one.batch.ends_at != one.place], now)
    return visit


def _read_lanes(
    subscription: Subscription, lanes: Sequence[int], visit: Visit, at_once: int, *, is_own_transaction: bool
) -> list[_Claimed]:
    names = sorted(subscription.event_names())
    room = subscription.batch_size
    claimed: list[_Claimed] = []
    rest = list(lanes)
    while rest:
        asked, rest = rest[:at_once], rest[at_once:]
        places, border = _claim(subscription.name, asked)
        visit.held += [lane for lane in asked if lane not in places]
        size = max(1, room // max(1, len(places)))
        for lane, batch in next_batches(places, NO_BORDER if is_own_transaction else border, names, size).items():
            room -= len(batch.events)
            claimed.append(_Claimed(lane, places[lane], batch))
            if not batch.is_last:
                visit.unfinished.append(lane)
        at_once *= 2
        if room <= 0:
            visit.unfinished += rest
            break
    return claimed


def deliver_all(*, now: datetime, share: tuple[int, int] = (0, 1)) -> int:
    """Deliver until nothing is left, and return how many events were handled; a handler's error is raised.

    For tests and for tools that need the effects at once. Inside an open transaction its own events are delivered too.
    Of several processes that do this together each takes its *share* of the lanes, (0, 2) or (1, 2) of two, so that
    no two of them meet at one customer.
    """
    join_subscriptions(now=now)
    is_own = connection.in_atomic_block
    count = 0
    for _ in range(WAIT_ROUNDS_MAX):
        reached = 0 if is_own else log_border()
        lanes = by_subscription(pending_lanes_of_share(SUBSCRIPTIONS, share))
        delivered = _deliver(lanes, now=now, is_own_transaction=is_own) + parking.retry_due(now=now, is_strict=True)
        count += delivered
        if not delivered and (is_own or not lanes):
            if not is_own:
                _move_idle(reached, share, now)
            return count
        if not delivered:
            _await_others(reached)
    raise DeliveryStalledError(DeliveryStalledError.__doc__)


def _await_others(reached: int) -> None:
    """Sleep until some transaction that holds events back has ended; asking for the border costs next to nothing."""
    for _ in range(WAIT_ROUNDS_MAX):
        time.sleep(WAIT_ROUND_SECONDS)
        if log_border() != reached:
            return
    raise DeliveryStalledError(DeliveryStalledError.__doc__)


def _move_idle(reached: int, share: tuple[int, int], now: datetime) -> None:
    """Move cursors up to where nothing waits for them, so that none looks through the same events again.

    A subscription that wants nothing yet looks through nothing; its cursors stay for the day it does.
    """
    names = [item.name for item in SUBSCRIPTIONS if item.event_names()]
    execute(_MOVE_IDLE, names, share[1], share[0], reached, reached, now)


def by_subscription(pending: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    """Return the pending lanes of each subscription, both in order."""
    lanes: dict[str, list[int]] = {}
    for name, lane in sorted(pending):
        lanes.setdefault(name, []).append(lane)
    return lanes


def _deliver(pending: Mapping[str, Sequence[int]], *, now: datetime, is_own_transaction: bool) -> int:
    count = 0
    for name, lanes in pending.items():
        subscription = SUBSCRIPTIONS.get(name)
        open_lanes = list(lanes)
        while open_lanes:
            visit = deliver_lanes(
                subscription, open_lanes, now=now, at_once=len(open_lanes), is_own_transaction=is_own_transaction,
                is_strict=True,
            )  # fmt: skip
            count += visit.count
            open_lanes = visit.unfinished if visit.count else []
    return count


def _claim(name: str, lanes: Sequence[int]) -> tuple[dict[int, Place], int]:
    """Lock the cursors of lanes that nobody holds; return their places, and the border below which to read."""
    rows = fetch(
        "SELECT lane, txid, position, event_border() FROM event_cursor "
        "WHERE subscription = %s AND lane = ANY(%s::smallint[]) ORDER BY lane FOR UPDATE SKIP LOCKED",
        name,
        list(lanes),
    )
    return {lane: Place(txid, position) for lane, txid, position, _border in rows}, rows[0][3] if rows else 0


def _move(name: str, moved: Sequence[_Claimed], now: datetime) -> None:
    """Note how far the lanes were read whose cursors we hold."""
    if moved:
        ends = [one.batch.ends_at for one in moved]
        execute(
            _MOVE, now, [one.lane for one in moved], [end.txid for end in ends], [end.position for end in ends], name
        )


def _handle_batch(
    subscription: Subscription, claimed: Sequence[_Claimed], now: datetime, *, is_strict: bool
) -> list[UUID]:
    """Handle what is not held back by an earlier failure of its customer; put the rest aside, lane by lane."""
    held: set[UUID] = set()
    if subscription.on_failure is OnFailure.WAIT:
        events = [item for one in claimed for item in one.batch.events]
        held |= parking.held_customers(subscription.name, [one.lane for one in claimed], events)
    free = [item for one in claimed for item in one.batch.events if item.customer_id not in held]
    result = handle(subscription, free, now, is_strict=is_strict)
    result.waiting.extend(item for one in claimed for item in one.batch.events if item.customer_id in held)
    if result.failed or result.waiting:
        for one in claimed:
            _put_aside(subscription.name, one, result, now)
    return result.aside_ids


def _put_aside(name: str, one: _Claimed, result: Handled, now: datetime) -> None:
    places = {item.id: Place(item.txid, item.position) for item in one.batch.events}
    mine = Handled(
        failed=[(item, error) for item, error in result.failed if item.id in places],
        waiting=[item for item in result.waiting if item.id in places],
    )
    parking.put_aside(name, one.lane, mine, places, now)
