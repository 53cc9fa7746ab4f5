"""The promotions of a case as offers of our engine, with what stands in their way before prices are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tools.cases.promotion import targets
from tools.cases.promotion.circumstances import Circumstances
from tools.cases.promotion.conditions import Asked, Conditions, is_condition
from tools.cases.promotion.effects import Effects
from tools.cases.promotion.groups import SYNONYMS as EFFECT_SYNONYMS
from tools.cases.promotion.policies import Habits
from tools.cases.promotion.saying import Said, flag, listed, texts, whole
from tools.cases.report import Case, NotUnderstoodError
from wracam.promotions.contracts import Combination, Reason, Standing
from wracam.promotions.core.offers import Effect, Filter, Measure, Offer, Reduction, Stage
from wracam.promotions.core.units import Units

SYNONYMS = {
    **EFFECT_SYNONYMS,
    "type": "kind", "condition": "conditions", "rules": "conditions", "effects": "actions", "action": "actions",
    **dict.fromkeys(("used", "times_used", "usage_count", "used_count", "redemptions"), "uses"),
    **dict.fromkeys(("max_uses", "usage_limit_total", "limit", "total_limit"), "usage_limit"),
    **dict.fromkeys(("usage_limit_per_customer", "limit_per_customer", "per_user_limit", "customer_limit"),
                    "per_customer_limit"),
    **dict.fromkeys(("is_exclusive", "individual_use", "stands_alone"), "exclusive"),
    **dict.fromkeys(("sort_order", "position", "hierarchy"), "rank"), "phase": "lane",
    **dict.fromkeys(("exclude_promotions", "excluded_promotions", "not_with", "incompatible_with"), "excludes"),
    **dict.fromkeys(("stop_further", "stop_after", "stop_rules_processing", "stops"), "stop"),
    **dict.fromkeys(("exclusive_group", "stacking_group", "exclusion_group"), "group"),
    **dict.fromkeys(("stackable", "combinable", "can_combine", "cumulative"), "stackable"),
    **dict.fromkeys(("per_set", "for_each_bundle", "bundled_items", "for_each_set"), "per_bundle"),
    **dict.fromkeys(("reusable_from_cancelled_orders", "reusable_after_cancellation"), "reusable_after_cancel"),
    **dict.fromkeys(("budget_left", "remaining_budget"), "budget"),
    **dict.fromkeys(("max_budget", "campaign_budget", "campaign_budget_limit"), "budget_limit"),
    **dict.fromkeys(("campaign_budget_used", "budget_spent", "campaign_used"), "budget_used"),
    **dict.fromkeys(("budget_end", "budget_policy"), "budget_last"),
}  # fmt: skip
LANES = {"pre": 0, "before": 0, "catalog": 0, "default": 1, "main": 1, "items": 1, "order": 2, "post": 2, "after": 2}


@dataclass(slots=True)
class Promotions:
    """All promotions of a case, by the key of each (its place)."""

    offers: list[Offer] = field(default_factory=list)
    standings: dict[str, Standing] = field(default_factory=dict)
    budgets: dict[str, int] = field(default_factory=dict)
    whole_budgets: set[str] = field(default_factory=set)
    """Budgets of which nothing is given when what is left is less than the discount."""
    names: list[list[str]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    is_ordered: bool = False
    """Whether the case gives them an order: priorities, lanes, or a condition on what others have left."""
    has_exclusive: bool = False


def key_of(place: int) -> str:
    """A key that keeps the order of the case."""
    return f"{place:03d}"


class Reader:
    """Reads the promotions of one case."""

    def __init__(self, case: Case, units: Units, minor: targets.Minor, habits: Habits, fixed: set[str]) -> None:
        self.case = case
        self.minor = minor
        self.units = units
        self.habits = habits
        self.fixed = frozenset(fixed)
        self.words = [
            Said(_of_channel(words, case), f"promotion {place + 1}", SYNONYMS)
            for place, words in enumerate(case.get("promotions") or ())
        ]
        self.conditions = Conditions(case, units, minor)
        self.circumstances = Circumstances(case)
        self.effects = Effects(minor, habits)
        self.names = [_names(said) for said in self.words]
        self.lanes = self._lanes()

    def promotions(self) -> Promotions:
        """Read them all."""
        found = Promotions(is_ordered=len(set(self.lanes.values())) > 1)
        found.names = self.names
        for said in self.words:
            found.codes |= {
                str(one).strip().casefold() for one in (said.words.get("code"), said.words.get("coupon")) if one
            }
        for place, said in enumerate(self.words):
            self._read(place, said, found)
        return found

    def _read(self, place: int, said: Said, found: Promotions) -> None:
        key = key_of(place)
        said.take("key")
        group = str(said.take("group", ""))
        stands_alone = flag(said.take("exclusive", False))
        is_exclusive = not flag(said.take("stackable", True)) or stands_alone
        excludes = self._excluded(place, said)
        priority = self._priority(said, found)
        self._budget(key, said, found)
        _spend_and_get(said)
        names = _charge_names(said)
        asked = self.conditions.asked(said.take("conditions"))
        reason = self.circumstances.standing(said, key)
        self.conditions.merge(asked, self.conditions.beside(said))
        target = self.effects.target_of(said)
        sets = self._complete_sets(said)
        cap = said.take("max_discount") if {"actions", "effects"} & set(said.words) else None
        effects = tuple(self._without_fixed(one) for one in self.effects.of_promotion(said, target))
        effects = tuple(_on_named(one, names) for one in effects)
        combination = said.take("combination")
        said.take("lane")
        said.finish()
        found.has_exclusive |= stands_alone
        found.is_ordered |= any(one.measure is Measure.DISCOUNTED_TOTAL for one in asked.thresholds)
        if sets is not None:
            effects = tuple(_times_as_much(effect, sets) for effect in effects) if sets else effects
            reason = reason or (None if sets else Reason.NOT_ENOUGH_ITEMS)
        reason = reason or _reason_of(asked)
        if reason is not None:
            found.standings[key] = Standing(reason=reason)
        found.offers.append(
            Offer(
                key=key,
                effects=effects,
                conditions=tuple(asked.thresholds),
                combination=None if combination is None else Combination(str(combination)),
                priority=priority,
                phase=self.lanes[place],
                is_exclusive=is_exclusive,
                group=group,
                excludes=excludes,
                cap_minor=None if cap is None else self.minor(cap),
            )
        )

    def _complete_sets(self, said: Said) -> int | None:
        """How many complete sets the cart holds, where what is given is given for each (`per_bundle`)."""
        words = said.take("per_bundle")
        if words is None:
            return None
        parts = self.effects.parts_of(words)
        counts = [
            sum(self.units.quantities[number] for number in self.units.matching(units)) // count
            for units, count in parts
        ]
        most = said.take("max_bundles_counted")
        return min([*counts, *([] if most is None else [whole(most)])])

    def _priority(self, said: Said, found: Promotions) -> int:
        """`priority`: higher first. `rank`: lower first."""
        if "priority" in said and "rank" in said:
            raise NotUnderstoodError(f"{said.what} has both a priority and a rank")
        found.is_ordered |= "priority" in said or "rank" in said
        return whole(said.take("priority", 0)) - whole(said.take("rank", 0))

    def _budget(self, key: str, said: Said, found: Promotions) -> None:
        limit, spent, left = said.take("budget_limit"), said.take("budget_used", 0), said.take("budget")
        last = str(said.take("budget_last", "whole" if self.habits.is_budget_whole else "part"))
        if last not in {"whole", "part"}:
            raise NotUnderstoodError(f"{said.what} ends its budget {last!r}")
        if last == "whole":
            found.whole_budgets.add(key)
        if isinstance(left, Mapping):
            inner = Said(left, "a budget", {"amount": "limit", "used": "spent"})
            limit, spent, left = inner.need("limit"), inner.take("spent", 0), None
            measured = str(inner.take("type", inner.take("per", "spend")))
            if measured in {"usage", "uses", "use"}:
                said.words |= {"usage_limit": limit, "uses": spent}
                limit = None
            elif measured not in {"spend", "amount", "money"}:
                raise NotUnderstoodError(f"a budget of {measured}")
            inner.finish()
        if limit is None and left is None:
            found.whole_budgets.discard(key)
        if limit is not None:
            found.budgets[key] = self.minor(limit) - self.minor(spent)
        elif left is not None:
            found.budgets[key] = self.minor(left)

    def _excluded(self, place: int, said: Said) -> frozenset[str]:
        """Keys of the promotions it cannot stand beside: named, all but those it combines with, or all after it."""
        named = texts(said.take("excludes"))
        together = said.take("combines_with")
        others = {other: set(names) for other, names in enumerate(self.names) if other != place}
        unknown = (named | texts(together)) - set().union(*others.values(), {"all", "none"})
        if unknown:
            raise NotUnderstoodError(f"{said.what} speaks of promotions {sorted(unknown)} that are not in the case")
        found = {other for other, names in others.items() if names & named or "all" in named}
        if together is not None and "all" not in texts(together):
            found |= {other for other, names in others.items() if not names & texts(together)}
        if flag(said.take("stop", False)):
            found |= {other for other in others if self._turn(other) > self._turn(place)}
        return frozenset(key_of(other) for other in found)

    def _turn(self, place: int) -> tuple[int, int]:
        words = self.words[place].words
        return (-int(words.get("priority", 0) or 0) + int(words.get("rank", 0) or 0), place)

    def _lanes(self) -> dict[int, int]:
        """The phase of each promotion: lanes in their known order or as first named; strict order: one for each."""
        if self.habits.is_strict_order:
            ranked = sorted(range(len(self.words)), key=self._turn)
            return {place: turn for turn, place in enumerate(ranked)}
        named = [said.words.get("lane") for said in self.words]
        if not any(named):
            named = self._catalog_first()
        order = [str(one) for one in listed(self.case.get("lanes"))]
        order += [str(one) for one in dict.fromkeys(named) if one is not None and str(one) not in order]
        if all(isinstance(one, int) for one in named if one is not None):
            return {place: int(one or 0) for place, one in enumerate(named)}
        if set(order) <= set(LANES) and not self.case.get("lanes"):
            return {place: LANES[str(one or "default")] for place, one in enumerate(named)}
        return {place: order.index(str(one)) if one is not None else 0 for place, one in enumerate(named)}

    def _catalog_first(self) -> list[str | None]:
        """Reductions of the catalogue come before promotions of the cart, which see the reduced prices."""
        are_catalog = [str(said.words.get("kind", "")).startswith("catalog") for said in self.words]
        if len(set(are_catalog)) < 2:
            return [None for _ in self.words]
        if any(said.words.get("applies_to_discounted") is False for said in self.words):
            raise NotUnderstoodError("a promotion not on reduced products, beside one that reduces them")
        return ["catalog" if is_catalog else "default" for is_catalog in are_catalog]

    def _without_fixed(self, effect: Effect) -> Effect:
        """Leave out of what is reduced the products that nothing may reduce."""
        if not self.fixed:
            return effect
        changed: dict[str, Any] = {
            name: self._spared(getattr(effect, name)) for name in ("units", "buy", "get") if hasattr(effect, name)
        }
        if hasattr(effect, "parts"):
            changed["parts"] = tuple((self._spared(units), count) for units, count in effect.parts)
        return replace(effect, **changed)

    def _spared(self, units: Filter) -> Filter:
        return replace(units, excluded_skus=units.excluded_skus | self.fixed)


def _of_channel(words: Any, case: Case) -> Any:
    """The same words with the figure of the case's channel where they name one for each: {"US": "10.00", "PL": …}."""
    channel = case.get("channel")
    if channel is None:
        return words
    if isinstance(words, list):
        return [_of_channel(one, case) for one in words]
    if not isinstance(words, Mapping):
        return words
    are_figures = all(isinstance(one, str | int | float) for one in words.values())
    if channel in words and are_figures:
        return words[channel]
    return {name: _of_channel(one, case) for name, one in words.items()}


