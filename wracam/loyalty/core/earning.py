"""What one event gives: every rule is asked in the stated order, and the trace keeps what each answered.

1. A rule takes part when its condition and calendar hold and some line of the order is of its kind.
2. The first rule that stands alone displaces all others; the first that stands alone of its kind displaces those
   that give points as it does, or multiply as it does; of a group only the one that gives most stays.
3. Amount rules (per amount, table) give exact fractions, spread over their lines by value. Multipliers then
   multiply the amount points of their own lines only, one after another; fixed points are never multiplied.
4. The sum of each point kind is rounded once, as the programme says, and split over rules and lines by largest
   remainder, so that parts add up.
5. Caps and budgets cut what a rule gives, and the trace says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from uuid import UUID

from msgspec import Struct

from wracam.kernel.allocation import split_by_weights
from wracam.kernel.money import exponent
from wracam.loyalty.contracts import Decision, KindDecision, Outcome, RuleOutcome, Share
from wracam.loyalty.core.program import Rounding, round_points
from wracam.loyalty.core.rule import Basis, Cap, Count, Each, EarningRule, GiveKind, Stacking


class Line(Struct, frozen=True, kw_only=True):
    """One line of an order as earning sees it: units and amounts in minor units, never negative."""

    line_id: UUID | None
    quantity: int
    gross_minor: int
    net_minor: int
    is_shipping: bool = False


class Happening(Struct, frozen=True, kw_only=True):
    """The event: its local time, and the order's lines and currency if it is about an order."""

    local: datetime
    lines: tuple[Line, ...] = ()
    currency: str = "PLN"


class Asked(Struct, frozen=True, kw_only=True):
    """A rule with the answers of its conditions: `lines` are the indexes of matching lines, None all of them."""

    rule: EarningRule
    is_true: bool = True
    why: str = ""
    lines: frozenset[int] | None = None


Exact = int | Fraction
"""An exact number of points; whole ones stay whole numbers, which are faster."""
_ONLY_INTEGERS = frozenset({int})


@dataclass(slots=True)
class _Part:
    """What one rule contributes: an exact number of points and how it spreads over lines."""

    asked: Asked
    exact: Exact
    weights: Mapping[int, Exact] = field(default_factory=dict)

    @property
    def rule(self) -> EarningRule:
        return self.asked.rule


Left = Callable[[EarningRule, Cap], int]
"""How many points a cap still allows before this event."""


def decide(
    happening: Happening, asked: Sequence[Asked], rounding: Rounding, left: Left, *, to_lines: bool = True
) -> Decision:
    """Decide what *happening* gives under the rules *asked* (with their conditions answered).

    Without *to_lines* the points are not spread over lines: for who only tells how many there would be.
    """
    ordered = sorted(asked, key=lambda one: (one.rule.order, one.rule.key))
    trace: dict[str, RuleOutcome] = {}
    ready = [one for one in ordered if _takes_part(one, happening, trace)]
    ready = _without_displaced_by_lone(ready, trace)
    ready = _without_displaced_of_kind(ready, trace)
    parts = _contributions(ready, happening, trace)
    kinds = [
        _kind_decision(point_kind, parts, happening, rounding, left, trace, to_lines=to_lines)
        for point_kind in dict.fromkeys(part.rule.point_kind for part in parts)
    ]
    return Decision(
        kinds=tuple(kind for kind in kinds if kind.points),
        trace=tuple(trace[one.rule.key] for one in ordered),
    )


def _outcome(rule: EarningRule, outcome: Outcome, **figures: object) -> RuleOutcome:
    return RuleOutcome(
        rule=rule.key,
        version_id=rule.version_id,
        point_kind=rule.point_kind,
        outcome=outcome,
        **figures,  # type: ignore[arg-type]  # points, desired and why, as the dataclass names them
    )


def _takes_part(one: Asked, happening: Happening, trace: dict[str, RuleOutcome]) -> bool:
    if not one.rule.calendar.includes(happening.local):
        trace[one.rule.key] = _outcome(one.rule, Outcome.OUT_OF_CALENDAR, why=happening.local.isoformat())
    elif not one.is_true:
        trace[one.rule.key] = _outcome(one.rule, Outcome.CONDITION_FALSE, why=one.why)
    elif _needs_lines(one) and not _indexes(one, happening):
        trace[one.rule.key] = _outcome(one.rule, Outcome.NOTHING_MATCHES, why=one.why)
    else:
        return True
    return False


def _needs_lines(one: Asked) -> bool:
    return one.lines is not None or one.rule.give.each is not Each.EVENT


def _indexes(one: Asked, happening: Happening) -> list[int]:
    """Return the indexes of the lines that the rule rewards."""
    return [
        index
        for index, line in enumerate(happening.lines)
        if (one.lines is None or index in one.lines)
        and (not line.is_shipping or one.rule.give.with_shipping)
    ]  # fmt: skip


