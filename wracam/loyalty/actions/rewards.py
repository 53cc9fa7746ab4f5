"""Redeeming rewards: points are held at once, spent when the reward is handed over, back when it is returned.

A redemption is idempotent by its key. The members' balance rows and the conditional updates of the stock's rows are
the only locks, taken in this order, so that the last item has one winner and everybody else a clear no. The wishes of
many members take hardly more statements than that of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.events import actions as events
from wracam.foundation.bulk import execute
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.kernel.money import to_minor
from wracam.kernel.pictures import cleaned
from wracam.loyalty import models
from wracam.loyalty.actions import codes, posting, settling
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
    RewardWish,
    UnknownMemberError,
    UnknownRewardError,
)
from wracam.loyalty.core import rewards as core
from wracam.loyalty.core.ledger import Posting, UnbalancedError
from wracam.loyalty.core.rewards import Handing, Reward, Standing
from wracam.loyalty.queries import judging
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries import rewards as queries
from wracam.loyalty.queries.wording import currency_of
from wracam.vouchers.contracts import IssuedCode

PICTURE_BYTES_MAX = 500_000
_COUNT = """
INSERT INTO loyalty_reward_stock AS s (reward, period, taken)
SELECT %s, %s, %s WHERE %s::bigint IS NULL OR %s >= %s
ON CONFLICT (reward, period) DO UPDATE SET taken = s.taken + excluded.taken
WHERE %s::bigint IS NULL OR s.taken + excluded.taken <= %s
"""


@dataclass(slots=True, kw_only=True)
class _Case:
    """A member's wish on its way to a redemption: what it stands on, and what was counted and issued for it."""

    id: UUID
    member: Member
    reward: Reward
    standing: Standing
    counters: tuple[tuple[str, int | None], ...]
    counted: list[str] = field(default_factory=list)
    code: IssuedCode | None = None
    refusal: Refused | None = None


def redeem_reward(*, member_id: UUID, reward: str, key: str, now: datetime) -> Redemption | Refused:
    """Take a reward for a member, or refuse with the reason and its figures.

    The same key again answers the first redemption, whatever happened since; for another reward it raises
    `KeyReusedError`. Raises `UnknownMemberError` and `UnknownRewardError`.
    """
    return redeem_rewards([RewardWish(member_id=member_id, reward=reward, key=key)], now=now)[0]


def redeem_rewards(wishes: Sequence[RewardWish], *, now: datetime) -> list[Redemption | Refused]:
    """Take rewards for different members, or refuse, each as `redeem_reward` does; in the order of the wishes.

    All in one transaction: an error of one is the error of all. The last items of a stock go to the first wishes.
    """
    wanted = {derived_id("redemption", one.member_id, one.key): one for one in wishes}
    with action():
        members = member_queries.members_by_id([one.member_id for one in wishes])
        if len(members) < len({one.member_id for one in wishes}):
            raise UnknownMemberError(UnknownMemberError.__doc__)
        if len(members) < len(wishes):
            raise ValueError("one wish for each member: a second one depends on the first")
        posting.lock_members(members)
        known = queries.redemptions(list(wanted))
        if any(one.reward != wanted[redemption_id].reward for redemption_id, one in known.items()):
            raise KeyReusedError(KeyReusedError.__doc__)
        fresh = {
            redemption_id: (members[one.member_id], _live(one.reward, now))
            for redemption_id, one in wanted.items()
            if redemption_id not in known
        }
        answers = known | (_redeem(fresh, now) if fresh else {})
    return [answers[redemption_id] for redemption_id in wanted]


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
    case = _case(redemption_id, member, _live(reward, now), Standing(available=0), now, judging.zone(member.shop_id))
    _draw([case], now)
    if case.refusal is not None:
        return case.refusal
    row = models.Redemption(**_taken(case, now), points=0, promotion_version_id=promotion_version_id)
    return _begin([(case, row)], now)[redemption_id]


def _live(key: str, now: datetime) -> Reward:
    reward = queries.live_reward(key, now)
    if reward is None:
        raise UnknownRewardError(UnknownRewardError.__doc__)
    return reward


def _redeem(fresh: Mapping[UUID, tuple[Member, Reward]], now: datetime) -> dict[UUID, Redemption | Refused]:
    """Decide, draw from the stock and the codes, hold the points, store and announce; the balances are locked."""
    zones = judging.zones({member.shop_id for member, _ in fresh.values()})
    standings = queries.standings(list(fresh.values()), now, zones)
    cases = [
        _case(redemption_id, member, reward, standings[member.id, reward.key], now, zones[member.shop_id])
        for redemption_id, (member, reward) in fresh.items()
    ]
    for case in cases:
        case.refusal = core.assess(case.reward, case.standing, now)
    _draw([case for case in cases if case.refusal is None], now)
    given = [case for case in cases if case.refusal is None]
    held = _hold(given, now)
    rows = [
        models.Redemption(
            **_taken(case, now), points=one.points, transfer_id=one.transfer_id, amount_minor=_amount_minor(case)
        )
        for case, one in zip(given, held, strict=True)
    ]
    refused = {case.id: case.refusal for case in cases if case.refusal is not None}
    return {**refused, **_begin(list(zip(given, rows, strict=True)), now)}


