"""Balances: one row each, with the next activation and the next expiry beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.foundation.bulk import Row, fetch
from wracam.loyalty.contracts import Balance, Dated
from wracam.loyalty.core.program import POINTS_KIND

EXPIRY_CALENDAR_MAX = 60

_FIGURES = """b.point_kind, b.active, b.pending, b.held, b.debt, b.earned, b.spent, b.expired,
       n.activates_at, n.activates, e.expires_at, e.expires"""
_COMING = """
LEFT JOIN LATERAL (
    SELECT l.activates_at, sum(l.remaining) AS activates FROM point_lot AS l
    WHERE b.pending > 0 AND l.member_id = b.member_id AND l.point_kind = b.point_kind AND l.remaining > 0
      AND NOT l.is_active AND l.activates_at IS NOT NULL
    GROUP BY 1 ORDER BY 1 LIMIT 1
) AS n ON true
LEFT JOIN LATERAL (
    SELECT l.expires_at, sum(l.remaining) AS expires FROM point_lot AS l
    WHERE b.active > 0 AND l.member_id = b.member_id AND l.point_kind = b.point_kind AND l.remaining > 0
      AND l.is_active AND l.expires_at IS NOT NULL
    GROUP BY 1 ORDER BY 1 LIMIT 1
) AS e ON true"""
BALANCE_SQL = f"""
SELECT b.member_id, {_FIGURES}
FROM point_balance AS b {_COMING}
WHERE b.member_id = ANY(%s::uuid[])
ORDER BY b.member_id, b.point_kind
"""  # noqa: S608  its parts are constants
MEMBER_BALANCES_SQL = f"""
SELECT m.id, {_FIGURES}
FROM loyalty_member AS m LEFT JOIN point_balance AS b ON b.member_id = m.id {_COMING}
WHERE m.id = %s AND m.shop_id = %s
ORDER BY b.point_kind
"""  # noqa: S608  its parts are constants
"""No row: the shop has no such member. One row without figures: a member who never had points."""

Execute = Callable[[str, Sequence[Any]], list[Row]]


def balance(member_id: UUID, *, point_kind: str = POINTS_KIND) -> Balance:
    """Return a member's balance of one kind; nothing earned yet is a balance of zeros."""
    found = [one for one in balances([member_id]) if one.point_kind == point_kind]
    return found[0] if found else Balance(member_id=member_id, point_kind=point_kind)


def balances(member_ids: Sequence[UUID]) -> list[Balance]:
    """Return all balances of these members, one per point kind they ever had."""
    return [_as_contract(row) for row in fetch(BALANCE_SQL, list(member_ids))]


def balances_of_member(*, shop_id: int, member_id: UUID, execute: Execute | None = None) -> list[Balance]:
    """Return the balances of a member of this shop, zeros for one without points; empty when there is no such member.

    The hot program gives its own *execute*, which prepares the statement; both programs answer from the same one.
    """
    run = execute or (lambda statement, values: fetch(statement, *values))
    return [
        Balance(member_id=row[0], point_kind=POINTS_KIND) if row[1] is None else _as_contract(row)
        for row in run(MEMBER_BALANCES_SQL, [member_id, shop_id])
    ]


def _as_contract(row: Row) -> Balance:
    return Balance(
        member_id=row[0],
        point_kind=row[1],
        active=row[2],
        pending=row[3],
        held=row[4],
        debt=row[5],
        earned=row[6],
        spent=row[7],
        expired=row[8],
        next_activation=Dated(at=row[9], points=int(row[10])) if row[9] else None,
        next_expiry=Dated(at=row[11], points=int(row[12])) if row[11] else None,
    )


def expiry_calendar(member_id: UUID, *, now: datetime, point_kind: str = POINTS_KIND) -> list[Dated]:
    """Return when how many of the member's active points end, soonest first."""
    rows = fetch(
        """SELECT expires_at, sum(remaining) FROM point_lot
           WHERE member_id = %s AND point_kind = %s AND remaining > 0 AND is_active AND expires_at > %s
           GROUP BY 1 ORDER BY 1 LIMIT %s""",
        member_id,
        point_kind,
        now,
        EXPIRY_CALENDAR_MAX,
    )
    return [Dated(at=at, points=int(points)) for at, points in rows]


def points_of(customer_ids: Sequence[UUID], *, point_kind: str = POINTS_KIND) -> dict[UUID, int]:
    """Return what these customers can use, less what they owe; those who are no members are left out."""
    return dict(
        fetch(
            """SELECT m.customer_id, coalesce(b.active - b.debt, 0) FROM loyalty_member AS m
               LEFT JOIN point_balance AS b ON b.member_id = m.id AND b.point_kind = %s
               WHERE m.customer_id = ANY(%s::uuid[]) AND m.state = 'active'""",
            point_kind,
            list(customer_ids),
        )
    )
