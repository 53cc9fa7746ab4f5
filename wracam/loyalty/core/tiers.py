"""Tiers: what a member has reached, where they stand after a review, and what is missing or at risk.

Upgrades are immediate. A downgrade happens only at a review (every night), by one step or to what is earned, after
the ladder's days of grace, never below a tier given by hand or a tier for life, and never at all on a ladder for
life. `review` decides; progress and risk ask the same `assess`, so the member is told what the night will do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

NOTHING: frozenset[str] = frozenset()


class Downgrade(StrEnum):
    """What a review does to a member who no longer qualifies."""

    NEVER = "never"
    ONE_STEP = "one_step"
    TO_EARNED = "to_earned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One step of a ladder, reached with at least `threshold` of its measure, and its condition met if it has one."""

    key: str
    threshold: int
    is_conditional: bool = False
    is_lifetime: bool = False
    """Who reached it never falls below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Tiers from the lowest to the highest; `tiers` must not be empty."""

    tiers: tuple[Tier, ...]
    downgrade: Downgrade = Downgrade.TO_EARNED
    grace_days: int = 0
    grace_months: int = 0
    """Whole months of grace before its days."""
    grace_round_up_to: str = ""
    """The period to whose end grace is rounded up: `month`, `quarter`, `half_year` or `year`; empty: none."""

    @property
    def has_grace(self) -> bool:
        """Say whether a fall waits at all."""
        return bool(self.grace_days or self.grace_months or self.grace_round_up_to)

    def position(self, key: str) -> int:
        """Return the place of a tier from the bottom; an unknown one stands at the bottom."""
        return next((index for index, tier in enumerate(self.tiers) if tier.key == key), 0)


class Counted(Struct, frozen=True, kw_only=True):
    """What a member measures: now, and what of it will still count at the next review that takes something away.

    `met` are the keys of the tiers whose own condition holds.
    """

    now: int
    later: int
    met: frozenset[str] = NOTHING


class Standing(Struct, frozen=True, kw_only=True):
    """Where a member stands: their tier, until when no review takes it, and the tier given by hand, if any."""

    tier: str
    kept_until: datetime | None = None
    """The end of the days of grace, or after a fall by one step the day of the next one."""
    floor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """The dates a review needs: now, when grace would end, and when a further step down may follow."""

    now: datetime
    grace_ends_at: datetime
    next_step_at: datetime | None


class Progress(Struct, frozen=True, kw_only=True):
    """What a member is told: the next tier and how much is missing; what is at risk and how much keeps it."""

    next_tier: str | None
    missing: int
    at_risk: bool
    to_keep: int
    keep_by: datetime | None = None
    """When the tier falls unless `to_keep` more is collected before."""
    after: str | None = None
    """The tier they would stand at then."""
    needs_condition: bool = False
    """The next tier also has a condition that is not met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The measures that belong to one tier alone: at least `threshold` and less than `above`, what the others ask.

    `is_kept`: no review takes the tier, however little its member measures.
    """

    key: str
    place: int
    threshold: int
    above: int | None
    is_conditional: bool
    is_kept: bool


def ladder(thresholds: Sequence[tuple[str, int]], downgrade: Downgrade = Downgrade.TO_EARNED) -> Ladder:
    """Return a ladder of these tiers, sorted by threshold; raises `ValueError` for none or equal thresholds."""
    tiers = tuple(Tier(key=key, threshold=at) for key, at in sorted(thresholds, key=lambda pair: pair[1]))
    if not tiers or len({tier.threshold for tier in tiers}) < len(tiers):
        raise ValueError("a ladder needs tiers with different thresholds")
    return Ladder(tiers=tiers, downgrade=downgrade)


def reached(steps: Ladder, amount: int, met: Collection[str] = NOTHING) -> int:
    """Return the place of the highest tier whose threshold and condition are met (the lowest tier for less)."""
    return max(
        (
            index
            for index, tier in enumerate(steps.tiers)
            if amount >= tier.threshold and (not tier.is_conditional or tier.key in met)
        ),
        default=0,
    )


