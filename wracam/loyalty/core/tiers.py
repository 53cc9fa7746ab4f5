"""Tiers: what a member has reached, where they stand after a review, and what is missing or at risk.

Upgrades are immediate. A downgrade happens only at a review (the end of a qualification window, or at once where
the ladder says so), by one step or to what is earned, never below a tier given by hand, and never at all on a
ladder for life. `assess` is the one function that decides; progress and risk ask it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Downgrade(StrEnum):
    """What a review does to a member who no longer qualifies."""

    NEVER = "never"
    ONE_STEP = "one_step"
    TO_EARNED = "to_earned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One step of a ladder, reached with at least `threshold` of its measure."""

    key: str
    threshold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Tiers from the lowest to the highest; `tiers` must not be empty and thresholds must rise."""

    tiers: tuple[Tier, ...]
    downgrade: Downgrade = Downgrade.TO_EARNED

    def position(self, key: str) -> int:
        """Return the place of a tier from the bottom; an unknown one stands at the bottom."""
        return next((index for index, tier in enumerate(self.tiers) if tier.key == key), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a member is told: the next tier and how much is missing; what is at risk and how much keeps it."""

    next_tier: str | None
    missing: int
    at_risk: bool
    to_keep: int


def ladder(thresholds: Sequence[tuple[str, int]], downgrade: Downgrade = Downgrade.TO_EARNED) -> Ladder:
    """Return a ladder of these tiers, sorted by threshold; raises `ValueError` for none or equal thresholds."""
    tiers = tuple(Tier(key=key, threshold=at) for key, at in sorted(thresholds, key=lambda pair: pair[1]))
    if not tiers or len({tier.threshold for tier in tiers}) < len(tiers):
        raise ValueError("a ladder needs tiers with different thresholds")
    return Ladder(tiers=tiers, downgrade=downgrade)


def reached(steps: Ladder, amount: int) -> int:
    """Return the place of the highest tier whose threshold *amount* meets (the lowest tier for less)."""
    return max((index for index, tier in enumerate(steps.tiers) if amount >= tier.threshold), default=0)


def assess(steps: Ladder, current: str, amount: int, *, is_review: bool, floor: str | None = None) -> str:
    """Return the tier of a member who stands at *current* and measures *amount*."""
    now, earned = steps.position(current), reached(steps, amount)
    if earned < now:
        earned = _after_review(steps.downgrade, now, earned) if is_review else now
    lowest = steps.position(floor) if floor is not None else 0
    return steps.tiers[max(earned, lowest)].key


def progress(steps: Ladder, current: str, amount: int, *, floor: str | None = None) -> Progress:
    """Return what to tell the member, by asking `assess` what a review today would say."""
    now = steps.position(current)
    following = steps.tiers[now + 1] if now + 1 < len(steps.tiers) else None
    after_review = assess(steps, current, amount, is_review=True, floor=floor)
    return Progress(
        next_tier=following.key if following else None,
        missing=max(0, following.threshold - amount) if following else 0,
        at_risk=after_review != current and steps.position(after_review) < now,
        to_keep=max(0, steps.tiers[now].threshold - amount),
    )


def _after_review(policy: Downgrade, now: int, earned: int) -> int:
    if policy is Downgrade.NEVER:
        return now
    return now - 1 if policy is Downgrade.ONE_STEP else earned
