"""Promotions that multiply points, as earning rules, so that decisions, traces and previews know them like any other.

A promotion multiplies the amount points of every spendable kind, on the lines that it concerns; fixed points are never
multiplied. Lines are told by the ids that the cart had, by their SKUs where the order has others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from wracam.loyalty.contracts import Decision
from wracam.loyalty.core.earning import Asked
from wracam.loyalty.core.rule import ORDER_PAID, Calendar, EarningRule, Give, GiveKind, Stacking
from wracam.promotions.contracts import Grants, OrderMultiplier

PREFIX = "promotion:"
ORDER = 20_000
"""Promotions are asked after the merchant's own rules and the multipliers of tiers."""
NOTE = "with"
_BP = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LineName:
    """How the shop names a line of an order."""

    id: str
    sku: str


def is_promoted(rule: str) -> bool:
    """Say whether a rule of a trace is a promotion's multiplier."""
    return rule.startswith(PREFIX)


def promotion_of(rule: str) -> str:
    """Return the key of the promotion whose multiplier stands in a trace under this name, empty for other rules."""
    return rule.split(":")[1] if is_promoted(rule) else ""


def asked(grants: Grants, lines: Sequence[LineName], point_kinds: Collection[str]) -> list[Asked]:
    """Return what a cart's promotions multiply, as rules whose conditions the cart has met."""
    return [
        Asked(rule=_rule(one, number, point_kind), lines=_indexes(one, lines))
        for number, one in enumerate(grants.multipliers)
        for point_kind in sorted(point_kinds)
    ]


def _rule(one: OrderMultiplier, number: int, point_kind: str) -> EarningRule:
    return EarningRule(
        key=f"{PREFIX}{one.promotion}:{number}:{point_kind}",
        version_id=one.version_id,
        program="",
        event=ORDER_PAID,
        condition=None,
        lines=None,
        calendar=Calendar(),
        give=Give(kind=GiveKind.MULTIPLIER, factor=Fraction(one.multiplier_bp, _BP)),
        point_kind=point_kind,
        order=ORDER,
        stacking=Stacking.ADDS,
        group="",
        caps=(),
    )


def _indexes(one: OrderMultiplier, lines: Sequence[LineName]) -> frozenset[int] | None:
    """Return the places of the lines that a multiplier concerns, None for all."""
    if one.line_ids is None:
        return None
    by_id = frozenset(index for index, line in enumerate(lines) if line.id in one.line_ids)
    return by_id or frozenset(index for index, line in enumerate(lines) if line.sku and line.sku in one.skus)


def note(decision: Decision, point_kind: str) -> str:
    """Return what a transfer keeps of promotions: how many of its points each version gave, empty for none."""
    parts = [
        f"{one.version_id}={one.points}"
        for one in decision.trace
        if is_promoted(one.rule) and one.point_kind == point_kind and one.points and one.version_id
    ]
    return f"{NOTE}:{';'.join(parts)}" if parts else ""


def noted(text: str) -> list[tuple[UUID, int]]:
    """Read a transfer's note: versions of promotions and the points that each gave."""
    kind, _sign, said = text.partition(":")
    if kind != NOTE:
        return []
    pairs = (part.split("=") for part in said.split(";"))
    return [(UUID(version_id), int(points)) for version_id, points in pairs]
