"""Redeeming rewards: points are held at once, spent when the reward is handed over, back when it is returned.

A redemption is idempotent by its key. The member's balance row and the conditional update of the stock's row are
the only locks, taken in this order, so that the last item has one winner and everybody else a clear no.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import execute, fetch
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions import posting
from wracam.loyalty.contracts import (
    Account,
    KeyReusedError,
    Member,
    Reason,
    Redemption,
    RedemptionState,
    Refusal,
    Refused,
    RewardFulfilled,
    RewardRedeemed,
    RewardReturned,
    UnknownMemberError,
    UnknownRewardError,
)
from wracam.loyalty.core import rewards as core
from wracam.loyalty.core.ledger import Posting, Taken
from wracam.loyalty.core.rewards import Reward
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries import rewards as queries


def redeem_reward(*, member_id: UUID, reward: str, key: str, now: datetime) -> Redemption | Refused:
    """Take a reward for a member, or refuse with the reason and its figures.

    The same key again answers the first redemption, whatever happened since; for another reward it raises
    `KeyReusedError`. Raises `UnknownMemberError` and `UnknownRewardError`.
    """
    with action():
        member = member_queries.member(member_id)
        if member is None:
            raise UnknownMemberError(UnknownMemberError.__doc__)
        posting.lock_members([member_id])
        redemption_id = derived_id("redemption", member_id, key)
        known = models.Redemption.objects.filter(id=redemption_id).first()
        if known is not None:
            if known.reward != reward:
                raise KeyReusedError(KeyReusedError.__doc__)
            return queries.as_contract(known)
        return _redeem(member, _live(reward, now), redemption_id, now)


def fulfill_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """The reward was handed over: its held points are spent. Doing it twice changes nothing."""
    return _settle(redemption_id, RedemptionState.FULFILLED, now)


def return_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """The reward was given up or taken back: its points return to the lots they came from, the item to the stock."""
    return _settle(redemption_id, RedemptionState.RETURNED, now)


def _live(key: str, now: datetime) -> Reward:
    for reward in queries.live_rewards(now):
        if reward.key == key:
            return reward
    raise UnknownRewardError(UnknownRewardError.__doc__)


def _redeem(member: Member, reward: Reward, redemption_id: UUID, now: datetime) -> Redemption | Refused:
    refusal = core.assess(reward, queries.standing_of(member, reward, now), now)
    if refusal is None and not _take_from_stock(reward):
        refusal = Refused(reason=Refusal.OUT_OF_STOCK)
    if refusal is not None:
        return refusal
    held = posting.take(
        shop_id=member.shop_id, key=f"redeem:{redemption_id}", member_id=member.id, point_kind=reward.point_kind,
        points=reward.points, credit=Account.HELD, reason=Reason.HELD, now=now,
    )  # fmt: skip
    if isinstance(held, Refused):
        _put_back(reward.key)
        return held
    row = models.Redemption.objects.create(
        id=redemption_id, shop_id=member.shop_id, member_id=member.id, reward=reward.key,
        version_id=reward.version_id, point_kind=reward.point_kind, points=reward.points,
        transfer_id=held.transfer_id, state=RedemptionState.PENDING, redeemed_at=now,
    )  # fmt: skip
    _announce(RewardRedeemed, row, member, now)
    return queries.as_contract(row)


def _take_from_stock(reward: Reward) -> bool:
    """Count one more, unless all are gone; the row's lock makes it one at a time."""
    execute("INSERT INTO loyalty_reward_stock (reward, taken) VALUES (%s, 0) ON CONFLICT DO NOTHING", reward.key)
    return bool(
        execute(
            """UPDATE loyalty_reward_stock SET taken = taken + 1
               WHERE reward = %s AND (%s::bigint IS NULL OR taken < %s)""",
            reward.key,
            reward.stock,
            reward.stock,
        )
    )


def _put_back(reward: str) -> None:
    execute("UPDATE loyalty_reward_stock SET taken = taken - 1 WHERE reward = %s", reward)


def _settle(redemption_id: UUID, wanted: RedemptionState, now: datetime) -> Redemption:
    with action():
        found = models.Redemption.objects.filter(id=redemption_id).first()
        if found is None:
            raise UnknownRewardError(UnknownRewardError.__doc__)
        posting.lock_members([found.member_id])
        row = models.Redemption.objects.select_for_update().get(id=redemption_id)
        member = member_queries.member(row.member_id)
        if member is None or row.state in (wanted, RedemptionState.RETURNED):
            return queries.as_contract(row)
        was_spent = row.state == RedemptionState.FULFILLED
        posting.post([_settling(row, wanted, was_spent=was_spent, now=now)])
        if wanted is RedemptionState.RETURNED:
            _put_back(row.reward)
            posting.settle_debts([row.member_id], now=now)
        row.state, row.settled_at = wanted.value, now
        row.save(update_fields=["state", "settled_at"])
        _announce(RewardReturned if wanted is RedemptionState.RETURNED else RewardFulfilled, row, member, now)
        return queries.as_contract(row)


def _settling(row: models.Redemption, wanted: RedemptionState, *, was_spent: bool, now: datetime) -> Posting:
    gives_back = wanted is RedemptionState.RETURNED
    return Posting(
        shop_id=row.shop_id,
        key=f"{wanted}:{row.id}",
        entry_id=row.id,
        member_id=row.member_id,
        point_kind=row.point_kind,
        debit=Account.SPENT if was_spent else Account.HELD,
        credit=Account.ACTIVE if gives_back else Account.SPENT,
        points=row.points,
        at=now,
        happened_at=now,
        reason=Reason.RELEASED if gives_back else Reason.SPENT,
        reverses_id=row.transfer_id if gives_back else None,
        allocations=_lots_of(row.transfer_id) if gives_back else (),
    )


def _lots_of(transfer_id: int) -> tuple[Taken, ...]:
    """Return what a transfer took from lots, as what gives it back."""
    rows = fetch("SELECT lot_id, amount FROM point_lot_allocation WHERE transfer_id = %s ORDER BY lot_id", transfer_id)
    return tuple(Taken(lot_id=lot_id, points=-int(amount)) for lot_id, amount in rows)


def _announce(
    kind: type[RewardRedeemed] | type[RewardFulfilled] | type[RewardReturned],
    row: models.Redemption,
    member: Member,
    now: datetime,
) -> None:
    happened: Sequence[RewardRedeemed | RewardFulfilled | RewardReturned] = [
        kind(
            shop_id=row.shop_id, customer_id=member.customer_id, occurred_at=now, member_id=row.member_id,
            redemption_id=row.id, reward=row.reward, points=row.points,
        )
    ]  # fmt: skip
    events.record(happened, now=now)