def _case(
    redemption_id: UUID, member: Member, reward: Reward, standing: Standing, now: datetime, zone: ZoneInfo
) -> _Case:
    counters = core.counters(reward, now.astimezone(zone))
    return _Case(id=redemption_id, member=member, reward=reward, standing=standing, counters=counters)


def _draw(cases: Sequence[_Case], now: datetime) -> None:
    """Count one more of each reward in every period that has a limit, and issue the codes; note what refuses."""

    def kind(case: _Case) -> tuple[str, str]:
        return case.reward.key, repr(case.counters)

    for _, alike in groupby(sorted(cases, key=kind), key=kind):
        _count_all(list(alike))
    for case in cases:
        if case.refusal is None:
            code = codes.issue(case.reward, case.member, case.id, now)
            if isinstance(code, Refused):
                settling.uncount(case.reward.key, case.counted)
                case.refusal = code
            else:
                case.code = code


def _count_all(alike: Sequence[_Case]) -> None:
    """Count the same reward for many members: all at once where it suffices for all, else one after another."""
    refusal = _count(alike, len(alike))
    if refusal is not None and len(alike) > 1:
        for case in alike:
            case.refusal = _count([case], 1)
    else:
        for case in alike:
            case.refusal = refusal


def _count(alike: Sequence[_Case], times: int) -> Refused | None:
    """Count so many more in every period, unless too few are left; each row's lock makes it one at a time."""
    reward, counted = alike[0].reward.key, list[str]()
    for period, most in alike[0].counters:
        if not execute(_COUNT, reward, period, times, most, most, times, most, most):
            settling.uncount(reward, counted, times)
            if not period or most is None:
                return Refused(reason=Refusal.OUT_OF_STOCK)
            return Refused(reason=Refusal.SOLD_OUT_FOR_NOW, required=most, available=most)
        counted.append(period)
    for case in alike:
        case.counted = counted
    return None


def _hold(cases: Sequence[_Case], now: datetime) -> list[Posted]:
    """Hold the points; the balances are locked and were found sufficient, so a refusal is a broken ledger."""
    held = []
    for case, outcome in zip(cases, posting.take_all([_holding(case, now) for case in cases]), strict=True):
        if isinstance(outcome, Refused):
            seen = case.standing.available
            raise UnbalancedError(f"{case.reward.key}: {outcome.available} points are left where {seen} were seen")
        held.append(outcome)
    return held


def _holding(case: _Case, now: datetime) -> Posting:
    key = f"redeem:{case.id}"
    return Posting(
        shop_id=case.member.shop_id, key=key, entry_id=derived_id("entry", case.member.shop_id, key),
        member_id=case.member.id, point_kind=case.reward.point_kind, debit=Account.ACTIVE, credit=Account.HELD,
        points=case.reward.price_for(case.standing.tiers).points, at=now, happened_at=now, reason=Reason.HELD,
    )  # fmt: skip


def _taken(case: _Case, now: datetime) -> dict[str, Any]:
    """Return what a redemption keeps of its reward."""
    reward = case.reward
    return {
        "id": case.id, "shop_id": case.member.shop_id, "member_id": case.member.id, "reward": reward.key,
        "version_id": reward.version_id, "point_kind": reward.point_kind, "campaign": reward.voucher,
        "code_id": case.code.code_id if case.code else None, "counted": case.counted,
        "state": RedemptionState.PENDING.value, "redeemed_at": now,
    }  # fmt: skip


def _amount_minor(case: _Case) -> int:
    amount = case.reward.price_for(case.standing.tiers).amount
    return to_minor(amount, currency_of(case.member.shop_id)) if amount else 0


def _begin(given: Sequence[tuple[_Case, models.Redemption]], now: datetime) -> dict[UUID, Redemption]:
    """Store what was redeemed and announce it; what is theirs with the click is handed over at once."""
    at_once = [(case, row) for case, row in given if case.reward.handing is Handing.AT_ONCE]
    settling.spend_held([row for _, row in at_once], now)
    for _, row in at_once:
        row.state, row.settled_at = RedemptionState.FULFILLED.value, now
    models.Redemption.objects.bulk_create([row for _, row in given])
    happened = [settling.happened(RewardRedeemed, row, case.member, now) for case, row in given]
    happened += [settling.happened(RewardFulfilled, row, case.member, now) for case, row in at_once]
    events.record(happened, now=now)
    return {one.id: one for one in queries.as_contracts([row for _, row in given])}
