"""Promotion cases: a cart, promotions in plain words, and what another system's tests expect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tools.cases.promotion_words import (
    ABOUT_CUSTOMER,
    KINDS,
    KNOWN_CASE,
    KNOWN_LINE,
    KNOWN_PROMOTION,
    MARK_MINOR,
    MEASURES,
    basis_points,
    groups_of,
    is_theirs,
    listed,
    only,
    plainly,
    target_of,
)
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
    Rounding,
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
    GrantReward,
    Measure,
    MultiplyPoints,
    NthUnit,
    Offer,
    Pick,
    Reduction,
    SetPrice,
    Stage,
    Threshold,
)


def judge(case: Case) -> dict[str, tuple[object, object]]:
    """Return {what: (expected, ours)} for every expectation of the case."""
    try:
        reader = _Reader(case)
        cart, offers, standings = reader.cart(), reader.offers(), reader.standings()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, NotUnderstoodError):
            raise
        raise NotUnderstoodError(f"{type(error).__name__}: {error}") from error
    catalog = Catalog(offers)

    def answered(policy: Policy) -> Quote:
        budgets, stocks = reader.budgets(), case.get("stock", {})
        return evaluate(cart, catalog, policy, standings, budgets=budgets, stocks=stocks)

    answer = answered(reader.policy())
    compared = dict(reader.compared(answer))
    if "best_possible_total" in case["expected"]:
        best = answered(Policy())
        compared["best_possible_total"] = (
            Decimal(case["expected"]["best_possible_total"]),
            reader.major(best.total_minor),
        )
    return compared


class _Reader:
    """Reads one case into our words."""

    def __init__(self, case: Case) -> None:
        only(case, KNOWN_CASE, "the case")
        self.case = case
        self.currency = case.get("currency", "USD")
        self.promotions = [plainly(words) for words in case["promotions"]]
        self.portable = str(case.get("portable", "universal"))

    def budgets(self) -> dict[str, int]:
        """What is left of the promotions that have a budget."""
        return {
            self.key(number): self.minor(words["budget"])
            for number, words in enumerate(self.promotions)
            if "budget" in words
        }

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
            shipping_tax_rate_bp=basis_points(shipping.get("tax_rate", 0)),
            prices_include_tax=self.case.get("prices_include_tax", True),
            gift_picks=tuple(
                (self.key(number), sku)
                for number, words in enumerate(self.promotions)
                for sku in listed(self.case.get("gift_picks", {}).get(words.get("key"), ()))
            ),
        )

    def _line(self, number: int, line: Mapping[str, Any]) -> CartLine:
        line = plainly(line)
        only(line, KNOWN_LINE, "a line")
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
            tax_rate_bp=basis_points(line.get("tax_rate", 0)),
            lowest_30_days_minor=self.minor(line["lowest_30_days"]) if "lowest_30_days" in line else None,
        )

    def policy(self) -> Policy:
        """Turn the policy a case names into ours."""
        said = self.portable
        is_original = "original" in said and ("percent" in said or "computed on" in said) and "band" not in said
        if is_original and "sequential' on" not in said:
            return Policy(percent_base=PercentBase.ORIGINAL)
        if "remainder to the last line" in said:
            return Policy(remainder=Remainder.LAST)
        if "remainder goes to the first" in said:
            return Policy(remainder=Remainder.FIRST)
        if "requested order" in said:
            return Policy(combination=Combination.PRIORITY, is_condition_on_running_total=True)
        if "wins over an exclusion" in said or "lanes run one after another" in said:
            return Policy(combination=Combination.PRIORITY)
        if "rounded per unit" in said or "rounding per unit" in said:
            return Policy(rounding=Rounding.UNIT)
        return Policy()

    def offers(self) -> list[Offer]:
        return [self._offer(number, words) for number, words in enumerate(self.promotions)]

    def _offer(self, number: int, words: Mapping[str, Any]) -> Offer:
        only(words, KNOWN_PROMOTION, "a promotion")
        actions = [plainly(action) for action in words.get("actions") or [words]]
        target = target_of(words.get("target") or {}, self.minor)
        if words.get("applies_to_discounted") is False:
            target = replace(target, includes_reduced=False)
        return Offer(
            key=self.key(number),
            effects=tuple(self._effect(str(words.get("kind", "")), action, target) for action in actions),
            conditions=tuple(threshold for item in words.get("conditions", ()) for threshold in self._conditions(item)),
            combination=Combination(words["combination"]) if "combination" in words else None,
            priority=words.get("priority", 0),
            is_exclusive=bool(words.get("exclusive", False)),
            group=words.get("group", ""),
            excludes=frozenset(
                self.key(place)
                for place, other in enumerate(self.promotions)
                if other.get("key") in set(listed(words.get("excludes", ())))
            ),
        )

    def key(self, number: int) -> str:
        """A key that keeps the order of the case."""
        return f"{number:03d}"

    def _effect(self, kind: str, action: Mapping[str, Any], target: Filter) -> Effect:
        kind = KINDS.get(kind, kind)
        if kind == "multi":
            return self._action(action)
        effect = (
            self._simple(kind, action, target)
            or self._of_units(kind, action, target)
            or self._beyond_money(kind, action, target)
        )
        if effect is None:
            raise NotUnderstoodError(f"promotion of kind {kind!r}")
        return effect

    def _of_units(self, kind: str, action: Mapping[str, Any], target: Filter) -> Effect | None:
        """Effects that count units: groups, purchases, sets, a unit's price."""
        times = action.get("times")
        if kind == "bxgy":
            return self._buy_get(action)
        if kind in {"cheapest_free", "nth_percent"}:
            return NthUnit(
                units=target,
                group_size=action.get("qty", 2),
                reduced=action.get("reduced", 1),
                percent_bp=basis_points(action.get("percent", 100)),
                price_minor=self.minor(action["price"]) if "price" in action else None,
                is_same_product=bool(action.get("same_product", False)),
                times_max=times,
            )
        if kind == "fixed_unit_price":
            return SetPrice(units=target, price_minor=self.minor(action["price"]))
        if kind in {"set_price", "bundle"}:
            parts = [dict(part) for part in action.get("parts", ())]
            filters = tuple((target_of(part, self.minor), count) for part in parts for count in [part.pop("qty", 1)])
            return Bundle(
                parts=filters or ((target, action["qty"]),),
                price_minor=self.minor(action["price"]) if "price" in action else None,
                percent_bp=basis_points(action.get("percent", 0)),
                times_max=times,
            )
        return None

    def _beyond_money(self, kind: str, action: Mapping[str, Any], target: Filter) -> Effect | None:
        if kind == "gift":
            skus = action.get("gift_choices") or [action["gift_sku"]]
            value = self.minor(action.get("gift_price", 0))
            return Give(
                options=tuple(GiftOption(sku=sku, value_minor=value) for sku in skus),
                quantity=action.get("gift_qty", 1),
                is_picked="gift_choices" in action,
            )
        if kind == "points":
            return MultiplyPoints(units=target, multiplier_bp=int(Decimal(str(action["multiplier"])) * 10_000))
        if kind == "reward":
            return GrantReward(reward=str(action["reward"]), quantity=action.get("qty", 1))
        return None

    def _simple(self, kind: str, action: Mapping[str, Any], target: Filter) -> Effect | None:
        stages = {
            "percent_items": Stage.PERCENT,
            "catalog_percent": Stage.PERCENT,
            "cheapest_percent": Stage.PERCENT,
            "dearest_percent": Stage.PERCENT,
            "percent_order": Stage.ORDER_PERCENT,
            "percent_shipping": Stage.SHIPPING_PERCENT,
            "free_shipping": Stage.SHIPPING_PERCENT,
            "fixed_per_unit": Stage.AMOUNT,
            "fixed_per_line": Stage.AMOUNT,
            "fixed_order": Stage.ORDER_AMOUNT,
            "fixed_shipping": Stage.SHIPPING_AMOUNT,
            "any": Stage.ORDER_AMOUNT,
        }
        if kind not in stages:
            return None
        cap = action.get("max_discount", action.get("max_discount_gross"))
        line_cap = action.get("max_discount_line")
        is_one = kind in {"cheapest_percent", "dearest_percent"}
        is_cheapest = kind == "cheapest_percent" or action.get("unit_order") == "cheapest"
        steps = self._steps(action)
        return Reduction(
            stage=stages[kind],
            units=target,
            percent_bp=basis_points(action.get("percent", 100 if kind == "free_shipping" else 0)),
            amount_minor=MARK_MINOR if kind == "any" else self.minor(action.get("amount", 0)),
            steps=tuple(steps),
            are_steps_by_value=any(start.startswith("total") for start in action.get("tiers") or ()),
            unit_limit=action.get("unit_limit", action.get("qty", 1) if is_one else None),
            pick=Pick.CHEAPEST if is_cheapest or "cheapest units first" in self.portable else Pick.DEAREST,
            is_per_line=kind == "fixed_per_line",
            line_cap_minor=None if line_cap is None else self.minor(line_cap),
            cap_minor=None if cap is None else self.minor(cap),
            is_cap_gross="max_discount_gross" in action or "including tax" in self.portable,
            is_split_by_quantity=action.get("split") == "quantity",
        )

    def _steps(self, action: Mapping[str, Any]) -> list[tuple[int, int]]:
        """Tiers such as {"qty>=10": "15"} or {"total>=100.00": "15"}; percentages, or amounts where the base is one."""
        tiers = action.get("tiers")
        if not tiers:
            return []
        is_amount = "amount" in action and "percent" not in action
        read = self.minor if is_amount else basis_points
        steps = [(0, read(action.get("amount" if is_amount else "percent", "0")))]
        for start, value in tiers.items():
            match = re.fullmatch(r"(qty|total)\s*>=\s*(\d+(?:\.\d+)?)", start)
            if not match:
                raise NotUnderstoodError(f"tier {start!r}")
            steps.append((int(match[2]) if match[1] == "qty" else self.minor(match[2]), read(value)))
        return steps

    def _action(self, action: Mapping[str, Any]) -> Effect:
        """One action of a promotion that does several things: {"percent_items": "20", "category": "jackets"}."""
        if "kind" in action:
            inner = {name: value for name, value in action.items() if name not in {"kind", "target"}}
            return self._effect(action["kind"], inner, target_of(action.get("target") or {}, self.minor))
        if action.get("free_shipping") is True:
            return self._effect("free_shipping", {}, ALL)
        kinds = [name for name in action if re.match(r"(percent|fixed)_", name)]
        if len(kinds) != 1:
            raise NotUnderstoodError(f"action {dict(action)}")
        kind = kinds[0]
        rest = {name: value for name, value in action.items() if name != kind}
        named = "percent" if kind.startswith("percent") else "amount"
        modifiers = (
            "max_discount", "max_discount_gross", "max_discount_line", "unit_limit", "unit_order", "split", "tiers",
        )  # fmt: skip
        extra: dict[str, Any] = {name: rest.pop(name) for name in modifiers if name in rest}
        effect = self._simple(kind, {named: action[kind], **extra}, target_of(rest, self.minor))
        if effect is None:
            raise NotUnderstoodError(f"action {kind!r}")
        return effect

    def _buy_get(self, words: Mapping[str, Any]) -> BuyGet:
        buy, get = dict(words["buy"]), dict(words["get"])
        buy_quantity, get_quantity = buy.pop("qty"), get.pop("qty")
        percent = get.pop("percent", words.get("percent", "100"))
        return BuyGet(
            buy=target_of(buy, self.minor),
            buy_quantity=buy_quantity,
            get=target_of(get, self.minor),
            get_quantity=get_quantity,
            percent_bp=basis_points(percent),
            pick=Pick.CHEAPEST if "cheapest target" in self.portable else Pick.DEAREST,
            times_max=words.get("times", 1 if "applied once" in self.portable else None),
        )

    def _conditions(self, words: Mapping[str, Any]) -> list[Threshold]:
        """Read one condition; `target` narrows it, `qty` beside `contains_…` asks for so many."""
        words = dict(words)
        units = target_of(words.pop("target"), self.minor) if "target" in words else ALL
        contained = [name for name in words if name.startswith("contains_")]
        count = int(words.pop("qty", words.pop("quantity_gte", 1))) if contained else 1
        return [
            threshold
            for name, value in words.items()
            if name not in ABOUT_CUSTOMER
            for threshold in self._thresholds(name, value, units, count)
        ]

    def _thresholds(self, name: str, value: Any, units: Filter, count: int) -> list[Threshold]:
        base, _, operator = name.rpartition("_")
        if base in MEASURES and operator in {"gte", "gt", "lte", "lt"}:
            measure = MEASURES[base]
            is_count = measure in (Measure.QUANTITY, Measure.DISTINCT_PRODUCTS)
            return [
                Threshold(
                    measure=measure,
                    required=int(value) if is_count else self.minor(value),
                    units=units,
                    is_strict=operator in {"gt", "lt"},
                    is_upper=operator in {"lte", "lt"},
                )
            ]
        if name in {"contains_sku", "contains_category"}:
            field = name.removeprefix("contains_")
            return [Threshold(measure=Measure.QUANTITY, required=count, units=target_of({field: value}, self.minor))]
        if name in {"contains_any_sku", "contains_any_category", "contains_all_skus", "contains_all_categories"}:
            field = "sku" if "sku" in name else "category"
            wanted = [{f"{field}_in": value}] if "_any_" in name else [{field: one} for one in value]
            return [
                Threshold(measure=Measure.QUANTITY, required=count, units=target_of(one, self.minor)) for one in wanted
            ]
        if name == "shipping_method":
            return [Threshold(measure=Measure.SHIPPING_METHOD, required=1, allowed=frozenset(listed(value)))]
        raise NotUnderstoodError(f"condition {name!r}")

    def standings(self) -> dict[str, Standing]:
        """What is decided before prices: dates, codes, limits, whose order it is, promotions that do not hold."""
        found = {}
        for number, words in enumerate(self.promotions):
            reason = self._standing(words)
            if reason is not None:
                found[self.key(number)] = Standing(reason=reason)
        return found

    def _standing(self, words: Mapping[str, Any]) -> Reason | None:
        customer = self.case.get("customer") or {}
        now, code = str(self.case.get("now", "")), words.get("code")
        per_customer, limit = words.get("per_customer_limit"), words.get("usage_limit")
        groups = set(listed(words.get("customer_groups", ())))
        reasons = {
            Reason.CONDITION_NOT_MET: words.get("valid") is False,
            Reason.NOT_YET: bool(now) and str(words.get("starts", "")) > now,
            Reason.EXPIRED: bool(now and "ends" in words) and str(words["ends"]) <= now,
            Reason.CODE_REQUIRED: code is not None and "codes" in self.case and code not in self.case["codes"],
            Reason.CUSTOMER_LIMIT_REACHED: per_customer is not None and customer.get("uses_of_code", 0) >= per_customer,
            Reason.EXHAUSTED: limit is not None and words.get("uses", 0) >= limit,
            Reason.NOT_YOURS: (bool(groups) and groups.isdisjoint(groups_of(customer)))
            or any(not is_theirs(condition, customer) for condition in words.get("conditions", ())),
        }
        return next((reason for reason, applies in reasons.items() if applies), None)

    def compared(self, answer: Quote) -> list[tuple[str, tuple[object, object]]]:
        """Put what the case expects beside what we say."""
        found: list[tuple[str, tuple[object, object]]] = []
        for name, theirs in self.case["expected"].items():
            if name in {"line_discounts", "line_totals"}:
                found += self._of_lines(name, theirs, answer)
            elif name != "best_possible_total":
                ours = self._figure(name, answer)
                same_kind = Decimal(theirs) if isinstance(theirs, str) and isinstance(ours, Decimal) else theirs
                found.append((name, (same_kind, ours)))
        return found

    def _figure(self, name: str, answer: Quote) -> object:
        money = {
            "order_total": answer.total_minor,
            "items_total": answer.items_minor,
            "net_total": answer.gross_minor - answer.tax_minor,
            "shipping_discount": answer.shipping_discount_minor,
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
        if name == "gift_skus":
            return [gift.sku for gift in answer.gifts]
        if name == "proved_optimal":
            return answer.proved_optimal
        if name == "points_multiplier":
            return Decimal(answer.points_multiplier_bp) / 10_000
        if name == "rewards":
            return [reward.reward for reward in answer.rewards]
        if name == "not_applied":
            return [self.promotions[int(offer.key)].get("key") for offer in answer.refused]
        if name == "applied":
            return [self.promotions[int(offer.key)].get("key") for offer in answer.applied]
        if name == "rejected":
            reasons = {Reason.CUSTOMER_LIMIT_REACHED: "per_customer_limit_reached"}
            return next((reasons.get(item.reason, item.reason.value) for item in answer.refused), None)
        raise NotUnderstoodError(f"expectation {name!r}")

    def _gross_without_offers(self) -> int:
        return evaluate(self.cart(), Catalog(()), Policy()).gross_minor

    def _of_lines(self, name: str, theirs: Mapping[str, Any], answer: Quote) -> list[tuple[str, tuple[object, object]]]:
        """Compare per SKU, or in all as `_sum`; a list is what the single units get."""
        found: list[tuple[str, tuple[object, object]]] = []
        for sku, expected in theirs.items():
            lines = answer.lines if sku == "_sum" else [line for line in answer.lines if line.sku == sku]
            total = sum(Decimal(part) for part in expected) if isinstance(expected, list) else Decimal(expected)
            ours = sum(line.discount_minor if name == "line_discounts" else line.total_minor for line in lines)
            found.append((f"{name.removeprefix('line_').rstrip('s')} of {sku}", (total, self.major(ours))))
        return found
