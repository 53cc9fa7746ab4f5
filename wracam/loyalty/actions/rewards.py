"""Redeeming rewards: points are held at once, spent when the reward is handed over, back when it is returned.

A redemption is idempotent by its key. The member's balance row and the conditional updates of the stock's rows are
the only locks, taken in this order, so that the last item has one winner and everybody else a clear no.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import execute, fetch
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.kernel.money import to_minor
from wracam.kernel.pictures import cleaned
from wracam.loyalty import models
from wracam.loyalty.actions import codes, merging, posting
from wracam.loyalty.contracts import (
    Account,
    KeyReusedError,
    Member,
    Posted,
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
from wracam.loyalty.core.ledger import Posting, Taken, UnbalancedError
from wracam.loyalty.core.rewards import Handing, Reward, Standing
from wracam.loyalty.queries import judging
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries import rewards as queries
from wracam.loyalty.queries.wording import currency_of
from wracam.vouchers.contracts import IssuedCode

PICTURE_BYTES_MAX = 500_000
_COUNT = """
INSERT INTO loyalty_reward_stock AS s (reward, period, taken)
SELECT %s, %s, 1 WHERE %s::bigint IS NULL OR %s > 0
ON CONFLICT (reward, period) DO UPDATE SET taken = s.taken + 1 WHERE %s::bigint IS NULL OR s.taken < %s
"""


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
        known = queries.redemption(redemption_id)
        if known is not None:
            if known[1].reward != reward:
                raise KeyReusedError(KeyReusedError.__doc__)
            return known[1]
        return _redeem(member, _live(reward, now), redemption_id, now)


def fulfill_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """The reward was handed over: its held points are spent. Doing it twice changes nothing."""
    return _settle(redemption_id, RedemptionState.FULFILLED, now)


def return_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """The reward was given up or taken back: its points return to the lots they came from, the item to the stock."""
    return _settle(redemption_id, RedemptionState.RETURNED, now)


def keep_picture(*, content: bytes, now: datetime) -> str:
    """Store a picture and return its id; the same picture has the same one. Raises `ValueError` for what is none.

    Only what is needed to show it is kept: not where, when and with what a photograph was taken.
    """
    if len(content) > PICTURE_BYTES_MAX:
        raise ValueError(f"the picture is larger than {PICTURE_BYTES_MAX // 1000} kB; make it smaller")
    picture = cleaned(content)
    picture_id = hashlib.sha256(picture.content).hexdigest()[:40]
    models.Picture.objects.get_or_create(
        id=picture_id, defaults={"media_type": picture.media_type, "content": picture.content, "created_at": now}
    )
    return picture_id


def _live(key: str, now: datetime) -> Reward:
    reward = queries.live_reward(key, now)
    if reward is None:
        raise UnknownRewardError(UnknownRewardError.__doc__)
    return reward


def _redeem(member: Member, reward: Reward, redemption_id: UUID, now: datetime) -> Redemption | Refused:
    zone = judging.zone(member.shop_id)
    standing = queries.standing_of(member, reward, now, zone)
    refusal = core.assess(reward, standing, now)
    if refusal is not None:
        return refusal
    counted = _count(reward, now.astimezone(zone))
    if isinstance(counted, Refused):
        return counted
    code = codes.issue(reward, member, redemption_id, now)
    if isinstance(code, Refused):
        _uncount(reward.key, counted)
        return code
    held = _hold(member, reward, standing, redemption_id, now)
    row = models.Redemption(
        **_taken(reward, member, redemption_id, counted, code, now), points=held.points, transfer_id=held.transfer_id,
        amount_minor=_amount_minor(reward, standing, member),
    )  # fmt: skip
    return _begin(row, member, reward, now)


def grant_reward(
    *, member: Member, reward: str, redemption_id: UUID, promotion_version_id: UUID | None, now: datetime
) -> Redemption | Refused:
    """Give a member a reward that a promotion granted: free of points, under an id of the caller's, once.

    What was promised in the cart is kept: only what is used up (stock, the limits of everybody, the pool of codes)
    refuses. The caller's transaction holds the member's balance. Raises `UnknownRewardError`.
    """
    known = models.Redemption.objects.filter(id=redemption_id).first()
    if known is not None:
        return queries.as_contract(known)
    found = _live(reward, now)
    counted = _count(found, now.astimezone(judging.zone(member.shop_id)))
    if isinstance(counted, Refused):
        return counted
    code = codes.issue(found, member, redemption_id, now)
    if isinstance(code, Refused):
        _uncount(found.key, counted)
        return code
    row = models.Redemption(
        **_taken(found, member, redemption_id, counted, code, now), points=0,
        promotion_version_id=promotion_version_id,
    )  # fmt: skip
    return _begin(row, member, found, now)


def withdraw_reward(*, redemption_id: UUID, now: datetime) -> bool:
    """Take back a granted reward whose order was undone, unless it was used; say whether it was taken back."""
    row = models.Redemption.objects.select_for_update().filter(id=redemption_id).first()
    member = member_queries.member(row.member_id) if row else None
    if row is None or member is None or row.state == RedemptionState.RETURNED or queries.is_used(row):
        return False
    row.was_withdrawn = True
    row.save(update_fields=["was_withdrawn"])
    _settle_row(row, member, RedemptionState.RETURNED, now)
    return True


def _taken(
    reward: Reward, member: Member, redemption_id: UUID, counted: list[str], code: IssuedCode | None, now: datetime
) -> dict[str, Any]:
    """Return what a redemption keeps of its reward."""
    return {
        "id": redemption_id, "shop_id": member.shop_id, "member_id": member.id, "reward": reward.key,
        "version_id": reward.version_id, "point_kind": reward.point_kind, "campaign": reward.voucher,
        "code_id": code.code_id if code else None, "counted": counted, "state": RedemptionState.PENDING.value,
        "redeemed_at": now,
    }  # fmt: skip


def _begin(row: models.Redemption, member: Member, reward: Reward, now: datetime) -> Redemption:
    row.save(force_insert=True)
    _announce(RewardRedeemed, row, member, now)
    if reward.handing is Handing.AT_ONCE:
        return _settle_row(row, member, RedemptionState.FULFILLED, now)
    return queries.as_contract(row)


def _hold(member: Member, reward: Reward, standing: Standing, redemption_id: UUID, now: datetime) -> Posted:
    """Hold the points; the member's balance is locked and was found sufficient, so a refusal is a broken ledger."""
    held = posting.take(
        shop_id=member.shop_id, key=f"redeem:{redemption_id}", member_id=member.id, point_kind=reward.point_kind,
        points=reward.price_for(standing.tiers).points, credit=Account.HELD, reason=Reason.HELD, now=now,
    )  # fmt: skip
    if isinstance(held, Refused):
        raise UnbalancedError(f"{reward.key}: {held.available} points are left where {standing.available} were seen")
    return held