def _without_displaced_by_lone(ready: list[Asked], trace: dict[str, RuleOutcome]) -> list[Asked]:
    lone = next((one for one in ready if one.rule.stacking is Stacking.ALONE), None)
    if lone is None:
        return ready
    for one in ready:
        if one is not lone:
            trace[one.rule.key] = _outcome(one.rule, Outcome.DISPLACED, why=lone.rule.key)
    return [lone]


def _without_displaced_of_kind(ready: list[Asked], trace: dict[str, RuleOutcome]) -> list[Asked]:
    first: dict[bool, Asked] = {}
    for one in ready:
        if one.rule.stacking is Stacking.ALONE_OF_KIND:
            first.setdefault(_multiplies(one), one)
    kept = []
    for one in ready:
        lone = first.get(_multiplies(one), one)
        if lone is one:
            kept.append(one)
        else:
            trace[one.rule.key] = _outcome(one.rule, Outcome.DISPLACED, why=lone.rule.key)
    return kept


def _multiplies(one: Asked) -> bool:
    return one.rule.give.kind is GiveKind.MULTIPLIER


def _contributions(ready: Sequence[Asked], happening: Happening, trace: dict[str, RuleOutcome]) -> list[_Part]:
    """Return what every remaining rule contributes, groups settled, in the order of the rules."""
    plain = [_part(one, happening) for one in ready if one.rule.give.kind is not GiveKind.MULTIPLIER]
    multipliers = [one for one in ready if one.rule.give.kind is GiveKind.MULTIPLIER]
    if all(one.rule.stacking is not Stacking.BEST_OF_GROUP for one in ready):
        return plain + _multiplied(multipliers, plain, happening)
    free = [part for part in plain if part.rule.stacking is not Stacking.BEST_OF_GROUP]
    alone: dict[str, Exact] = {one.rule.key: _multiplied([one], free, happening)[0].exact for one in multipliers}
    alone |= {part.rule.key: part.exact for part in plain}
    winners = _winners(ready, alone, trace)
    kept = [part for part in plain if part.rule.key in winners]
    return kept + _multiplied([one for one in multipliers if one.rule.key in winners], kept, happening)


def _winners(ready: Sequence[Asked], worth: Mapping[str, Exact], trace: dict[str, RuleOutcome]) -> set[str]:
    """Return the keys of the rules that stay: of each group the one worth most, the first of equals."""
    best: dict[str, EarningRule] = {}
    for one in ready:
        rule = one.rule
        if rule.stacking is Stacking.BEST_OF_GROUP:
            leader = best.get(rule.group)
            if leader is None or worth[rule.key] > worth[leader.key]:
                best[rule.group] = rule
    kept = set()
    for one in ready:
        rule = one.rule
        if rule.stacking is Stacking.BEST_OF_GROUP and best[rule.group].key != rule.key:
            trace[rule.key] = _outcome(rule, Outcome.DISPLACED, why=best[rule.group].key)
        else:
            kept.add(rule.key)
    return kept


