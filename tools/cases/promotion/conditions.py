"""What a promotion asks of the cart: thresholds that the engine measures, each from a word and an operator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tools.cases.promotion import circumstances, targets
from tools.cases.promotion.saying import Said, listed, whole
from tools.cases.report import Case, NotUnderstoodError
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.offers import ALL, Filter, Measure, Offer, Threshold
from wracam.promotions.core.units import Units

MEASURES = {
    "items_total": Measure.ITEMS_TOTAL,
    "net_items_total": Measure.ITEMS_TOTAL_NET,
    "discounted_items_total": Measure.DISCOUNTED_TOTAL,
    "quantity": Measure.QUANTITY,
    "distinct_skus": Measure.DISTINCT_PRODUCTS,
}
OTHER_NAMES = {
    **dict.fromkeys(
        ("order_total", "cart_total", "basket_total", "subtotal", "item_total", "total", "amount", "value", "spend",
         "order_value", "cart_value", "order_amount", "items_amount", "category_total", "sku_total", "items_subtotal",
         "taxon_total", "amount_spent", "total_amount"),
        "items_total",
    ),
    **dict.fromkeys(("net_total", "net_subtotal", "items_total_net", "total_excl_tax", "items_total_excl_tax"),
                    "net_items_total"),
    **dict.fromkeys(
        ("discounted_item_total", "discounted_total", "items_total_after_discounts", "running_total",
         "discounted_order_total", "discounted_subtotal", "items_total_discounted"),
        "discounted_items_total",
    ),
    **dict.fromkeys(
        ("qty", "items_count", "item_count", "count", "units", "items", "item_quantity", "total_quantity",
         "cart_quantity", "items_quantity", "category_quantity", "sku_quantity", "category_qty", "taxon_quantity"),
        "quantity",
    ),
    **dict.fromkeys(("coverage", "distinct_products", "distinct_items", "lines", "line_count", "lines_count",
                     "different_products", "distinct_sku"), "distinct_skus"),
    **dict.fromkeys(("line_qty", "max_line_quantity", "quantity_of_one_line", "same_product_quantity"),
                    "line_quantity"),
}  # fmt: skip
OPERATORS = {
    "gte": (False, False), "gt": (False, True), "lte": (True, False), "lt": (True, True),
    "min": (False, False), "at_least": (False, False), "from": (False, False),
    "over": (False, True), "above": (False, True), "more_than": (False, True), "exceeds": (False, True),
    "max": (True, False), "at_most": (True, False), "up_to": (True, False),
    "under": (True, True), "below": (True, True), "less_than": (True, True),
}  # fmt: skip
"""What a word asks for: (is an upper bound, is strict)."""
OF_SCOPE = re.compile(
    r"(items_)?(total|quantity|qty)_(of|from)_(items_from_)?(category|taxon|sku)|(category|taxon|sku)_(items_)?(total|quantity|qty)"
)
"""Measures of one category or product, which is named in the value."""
PREFIXES = ("min", "minimum", "max", "maximum", "at_least", "at_most", "more_than", "less_than")
_SUFFIX = re.compile(rf"(.+?)_({'|'.join(sorted(OPERATORS, key=len, reverse=True))}|eq|between)")


@dataclass(slots=True)
class Asked:
    """What the conditions of one promotion come to: what the engine measures, and whether all the rest holds."""

    thresholds: list[Threshold] = field(default_factory=list)
    is_for_customer: bool = True
    holds: bool = True


class Conditions:
    """Reads the conditions of a case's promotions."""

    def __init__(self, case: Case, units: Units, minor: targets.Minor) -> None:
        self.case = case
        self.units = units
        self.minor = minor
        self.circumstances = circumstances.Circumstances(case)

    def asked(self, words: Any) -> Asked:
        """Read a list of conditions, of which all must hold (or one object)."""
        asked = Asked()
        for one in listed(words):
            self._read(one, asked)
        return asked

    def _read(self, words: object, asked: Asked) -> None:
        said = Said(words, "a condition", targets.SYNONYMS)
        said.words = {re.sub(r"^(cart|order|basket)_(?=contains|includes)", "", name): value
                      for name, value in said.words.items()}  # fmt: skip
        said.words = {re.sub(r"^includes", "contains", name): value for name, value in said.words.items()}
        for group, quantifier in (("any", any), ("any_of", any), ("or", any)):
            if isinstance(said.words.get(group), list):
                asked.holds &= quantifier([self._settled(self.asked(one)) for one in said.take(group)])
        for group in ("all", "all_of", "and"):
            if isinstance(said.words.get(group), list):
                self.merge(asked, self.asked(said.take(group)))
        for group in ("not", "none", "none_of"):
            if isinstance(said.words.get(group), dict | list):
                asked.holds &= not any(self._settled(self.asked(one)) for one in listed(said.take(group)))
        holds, is_theirs = self.circumstances.judged(said)
        asked.holds &= holds
        asked.is_for_customer &= is_theirs
        self._contained(said, asked)
        self._measured(said, asked)
        said.finish()

    def beside(self, said: Said) -> Asked:
        """Read the conditions that a promotion says beside its other words: `min_items_total`, `contains_sku`."""
        names = [name for name in said.left() if is_condition(name)]
        return self.asked([{name: said.take(name)} for name in names])

    def merge(self, asked: Asked, more: Asked) -> None:
        """Ask for both."""
        asked.thresholds += more.thresholds
        asked.holds &= more.holds
        asked.is_for_customer &= more.is_for_customer

    def _settled(self, asked: Asked) -> bool:
        """Say whether conditions hold before any promotion; the engine itself asks for all of them."""
        if any(one.measure is Measure.DISCOUNTED_TOTAL for one in asked.thresholds):
            raise NotUnderstoodError("a discounted total inside any, or, not")
        offer = Offer(key="", effects=(), conditions=tuple(asked.thresholds))
        return asked.holds and asked.is_for_customer and not shortfalls(offer, self.units)

    def _contained(self, said: Said, asked: Asked) -> None:
        """`contains_sku`, `contains_any_category`, `not_contains_sku`, `contains_only_category`, with `qty`."""
        names = [
            name
            for name in said.words
            if re.match(r"(not_|does_not_)?contains_|contains$|has_(sku|product|category|taxon)", name)
        ]
        if not names:
            return
        count = whole(said.take("qty", said.take("quantity_gte", said.take("quantity", 1))))
        for name in names:
            value = said.take(name)
            pieces = count
            if isinstance(value, Mapping):
                inner = Said(value, "what is contained", targets.SYNONYMS | {"quantity": "qty", "min_quantity": "qty"})
                pieces = whole(inner.take("qty", count))
                value = inner.words
            if name == "contains" and isinstance(value, str | list):
                asked.thresholds += self._of_contained("sku", value, pieces, is_not=False)
                continue
            if name == "contains" or (isinstance(value, dict) and "attribute" not in name):
                units = targets.scoped(value, "what is contained", self.minor)
                is_not = name.startswith(("not_", "does_not_"))
                asked.thresholds.append(_pieces(units, 0 if is_not else pieces, is_upper=is_not))
                continue
            is_not = name.startswith(("not_", "does_not_"))
            kind = re.sub(r"^(not_|does_not_)?(contains|has)_", "", name)
            asked.thresholds += self._of_contained(kind, value, count, is_not)

    def _of_contained(self, kind: str, value: Any, count: int, is_not: bool) -> list[Threshold]:
        how = "any"
        if match := re.match(r"(any|all|only|every|one_of)_(of_)?(.+)", kind):
            how, kind = match[1], match[3]
        kind = kind.removesuffix("_in").removesuffix("_any_of")
        fields = {
            "sku": "sku", "skus": "sku", "product": "sku", "products": "sku", "category": "category",
            "categories": "category", "taxon": "category", "taxons": "category", "facet": "category",
            "facets": "category",
            "collection": "category", "collections": "category", "attribute": "attributes",
            "attributes": "attributes", "target": "", "item": "", "items": "",
        }  # fmt: skip
        if kind not in fields:
            raise NotUnderstoodError(f"a condition that contains {kind!r}")
        name = fields[kind]
        if name == "":
            found = [targets.scoped(value, "what is contained", self.minor)]
        elif name == "attributes":
            found = [targets.scoped({name: value}, "what is contained", self.minor)]
        elif how in {"all", "every"}:
            found = [targets.scoped({name: one}, "what is contained", self.minor) for one in listed(value)]
        else:
            found = [targets.scoped({f"{name}_in": listed(value)}, "what is contained", self.minor)]
        if how == "only":
            return [_pieces(_others(one), 0, is_upper=True) for one in found]
        if is_not:
            return [_pieces(one, 0, is_upper=True) for one in found]
        return [_pieces(one, count) for one in found]

    def _measured(self, said: Said, asked: Asked) -> None:
        scope = said.take("target", said.take("of"))
        units = ALL if scope is None else targets.scoped(scope, "the target of a condition", self.minor)
        beside = targets.take_scope(said, self.minor)
        if units == ALL:
            units = beside
        elif beside != ALL:
            raise NotUnderstoodError("a condition with two targets")
        names = said.left()
        if units != ALL and not names:
            asked.thresholds.append(_pieces(units, 1))
        for name in names:
            bounds = self._bounds(name, said.words[name])
            if bounds is None:
                continue
            said.take(name)
            for threshold in bounds:
                if isinstance(threshold, bool):
                    asked.holds &= threshold
                else:
                    narrowed = threshold if units == ALL else replace(threshold, units=units)
                    asked.thresholds.append(narrowed)

    def _bounds(self, name: str, value: Any) -> list[Threshold | bool] | None:
        """Read `items_total_gte: 50`, `min_quantity: 2`, `quantity_between: [2, 5]`, `quantity: {"gte": 2}`."""
        measure, operator = _parted(name)
        if isinstance(value, Mapping) and (match := OF_SCOPE.fullmatch(measure)):
            return self._of_scope(match, operator, value)
        measure = OTHER_NAMES.get(measure, measure)
        if measure not in MEASURES and measure != "line_quantity":
            return None
        if isinstance(value, Mapping):
            return [one for sign, bound in value.items() for one in self._bound(measure, str(sign), bound)]
        if operator == "between":
            low, high = listed(value)
            return [*self._bound(measure, "gte", low), *self._bound(measure, "lte", high)]
        return self._bound(measure, operator, value)

    def _of_scope(self, match: re.Match[str], operator: str, value: Mapping[str, Any]) -> list[Threshold | bool]:
        """Read `category_total_gte: {"category": "mugs", "amount": "50"}` or `{"mugs": "50"}`; `sku_quantity` alike."""
        scope = "sku" if "sku" in match[0] else "category"
        is_count = "quantity" in match[0] or "qty" in match[0]
        named = value.get(scope, value.get("category", value.get("taxon")))
        figure = next((value[name] for name in ("amount", "total", "qty", "quantity", "value") if name in value), None)
        pairs = [(named, figure)] if named is not None else list(value.items())
        return [
            replace(one, units=targets.scoped({f"{scope}_in": listed(name)}, "a total", self.minor))
            for name, amount in pairs
            for one in self._bound("quantity" if is_count else "items_total", operator, amount)
            if isinstance(one, Threshold)
        ]

    def _bound(self, measure: str, operator: str, value: Any) -> list[Threshold | bool]:
        if operator == "eq":
            return [*self._bound(measure, "gte", value), *self._bound(measure, "lte", value)]
        if operator not in OPERATORS:
            raise NotUnderstoodError(f"{measure} {operator} {value!r}")
        is_upper, is_strict = OPERATORS[operator]
        if measure == "line_quantity":
            return [self._line_quantity(whole(value), is_upper, is_strict)]
        found = MEASURES[measure]
        is_count = found in (Measure.QUANTITY, Measure.DISTINCT_PRODUCTS)
        required = whole(value) if is_count else self.minor(value)
        return [Threshold(measure=found, required=required, is_strict=is_strict, is_upper=is_upper)]

    def _line_quantity(self, required: int, is_upper: bool, is_strict: bool) -> bool:
        """Whether one line (all units of one product) has so many units."""
        most = max(self.units.quantities, default=0)
        bound = required + (0 if not is_strict else -1 if is_upper else 1)
        return most <= bound if is_upper else most >= bound


