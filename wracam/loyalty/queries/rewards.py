"""Rewards in force, and for each whether a member may have it now; redemptions to be handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.definitions import queries as definitions
from wracam.foundation.bulk import fetch
from wracam.loyalty import models
from wracam.loyalty.contracts import Member, Redemption, RedemptionState, Refused
from wracam.loyalty.core import lots as core_lots
from wracam.loyalty.core import rewards as core
from wracam.loyalty.core.rewards import Reward, Standing
from wracam.loyalty.queries.lots import open_lots
from wracam.rules import queries as rules

REWARD_KIND = "reward"
OPEN_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardOffer:
    """A reward as one member sees it: theirs for the taking, or why not."""

    reward: Reward
    refusal: Refused | None


def live_rewards(at: datetime | None = None) -> list[Reward]:
    """Return the rewards in force, in their order."""
    found = [
        core.read_reward(version.body, key=version.key, version_id=version.version_id)[0]
        for version in definitions.live(REWARD_KIND, at)
    ]
    return sorted(found, key=lambda reward: (reward.order, reward.points, reward.key))


def offers_for(member: Member, *, now: datetime) -> list[RewardOffer]:
    """Return every live reward with the very answer that redeeming it would give now."""
    return [
        RewardOffer(reward=reward, refusal=core.assess(reward, standing_of(member, reward, now), now))
        for reward in live_rewards(now)
    ]


def standing_of(member: Member, reward: Reward, now: datetime) -> Standing:
    """Return what deciding about a reward needs to know."""
    usable = core_lots.spendable(open_lots(member.id, reward.point_kind), now)
    mine, taken = fetch(
        """SELECT (SELECT count(*) FROM loyalty_redemption
                   WHERE member_id = %s AND reward = %s AND state <> 'returned'),
                  coalesce((SELECT taken FROM loyalty_reward_stock WHERE reward = %s), 0)""",
        member.id,
        reward.key,
        reward.key,
    )[0]
    return Standing(
        available=sum(lot.remaining for lot in usable),
        taken_by_member=int(mine),
        taken=int(taken),
        condition_holds=_holds(member, reward, now),
    )


def _holds(member: Member, reward: Reward, now: datetime) -> bool:
    if reward.condition is None:
        return True
    needed = rules.attributes_needed(reward.condition)
    facts = rules.customer_facts([member.customer_id], needed, now).get(member.customer_id, {})
    return rules.judge(reward.condition, facts, now).is_true


def open_redemptions(shop_id: int) -> list[Redemption]:
    """Return the redemptions of a shop that wait to be handed over, oldest first."""
    rows = models.Redemption.objects.filter(shop_id=shop_id, state=RedemptionState.PENDING).order_by("redeemed_at")
    return [as_contract(row) for row in rows[:OPEN_MAX]]


def redemptions_of(member_id: UUID) -> list[Redemption]:
    """Return what a member redeemed, newest first."""
    rows = models.Redemption.objects.filter(member_id=member_id).order_by("-redeemed_at", "-id")
    return [as_contract(row) for row in rows[:OPEN_MAX]]


def as_contract(row: models.Redemption) -> Redemption:
    """Turn a stored redemption into its contract."""
    return Redemption(
        id=row.id,
        member_id=row.member_id,
        reward=row.reward,
        points=row.points,
        state=RedemptionState(row.state),
        redeemed_at=row.redeemed_at,
        settled_at=row.settled_at,
    )
