"""Promotion cases: a cart, promotions in plain words, and what another system's tests expect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tools.cases.report import Case, NotUnderstoodError
from wracam.kernel.money import to_major, to_minor
from wracam.promotions.contracts import (
    Cart,
    CartLine,
    Combination,
    PercentBase,
    Policy,
    Quote,
    Reason,
    Remainder,
    Standing,
)
from wracam.promotions.core.engine import Catalog, evaluate
from wracam.promotions.core.offers import (
    ALL,
    Bundle,
    BuyGet,
    Effect,
    Filter,
    GiftOption,
    Give,
    Measure,
    NthUnit,
    Offer,
    Pick,
    Reduction,
    Stage,
    Threshold,
)

KNOWN_LINE = {
    "sku", "qty", "unit_price", "catalog_price", "min_price", "category", "categories", "tax_rate", "attributes",
}  # fmt: skip
KNOWN_PROMOTION = {
    "words", "kind", "percent", "amount", "conditions", "actions", "target", "applies_to_discounted", "code",
    "per_customer_limit", "unit_limit", "tiers", "buy", "get", "times", "qty", "price", "lane", "priority", "key",
    "excludes", "valid", "max_discount", "max_discount_gross", "split", "gift_sku", "gift_price", "gift_qty",
    "exclusive", "group",
}  # fmt: skip
MARK_MINOR = 1
"""What a promotion of kind "any" takes off, so that it can be seen to apply."""


def judge(case: Case) -> dict[str, tuple[object, object]]:
    """Return {what: (expected, ours)} for every expectation of the case."""
    reader = _Reader(case)
    answer = evaluate(reader.cart(), Catalog(reader.offers()), reader.policy(), reader.standings())
    compared = dict(reader.compared(answer))
    if "best_possible_total" in case["expected"]:
        best = evaluate(reader.cart(), Catalog(reader.offers()), Policy(), reader.standings())
        compared["best_possible_total"] = (
            Decimal(case["expected"]["best_possible_total"]),
            reader.major(best.total_minor),
        )
    return compared


class _Reader:
    """Reads one case into our words."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.currency = case.get("currency", "USD")
        self.promotions = case["promotions"]
        self.portable = str(case.get("portable", "universal"))

    def minor(self, amount: Any) -> int:
        return to_minor(str(amount), self.currency)

    def major(self, amount_minor: int) -> Decimal:
        return to_major(amount_minor, self.currency)

    def cart(self) -> Cart:
        shipping = self.case.get("shipping") or {}
        return Cart(
            currency=self.currency,
            lines=tuple(self._line(number, line) for number, line in enumerate(self.case["lines"])),
            shipping_minor=self.minor(shipping.get("price", 0)),
            shipping_method=shipping.get("method", ""),
            prices_include_tax=self.case.get("prices_include_tax", True),
        )

    def _line(self, number: int, line: Mapping[str, Any]) -> CartLine:
        _only(line, KNOWN_LINE, "a line")
        price = line.get("catalog_price", line["unit_price"])
        categories = tuple(line.get("categories", ())) + ((line["category"],) if "category" in line else ())
        return CartLine(
            id=f"{number:04d}",
            sku=str(line["sku"]),
            quantity=int(line["qty"]),
            unit_minor=self.minor(price),
            regular_minor=self.minor(line["unit_price"]),
            floor_minor=self.minor(line.get("min_price", 0)),
            categories=categories,
            attributes=tuple(sorted((str(key), str(value)) for key, value in line.get("attributes", {}).items())),
            tax_rate_bp=int(Decimal(str(line.get("tax_rate", 0))) * 100),
        )

    def policy(self) -> Policy:
        """Turn the policy a case names into ours."""
        said = self.portable
        if ("original price" in said and "sequential' off" in said) or "computed on the original" in said:
            return Policy(percent_base=PercentBase.ORIGINAL)
        if "remainder to the last line" in said:
            return Policy(remainder=Remainder.LAST)
        if "remainder goes to the first" in said:
            return Policy(remainder=Remainder.FIRST)
        if "requested order" in said:
            return Policy(combination=Combination.PRIORITY, is_condition_on_running_total=True)
        if "wins over an exclusion" in said or "lanes run one after another" in said:
            return Policy(combination=Combination.PRIORITY)
        return Policy()

    def offers(self) -> list[Offer]:
        return [self._offer(number, words) for number, words in enumerate(self.promotions)]

    def _offer(self, number: int, words: Mapping[str, Any]) -> Offer:
        _only(words, KNOWN_PROMOTION, "a promotion")
        actions = words.get("actions") or [words]
        target = _target(words.get("target") or {}, self)
        if words.get("applies_to_discounted") is False:
            target = _without_reduced(target)
        return Offer(
            key=self.key(number),
            effects=tuple(self._effect(words.get("kind", ""), action, target) for action in actions),
            conditions=tuple(self._condition(item) for item in words.get("conditions", ()) if "nth_order" not in item),
            priority=words.get("priority", 0),
            is_exclusive=bool(words.get("exclusive", False)),
            group=words.get("group", ""),
            excludes=frozenset(
                self.key(place)
                for place, other in enumerate(self.promotions)
                if other.get("key") in set(words.get("excludes", ()))
            ),
        )

    def key(self, number: int) -> str:
        """A key that keeps the order of the case."""
        return f"{number:03d}"

    def _effect(self, kind: str, action: Mapping[str, Any], target: Filter) -> Effect:
        if kind == "multi":
            return self._action(action)
        simple = self._simple(kind, action, target)
        if simple is not None:
            return simple
        if kind == "bxgy":
            return self._buy_get(action)
        if kind == "cheapest_free":
            return NthUnit(units=target, group_size=action["qty"], times_max=action.get("times"))
        if kind == "set_price":
            return Bundle(
                parts=((target, action["qty"]),), price_minor=self.minor(action["price"]), times_max=action.get("times")
            )
        if kind == "gift":
            option = GiftOption(sku=action["gift_sku"], value_minor=self.minor(action.get("gift_price", 0)))
            return Give(options=(option,), quantity=action.get("gift_qty", 1))
        raise NotUnderstoodError(f"promotion of kind {kind!r}")

    def _simple(self, kind: str, action: Mapping[str, Any], target: Filter) -> Effect | None:
        stages = {
            "percent_items": Stage.PERCENT,
            "catalog_percent": Stage.PERCENT,
            "percent_order": Stage.ORDER_PERCENT,
            "percent_shipping": Stage.SHIPPING_PERCENT,
            "fixed_per_unit": Stage.AMOUNT,
            "fixed_order": Stage.ORDER_AMOUNT,
            "fixed_shipping": Stage.SHIPPING_AMOUNT,
            "any": Stage.ORDER_AMOUNT,
        }
        if kind not in stages:
            return None
        cap = action.get("max_discount", action.get("max_discount_gross"))
        return Reduction(
            stage=stages[kind],
            units=target,
            percent_bp=_basis_points(action["percent"]) if "percent" in action else 0,
            amount_minor=MARK_MINOR if kind == "any" else self.minor(action.get("amount", 0)),
            steps=_steps(action),
            unit_limit=action.get("unit_limit"),
            cap_minor=None if cap is None else self.minor(cap),
            is_cap_gross="max_discount_gross" in action,
            is_split_by_quantity=action.get("split") == "quantity",
        )

    def _action(self, action: Mapping[str, Any]) -> Effect:
        """One action of a promotion that does several things: {"percent_items": "20", "category": "jackets"}."""
        kinds = [name for name in action if re.match(r"(percent|fixed)_", name)]
        if len(kinds) != 1:
            raise NotUnderstoodError(f"action {dict(action)}")
        kind = kinds[0]
        rest = {name: value for name, value in action.items() if name != kind}
        named = "percent" if kind.startswith("percent") else "amount"
        modifiers = ("max_discount", "unit_limit", "split")
        extra: dict[str, Any] = {name: rest.pop(name) for name in modifiers if name in rest}
        effect = self._simple(kind, {named: action[kind], **extra}, _target(rest, self))
        if effect is None:
            raise NotUnderstoodError(f"action {kind!r}")
        return effect

    def _buy_get(self, words: Mapping[str, Any]) -> BuyGet:
        buy, get = dict(words["buy"]), dict(words["get"])
        buy_quantity, get_quantity = buy.pop("qty"), get.pop("qty")
        percent = get.pop("percent", words.get("percent", "100"))
        return BuyGet(
            buy=_target(buy, self),
            buy_quantity=buy_quantity,
            get=_target(get, self),
            get_quantity=get_quantity,
            percent_bp=_basis_points(percent),
            pick=Pick.CHEAPEST if "cheapest target" in self.portable else Pick.DEAREST,
            times_max=words.get("times", 1 if "applied once" in self.portable else None),
        )

    def _condition(self, words: Mapping[str, Any]) -> Threshold:
        units = _target(words["target"], self) if "target" in words else ALL
        (name, value) = next((name, value) for name, value in words.items() if name != "target")
        totals = {
            "items_total": Measure.ITEMS_TOTAL,
            "net_items_total": Measure.ITEMS_TOTAL_NET,
            "discounted_items_total": Measure.DISCOUNTED_TOTAL,
        }
        base, _, operator = name.rpartition("_")
        if base in totals and operator in {"gte", "gt"}:
            return Threshold(measure=totals[base], required=self.minor(value), units=units, is_strict=operator == "gt")
        if base == "quantity" and operator in {"gte", "gt"}:
            return Threshold(measure=Measure.QUANTITY, required=int(value), units=units, is_strict=operator == "gt")
        if name in {"contains_sku", "contains_category"}:
            field = name.removeprefix("contains_")
            return Threshold(measure=Measure.QUANTITY, required=1, units=_target({field: value}, self))
        if name == "shipping_method":
            return Threshold(measure=Measure.SHIPPING_METHOD, required=1, allowed=frozenset({value}))
        raise NotUnderstoodError(f"condition {name!r}")

    def standings(self) -> dict[str, Standing]:
        """What is decided before prices: limits per customer, whose order it is, promotions that do not hold."""
        customer = self.case.get("customer") or {}
        found = {}
        for number, words in enumerate(self.promotions):
            limit = words.get("per_customer_limit")
            if limit is not None and customer.get("uses_of_code", 0) >= limit:
                found[self.key(number)] = Standing(reason=Reason.CUSTOMER_LIMIT_REACHED)
            if words.get("valid") is False:
                found[self.key(number)] = Standing(reason=Reason.CONDITION_NOT_MET)
            for condition in words.get("conditions", ()):
                if "nth_order" in condition and customer.get("placed_orders", 0) + 1 != condition["nth_order"]:
                    found[self.key(number)] = Standing(reason=Reason.NOT_YOURS)
        return found

    def compared(self, answer: Quote) -> list[tuple[str, tuple[object, object]]]:
        """Put what the case expects beside what we say."""
        found: list[tuple[str, tuple[object, object]]] = []
        for name, theirs in self.case["expected"].items():
            if name == "line_discounts":
                found += self._line_discounts(theirs, answer)
            elif name != "best_possible_total":
                ours = self._figure(name, answer)
                same_kind = Decimal(theirs) if isinstance(theirs, str) and isinstance(ours, Decimal) else theirs
                found.append((name, (same_kind, ours)))
        return found

    def _figure(self, name: str, answer: Quote) -> object:
        money = {
            "order_total": answer.total_minor,
            "discount_total": answer.discount_minor,
            "shipping": answer.shipping_minor,
            "gross_total": answer.gross_minor,
            "tax_total": answer.tax_minor,
        }
        if name in money:
            return self.major(money[name])
        if name == "discount_gross":
            return self.major(self._gross_without_offers() - answer.gross_minor)
        if name == "gift_qty":
            return sum(gift.quantity for gift in answer.gifts)
        if name == "applied":
            return [self.promotions[int(offer.key)].get("key") for offer in answer.applied]
        if name == "rejected":
            reasons = {Reason.CUSTOMER_LIMIT_REACHED: "per_customer_limit_reached"}
            return next((reasons.get(item.reason, item.reason.value) for item in answer.refused), None)
        raise NotUnderstoodError(f"expectation {name!r}")

    def _gross_without_offers(self) -> int:
        return evaluate(self.cart(), Catalog(()), Policy()).gross_minor

    def _line_discounts(self, theirs: Mapping[str, Any], answer: Quote) -> list[tuple[str, tuple[object, object]]]:
        found: list[tuple[str, tuple[object, object]]] = []
        for sku, expected in theirs.items():
            lines = answer.lines if sku == "_sum" else [line for line in answer.lines if line.sku == sku]
            total = sum(Decimal(part) for part in expected) if isinstance(expected, list) else Decimal(expected)
            found.append((f"discount of {sku}", (total, self.major(sum(line.discount_minor for line in lines)))))
        return found