def is_condition(name: str) -> bool:
    """Say whether a word of a promotion is a bound or names what must be in the cart."""
    measure, _ = _parted(name)
    measure = OTHER_NAMES.get(measure, measure)
    is_bound = _parted(name)[0] != name and measure in {*MEASURES, "line_quantity"}
    return is_bound or name.startswith(("contains_", "not_contains_"))


def _parted(name: str) -> tuple[str, str]:
    """Part `items_total_gte` and `min_items_total` into measure and operator; a bare measure is at least."""
    for prefix in PREFIXES:
        if name.startswith(prefix + "_"):
            operator = {"minimum": "min", "maximum": "max"}.get(prefix, prefix)
            return name.removeprefix(prefix + "_"), operator
    if match := _SUFFIX.fullmatch(name):
        return match[1], match[2]
    return name, "gte"


def _pieces(units: Filter, count: int, *, is_upper: bool = False) -> Threshold:
    return Threshold(measure=Measure.QUANTITY, required=count, units=units, is_upper=is_upper)


def _others(units: Filter) -> Filter:
    if units != Filter(skus=units.skus, categories=units.categories) or (units.skus and units.categories):
        raise NotUnderstoodError("contains only: more than SKUs or categories")
    return Filter(excluded_skus=units.skus, excluded_categories=units.categories)
