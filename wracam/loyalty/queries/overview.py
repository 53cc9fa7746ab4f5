"""The programme in figures: members, points in circulation, what was earned, used and lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.loyalty import models
from wracam.loyalty.contracts import MemberState
from wracam.loyalty.core.program import POINTS_KIND
from wracam.loyalty.queries.balances import balances
from wracam.loyalty.queries.members import MemberRow, as_contract

PERIOD_DAYS = 30
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many points moved in a period, and in the one before."""

    now: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A programme's state in one shop, for one point kind."""

    members: int
    members_new: int
    active: int
    pending: int
    debt: int
    earned: Flow
    spent: Flow
    expired: Flow
    taken_back: Flow
    expiring: int
    """Active points whose last day comes within the period ahead."""
    members_active: int = 0
    """Members who earned or used points within the period."""

    def liability_minor(self, points: int, worth_minor: int) -> int:
        """Return what all outstanding points are worth when *points* are worth *worth_minor*, rounded down."""
        return (self.active + self.pending) * worth_minor // points if points else 0


_FLOWS = """
SELECT reason, happened_at >= %s AS is_now, sum(amount) FROM point_transfer
WHERE shop_id = %s AND point_kind = %s AND happened_at >= %s AND happened_at < %s
  AND reason IN ('earned', 'spent', 'expired', 'taken_back')
GROUP BY 1, 2
"""


def overview(*, shop_id: int, program: str, now: datetime, point_kind: str = POINTS_KIND) -> Overview:
    """Return the figures of a programme in a shop: standing now, and moved within the last 30 days."""
    start = now - timedelta(days=PERIOD_DAYS)
    active, pending, debt = fetch(
        """SELECT coalesce(sum(active), 0), coalesce(sum(pending), 0), coalesce(sum(debt), 0)
           FROM point_balance WHERE shop_id = %s AND point_kind = %s""",
        shop_id,
        point_kind,
    )[0]
    members, members_new = fetch(
        """SELECT count(*), count(*) FILTER (WHERE joined_at >= %s) FROM loyalty_member
           WHERE shop_id = %s AND program = %s AND state = 'active'""",
        start,
        shop_id,
        program,
    )[0]
    rows = fetch(_FLOWS, start, shop_id, point_kind, start - timedelta(days=PERIOD_DAYS), now)
    flows = {(reason, is_now): int(points) for reason, is_now, points in rows}
    expiring = fetch(
        """SELECT coalesce(sum(remaining), 0) FROM point_lot
           WHERE is_active AND remaining > 0 AND expires_at > %s AND expires_at <= %s AND shop_id = %s
             AND point_kind = %s""",
        now,
        now + timedelta(days=PERIOD_DAYS),
        shop_id,
        point_kind,
    )[0][0]
    engaged = fetch(
        """SELECT count(DISTINCT member_id) FROM point_transfer
           WHERE shop_id = %s AND point_kind = %s AND at >= %s AND at < %s AND reason IN ('earned', 'spent', 'held')""",
        shop_id,
        point_kind,
        start,
        now,
    )[0][0]
    return Overview(
        members_active=int(engaged),
        members=members,
        members_new=members_new,
        active=int(active),
        pending=int(pending),
        debt=int(debt),
        earned=_flow(flows, "earned"),
        spent=_flow(flows, "spent"),
        expired=_flow(flows, "expired"),
        taken_back=_flow(flows, "taken_back"),
        expiring=int(expiring),
    )


def _flow(flows: dict[tuple[str, bool], int], reason: str) -> Flow:
    return Flow(now=flows.get((reason, True), 0), before=flows.get((reason, False), 0))


def newest_members(
    *, shop_id: int, program: str, after: tuple[datetime, UUID] | None = None, limit: int = PAGE_SIZE
) -> list[MemberRow]:
    """Return members with their balances, newest first, after the position of the last one of the page before."""
    rows = models.Member.objects.filter(shop_id=shop_id, program=program, state=MemberState.ACTIVE)
    if after is not None:
        joined_at, member_id = after
        rows = rows.extra(where=["(joined_at, id) < (%s, %s)"], params=[joined_at, member_id])
    found = list(rows.order_by("-joined_at", "-id")[:limit])
    return with_balances(found)


def members_of_customers(*, program: str, customer_ids: list[UUID]) -> list[MemberRow]:
    """Return the memberships of these customers with their balances."""
    rows = models.Member.objects.filter(program=program, customer_id__in=customer_ids, state=MemberState.ACTIVE)
    return with_balances(list(rows.order_by("-joined_at", "-id")))


def with_balances(rows: list[models.Member]) -> list[MemberRow]:
    """Add the balances of points to members; one statement for any number."""
    points = {one.member_id: one for one in balances([row.id for row in rows]) if one.point_kind == POINTS_KIND}
    return [
        MemberRow(
            member=as_contract(row),
            active=points[row.id].shown if row.id in points else 0,
            pending=points[row.id].pending if row.id in points else 0,
            earned=points[row.id].earned if row.id in points else 0,
        )
        for row in rows
    ]
