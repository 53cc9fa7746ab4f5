"""The steps that time itself causes, in their fixed and published order.

1. pending points become active, 2. lots whose last day has ended expire, 3. points of members without activity
expire, 4. tiers are reviewed (in the first run after each shop's midnight), 5. what was posted is sealed in the hash
chain. Each step works in batches with a transaction each, so a run that is killed goes on where it was; running twice
changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.foundation.transactions import action
from wracam.loyalty.actions import sealing, tiers
from wracam.loyalty.contracts import PointsActivated, PointsExpired
from wracam.loyalty.core import calendar
from wracam.loyalty.core.program import ValidityKind
from wracam.loyalty.queries.programs import LiveProgram, live_programs
from wracam.shops import queries as shops

BATCH_SIZE = 2_000
BATCHES_MAX = 100_000

Moved = tuple[int, UUID, str, int]
"""Shop, member, point kind, points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRun:
    """How many balances each step touched."""

    activated: int
    expired: int
    inactive: int
    tiers: int
    sealed: int


def run_due(*, now: datetime) -> DueRun:
    """Run all steps once; safe to call at any time and by several workers.

    The tiers of a shop's members are reviewed in the first run of its day only.
    """
    activated = activate_due(now=now)
    expired = expire_due(now=now)
    inactive = sum(expire_inactive(program, now=now) for program in live_programs(now))
    return DueRun(
        activated=activated,
        expired=expired,
        inactive=inactive,
        tiers=tiers.review_due(now=now),
        sealed=sealing.seal(now=now),
    )


def activate_due(*, now: datetime) -> int:
    """Make pending points active whose time has come."""
    return _in_batches("SELECT * FROM point_activate_due(%s, %s)", PointsActivated, now)


def expire_due(*, now: datetime) -> int:
    """Close lots whose last day has ended."""
    return _in_batches("SELECT * FROM point_expire_due(%s, %s)", PointsExpired, now)


def expire_inactive(program: LiveProgram, *, now: datetime) -> int:
    """Let the points of members end who neither earned nor spent for as long as the programme allows."""
    validity = program.program.validity
    if validity.kind is not ValidityKind.INACTIVITY:
        return 0
    total = 0
    for shop in shops.shops():
        day = calendar.add_months(calendar.local_day(now, shop.zone), -validity.months)
        limit = calendar.midnight(day - timedelta(days=validity.days), shop.zone)
        total += _in_batches(
            "SELECT * FROM point_expire_inactive(%s, %s, %s, %s, %s)", PointsExpired, now, shop.id, program.key, limit
        )
    return total


def _in_batches(
    sql: str, announcement: type[PointsActivated] | type[PointsExpired], now: datetime, *more: object
) -> int:
    total = 0
    for _ in range(BATCHES_MAX):
        with action():
            moved: list[Moved] = fetch(sql, now, BATCH_SIZE, *more)
            _announce(moved, announcement, now)
        total += len(moved)
        if not moved:
            break
    return total


def _announce(moved: list[Moved], announcement: type[PointsActivated] | type[PointsExpired], now: datetime) -> None:
    owners: dict[UUID, UUID] = dict(
        fetch(
            "SELECT id, customer_id FROM loyalty_member WHERE id = ANY(%s::uuid[])",
            [member for _, member, _, _ in moved],
        )
    )
    events.record(
        [
            announcement(
                shop_id=shop_id, customer_id=owners.get(member_id), occurred_at=now, member_id=member_id,
                point_kind=point_kind, points=points,
            )
            for shop_id, member_id, point_kind, points in moved
        ],
        now=now,
    )  # fmt: skip