METHODS = ("shipping_method", "shipping_methods", "shipping_method_in", "delivery_method")
FEES = ("fee", "fees", "fee_in", "surcharge", "surcharges")


def _charge_names(said: Said) -> tuple[frozenset[str], frozenset[str]]:
    """The ways of delivery and the fees that a promotion speaks of, in its target or a condition."""
    target = said.words.get("target")
    methods: list[Any] = []
    fees: list[Any] = [one for name in FEES for one in listed(said.take(name))]
    if isinstance(target, Mapping):
        left = dict(target)
        methods += [one for name in METHODS for one in listed(left.pop(name, None))]
        fees += [one for name in FEES for one in listed(left.pop(name, None))]
        said.words["target"] = left
    for words in (said.words, *listed(said.words.get("conditions"))):
        if isinstance(words, Mapping):
            methods += [one for name in METHODS for one in listed(words.get(name))]
    return texts(methods), texts(fees)


def _on_named(effect: Effect, names: tuple[frozenset[str], frozenset[str]]) -> Effect:
    """The same effect on these ways of delivery, or these fees, only."""
    methods, fees = names
    if not isinstance(effect, Reduction) or effect.stage < Stage.SHIPPING_PRICE:
        return effect
    return replace(effect, names=fees if effect.is_on_fees else methods)


