"""Batches of codes: how far they are, and their codes for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.vouchers import models
from wracam.vouchers.contracts import Batch, BatchSource, BatchState
from wracam.vouchers.queries import secrecy

BATCHES_SHOWN_MAX = 200
PAGE_SIZE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """One code of a batch as a line of a file."""

    id: UUID
    code: str
    customer_id: UUID | None
    issued_at: datetime | None
    valid_until: datetime | None
    is_disabled: bool
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFigures:
    """How many codes of a campaign were made, how many of them given to somebody, and how often they were used."""

    codes: int = 0
    issued: int = 0
    uses: int = 0


def batch(*, batch_id: UUID) -> Batch | None:
    """Return one batch."""
    row = models.CodeBatch.objects.filter(id=batch_id).first()
    return as_contract(row) if row else None


def batches_of(*, campaign: str) -> list[Batch]:
    """Return the batches of a campaign, newest first."""
    rows = models.CodeBatch.objects.filter(campaign=campaign).order_by("-created_at", "-id")
    return [as_contract(row) for row in rows[:BATCHES_SHOWN_MAX]]


def codes_of_batch(*, batch_id: UUID) -> Iterator[CodeLine]:
    """Yield the codes of a batch with their texts, page by page, so that a million fit into little memory."""
    after: UUID | None = None
    while True:
        lines = code_page(batch_id=batch_id, after=after, limit=PAGE_SIZE)
        yield from lines
        if len(lines) < PAGE_SIZE:
            return
        after = lines[-1].id


def code_page(*, batch_id: UUID, after: UUID | None, limit: int) -> list[CodeLine]:
    """Return one page of a batch's codes, in the order of their ids."""
    rows = fetch(
        """SELECT c.id, c.sealed, c.customer_id, c.issued_at, c.valid_until, c.disabled_at IS NOT NULL,
                  coalesce(a.used, 0)
           FROM code AS c LEFT JOIN allowance AS a ON a.key = 'code:' || c.id || ':uses'
           WHERE c.batch_id = %s AND c.id > %s ORDER BY c.id LIMIT %s""",
        batch_id,
        after or UUID(int=0),
        limit,
    )
    return [
        CodeLine(
            id=identity, code=secrecy.unseal(sealed, identity) or "", customer_id=customer_id, issued_at=issued_at,
            valid_until=valid_until, is_disabled=is_disabled, used=int(used),
        )
        for identity, sealed, customer_id, issued_at, valid_until, is_disabled, used in rows
    ]  # fmt: skip


def figures_of(*, campaign: str) -> CampaignFigures:
    """Count the codes of a campaign and their uses."""
    codes, issued = fetch(
        """SELECT coalesce((SELECT sum(made) FROM code_batch WHERE campaign = %s), 0)
                + count(*) FILTER (WHERE batch_id IS NULL), count(*)
           FROM code WHERE campaign = %s AND issued_at IS NOT NULL""",
        campaign,
        campaign,
    )[0]
    [(uses,)] = fetch(
        """SELECT coalesce((SELECT sum(a.used) FROM code AS c
                            JOIN allowance AS a ON a.key = 'code:' || c.id || ':uses' WHERE c.campaign = %s), 0)
                + coalesce((SELECT sum(used) FROM allowance WHERE key LIKE %s), 0)""",
        campaign,
        f"code:{campaign}:%:uses",
    )
    return CampaignFigures(codes=int(codes), issued=int(issued), uses=int(uses))


def as_contract(row: models.CodeBatch) -> Batch:
    """Turn a stored batch into its contract."""
    state = BatchState.RUNNING if row.finished_at is None else BatchState.DONE
    return Batch(
        id=row.id,
        shop_id=row.shop_id,
        campaign=row.campaign,
        source=BatchSource(row.source),
        state=BatchState.DISABLED if row.disabled_at else state,
        asked=row.asked,
        made=row.made,
        refused=row.refused,
        note=row.note,
        created_by=row.created_by,
        created_at=row.created_at,
        finished_at=row.finished_at,
        valid_until=row.valid_until,
    )
