"""What becomes of redeemed rewards: handed over, so that their held points are spent, or returned with everything.

Of many redemptions the balances are locked first, in one fixed order, then the redemptions; whatever their number, they
take a fixed number of statements, but for those that are returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import execute, fetch
from wracam.foundation.transactions import action
from wracam.loyalty import models
from wracam.loyalty.actions import codes, merging, posting
from wracam.loyalty.contracts import (
    Account,
    Member,
    Reason,
    Redemption,
    RedemptionState,
    RewardFulfilled,
    RewardRedeemed,
    RewardReturned,
    UnknownRewardError,
)
from wracam.loyalty.core.ledger import Posting, Taken
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries import rewards as queries

Happened = RewardRedeemed | RewardFulfilled | RewardReturned


def fulfill_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """The reward was handed over: its held points are spent. Doing it twice changes nothing."""
    return _settle([redemption_id], RedemptionState.FULFILLED, now)[0]


def fulfill_redemptions(*, redemption_ids: Sequence[UUID], now: datetime) -> list[Redemption]:
    """All these rewards were handed over, in one transaction; the answers stand in the order of the ids."""
    return _settle(redemption_ids, RedemptionState.FULFILLED, now)


def return_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """The reward was given up or taken back: its points return to the lots they came from, the item to the stock."""
    return _settle([redemption_id], RedemptionState.RETURNED, now)[0]


def withdraw_reward(*, redemption_id: UUID, now: datetime) -> bool:
    """Take back a granted reward whose order was undone, unless it was used; say whether it was taken back."""
    row = models.Redemption.objects.select_for_update().filter(id=redemption_id).first()
    member = member_queries.member(row.member_id) if row else None
    if row is None or member is None or row.state == RedemptionState.RETURNED or queries.is_used(row):
        return False
    row.was_withdrawn = True
    row.save(update_fields=["was_withdrawn"])
    _settle_rows([row], {member.id: member}, RedemptionState.RETURNED, now)
    return True


def uncount(reward: str, periods: Sequence[str], times: int = 1) -> None:
    """Give what was counted back to the stock and the limits of everybody."""
    if periods:
        execute(
            """UPDATE loyalty_reward_stock SET taken = greatest(0, taken - %s)
               WHERE reward = %s AND period = ANY(%s)""",
            times,
            reward,
            list(periods),
        )


def spend_held(rows: Iterable[models.Redemption], now: datetime) -> None:
    """Spend the held points of these rewards."""
    _move(rows, RedemptionState.FULFILLED, now)


def happened(kind: type[Happened], row: models.Redemption, member: Member, now: datetime) -> Happened:
    """Return what happened to a reward as the event that says so."""
    return kind(
        shop_id=row.shop_id, customer_id=member.customer_id, occurred_at=now, member_id=row.member_id,
        redemption_id=row.id, reward=row.reward, points=row.points,
    )  # fmt: skip


def _settle(redemption_ids: Sequence[UUID], wanted: RedemptionState, now: datetime) -> list[Redemption]:
    with action():
        found = models.Redemption.objects.filter(id__in=redemption_ids).values_list("id", "member_id")
        member_ids = dict(found)
        if any(one not in member_ids for one in redemption_ids):
            raise UnknownRewardError(UnknownRewardError.__doc__)
        posting.lock_members(member_ids.values())
        rows = {
            row.id: row
            for row in models.Redemption.objects.select_for_update().filter(id__in=redemption_ids).order_by("id")
        }
        members = member_queries.members_by_id([row.member_id for row in rows.values()])
        settled = (wanted, RedemptionState.RETURNED)
        due = [row for row in rows.values() if row.member_id in members and row.state not in settled]
        _settle_rows(due, members, wanted, now)
        contracts = {one.id: one for one in queries.as_contracts(rows.values())}
    return [contracts[one] for one in redemption_ids]


def _settle_rows(
    rows: Sequence[models.Redemption], members: Mapping[UUID, Member], wanted: RedemptionState, now: datetime
) -> None:
    if not rows:
        return
    _move(rows, wanted, now)
    for row in rows if wanted is RedemptionState.RETURNED else ():
        uncount(row.reward, row.counted)
        codes.withdraw(row, now)
        posting.settle_debts([row.member_id], now=now)
        merging.forward(row.member_id, now=now)
    for row in rows:
        row.state, row.settled_at = wanted.value, now
    execute(
        "UPDATE loyalty_redemption SET state = %s, settled_at = %s WHERE id = ANY(%s::uuid[])",
        wanted.value, now, [row.id for row in rows],
    )  # fmt: skip
    kind = RewardReturned if wanted is RedemptionState.RETURNED else RewardFulfilled
    events.record([happened(kind, row, members[row.member_id], now) for row in rows], now=now)


def _move(rows: Iterable[models.Redemption], wanted: RedemptionState, now: datetime) -> None:
    """Move the points of these rewards, those that cost any, from where their state left them."""
    posting.post([_settling(row, row.transfer_id, wanted, now) for row in rows if row.transfer_id is not None])


def _settling(row: models.Redemption, transfer_id: int, wanted: RedemptionState, now: datetime) -> Posting:
    gives_back = wanted is RedemptionState.RETURNED
    return Posting(
        shop_id=row.shop_id,
        key=f"{wanted}:{row.id}",
        entry_id=row.id,
        member_id=row.member_id,
        point_kind=row.point_kind,
        debit=Account.SPENT if row.state == RedemptionState.FULFILLED else Account.HELD,
        credit=Account.ACTIVE if gives_back else Account.SPENT,
        points=row.points,
        at=now,
        happened_at=now,
        reason=Reason.RELEASED if gives_back else Reason.SPENT,
        reverses_id=transfer_id if gives_back else None,
        allocations=_lots_of(transfer_id) if gives_back else (),
    )


def _lots_of(transfer_id: int) -> tuple[Taken, ...]:
    """Return what a transfer took from lots, as what gives it back."""
    rows = fetch("SELECT lot_id, amount FROM point_lot_allocation WHERE transfer_id = %s ORDER BY lot_id", transfer_id)
    return tuple(Taken(lot_id=lot_id, points=-int(amount)) for lot_id, amount in rows)