def _amount_minor(reward: Reward, standing: Standing, member: Member) -> int:
    amount = reward.price_for(standing.tiers).amount
    return to_minor(amount, currency_of(member.shop_id)) if amount else 0


def _count(reward: Reward, local: datetime) -> list[str] | Refused:
    """Count one more in every period that has a limit, unless all are gone; each row's lock makes it one at a time."""
    counted: list[str] = []
    for period, most in core.counters(reward, local):
        if not execute(_COUNT, reward.key, period, most, most, most, most):
            _uncount(reward.key, counted)
            if not period or most is None:
                return Refused(reason=Refusal.OUT_OF_STOCK)
            return Refused(reason=Refusal.SOLD_OUT_FOR_NOW, required=most, available=most)
        counted.append(period)
    return counted


def _uncount(reward: str, periods: Sequence[str]) -> None:
    if periods:
        execute(
            "UPDATE loyalty_reward_stock SET taken = taken - 1 WHERE reward = %s AND period = ANY(%s) AND taken > 0",
            reward,
            list(periods),
        )


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
        return _settle_row(row, member, wanted, now)


def _settle_row(row: models.Redemption, member: Member, wanted: RedemptionState, now: datetime) -> Redemption:
    was_spent = row.state == RedemptionState.FULFILLED
    if row.transfer_id is not None:
        posting.post([_settling(row, row.transfer_id, wanted, was_spent=was_spent, now=now)])
    if wanted is RedemptionState.RETURNED:
        _uncount(row.reward, row.counted)
        codes.withdraw(row, now)
        posting.settle_debts([row.member_id], now=now)
        merging.forward(row.member_id, now=now)
    row.state, row.settled_at = wanted.value, now
    row.save(update_fields=["state", "settled_at"])
    _announce(RewardReturned if wanted is RedemptionState.RETURNED else RewardFulfilled, row, member, now)
    return queries.as_contract(row)


def _settling(
    row: models.Redemption, transfer_id: int, wanted: RedemptionState, *, was_spent: bool, now: datetime
) -> Posting:
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
        reverses_id=transfer_id if gives_back else None,
        allocations=_lots_of(transfer_id) if gives_back else (),
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
