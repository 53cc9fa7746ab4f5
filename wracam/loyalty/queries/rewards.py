"""Rewards in force, and for each whether a member may have it now; redemptions to be handed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.definitions import queries as definitions
from wracam.definitions.contracts import LiveVersion
from wracam.foundation.bulk import fetch
from wracam.kernel.language import Words
from wracam.loyalty import models
from wracam.loyalty.contracts import Member, Redemption, RedemptionState, Refused
from wracam.loyalty.core import calendar
from wracam.loyalty.core import rewards as core
from wracam.loyalty.core.caps import period_key
from wracam.loyalty.core.refusals import refusal_words
from wracam.loyalty.core.rewards import Price, Reward, Standing
from wracam.loyalty.core.rule import CapPeriod
from wracam.loyalty.queries import judging
from wracam.rules import queries as rules
from wracam.vouchers import queries as vouchers
from wracam.vouchers.contracts import UnknownCampaignError

REWARD_KIND = "reward"
OPEN_MAX = 200

_STANDING = """
SELECT l.member_id, l.point_kind, sum(l.remaining) FROM point_lot AS l
WHERE l.member_id = ANY(%s::uuid[]) AND l.remaining > 0 AND l.is_active
  AND (l.expires_at IS NULL OR l.expires_at > %s)
GROUP BY 1, 2
"""
_MINE = """
SELECT member_id, reward, redeemed_at FROM loyalty_redemption
WHERE member_id = ANY(%s::uuid[]) AND reward = ANY(%s) AND state <> 'returned'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardOffer:
    """A reward as one member sees it: its price for them, and theirs for the taking or why not."""

    reward: Reward
    refusal: Refused | None
    price: Price

    @property
    def why_not(self) -> Words | None:
        """The refusal as a sentence."""
        return refusal_words(self.refusal) if self.refusal else None


def live_rewards(at: datetime | None = None) -> list[Reward]:
    """Return the rewards in force, in their order."""
    versions = definitions.live(REWARD_KIND, at)
    return list(_compiled(tuple(version.version_id for version in versions), _Versions(versions)))


def live_reward(key: str, at: datetime | None = None) -> Reward | None:
    """Return one reward in force."""
    return next((reward for reward in live_rewards(at) if reward.key == key), None)


def reward_titles() -> dict[str, Words]:
    """Return the titles of every reward there ever was, archived ones too: redemptions outlive their rewards."""
    found = {}
    for one in definitions.listed(REWARD_KIND, archived=True):
        body = one.live.body if one.live else one.body
        found[one.key] = core.read_reward(body)[0].title
    return found


def offers_for(member: Member, *, now: datetime) -> list[RewardOffer]:
    """Return every live reward with the very answer that redeeming it would give now."""
    found = live_rewards(now)
    known = standings([(member, reward) for reward in found], now, judging.zones([member.shop_id]))
    return [
        RewardOffer(
            reward=reward,
            refusal=core.assess(reward, known[member.id, reward.key], now),
            price=reward.price_for(known[member.id, reward.key].tiers),
        )
        for reward in found
    ]


def standings(
    asked: Sequence[tuple[Member, Reward]], now: datetime, zones: Mapping[int, ZoneInfo]
) -> dict[tuple[UUID, str], Standing]:
    """Return what deciding about these rewards for these members needs to know, by member and reward.

    The number of statements does not grow with them; *zones* are those of the members' shops.
    """
    members = list({member.id: member for member, _ in asked}.values())
    rewards = list({reward.key: reward for _, reward in asked}.values())
    available = _available(members, now)
    mine = _mine(members, rewards)
    taken = _taken(rewards, {now.astimezone(zone) for zone in zones.values()})
    tiers = _tiers(members) if any(reward.tier_prices for reward in rewards) else {}
    facts = _facts(members, rewards, now)
    found = {}
    for member, reward in asked:
        zone, person = zones[member.shop_id], facts.get(member.customer_id, {})
        local = now.astimezone(zone)
        found[member.id, reward.key] = Standing(
            available=available.get((member.id, reward.point_kind), 0),
            taken=taken[reward.key, ""],
            mine=[_since(mine[member.id, reward.key], limit.per, now, zone) for limit in reward.of_member],
            everybodys=[taken[reward.key, period_key(limit.per, local)] for limit in reward.of_everybody],
            tiers=tiers.get(member.id, frozenset()),
            condition_holds=reward.condition is None or rules.judge(reward.condition, person, now).is_true,
        )
    return found


def open_redemptions(shop_id: int) -> list[Redemption]:
    """Return the redemptions of a shop that wait to be handed over, oldest first."""
    rows = models.Redemption.objects.filter(shop_id=shop_id, state=RedemptionState.PENDING).order_by("redeemed_at")
    return as_contracts(rows[:OPEN_MAX])


def settled_redemptions(shop_id: int) -> list[Redemption]:
    """Return what was handed over or returned lately, newest first."""
    rows = models.Redemption.objects.filter(shop_id=shop_id, settled_at__isnull=False).order_by("-settled_at")
    return as_contracts(rows[:OPEN_MAX])


def redemption(redemption_id: UUID) -> tuple[int, Redemption] | None:
    """Return a redemption with the shop it belongs to."""
    row = models.Redemption.objects.filter(id=redemption_id).first()
    return (row.shop_id, as_contract(row)) if row else None