def _part(one: Asked, happening: Happening) -> _Part:
    """Return what a rule that is no multiplier gives, and its spread over lines by value."""
    give = one.rule.give
    indexes = _indexes(one, happening)
    amounts = {index: _amount(happening.lines[index], give.basis) for index in indexes}
    if give.kind is GiveKind.FIXED:
        return _fixed(one, indexes, amounts, happening)
    total = sum(amounts.values())
    if give.kind is GiveKind.TABLE:
        unit = 10 ** exponent(happening.currency)
        points = max((row for row in give.rows if row[0] * unit <= total), default=(0, 0))[1]
        return _Part(one, points, amounts)
    per = _per_minor(give.per, exponent(happening.currency))
    if give.counts is Count.FULL:
        return _Part(one, total * per.denominator // per.numerator * give.points, amounts)
    return _Part(one, _quotient(total * per.denominator * give.points, per.numerator), amounts)


def _quotient(numerator: int, denominator: int) -> Exact:
    """Divide exactly; whole where that is possible."""
    whole, rest = divmod(numerator, denominator)
    return Fraction(numerator, denominator) if rest else whole


def _fixed(one: Asked, indexes: Sequence[int], amounts: Mapping[int, int], happening: Happening) -> _Part:
    """Return fixed points: per unit and line they belong to them, per event they spread by value."""
    give = one.rule.give
    if give.each is Each.UNIT:
        units = {index: happening.lines[index].quantity for index in indexes}
        return _Part(one, give.points * sum(units.values()), units)
    if give.each is Each.LINE:
        return _Part(one, give.points * len(indexes), dict.fromkeys(indexes, 1))
    return _Part(one, give.points, amounts)


@lru_cache(maxsize=256)
def _per_minor(per: Decimal, digits: int) -> Fraction:
    minor: Fraction = Fraction(per) * 10**digits
    return minor


def _amount(line: Line, basis: Basis) -> int:
    return max(0, line.net_minor if basis is Basis.NET else line.gross_minor)


def _multiplied(multipliers: Sequence[Asked], parts: Sequence[_Part], happening: Happening) -> list[_Part]:
    """Return what each multiplier adds to the amount points of its lines, one after another."""
    if not multipliers:
        return []
    spread = [_Spread(part) for part in parts if part.rule.give.kind is not GiveKind.FIXED]
    added = []
    for one in multipliers:
        mine = set(_indexes(one, happening)) if one.lines is not None else None
        more: dict[int, int] = {}
        whole = 1
        for points in spread:
            if points.point_kind == one.rule.point_kind:
                whole = _added(more, whole, points, one.rule.give.factor, mine)
                points.multiply(one.rule.give.factor, mine)
        added.append(_Part(one, Fraction(sum(more.values()), whole), more))
    return added


class _Spread:
    """The points of one rule by line, exactly: whole numbers over one denominator, which are faster than fractions."""

    __slots__ = ("by_line", "point_kind", "whole")

    def __init__(self, part: _Part) -> None:
        exact, weights = part.exact, dict(zip(part.weights, _whole(list(part.weights.values())), strict=True))
        total = sum(weights.values())
        self.point_kind = part.rule.point_kind
        self.by_line = {index: exact.numerator * weight for index, weight in weights.items()} if total else {}
        self.whole = exact.denominator * (total or 1)

    def multiply(self, factor: Fraction, lines: Collection[int] | None) -> None:
        """Multiply the points of these lines (None: of all)."""
        above, below = factor.numerator, factor.denominator
        for index, value in self.by_line.items():
            self.by_line[index] = value * (above if lines is None or index in lines else below)
        self.whole *= below


def _added(more: dict[int, int], whole: int, points: _Spread, factor: Fraction, lines: Collection[int] | None) -> int:
    """Add to *more* (parts of *whole*) what multiplying these points brings; return what it is in parts of then."""
    below = points.whole * factor.denominator
    together = lcm(whole, below)
    if together != whole:
        for index in more:
            more[index] *= together // whole
    gain = (factor.numerator - factor.denominator) * (together // below)
    for index, value in points.by_line.items():
        if lines is None or index in lines:
            more[index] = more.get(index, 0) + value * gain
    return together


def _kind_decision(
    point_kind: str,
    parts: Sequence[_Part],
    happening: Happening,
    rounding: Rounding,
    left: Left,
    trace: dict[str, RuleOutcome],
    *,
    to_lines: bool,
) -> KindDecision:
    """Round the sum of one kind once, split it over rules, cut by caps, and spread it over lines."""
    mine = [part for part in parts if part.rule.point_kind == point_kind]
    total = round_points(sum(part.exact for part in mine), rounding)
    by_rule = split_by_weights(total, _whole([part.exact for part in mine])) if total else [0] * len(mine)
    by_line: dict[int | None, int] = {}
    given = 0
    for part, desired in zip(mine, by_rule, strict=True):
        points, why = _capped(part.rule, desired, left)
        given += points
        trace[part.rule.key] = _rule_outcome(part.rule, points, desired, why)
        if to_lines:
            _spread(part, points, by_line)
    shares = tuple(
        Share(
            line_id=None if index is None else happening.lines[index].line_id,
            quantity=0 if index is None else happening.lines[index].quantity,
            points=points,
        )
        for index, points in sorted(by_line.items(), key=lambda item: -1 if item[0] is None else item[0])
    )
    return KindDecision(point_kind=point_kind, points=given, shares=shares)


def _capped(rule: EarningRule, desired: int, left: Left) -> tuple[int, str]:
    """Cut what a rule gives to what its tightest cap still allows."""
    points, why = desired, ""
    for cap in rule.caps:
        allowed = max(0, left(rule, cap))
        if allowed < points:
            points, why = allowed, f"{cap.points}/{cap.per}"
    return points, why


def _rule_outcome(rule: EarningRule, points: int, desired: int, why: str) -> RuleOutcome:
    if points:
        return _outcome(rule, Outcome.APPLIED, points=points, desired=desired, why=why)
    outcome = Outcome.CAP_REACHED if desired else Outcome.BELOW_ONE_POINT
    return _outcome(rule, outcome, desired=desired, why=why)


def _spread(part: _Part, points: int, by_line: dict[int | None, int]) -> None:
    """Add the rule's points to its lines; without lines of value they belong to the whole order."""
    if not points:
        return
    if not any(part.weights.values()):
        by_line[None] = by_line.get(None, 0) + points
        return
    indexes = list(part.weights)
    for index, own in zip(indexes, split_by_weights(points, _whole(list(part.weights.values()))), strict=True):
        if own:
            by_line[index] = by_line.get(index, 0) + own


def _whole(weights: Sequence[Exact]) -> list[int]:
    """Scale fractions to whole numbers of the same proportions."""
    if set(map(type, weights)) <= _ONLY_INTEGERS:
        return [int(weight) for weight in weights]
    scale = lcm(*(weight.denominator for weight in weights)) if weights else 1
    return [int(weight * scale) for weight in weights]
