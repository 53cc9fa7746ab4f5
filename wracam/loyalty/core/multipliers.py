"""The multiplier of a tier as an earning rule, so that decisions, traces and previews know it like any other."""

from __future__ import annotations

from fractions import Fraction

from wracam.loyalty.core.ladders import LiveLadder
from wracam.loyalty.core.rule import ORDER_PAID, Calendar, EarningRule, Give, GiveKind, Stacking

PREFIX = "tier:"
ORDER = 10_000
"""Tier multipliers are asked after the merchant's own rules."""


def rule_key(ladder: str, tier: str) -> str:
    """Return the name under which a tier's multiplier stands in traces."""
    return f"{PREFIX}{ladder}:{tier}"


def is_of_tier(rule: EarningRule) -> bool:
    """Say whether a rule is a tier's multiplier, which members read among the benefits of tiers."""
    return rule.key.startswith(PREFIX)


def multipliers(ladder: LiveLadder) -> list[EarningRule]:
    """Return a rule for each tier of *ladder* that multiplies the points of purchases."""
    return [
        EarningRule(
            key=rule_key(ladder.key, text.key),
            version_id=ladder.version_id,
            program=ladder.program,
            event=ORDER_PAID,
            condition={
                "all": [
                    {"attribute": "loyalty.tiers", "is": "has_any", "value": [f"{ladder.key}:{text.key}"]},
                ]
            },
            lines=None,
            calendar=Calendar(),
            give=Give(kind=GiveKind.MULTIPLIER, factor=Fraction(text.benefits.multiplier)),
            point_kind=ladder.point_kind,
            order=ORDER,
            stacking=Stacking.ADDS,
            group="",
            caps=(),
        )
        for text in ladder.texts
        if text.benefits.multiplier > 1
    ]
