"""Lots: what is open, what an earning gave, and what was taken from where."""

from __future__ import annotations

from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.loyalty import models
from wracam.loyalty.contracts import Lot
from wracam.loyalty.core.ledger import Taken

_TAKEN_BACK = """
SELECT a.lot_id, sum(a.amount), max(a.id)
FROM point_lot_allocation AS a
JOIN point_transfer AS t ON t.id = a.transfer_id
WHERE t.member_id = %s AND t.earning_id = %s AND t.point_kind = %s AND 'reversed' IN (t.debit, t.credit)
GROUP BY a.lot_id HAVING sum(a.amount) > 0
ORDER BY max(a.id)
"""


def open_lots(member_id: UUID, point_kind: str) -> list[Lot]:
    """Return the member's lots with something left, pending ones too."""
    rows = models.Lot.objects.filter(member_id=member_id, point_kind=point_kind, remaining__gt=0)
    return [as_contract(row) for row in rows.order_by("id")]


def first_of_earning(earning_id: UUID) -> Lot | None:
    """Return the first lot that an earning opened."""
    row = models.Lot.objects.filter(earning_id=earning_id).order_by("id").first()
    return as_contract(row) if row else None


def taken_back(*, member_id: UUID, earning_id: UUID, point_kind: str) -> list[tuple[Taken, Lot]]:
    """Return what was taken back for an earning and not restored, by lot, the first taken first."""
    rows = fetch(_TAKEN_BACK, member_id, earning_id, point_kind)
    lots = models.Lot.objects.in_bulk([lot_id for lot_id, _, _ in rows])
    return [(Taken(lot_id=lot_id, points=int(points)), as_contract(lots[lot_id])) for lot_id, points, _ in rows]


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
