"""Two memberships of one person become one: every lot moves with its own dates, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from wracam.events.contracts import RecordedEvent
from wracam.foundation.bulk import execute, fetch
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions import posting, tiers
from wracam.loyalty.contracts import Account, Lot, MemberState, Reason
from wracam.loyalty.core.ledger import Posting, Taken
from wracam.loyalty.queries import lots as lot_queries


def merge_member(absorbed: models.Member, survivor_id: UUID, *, cause: RecordedEvent, now: datetime) -> None:
    """Give the membership to the surviving customer, or move everything into the one they already have."""
    survivor = models.Member.objects.filter(
        customer_id=survivor_id, program=absorbed.program, state=MemberState.ACTIVE
    ).first()
    if survivor is None:
        absorbed.customer_id = survivor_id
        absorbed.save(update_fields=["customer_id"])
        models.Earning.objects.filter(member_id=absorbed.id).update(customer_id=survivor_id)
        return
    move_everything(absorbed, survivor, cause=cause, now=now)


def move_everything(absorbed: models.Member, survivor: models.Member, *, cause: RecordedEvent, now: datetime) -> None:
    """Move all lots, debts and earnings of one membership into another, and close it."""
    posting.lock_members([absorbed.id, survivor.id])
    postings: list[Posting] = []
    for point_kind, debt in _kinds(absorbed.id):
        for lot in lot_queries.open_lots(absorbed.id, point_kind):
            postings += _lot_moved(lot, absorbed, survivor, str(cause.id), cause.id, now)
        if debt:
            postings += _debt_moved(point_kind, debt, absorbed, survivor, cause, now)
    posting.post(postings)
    posting.settle_debts([survivor.id], now=now)
    models.Earning.objects.filter(member_id=absorbed.id).update(customer_id=survivor.customer_id, member_id=survivor.id)
    _repoint_lots(absorbed.id)
    survivor.joined_at = min(survivor.joined_at, absorbed.joined_at)
    survivor.save(update_fields=["joined_at"])
    absorbed.state, absorbed.merged_into_id = MemberState.MERGED.value, survivor.id
    absorbed.save(update_fields=["state", "merged_into_id"])
    tiers.carry_grants(absorbed_id=absorbed.id, survivor_id=survivor.id, now=now)


def _kinds(member_id: UUID) -> list[tuple[str, int]]:
    return [
        (row[0], int(row[1]))
        for row in fetch("SELECT point_kind, debt FROM point_balance WHERE member_id = %s ORDER BY 1", member_id)
    ]


def forward(member_id: UUID, *, now: datetime) -> None:
    """Carry points that came back to an absorbed membership (a returned reward, a released cart) on to its survivor."""
    absorbed = models.Member.objects.filter(id=member_id, state=MemberState.MERGED).first()
    survivor = _last_survivor(absorbed) if absorbed else None
    if absorbed is None or survivor is None:
        return
    posting.lock_members([absorbed.id, survivor.id])
    moves = {row.id: row.moves for row in models.Lot.objects.filter(member_id=absorbed.id, remaining__gt=0)}
    postings: list[Posting] = []
    for point_kind, _debt in _kinds(absorbed.id):
        for lot in lot_queries.open_lots(absorbed.id, point_kind):
            postings += _lot_moved(lot, absorbed, survivor, f"forward:{moves[lot.id]}", None, now)
    posting.post(postings)
    posting.settle_debts([survivor.id], now=now)


def _last_survivor(absorbed: models.Member) -> models.Member | None:
    """Follow merges to the membership that lives; a chain is as long as the merges were many."""
    found: models.Member | None = absorbed
    while found is not None and found.state == MemberState.MERGED and found.merged_into_id:
        found = models.Member.objects.filter(id=found.merged_into_id).first()
    return found


def _lot_moved(
    lot: Lot, absorbed: models.Member, survivor: models.Member, name: str, cause_id: UUID | None, now: datetime
) -> Iterator[Posting]:
    """Yield the two postings that carry what remains of a lot, dates and all, through the transit account."""
    account = Account.ACTIVE if lot.is_active else Account.PENDING
    out = Posting(
        shop_id=absorbed.shop_id,
        key=f"merge:{name}:{lot.id}:out",
        entry_id=derived_id("merge", name, lot.id),
        member_id=absorbed.id,
        point_kind=lot.point_kind,
        debit=account,
        credit=Account.TRANSIT,
        points=lot.remaining,
        at=now,
        happened_at=lot.earned_at,
        reason=Reason.MOVED,
        order_id=lot.order_id,
        earning_id=lot.earning_id,
        cause_event_id=cause_id,
        activates_at=lot.activates_at,
        expires_at=lot.expires_at,
        allocations=(Taken(lot_id=lot.id, points=lot.remaining),),
    )
    yield out
    yield replace(
        out,
        key=f"merge:{name}:{lot.id}:in",
        member_id=survivor.id,
        debit=Account.TRANSIT,
        credit=account,
        allocations=(),
    )


def _debt_moved(
    point_kind: str, debt: int, absorbed: models.Member, survivor: models.Member, cause: RecordedEvent, now: datetime
) -> Iterator[Posting]:
    paid = Posting(
        shop_id=absorbed.shop_id,
        key=f"merge:{cause.id}:debt:{point_kind}:out",
        entry_id=derived_id("merge", cause.id, "debt", point_kind),
        member_id=absorbed.id,
        point_kind=point_kind,
        debit=Account.TRANSIT,
        credit=Account.DEBT,
        points=debt,
        at=now,
        happened_at=now,
        reason=Reason.MOVED,
        cause_event_id=cause.id,
    )
    yield paid
    yield replace(
        paid,
        key=f"merge:{cause.id}:debt:{point_kind}:in",
        member_id=survivor.id,
        debit=Account.DEBT,
        credit=Account.TRANSIT,
    )


def _repoint_lots(absorbed_id: UUID) -> None:
    """Emptied lots no longer answer for their earnings: the lots at the survivor do."""
    execute("UPDATE point_lot SET earning_id = NULL, moves = moves + 1 WHERE member_id = %s", absorbed_id)