def assess(
    steps: Ladder,
    current: str,
    amount: int,
    *,
    is_review: bool,
    floor: str | None = None,
    met: Collection[str] = NOTHING,
) -> str:
    """Return the tier of a member who stands at *current* and measures *amount*, without regard to grace."""
    now, earned = steps.position(current), reached(steps, amount, met)
    if earned < now:
        earned = _after_review(steps.downgrade, now, earned) if is_review else now
    return steps.tiers[max(earned, _lowest(steps, now, floor))].key


def climb(steps: Ladder, standing: Standing, counted: Counted) -> Standing:
    """Return where a member stands between reviews: they may only move up, at once."""
    after = assess(steps, standing.tier, counted.now, is_review=False, floor=standing.floor, met=counted.met)
    qualifies = reached(steps, counted.now, counted.met) >= steps.position(after)
    return replace(standing, tier=after, kept_until=None if qualifies else standing.kept_until)


def review(steps: Ladder, standing: Standing, counted: Counted, dates: Reviewing) -> Standing:
    """Return where a member stands after a review; one who no longer qualifies first has the ladder's grace."""
    climbed = climb(steps, standing, counted)
    after = assess(steps, climbed.tier, counted.now, is_review=True, floor=standing.floor, met=counted.met)
    if after == climbed.tier:
        return replace(climbed, kept_until=None)
    if climbed.kept_until is None and steps.has_grace:
        return replace(climbed, kept_until=dates.grace_ends_at)
    if climbed.kept_until is not None and dates.now < climbed.kept_until:
        return climbed
    further = steps.downgrade is Downgrade.ONE_STEP and reached(steps, counted.now, counted.met) < steps.position(after)
    return replace(climbed, tier=after, kept_until=dates.next_step_at if further else None)


def progress(
    steps: Ladder,
    standing: Standing,
    counted: Counted,
    *,
    review_at: datetime | None = None,
    is_soon: bool = True,
) -> Progress:
    """Return what to tell the member, by asking `assess` what the review at *review_at* will say.

    *is_soon* says that the review is near enough to speak of a risk; who is kept by grace is at risk in any case.
    """
    place = steps.position(standing.tier)
    following = steps.tiers[place + 1] if place + 1 < len(steps.tiers) else None
    after = assess(steps, standing.tier, counted.later, is_review=True, floor=standing.floor, met=counted.met)
    falls = steps.position(after) < place
    return Progress(
        next_tier=following.key if following else None,
        missing=max(0, following.threshold - counted.now) if following else 0,
        at_risk=falls and (is_soon or standing.kept_until is not None),
        to_keep=max(0, steps.tiers[place].threshold - counted.later) if falls else 0,
        keep_by=(standing.kept_until or review_at) if falls else None,
        after=after if falls else None,
        needs_condition=following is not None and following.is_conditional and following.key not in counted.met,
    )


def bands(steps: Ladder) -> list[Band]:
    """Return, for each tier, between which measures a member stays at it whatever conditions they meet."""
    return [
        Band(
            key=tier.key,
            place=place,
            threshold=tier.threshold,
            above=min((higher.threshold for higher in steps.tiers[place + 1 :]), default=None),
            is_conditional=tier.is_conditional,
            is_kept=steps.downgrade is Downgrade.NEVER or tier.is_lifetime,
        )
        for place, tier in enumerate(steps.tiers)
    ]


def _lowest(steps: Ladder, now: int, floor: str | None) -> int:
    """Return the place below which the member cannot fall: given by hand, or reached for life."""
    given = steps.position(floor) if floor is not None else 0
    for_life = max((index for index in range(now + 1) if steps.tiers[index].is_lifetime), default=0)
    return max(given, for_life)


def _after_review(policy: Downgrade, now: int, earned: int) -> int:
    if policy is Downgrade.NEVER:
        return now
    return now - 1 if policy is Downgrade.ONE_STEP else earned