def redemptions(redemption_ids: Sequence[UUID]) -> dict[UUID, Redemption]:
    """Return those of these redemptions that there are."""
    if not fetch("SELECT FROM loyalty_redemption WHERE id = ANY(%s::uuid[]) LIMIT 1", list(redemption_ids)):
        return {}
    return {one.id: one for one in as_contracts(models.Redemption.objects.filter(id__in=redemption_ids))}


def redemptions_of(member_id: UUID) -> list[Redemption]:
    """Return what a member redeemed, newest first."""
    rows = models.Redemption.objects.filter(member_id=member_id).order_by("-redeemed_at", "-id")
    return as_contracts(rows[:OPEN_MAX])


def is_used(row: models.Redemption) -> bool:
    """Say whether a reward was handed over for good: by hand, or as a code that was used."""
    if row.state != RedemptionState.FULFILLED:
        return False
    return row.code_id is None or vouchers.is_code_used(code_id=row.code_id)


def picture(picture_id: str) -> tuple[str, bytes] | None:
    """Return media type and content of a picture."""
    row = models.Picture.objects.filter(id=picture_id).first()
    return (row.media_type, bytes(row.content)) if row else None


def as_contract(row: models.Redemption, code: str | None = None) -> Redemption:
    """Turn a stored redemption into its contract; its code is looked up unless it is given."""
    code = code if code is not None else _codes([row]).get(row.id, "")
    return Redemption(
        id=row.id,
        member_id=row.member_id,
        reward=row.reward,
        points=row.points,
        state=RedemptionState(row.state),
        redeemed_at=row.redeemed_at,
        settled_at=row.settled_at,
        point_kind=row.point_kind,
        amount_minor=row.amount_minor,
        code=code,
    )


def as_contracts(rows: Iterable[models.Redemption]) -> list[Redemption]:
    """Turn stored redemptions into their contracts, with their codes."""
    found = list(rows)
    codes = _codes(found)
    return [as_contract(row, codes.get(row.id, "")) for row in found]


def _codes(rows: Sequence[models.Redemption]) -> dict[UUID, str]:
    """Return the codes that redemptions gave: stored sealed by vouchers, or the one code that a campaign shares."""
    given = {row.code_id for row in rows if row.code_id}
    if not given:
        return {}
    texts = vouchers.code_texts(code_ids=given)
    return {row.id: texts.get(row.code_id) or _shared_code(row.campaign) for row in rows if row.code_id}


def _shared_code(campaign: str) -> str:
    try:
        found = vouchers.live_campaign(campaign)
    except UnknownCampaignError:
        return ""
    return found.codes[0] if found.codes else ""


def _available(members: Sequence[Member], now: datetime) -> Mapping[tuple[UUID, str], int]:
    rows = fetch(_STANDING, [member.id for member in members], now)
    return {(member_id, kind): int(points) for member_id, kind, points in rows}


def _mine(members: Sequence[Member], rewards: Sequence[Reward]) -> Mapping[tuple[UUID, str], list[datetime]]:
    limited = [reward.key for reward in rewards if reward.of_member]
    found: dict[tuple[UUID, str], list[datetime]] = defaultdict(list)
    for member_id, reward, at in fetch(_MINE, [member.id for member in members], limited) if limited else ():
        found[member_id, reward].append(at)
    return found


def _since(moments: Sequence[datetime], per: CapPeriod, now: datetime, zone: ZoneInfo) -> int:
    if per is CapPeriod.EVER:
        return len(moments)
    start = calendar.midnight(calendar.period_start(calendar.local_day(now, zone), per.value), zone)
    return sum(at >= start for at in moments)


def _taken(rewards: Sequence[Reward], locals_: Iterable[datetime]) -> Mapping[tuple[str, str], int]:
    counted = sorted(
        {
            (reward.key, period)
            for reward in rewards
            for local in locals_
            for period, most in core.counters(reward, local)
            if most is not None
        }
    )
    found: dict[tuple[str, str], int] = defaultdict(int)
    if counted:
        rows = fetch(
            """SELECT s.reward, s.period, s.taken FROM loyalty_reward_stock AS s
               JOIN unnest(%s::text[], %s::text[]) AS asked (reward, period) USING (reward, period)""",
            [reward for reward, _period in counted],
            [period for _reward, period in counted],
        )
        found.update({(reward, period): int(taken) for reward, period, taken in rows})
    return found


def _tiers(members: Sequence[Member]) -> Mapping[UUID, frozenset[str]]:
    held: dict[UUID, set[str]] = defaultdict(set)
    sql = "SELECT member_id, tier FROM loyalty_member_tier WHERE member_id = ANY(%s::uuid[])"
    for member_id, tier in fetch(sql, [member.id for member in members]):
        held[member_id].add(tier)
    return {member_id: frozenset(tiers) for member_id, tiers in held.items()}


def _facts(members: Sequence[Member], rewards: Sequence[Reward], now: datetime) -> Mapping[UUID, Mapping[str, Any]]:
    needed = {name for reward in rewards if reward.condition for name in rules.attributes_needed(reward.condition)}
    return rules.customer_facts([member.customer_id for member in members], sorted(needed), now) if needed else {}


class _Versions:
    """Versions as an argument that the cache does not compare: their ids are the key."""

    __slots__ = ("versions",)

    def __init__(self, versions: tuple[LiveVersion, ...]) -> None:
        self.versions = versions

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Versions)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _compiled(_version_ids: tuple[UUID, ...], found: _Versions) -> tuple[Reward, ...]:
    rewards = [
        core.read_reward(version.body, key=version.key, version_id=version.version_id)[0] for version in found.versions
    ]
    return tuple(sorted(rewards, key=lambda reward: (reward.order, reward.points, reward.key)))
