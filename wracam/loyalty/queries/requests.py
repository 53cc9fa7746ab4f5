"""Corrections that wait for a second person, and those that were decided."""

from __future__ import annotations

from uuid import UUID

from wracam.loyalty import models
from wracam.loyalty.contracts import CorrectionRequest, RequestState

SHOWN_MAX = 200


def waiting_corrections(shop_id: int) -> list[CorrectionRequest]:
    """Return what waits in a shop, oldest first."""
    rows = models.CorrectionRequest.objects.filter(shop_id=shop_id, state=RequestState.WAITING).order_by("asked_at")
    return [as_contract(row) for row in rows[:SHOWN_MAX]]


def decided_corrections(shop_id: int) -> list[CorrectionRequest]:
    """Return what was decided in a shop, newest first."""
    rows = models.CorrectionRequest.objects.filter(shop_id=shop_id, decided_at__isnull=False).order_by("-decided_at")
    return [as_contract(row) for row in rows[:SHOWN_MAX]]


def correction_request(request_id: UUID) -> CorrectionRequest | None:
    """Return one request."""
    row = models.CorrectionRequest.objects.filter(id=request_id).first()
    return as_contract(row) if row else None


def as_contract(row: models.CorrectionRequest) -> CorrectionRequest:
    """Turn a stored request into its contract."""
    return CorrectionRequest(
        id=row.id,
        shop_id=row.shop_id,
        member_id=row.member_id,
        point_kind=row.point_kind,
        points=row.points,
        note=row.note,
        state=RequestState(row.state),
        maker_kind=row.maker_kind,
        maker_id=row.maker_id,
        maker_name=row.maker_name,
        asked_at=row.asked_at,
        checker_name=row.checker_name,
        decided_at=row.decided_at,
        ladder=row.ladder,
        tier=row.tier or None,
        tier_until=row.tier_until,
    )
