"""The vocabulary of promotion cases: the words known, other words for them, and reading filters and customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tools.cases.report import NotUnderstoodError
from wracam.promotions.core.offers import Filter, Measure

KNOWN_CASE = {
    "id", "name", "source", "currency", "lines", "promotions", "expected", "portable", "customer", "shipping",
    "prices_include_tax", "note", "codes", "now", "gift_picks", "stock",
}  # fmt: skip
KNOWN_LINE = {
    "sku", "qty", "unit_price", "catalog_price", "min_price", "category", "categories", "tax_rate", "attributes",
    "lowest_30_days", "name",
}  # fmt: skip
KNOWN_PROMOTION = {
    "words", "name", "kind", "percent", "amount", "conditions", "actions", "target", "applies_to_discounted", "code",
    "per_customer_limit", "usage_limit", "uses", "unit_limit", "unit_order", "tiers", "buy", "get", "times", "qty",
    "reduced", "price", "lane", "priority", "key", "excludes", "valid", "max_discount", "max_discount_gross",
    "max_discount_line", "split", "gift_sku", "gift_price", "gift_qty", "gift_choices", "exclusive", "group", "starts",
    "ends", "customer_groups", "same_product", "parts", "budget", "multiplier", "reward", "combination",
}  # fmt: skip
SYNONYMS = {
    "quantity": "qty", "sale_price": "catalog_price", "floor": "min_price", "starts_at": "starts",
    "valid_from": "starts",
    "ends_at": "ends", "valid_to": "ends", "valid_until": "ends", "times_max": "times", "max_times": "times",
    "max_applications": "times", "cap": "max_discount", "cap_gross": "max_discount_gross", "max_units": "unit_limit",
    "customer_group": "customer_groups", "enabled": "valid", "active": "valid", "used": "uses",
    "max_discount_per_line": "max_discount_line", "max_discount_promotion": "max_discount",
}  # fmt: skip
KINDS = {
    "buy_x_get_y": "bxgy", "bogo": "bxgy", "multibuy": "cheapest_free", "percent_off_items": "percent_items",
    "percent_off_order": "percent_order", "fixed_off_order": "fixed_order", "percent_line": "percent_items",
    "tiered_percent": "percent_items", "tiered_percent_order": "percent_order", "fixed_items": "fixed_order",
    "fixed_per_item": "fixed_per_unit", "percent_cheapest": "cheapest_percent", "percent_dearest": "dearest_percent",
    "second_percent": "nth_percent", "nth_unit": "nth_percent", "unit_price": "fixed_unit_price",
    "set_unit_price": "fixed_unit_price", "ready_set": "bundle", "points_multiplier": "points",
}  # fmt: skip
ABOUT_CUSTOMER = {"nth_order", "first_order", "placed_orders_gte", "customer_group"}
MEASURES = {
    "items_total": Measure.ITEMS_TOTAL,
    "net_items_total": Measure.ITEMS_TOTAL_NET,
    "discounted_items_total": Measure.DISCOUNTED_TOTAL,
    "quantity": Measure.QUANTITY,
    "distinct_skus": Measure.DISTINCT_PRODUCTS,
}
MARK_MINOR = 1
"""What a promotion of kind "any" takes off, so that it can be seen to apply."""


def target_of(words: Mapping[str, Any], minor: Callable[[Any], int]) -> Filter:
    """Read which units are meant: by SKU, category or unit price."""
    skus = set(words.get("sku_in", ())) | ({words["sku"]} if "sku" in words else set())
    categories = set(words.get("category_in", ())) | ({words["category"]} if "category" in words else set())
    known = {
        "sku", "sku_in", "category", "category_in", "unit_price_between", "unit_price_gte", "unit_price_lte",
        "excluded_skus", "excluded_categories", "attributes", "applies_to_discounted",
    }  # fmt: skip
    only(words, known, "a target")
    low, high = words.get("unit_price_between", (words.get("unit_price_gte"), words.get("unit_price_lte")))
    return Filter(
        skus=frozenset(skus),
        categories=frozenset(categories),
        attributes=frozenset((str(key), str(value)) for key, value in words.get("attributes", {}).items()),
        excluded_skus=frozenset(words.get("excluded_skus", ())),
        excluded_categories=frozenset(words.get("excluded_categories", ())),
        includes_reduced=words.get("applies_to_discounted", True),
        price_from_minor=None if low is None else minor(low),
        price_to_minor=None if high is None else minor(high),
    )


def groups_of(customer: Mapping[str, Any]) -> set[str]:
    """Return the groups that the customer is in."""
    return set(listed(customer.get("groups", customer.get("group", ()))))


def is_theirs(condition: Mapping[str, Any], customer: Mapping[str, Any]) -> bool:
    """Whether what a condition says of the customer holds."""
    orders = customer.get("placed_orders", 0)
    if "nth_order" in condition and orders + 1 != condition["nth_order"]:
        return False
    if "first_order" in condition and (orders == 0) != condition["first_order"]:
        return False
    if "placed_orders_gte" in condition and orders < condition["placed_orders_gte"]:
        return False
    groups = listed(condition.get("customer_group", ()))
    return not groups or not groups_of(customer).isdisjoint(groups)


def listed(value: Any) -> list[Any]:
    """Return a list, also of a single word."""
    return [value] if isinstance(value, str) else list(value)


def plainly(words: Mapping[str, Any]) -> dict[str, Any]:
    """The same words, each under the name that we use for it."""
    return {SYNONYMS.get(name, name): value for name, value in words.items()}


def basis_points(percent: Any) -> int:
    """Read a percentage; finer than a hundredth of a percent is not understood."""
    points = Decimal(str(percent)) * 100
    if points != int(points):
        raise NotUnderstoodError(f"{percent} % is finer than a hundredth of a percent")
    return int(points)


def only(words: Mapping[str, Any], known: set[str], what: str) -> None:
    """Refuse words that are not known: what they ask for must not be guessed."""
    unknown = sorted(set(words) - known)
    if unknown:
        raise NotUnderstoodError(f"{what} says {', '.join(unknown)}")
