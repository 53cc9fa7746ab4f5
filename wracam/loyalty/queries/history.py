"""A member's history in sentences, newest first."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.commerce import queries as commerce
from wracam.kernel.language import POINTS, CountedNoun, Words
from wracam.loyalty import models
from wracam.loyalty.contracts import Account, HistoryEntry, Reason
from wracam.loyalty.core import history as core
from wracam.loyalty.core import promoted
from wracam.loyalty.queries import judging
from wracam.loyalty.queries.programs import live_programs
from wracam.promotions import queries as promotions

PAGE_SIZE = 50
PAGE_SIZE_MAX = 200


def history(
    member_id: UUID, *, before: int | None = None, limit: int = PAGE_SIZE, point_kind: str | None = None
) -> list[HistoryEntry]:
    """Return the newest movements of a member, below the transfer id *before* if there is one."""
    rows = models.Transfer.objects.filter(member_id=member_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    if point_kind is not None:
        rows = rows.filter(point_kind=point_kind)
    found = list(rows.order_by("-id")[: max(1, min(limit, PAGE_SIZE_MAX))])
    return entries(found)


def entries(rows: list[models.Transfer]) -> list[HistoryEntry]:
    """Turn transfers into sentences; two statements for any number."""
    numbers = _order_numbers([row.order_id for row in rows if row.order_id])
    zones = {shop_id: judging.zone(shop_id) for shop_id in {row.shop_id for row in rows}}
    nouns = _nouns()
    thanks = _thanks(rows)
    return [
        _entry(row, numbers, zones[row.shop_id], nouns.get(row.point_kind, POINTS), thanks.get(row.id, ()))
        for row in rows
    ]


def _thanks(rows: list[models.Transfer]) -> dict[int, tuple[tuple[Words, int], ...]]:
    """Return the promotions to which these transfers owe a part of their points."""
    noted = {row.id: found for row in rows if (found := promoted.noted(row.note))}
    titles = promotions.promotion_titles({version_id for found in noted.values() for version_id, _ in found})
    return {
        transfer_id: tuple((titles[version_id], points) for version_id, points in found if version_id in titles)
        for transfer_id, found in noted.items()
    }


def _entry(
    row: models.Transfer,
    numbers: dict[UUID, str],
    zone: ZoneInfo,
    noun: CountedNoun,
    thanks: tuple[tuple[Words, int], ...],
) -> HistoryEntry:
    movement = core.Movement(
        debit=Account(row.debit),
        credit=Account(row.credit),
        points=row.amount,
        reason=Reason(row.reason),
        at=row.happened_at,
        activates_at=row.activates_at,
        expires_at=row.expires_at,
        order_number=numbers.get(row.order_id) if row.order_id else None,
        note=row.note,
        thanks=thanks,
    )
    return HistoryEntry(
        transfer_id=row.id,
        at=row.happened_at,
        point_kind=row.point_kind,
        reason=movement.reason,
        points=core.change(movement),
        order_number=movement.order_number,
        activates_at=row.activates_at,
        expires_at=row.expires_at,
        sentence=core.sentence(movement, noun, zone),
        cause_event_id=row.cause_event_id,
    )


def _order_numbers(order_ids: list[UUID]) -> dict[UUID, str]:
    return {order.id: order.number for order in commerce.orders(list(dict.fromkeys(order_ids)))} if order_ids else {}


def _nouns() -> dict[str, CountedNoun]:
    return {kind.key: kind.noun for live in live_programs() for kind in live.program.point_kinds}
