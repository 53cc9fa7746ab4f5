"""The steps that time itself causes, in their fixed and published order.

1. pending points become active, 2. lots whose last day has ended expire, 3. points of members without activity
expire, 4. tiers are reviewed (in the first run after each shop's midnight), 5. what was posted is sealed in the hash
chain. A step ends before the next begins. Each lists what is due and works through the list in batches with a
transaction each, so a run that is killed goes on where it was; running twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import Row, fetch, fetch_in_batches
from wracam.foundation.hands import share_out
from wracam.foundation.transactions import action
from wracam.loyalty.actions import reviews, sealing
from wracam.loyalty.contracts import PointsActivated, PointsExpired
from wracam.loyalty.core import calendar
from wracam.loyalty.core.program import ValidityKind
from wracam.loyalty.queries.programs import LiveProgram, live_programs
from wracam.shops import queries as shops

BATCH_SIZE = 2_000
"""Lots or members in one transaction; their balances are locked as long as it lasts."""
SHARED_MIN = 500
"""A list shorter than this is not worth two hands."""

# In the order of lots: what came together lies together, so that a batch touches few pages.
_PENDING = (
    "SELECT id, member_id FROM point_lot WHERE NOT is_active AND remaining > 0 AND activates_at <= %s ORDER BY id"
)
_ENDED = "SELECT id, member_id FROM point_lot WHERE is_active AND remaining > 0 AND expires_at <= %s ORDER BY id"
_IDLE = """
SELECT m.id, m.id FROM loyalty_member AS m JOIN point_balance AS b ON b.member_id = m.id
WHERE m.program = %s AND m.shop_id = %s AND m.state = 'active' AND m.joined_at < %s
GROUP BY m.id HAVING sum(b.active) > 0 AND coalesce(max(b.acted_at) < %s, true) ORDER BY m.id
"""
Moved = tuple[int, UUID | None, UUID, str, int]
"""Shop, customer, member, point kind, points."""
Announcement = type[PointsActivated] | type[PointsExpired]
Told = Callable[[str, int], None]
"""Hears the name of a step that is done and how much it touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRun:
    """How many balances each step touched."""

    activated: int
    expired: int
    inactive: int
    tiers: int
    sealed: int


def run_due(*, now: datetime, hands: int = 1, tell: Told | None = None) -> DueRun:
    """Run all steps once; safe to call at any time and by several workers.

    The tiers of a shop's members are reviewed in the first run of its day only. So many *hands*, each with a
    connection of its own, share what is more than one batch; *tell* hears each step when it is done.
    """
    done: dict[str, int] = {}
    for step, touched in _steps(now, hands):
        done[step] = touched
        if tell is not None:
            tell(step, touched)
    return DueRun(**done)


def _steps(now: datetime, hands: int) -> Iterator[tuple[str, int]]:
    """Take the steps one after another: this is the order of the night."""
    yield "activated", activate_due(now=now, hands=hands)
    yield "expired", expire_due(now=now, hands=hands)
    yield "inactive", sum(expire_inactive(program, now=now, hands=hands) for program in live_programs(now))
    yield "tiers", reviews.review_due(now=now, hands=hands)
    yield "sealed", sealing.seal(now=now, hands=hands)


def activate_due(*, now: datetime, hands: int = 1) -> int:
    """Make pending points active whose time has come."""
    listed = fetch_in_batches(_PENDING, now, size=BATCH_SIZE)
    return _work_through(listed, "SELECT * FROM point_activate(%s, %s)", PointsActivated, now=now, hands=hands)


def expire_due(*, now: datetime, hands: int = 1) -> int:
    """Close lots whose last day has ended."""
    listed = fetch_in_batches(_ENDED, now, size=BATCH_SIZE)
    return _work_through(listed, "SELECT * FROM point_expire(%s, %s)", PointsExpired, now=now, hands=hands)


def expire_inactive(program: LiveProgram, *, now: datetime, hands: int = 1) -> int:
    """Let the points of members end who neither earned nor spent for as long as the programme allows."""
    validity = program.program.validity
    if validity.kind is not ValidityKind.INACTIVITY:
        return 0
    total = 0
    for shop in shops.shops():
        day = calendar.add_months(calendar.local_day(now, shop.zone), -validity.months)
        since = calendar.midnight(day - timedelta(days=validity.days), shop.zone)
        listed = fetch_in_batches(_IDLE, program.key, shop.id, since, since, size=BATCH_SIZE)
        sql = "SELECT * FROM point_expire_idle(%s::uuid[], %s, %s)"
        total += _work_through(listed, sql, PointsExpired, since, now=now, hands=hands)
    return total


def _work_through(
    listed: Iterable[list[Row]], sql: str, announcement: Announcement, *more: object, now: datetime, hands: int
) -> int:
    """Let *sql* move each batch of the list in a transaction of its own, and announce what it moved."""

    def move(batch: list[Row]) -> int:
        with action():
            moved: list[Moved] = fetch(sql, [row[0] for row in batch], now, *more)
            events.record([_event(announcement, one, now) for one in moved], now=now)
        return len(moved)

    return sum(share_out(_shared(listed, hands), move, hands=hands))


def _shared(listed: Iterable[list[Row]], hands: int) -> Iterator[list[Row]]:
    """Give the batches of a list; those of a short one in pieces, so that all hands have some.

    A member's part of a batch stays together, so that any number of hands tells the same of everybody.
    """
    batches = iter(listed)
    first = list(islice(batches, hands + 1))
    is_short = len(first) <= hands
    yield from (piece for batch in first for piece in (_by_member(batch, hands) if is_short else [batch]))
    yield from batches


def _by_member(batch: list[Row], hands: int) -> list[list[Row]]:
    if len(batch) < SHARED_MIN:
        return [batch]
    return [[row for row in batch if row[1].int % hands == hand] for hand in range(hands)]


def _event(announcement: Announcement, moved: Moved, now: datetime) -> PointsActivated | PointsExpired:
    shop_id, customer_id, member_id, point_kind, points = moved
    return announcement(
        shop_id=shop_id, customer_id=customer_id, occurred_at=now, member_id=member_id, point_kind=point_kind,
        points=points,
    )  # fmt: skip