def _spend_and_get(said: Said) -> None:
    """Who buys for an amount rather than so many units meets a condition: what one gets is reduced, so many units."""
    buy = said.words.get("buy")
    if not isinstance(buy, Mapping) or not buy or not all(is_condition(str(name)) for name in buy):
        return
    get = Said(said.take("get"), "what one gets", SYNONYMS)
    said.words["conditions"] = [*listed(said.words.get("conditions")), dict(said.take("buy"))]
    said.words["kind"] = "percent_items"
    said.words["unit_limit"] = get.take("qty", 1)
    said.words["percent"] = get.take("percent", said.words.get("percent", 100))
    said.words["target"] = get.words


def _times_as_much(effect: Effect, times: int) -> Effect:
    """The same effect with its amount or percentage times so much."""
    if not isinstance(effect, Reduction) or effect.steps:
        raise NotUnderstoodError("something else than an amount or a percentage for each set")
    percent = min(effect.percent_ppm * times, 1_000_000)
    return replace(effect, percent_ppm=percent, amount_minor=effect.amount_minor * times)


def _reason_of(asked: Asked) -> Reason | None:
    if not asked.is_for_customer:
        return Reason.NOT_YOURS
    return None if asked.holds else Reason.CONDITION_NOT_MET


def _names(said: Said) -> list[str]:
    """What a promotion may be called by: its key, id, code or name; else its words."""
    told = [said.words.get(name) for name in ("key", "id", "code", "name", "coupon")]
    return [str(one) for one in told if isinstance(one, str | int)] or [str(said.words.get("words", said.what))]
