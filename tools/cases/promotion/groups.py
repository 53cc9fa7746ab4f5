"""What promotions of cases do with groups of units: the n-th unit, buy and get, sets, gifts for so many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.cases.promotion import targets
from tools.cases.promotion.kinds import Kind
from tools.cases.promotion.policies import Habits
from tools.cases.promotion.saying import Said, flag, listed, parts_per_million, pieces, whole
from tools.cases.report import NotUnderstoodError
from wracam.promotions.core.offers import ALL, Bundle, BuyGet, Filter, GiftOption, Give, NthUnit, Pick

SYNONYMS = {
    **targets.SYNONYMS,
    **dict.fromkeys(("percent_off", "percentage", "discount_percent", "pct"), "percent"),
    **dict.fromkeys(("amount_off", "discount_amount", "value"), "amount"),
    **dict.fromkeys(("fixed_price", "new_price", "set_price", "unit_price", "bundle_price", "total_price"), "price"),
    **dict.fromkeys(("per_order_limit", "max_per_order", "max_per_cart", "limit_per_order"), "times"),
    **dict.fromkeys(("out_of", "min_qty", "min_quantity", "qty_gte"), "qty"),
    **dict.fromkeys(("only_cheapest", "apply_once_per_order"), "cheapest_only"),
    **dict.fromkeys(("max_times", "times_max", "max_applications", "limit_times", "max_sets", "max_bundles",
                     "applications"), "times"),
    **dict.fromkeys(("cap", "max_amount", "max_discount_total", "max_discount_promotion", "max_discount_order",
                     "maximum_discount"), "max_discount"),
    **dict.fromkeys(("cap_gross", "max_discount_incl_tax"), "max_discount_gross"),
    **dict.fromkeys(("max_discount_per_line", "line_cap", "cap_per_line"), "max_discount_line"),
    **dict.fromkeys(("max_units", "max_quantity", "limit_units", "units_limit", "max_items", "item_limit",
                     "max_affected_items"), "unit_limit"),
    **dict.fromkeys(("unit_limit_per_line", "max_units_per_line", "max_quantity_per_line", "max_units_per_item",
                     "limit_per_line", "per_line_limit", "max_units_per_product"), "unit_limit_line"),
    **dict.fromkeys(("order_of_units", "pick", "units_first", "applies_first_to"), "unit_order"),
    **dict.fromkeys(("split_by", "distribute", "distribution"), "split"),
    **dict.fromkeys(("group_size", "size", "nth", "n", "every", "quantity", "group_of", "units"), "qty"),
    **dict.fromkeys(("amount_incl_tax", "gross_amount", "amount_including_tax"), "amount_gross"),
    **dict.fromkeys(("steps", "levels", "thresholds"), "tiers"),
    **dict.fromkeys(("tier_per", "tiers_by", "tier_scope", "tiers_scope", "steps_per"), "tiers_per"),
    **dict.fromkeys(("each_line", "tiers_per_line", "is_per_line"), "per_line"),
    **dict.fromkeys(("base", "base_amount", "base_percent"), "base"),
    **dict.fromkeys(("components", "products_in_set", "items"), "parts"),
    **dict.fromkeys(("x", "buy_total", "take"), "qty"), **dict.fromkeys(("y", "paid", "pay_for"), "pay"),

    **dict.fromkeys(("first_item", "first"), "first_unit"),
    **dict.fromkeys(("additional_item", "further_unit", "additional", "each_additional"), "additional_unit"),
    "same_sku": "same_product", "same": "same_product", "factor": "multiplier",
    **dict.fromkeys(("for_each", "per_units", "each", "for_every", "every_units"), "per"),
    **dict.fromkeys(("for_every_amount", "per_spent", "every_amount", "for_each_amount"), "per_amount"),
    **dict.fromkeys(("skip", "skip_units", "after_units"), "unit_skip"),
    "free_units": "reduced", "free": "reduced",
}  # fmt: skip


class Groups:
    """Reads effects that count units."""

    def __init__(self, minor: targets.Minor, habits: Habits) -> None:
        self.minor = minor
        self.habits = habits

    def target_of(self, said: Said, outer: Filter = ALL) -> Filter:
        """Read the target of a promotion or action, said as an object or beside its other words."""
        inner = said.take("target", said.take("applies_to"))
        found = ALL if inner is None else targets.scoped(inner, "a target", self.minor)
        beside = targets.take_scope(said, self.minor)
        chosen = [one for one in (found, beside, outer) if one != ALL]
        if not chosen:
            return ALL
        return targets.both(chosen)

    def nth_unit(self, kind: Kind, said: Said, target: Filter) -> NthUnit:
        """Every n-th unit for less; or all units of full groups (`group_size` of a percentage or an amount)."""
        paid, bought, got = said.take("pay"), said.take("buy"), said.take("get")
        if kind.group is None and "qty" not in said and bought is not None:
            said.words["qty"] = whole(bought) + whole(got or 0)
            said.words["reduced"] = said.words.get("reduced", got)
        elif bought is not None or got is not None:
            raise NotUnderstoodError(f"{said.what} says both how many form a group and what to buy and get")
        size = pieces(said.take("qty", kind.group or 2))
        reduced = said.take("reduced", kind.reduced)
        order = said.take("unit_order")
        return NthUnit(
            units=target,
            group_size=size,
            reduced=self._reduced(size, size - whole(paid) if paid is not None else pieces(reduced or 1)),
            pick=self.habits.group_pick if order is None else pick_of(order),
            is_same_product=flag(said.take("same_product", False)),
            times_max=self.times(said),
            **self.given(said, kind.percent),
        )

    def _reduced(self, size: int, reduced: int) -> int:
        if not 1 <= reduced <= size:
            raise NotUnderstoodError(f"{reduced} of every {size} units")
        return reduced

    def buy_get(self, said: Said, target: Filter) -> BuyGet:
        """So many bought, so many others for less."""
        if target == ALL and "buy" not in said and "get" not in said:
            raise NotUnderstoodError(f"{said.what} does not say what to buy")
        buy, buy_quantity = self._side(said, "buy", target)
        get_said = said.words.get("get")
        extra = (
            Said(get_said, "what one gets", SYNONYMS) if isinstance(get_said, Mapping) else Said({}, "what one gets")
        )
        for name in ("percent", "price", "amount"):
            if name in extra and name not in said:
                said.words[name] = extra.words[name]
        get, get_quantity = self._side(said, "get", buy)
        order = said.take("unit_order")
        return BuyGet(
            buy=buy,
            buy_quantity=buy_quantity,
            get=get,
            get_quantity=get_quantity,
            pick=self.habits.get_pick if order is None else pick_of(order),
            times_max=self._times_of_purchase(said, get_quantity),
            **self.given(said),
        )

    def _times_of_purchase(self, said: Said, get_quantity: int) -> int | None:
        """A limit of the units that one gets is so many times."""
        limit = said.take("unit_limit")
        if limit is None:
            return self.times(said)
        times, rest = divmod(whole(limit), get_quantity)
        if rest or "times" in said:
            raise NotUnderstoodError(f"{said.what} gives {get_quantity} units a time and at most {limit}")
        return times

    def _side(self, said: Said, name: str, default: Filter) -> tuple[Filter, int]:
        words = said.take(name, 1)
        aside = said.take(f"{name}_qty", said.take(f"{name}_quantity"))
        if not isinstance(words, Mapping):
            if isinstance(words, str) and not words.isdigit():
                return targets.scoped(words, name, self.minor), pieces(aside or 1)
            return default, pieces(words if aside is None else aside)
        side = Said(words, f"what one {name}s", SYNONYMS)
        for given in ("percent", "price", "amount") if name == "get" else ():
            side.take(given)
        count = pieces(side.take("qty", 1 if aside is None else aside))
        units = self.target_of(side)
        side.finish()
        return (units if units != ALL or not words.get("same") else default), count

    def set_of_units(self, said: Said, target: Filter) -> Bundle:
        """A set for a price, a percentage or an amount less."""
        given = self.given(said)
        price, amount = given["price_minor"], given["amount_minor"]
        if price is None and amount is None and given["percent_ppm"] == 10_000:
            raise NotUnderstoodError(f"{said.what} does not say the price of the set")
        order = said.take("unit_order")
        return Bundle(
            parts=self._parts(said, target),
            price_minor=price,
            percent_ppm=0 if price is not None or amount is not None else given["percent_ppm"],
            amount_minor=amount,
            pick=self.habits.set_pick if order is None else pick_of(order),
            times_max=self.times(said),
        )

    def _parts(self, said: Said, target: Filter) -> tuple[tuple[Filter, int], ...]:
        words = said.take("parts")
        if words is None and "qty" not in said and len(target.skus) > 1 and target == Filter(skus=target.skus):
            words = sorted(target.skus)
        return ((target, pieces(said.need("qty"))),) if words is None else self.parts_of(words)

    def parts_of(self, words: Any) -> tuple[tuple[Filter, int], ...]:
        """Read {"LAPTOP": 1, "BAG": 2}, ["LAPTOP", "BAG"] or a list of targets with `qty`."""
        if isinstance(words, Mapping):
            return tuple((Filter(skus=frozenset({str(sku)})), pieces(count)) for sku, count in words.items())
        parts = []
        for word in listed(words):
            if isinstance(word, str):
                parts.append((Filter(skus=frozenset({word})), 1))
                continue
            part = Said(word, "a part of a set", SYNONYMS)
            count = pieces(part.take("qty", 1))
            parts.append((self.target_of(part), count))
            part.finish()
        return tuple(parts)

    def gift(self, said: Said, target: Filter) -> Give:
        """A product on top, once or for every so many units."""
        if isinstance(said.words.get("gift"), Mapping):
            said.words |= {f"gift_{name}": value for name, value in said.take("gift").items()}
        picked = said.take("gift_choices")
        if not {"gift_sku", "gift_skus"} & set(said.words) and picked is None and target == Filter(skus=target.skus):
            said.words["gift_skus"], target = sorted(target.skus), ALL
        skus = [str(sku) for sku in listed(picked or said.take("gift_skus") or said.need("gift_sku"))]
        price, units, per = self.minor(said.take("gift_price", 0)), target, said.take("per", said.take("buy"))
        count = pieces(said.take("gift_qty", said.take("qty", 1)))
        if isinstance(per, Mapping):
            units, per = self._side(Said({"buy": per}, "what a gift is for", SYNONYMS), "buy", target)
        return Give(
            options=tuple(GiftOption(sku=sku, value_minor=price) for sku in skus),
            quantity=count,
            is_picked=picked is not None,
            per_quantity=None if per is None else pieces(per),
            units=units,
            times_max=self.times(said) if per is not None else None,
        )

    def given(self, said: Said, percent_unsaid: int = 100) -> dict[str, Any]:
        """What single units get: a percentage (all of it, if nothing is said), a price, or an amount off."""
        price, amount, percent = said.take("price"), said.take("amount"), said.take("percent")
        if sum(one is not None for one in (price, amount, percent)) > 1:
            raise NotUnderstoodError(f"{said.what} says more than one of price, amount and percent")
        return {
            "percent_ppm": parts_per_million(percent_unsaid if percent is None else percent),
            "price_minor": None if price is None else self.minor(price),
            "amount_minor": None if amount is None else self.minor(amount),
        }

    def times(self, said: Said) -> int | None:
        """How often it applies in one cart; None: as often as there are units."""
        repeat, times = said.take("repeat"), said.take("times")
        if times is not None:
            return whole(times)
        if repeat is not None:
            return None if flag(repeat) else 1
        return 1 if self.habits.is_once else None


def pick_of(order: object) -> Pick:
    """Read which units come first."""
    said = str(order).lower()
    if "cheap" in said or said in {"asc", "ascending", "lowest"}:
        return Pick.CHEAPEST
    if "dear" in said or "expensive" in said or said in {"desc", "descending", "highest"}:
        return Pick.DEAREST
    raise NotUnderstoodError(f"units in the order {order!r}")