def _target(words: Mapping[str, Any], reader: _Reader) -> Filter:
    """Read which units are meant: by SKU, category or unit price."""
    skus = set(words.get("sku_in", ())) | ({words["sku"]} if "sku" in words else set())
    categories = set(words.get("category_in", ())) | ({words["category"]} if "category" in words else set())
    known = {
        "sku", "sku_in", "category", "category_in", "unit_price_between", "unit_price_gte", "unit_price_lte",
        "excluded_skus",
    }  # fmt: skip
    _only(words, known, "a target")
    low, high = words.get("unit_price_between", (words.get("unit_price_gte"), words.get("unit_price_lte")))
    return Filter(
        skus=frozenset(skus),
        categories=frozenset(categories),
        excluded_skus=frozenset(words.get("excluded_skus", ())),
        price_from_minor=None if low is None else reader.minor(low),
        price_to_minor=None if high is None else reader.minor(high),
    )


def _without_reduced(units: Filter) -> Filter:
    return Filter(
        skus=units.skus,
        categories=units.categories,
        price_from_minor=units.price_from_minor,
        price_to_minor=units.price_to_minor,
        includes_reduced=False,
    )


def _steps(words: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    tiers = words.get("tiers")
    if not tiers:
        return ()
    steps = [(0, _basis_points(words.get("percent", "0")))]
    for start, percent in tiers.items():
        match = re.fullmatch(r"qty>=(\d+)", start)
        if not match:
            raise NotUnderstoodError(f"tier {start!r}")
        steps.append((int(match[1]), _basis_points(percent)))
    return tuple(steps)


def _basis_points(percent: Any) -> int:
    return int(Decimal(str(percent)) * 100)


def _only(words: Mapping[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(set(words) - known)
    if unknown:
        raise NotUnderstoodError(f"{what} says {', '.join(unknown)}")
