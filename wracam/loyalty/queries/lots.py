"""Lots: what is open, what an earning gave, and what was taken from where."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.loyalty import models
from wracam.loyalty.contracts import Lot
from wracam.loyalty.core.ledger import Taken

_TAKEN_BACK = """
SELECT t.earning_id, t.point_kind, a.lot_id, sum(a.amount), max(a.id)
FROM unnest(%s::uuid[], %s::uuid[]) AS wanted (member_id, earning_id)
JOIN point_transfer AS t ON t.member_id = wanted.member_id AND t.earning_id = wanted.earning_id
JOIN point_lot_allocation AS a ON a.transfer_id = t.id
WHERE 'reversed' IN (t.debit, t.credit)
GROUP BY 1, 2, 3 HAVING sum(a.amount) > 0
ORDER BY max(a.id)
"""
_LAPSED = """
SELECT l.earning_id, l.point_kind, sum(a.amount)
FROM point_lot AS l JOIN point_lot_allocation AS a ON a.lot_id = l.id JOIN point_transfer AS t ON t.id = a.transfer_id
WHERE l.earning_id = ANY(%s::uuid[]) AND t.credit = 'expired'
GROUP BY 1, 2
"""
LotsByKind = dict[tuple[UUID, str], list[Lot]]
TakenByKind = dict[tuple[UUID, str], list[tuple[Taken, Lot]]]


def open_lots(member_id: UUID, point_kind: str) -> list[Lot]:
    """Return the member's lots with something left, pending ones too."""
    rows = models.Lot.objects.filter(member_id=member_id, point_kind=point_kind, remaining__gt=0)
    return [as_contract(row) for row in rows.order_by("id")]


def open_lots_of(member_ids: Sequence[UUID]) -> LotsByKind:
    """Return what is open of many members, by member and point kind, the oldest first."""
    found: LotsByKind = {}
    for row in models.Lot.objects.filter(member_id__in=member_ids, remaining__gt=0).order_by("id"):
        found.setdefault((row.member_id, row.point_kind), []).append(as_contract(row))
    return found


def first_of_earnings(earning_ids: Sequence[UUID]) -> dict[UUID, Lot]:
    """Return the first lot that each of these earnings opened; those that opened none are left out."""
    rows = models.Lot.objects.filter(earning_id__in=earning_ids).order_by("-id")
    return {row.earning_id: as_contract(row) for row in rows if row.earning_id}


def lapsed(earning_ids: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """Return how many points of these earnings have expired, by earning and point kind; those without are left out."""
    return {(earning_id, kind): int(points) for earning_id, kind, points in fetch(_LAPSED, list(earning_ids))}


def taken_back(*, member_ids: Sequence[UUID], earning_ids: Sequence[UUID]) -> TakenByKind:
    """Return what was taken back for earnings and not restored, by earning and point kind, the first taken first.

    The two sequences go together: each earning with its member.
    """
    rows = fetch(_TAKEN_BACK, list(member_ids), list(earning_ids))
    lots = models.Lot.objects.in_bulk([row[2] for row in rows])
    found: TakenByKind = {}
    for earning_id, point_kind, lot_id, points, _ in rows:
        part = Taken(lot_id=lot_id, points=int(points))
        found.setdefault((earning_id, point_kind), []).append((part, as_contract(lots[lot_id])))
    return found


def as_contract(row: models.Lot) -> Lot:
    """Turn a stored lot into its contract."""
    return Lot(
        id=row.id,
        member_id=row.member_id,
        point_kind=row.point_kind,
        amount=row.amount,
        remaining=row.remaining,
        is_active=row.is_active,
        earned_at=row.earned_at,
        activates_at=row.activates_at,
        expires_at=row.expires_at,
        order_id=row.order_id,
        earning_id=row.earning_id,
    )
