"""What promotions of cases do, as effects of our engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tools.cases.promotion import targets
from tools.cases.promotion.groups import SYNONYMS, Groups, pick_of
from tools.cases.promotion.kinds import Does, Kind, On, kind_of
from tools.cases.promotion.saying import Said, flag, listed, number, parts_per_million, pieces, whole
from tools.cases.report import NotUnderstoodError
from wracam.promotions.core.body.effects import TIMES_MAX
from wracam.promotions.core.offers import (
    Effect,
    Filter,
    GrantReward,
    MultiplyPoints,
    Pick,
    Reduction,
    SetPrice,
    Stage,
)

MARK_MINOR = 1
"""What a promotion of kind "any" takes off, so that it can be seen to apply."""
GIFT_WORDS = ("gift_sku", "gift_choices", "gift_price", "gift_qty", "gift_skus")
ACTION_MODIFIERS = frozenset({
    "percent", "amount", "amount_gross", "price", "times", "max_discount", "max_discount_gross", "max_discount_line",
    "unit_limit", "unit_limit_line", "unit_order", "split", "qty", "tiers", "parts", "same_product", "reduced",
    "multiplier", "per", "buy", "get", "target", "reward", "allocation", "repeat", "unit_skip", "first_unit",
    "additional_unit", "cheapest_only", "tiers_per", "per_line", "base", "per_amount", *GIFT_WORDS, *targets.SCOPE,
})  # fmt: skip
"""Words of an action that say how; the one beside them says what it does."""
REDUCTION_STAGES = {
    (Does.PERCENT, On.ORDER): Stage.ORDER_PERCENT,
    (Does.PERCENT, On.SHIPPING): Stage.SHIPPING_PERCENT,
    (Does.AMOUNT, On.ORDER): Stage.ORDER_AMOUNT,
    (Does.AMOUNT, On.SHIPPING): Stage.SHIPPING_AMOUNT,
    (Does.PERCENT, On.FEES): Stage.SHIPPING_PERCENT,
    (Does.AMOUNT, On.FEES): Stage.SHIPPING_AMOUNT,
    (Does.PRICE, On.FEES): Stage.SHIPPING_PRICE,
    (Does.PRICE, On.ORDER): Stage.ORDER_PRICE,
    (Does.PRICE, On.SHIPPING): Stage.SHIPPING_PRICE,
    (Does.MARK, On.ORDER): Stage.ORDER_AMOUNT,
}
TIER = re.compile(r"(?:(line|cart|order)_)?"
                  r"(qty|quantity|units|items|total|items_total|item_total|order_total|subtotal|amount|value)?"
                  r"\s*_?(>=|>|gte|from|min)?_?\s*"
                  r"(\d+(?:[.,]\d+)?)")  # fmt: skip
"""A step: perhaps of each line, quantity or value, from how much on."""
PER_LINE = frozenset({"line", "item", "product", "sku", "each", "each_line"})
PER_CART = frozenset({"cart", "order", "all", "total"})
BY_VALUE = frozenset({"total", "items_total", "item_total", "order_total", "subtotal", "amount", "value"})


class Effects(Groups):
    """Reads what the promotions of one case do."""

    def of_promotion(self, said: Said, target: Filter) -> tuple[Effect, ...]:
        """Read a promotion of one kind, or its list of actions."""
        actions = said.take("actions", said.take("effects"))
        if actions is None:
            kind = kind_of(str(said.need("kind")))
            return (
                self._first_and_further(said, target)
                if kind.does is Does.FLEXI
                else (self._effect(kind, said, target),)
            )
        said.take("kind")
        return tuple(self._action(action, target) for action in listed(actions))

    def _action(self, words: Any, target: Filter) -> Effect:
        """Read {"percent_items": "20", "category": "jackets"}, {"kind": …} or the bare word "free_shipping"."""
        said = Said({words: True} if isinstance(words, str) else words, "an action", SYNONYMS)
        if "kind" in said:
            kind = kind_of(str(said.take("kind")))
        else:
            kind = self._named(said)
        units = self.target_of(said, target)
        effect = self._effect(kind, said, units)
        said.finish()
        return effect

    def _named(self, said: Said) -> Kind:
        """The word of an action that says what it does; its value is how much."""
        names = [name for name in said.left() if name not in ACTION_MODIFIERS]
        if not names:
            return self._unnamed(said)
        if len(names) != 1:
            raise NotUnderstoodError(f"an action with {', '.join(names) or 'nothing'} to do: {said.words!r}")
        kind, value = kind_of(names[0]), said.take(names[0])
        if isinstance(value, Mapping):
            said.words |= Said(value, "an action", SYNONYMS).words
        elif value is not True:
            name = {Does.PERCENT: "percent", Does.AMOUNT: "amount", Does.PRICE: "price", Does.NTH: "percent",
                    Does.GIFT: "gift_sku", Does.POINTS: "multiplier", Does.REWARD: "reward"}.get(kind.does)  # fmt: skip
            if name is None:
                raise NotUnderstoodError(f"an action {names[0]}: {value!r}")
            said.words[name] = value
        return kind

    def _unnamed(self, said: Said) -> Kind:
        """An action that says only how much: a gift, a percentage, an amount or a price of what it aims at."""
        is_aimed = bool({"target", *targets.SCOPE} & set(said.words))
        for name, kind in (
            ("gift_sku", Kind(Does.GIFT)),
            ("percent", Kind(Does.PERCENT, On.ITEMS if is_aimed else On.ORDER)),
            ("amount", Kind(Does.AMOUNT, On.ORDER)),
        ):
            if name in said:
                return kind
        raise NotUnderstoodError(f"an action with nothing to do: {said.words!r}")

    def _first_and_further(self, said: Said, target: Filter) -> tuple[Effect, ...]:
        """An amount off the first unit of a line, another off each further one, up to so many."""
        first, further = self.minor(said.take("first_unit", 0)), self.minor(said.take("additional_unit", 0))
        limit = said.take("unit_limit", said.take("unit_limit_line"))
        most = None if not limit else whole(limit)
        off: dict[str, Any] = {"stage": Stage.AMOUNT, "units": target, "is_limit_per_line": True}
        return (
            Reduction(amount_minor=first, unit_limit=1, **off),
            Reduction(amount_minor=further, unit_skip=1, unit_limit=None if most is None else most - 1, **off),
        )

    def _effect(self, kind: Kind, said: Said, target: Filter) -> Effect:
        if kind.does is Does.BUY_GET:
            return self.buy_get(said, target)
        if kind.does is Does.NTH and not (kind.is_free and not {"qty", "buy"} & set(said.words)):
            return self.nth_unit(kind, said, target)
        if kind.does is Does.SET or (
            kind.does is Does.PRICE and kind.on is On.ITEMS and {"qty", "parts"} & set(said.words)
        ):
            return self.set_of_units(said, target)
        if kind.does in {Does.PERCENT, Does.AMOUNT} and kind.on in {On.ITEMS, On.UNIT} and "qty" in said:
            said.words.setdefault("reduced", said.words["qty"])
            return self.nth_unit(kind, said, target)
        if kind.does is Does.GIFT:
            return self.gift(said, target)
        if kind.does is Does.POINTS:
            return MultiplyPoints(units=target, multiplier_bp=int(number(said.need("multiplier")) * 10_000))
        if kind.does is Does.REWARD:
            return GrantReward(reward=str(said.need("reward")), quantity=whole(said.take("qty", 1)))
        if kind.does is Does.PRICE and kind.on is On.ITEMS:
            return self._unit_price(said, target)
        return self._reduction(kind, said, target)

    def _reduction(self, kind: Kind, said: Said, target: Filter) -> Reduction:
        kind = self._allocated(kind, said)
        default = Stage.AMOUNT if kind.does is Does.AMOUNT else Stage.PERCENT
        stage = REDUCTION_STAGES.get((kind.does, kind.on), default)
        is_one = kind.on in {On.CHEAPEST, On.DEAREST}
        is_amount = kind.does is not Does.PERCENT and not kind.is_free
        gross = said.take("amount_gross")
        base = said.take("price" if kind.does is Does.PRICE else "amount" if is_amount else "percent", gross)
        base = said.take("amount") if base is None and kind.does is not Does.AMOUNT else base
        base = said.take("base", base)
        tiers = said.take("tiers")
        if base is None and tiers is None and not kind.is_free and kind.does is not Does.MARK:
            raise NotUnderstoodError(f"{said.what} does not say how much comes off")
        read = self.minor if is_amount else parts_per_million
        value = MARK_MINOR if kind.does is Does.MARK else read(base or 0) if base or not kind.is_free else 1_000_000
        steps, by_value, per_line = self._steps(tiers, value, read, said)
        is_every = bool({"per", "per_amount"} & set(said.words))
        if is_every:
            steps, by_value = self._every(said, value, bool(steps))
            steps = tuple((start, off if is_amount else min(off, 1_000_000)) for start, off in steps)
        cap, cap_gross, cap_line = (
            said.take(name) for name in ("max_discount", "max_discount_gross", "max_discount_line")
        )
        return Reduction(
            stage=stage,
            units=target,
            percent_ppm=0 if is_amount else value,
            amount_minor=value if is_amount else 0,
            steps=steps,
            are_steps_by_value=by_value,
            are_steps_per_line=per_line,
            is_every=is_every,
            **self._limit(said, 1 if is_one else None, kind.on is On.CHEAPEST),
            is_per_line=kind.on is On.LINE or flag(said.take("each_charge", False)),
            is_on_fees=kind.on is On.FEES,
            line_cap_minor=None if cap_line is None else self.minor(cap_line),
            cap_minor=None if cap is None and cap_gross is None else self.minor(cap if cap is not None else cap_gross),
            is_cap_gross=cap_gross is not None or self.habits.are_caps_gross,
            is_amount_gross=gross is not None or self.habits.are_amounts_gross,
            is_split_by_quantity=self._split(said),
        )

    def _allocated(self, kind: Kind, said: Said) -> Kind:
        """`allocation`: each unit, across the products, or once (the cheapest first)."""
        if flag(said.take("cheapest_only", False)):
            return Kind(kind.does, On.CHEAPEST)
        how = said.take("allocation", said.take("apply_to", said.take("only")))
        if how is None:
            return kind
        if how in {"cheapest", "dearest", "most_expensive"}:
            return Kind(kind.does, On.CHEAPEST if how == "cheapest" else On.DEAREST)
        if how not in {"each", "unit", "across", "order", "once", "line"}:
            raise NotUnderstoodError(f"allocation {how!r}")
        if kind.on in {On.SHIPPING, On.FEES}:
            if how in {"each", "unit", "line"}:
                said.words["each_charge"] = True
            return kind
        if how == "once":
            said.words.setdefault("unit_order", "cheapest")
            said.words.setdefault("unit_limit", 1)
        if how == "each" and "unit_limit" in said:
            said.words["unit_limit_line"] = said.take("unit_limit")
        if kind.does is Does.PERCENT:
            return Kind(Does.PERCENT, On.ORDER if how in {"across", "order"} else On.ITEMS)
        on = {"across": On.ORDER, "order": On.ORDER, "line": On.LINE}.get(str(how), On.UNIT)
        return Kind(kind.does, on)

    def _limit(self, said: Said, default: int | None = None, is_cheapest: bool = False) -> dict[str, Any]:
        per_line = said.take("unit_limit_line")
        limit = said.take("unit_limit", said.take("qty", default) if default else None)
        if per_line is not None and limit is not None:
            raise NotUnderstoodError(f"{said.what} limits units in all and on each line")
        skip = whole(said.take("unit_skip", 0))
        order = said.take("unit_order")
        pick = self.habits.limit_pick if order is None else pick_of(order)
        found = limit if per_line is None else per_line
        return {
            "unit_limit": None if found is None else whole(found),
            "unit_skip": skip,
            "is_limit_per_line": per_line is not None,
            "pick": Pick.CHEAPEST if is_cheapest else Pick.DEAREST if default else pick,
        }

    def _split(self, said: Said) -> bool:
        how = str(said.take("split", "amount"))
        if how not in {"amount", "value", "price", "proportional", "quantity", "qty", "units"}:
            raise NotUnderstoodError(f"split by {how!r}")
        return how in {"quantity", "qty", "units"}

    def _steps(self, tiers: Any, base: int, read: Any, said: Said) -> tuple[tuple[tuple[int, int], ...], bool, bool]:
        """Tiers such as {"qty>=10": "15"}, {"line_total>=100.00": "15"} or [{"qty": 10, "percent": "15"}].

        Returns the steps, whether they are of value, and whether each line reaches its own.
        """
        per_line = self._is_per_line(said)
        if not tiers:
            return (), False, False
        found = [self._tier(one) for one in (tiers.items() if isinstance(tiers, Mapping) else tiers)]
        kinds = {(is_value, per_line or is_of_line) for is_value, is_of_line, _, _ in found}
        if len(kinds) > 1:
            raise NotUnderstoodError("tiers by quantity and by value, or of lines and of the cart, in one promotion")
        steps = {0: base} if base else {}
        steps |= {start: read(value) for _, _, start, value in found}
        return tuple(sorted(steps.items())), *kinds.pop()

    def _every(self, said: Said, value: int, has_steps: bool) -> tuple[tuple[tuple[int, int], ...], bool]:
        """So much for every so many units (`per`), or for every amount spent (`per_amount`)."""
        units, spent = said.take("per"), said.take("per_amount")
        if has_steps or (units is not None and spent is not None):
            raise NotUnderstoodError(f"{said.what} says both tiers and for every how many, or that twice")
        every = pieces(units) if spent is None else self.minor(spent)
        if every < 1:
            raise NotUnderstoodError(f"{said.what} gives something for every {spent}")
        times = self.times(said) or TIMES_MAX
        return tuple((every * count, value * count) for count in range(1, times + 1)), spent is not None

    def _is_per_line(self, said: Said) -> bool:
        """`tiers_per: line` or `per_line: true` beside the tiers."""
        if flag(said.take("per_line", False)):
            return True
        how = str(said.take("tiers_per", "cart"))
        if how not in PER_LINE | PER_CART:
            raise NotUnderstoodError(f"tiers per {how!r}")
        return how in PER_LINE

    def _tier(self, tier: Any) -> tuple[bool, bool, int, Any]:
        if isinstance(tier, Mapping):
            return self._told_tier(tier)
        start, value = tier
        match = TIER.fullmatch(str(start).strip().lower())
        if not match:
            raise NotUnderstoodError(f"tier {start!r}")
        is_value = match[2] in BY_VALUE or (match[2] is None and bool(re.search(r"[.,]", match[4])))
        first = self.minor(match[4]) if is_value else whole(match[4])
        if isinstance(value, Mapping):
            if len(value) != 1:
                raise NotUnderstoodError(f"tier {start!r}: {value!r}")
            value = next(iter(value.values()))
        return is_value, match[1] == "line", first + (match[3] == ">"), value

    def _told_tier(self, tier: Mapping[str, Any]) -> tuple[bool, bool, int, Any]:
        said = Said(tier, "a tier", SYNONYMS | {"from": "start", "percent": "gives", "amount": "gives",
                                                 "price": "gives", "qty_gte": "qty", "min_qty": "qty",
                                                 "total_gte": "total", "min_total": "total"})  # fmt: skip
        named = said.first(("start", "qty", "total", "quantity_gte", "items_total_gte", "line_qty", "line_quantity",
                            "line_qty_gte", "line_quantity_gte", "line_total", "line_total_gte"))  # fmt: skip
        gives = said.take("gives", said.take("percent", said.take("amount", said.take("price"))))
        said.finish()
        if named is None or gives is None:
            raise NotUnderstoodError(f"tier {tier!r}")
        is_value = "total" in named[0]
        start = self.minor(named[1]) if is_value else whole(named[1])
        return is_value, named[0].startswith("line_"), start, gives

    def _unit_price(self, said: Said, target: Filter) -> SetPrice:
        tiers, price = said.take("tiers"), said.take("price", said.take("amount"))
        if tiers is None and price is None:
            raise NotUnderstoodError(f"{said.what} does not say the price")
        base = 0 if price is None else self.minor(price)
        steps, by_value, per_line = self._steps(tiers, base, self.minor, said)
        if by_value:
            raise NotUnderstoodError("a unit price by value")
        return SetPrice(units=target, price_minor=base, steps=steps, are_steps_per_line=per_line, **self._limit(said))
