"""Which units a promotion, an action or a condition is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tools.cases.promotion.saying import Said, flag, listed, texts
from tools.cases.report import NotUnderstoodError
from wracam.promotions.core.offers import Filter

Minor = Callable[[Any], int]
SYNONYMS = {
    "skus": "sku_in", "product": "sku", "products": "sku_in", "product_in": "sku_in", "variant": "sku",
    "categories": "category_in", "taxon": "category", "taxons": "category_in", "taxon_in": "category_in",
    "facet": "category", "facets": "category_in", "facet_in": "category_in",
    "collection": "category", "collections": "category_in", "collection_in": "category_in",
    "not_sku": "excluded_skus", "not_skus": "excluded_skus", "exclude_skus": "excluded_skus",
    "exclude_sku": "excluded_skus", "excluded_sku": "excluded_skus", "sku_not_in": "excluded_skus",
    "sku_not": "excluded_skus", "sku_ne": "excluded_skus",
    "not_category": "excluded_categories", "not_categories": "excluded_categories",
    "exclude_categories": "excluded_categories", "exclude_category": "excluded_categories",
    "excluded_category": "excluded_categories", "category_not_in": "excluded_categories",
    "category_not": "excluded_categories", "category_ne": "excluded_categories",
    "price_between": "unit_price_between", "price_gte": "unit_price_gte", "price_lte": "unit_price_lte",
    "price_gt": "unit_price_gt", "price_lt": "unit_price_lt", "min_unit_price": "unit_price_gte",
    "max_unit_price": "unit_price_lte", "unit_price_min": "unit_price_gte", "unit_price_max": "unit_price_lte",
    "not": "exclude", "except": "exclude", "excluding": "exclude",
    **dict.fromkeys(("exclude_sale_items", "exclude_sale", "exclude_on_sale", "not_on_sale"), "exclude_discounted"),
    "attribute": "attributes", "discounted": "applies_to_discounted", "include_discounted": "applies_to_discounted",
}  # fmt: skip
"""Other names for the words of a target. `exclude` may hold a target of its own."""
SCOPE = frozenset({
    "sku", "sku_in", "category", "category_in", "excluded_skus", "excluded_categories", "unit_price_between",
    "unit_price_gte", "unit_price_lte", "unit_price_gt", "unit_price_lt", "unit_price_eq", "attributes",
    "applies_to_discounted", "exclude", "exclude_discounted", "non_discounted_only", "only_non_discounted",
    "all", "everything",
})  # fmt: skip


def scoped(words: object, what: str, minor: Minor) -> Filter:
    """Read an object that is a target and nothing else; a bare word or list names SKUs."""
    if isinstance(words, str | list):
        named = [] if words in ("all", "everything", "order", "cart", "items") else listed(words)
        return Filter(skus=texts(named))
    said = Said(words, what, SYNONYMS)
    found = take_scope(said, minor)
    said.finish()
    return found


def take_scope(said: Said, minor: Minor) -> Filter:
    """Take the words that say which units are meant out of an object that says more."""
    for whatever in ("all", "everything"):
        if whatever in said and said.words[whatever] is True:
            said.take(whatever)
    low, high = said.take("unit_price_between", (None, None))
    equal = said.take("unit_price_eq")
    low, high = (
        said.take("unit_price_gte", low if equal is None else equal),
        said.take("unit_price_lte", high if equal is None else equal),
    )
    above, below = said.take("unit_price_gt"), said.take("unit_price_lt")
    excluded = _excluded(said, minor)
    includes_reduced = flag(said.take("applies_to_discounted", True))
    for name in ("exclude_discounted", "non_discounted_only", "only_non_discounted"):
        includes_reduced = includes_reduced and not flag(said.take(name, False))
    return Filter(
        skus=texts(said.take("sku_in")) | texts(said.take("sku")),
        categories=texts(said.take("category_in")) | texts(said.take("category")),
        attributes=_attributes(said.take("attributes", {})),
        excluded_skus=texts(said.take("excluded_skus")) | excluded.skus,
        excluded_categories=texts(said.take("excluded_categories")) | excluded.categories,
        includes_reduced=includes_reduced,
        price_from_minor=minor(above) + 1 if above is not None else None if low is None else minor(low),
        price_to_minor=minor(below) - 1 if below is not None else None if high is None else minor(high),
    )


def _excluded(said: Said, minor: Minor) -> Filter:
    words = said.take("exclude")
    if words is None:
        return Filter()
    found = scoped(words, "what is excluded", minor)
    if found != Filter(skus=found.skus, categories=found.categories):
        raise NotUnderstoodError(f"excluded by more than SKU and category: {words!r}")
    return found


def _attributes(words: object) -> frozenset[tuple[str, str]]:
    if not isinstance(words, dict):
        raise NotUnderstoodError(f"attributes {words!r}")
    pairs = [(str(name), value) for name, value in words.items()]
    if any(isinstance(value, dict | list) for _, value in pairs):
        raise NotUnderstoodError(f"attributes {words!r}: one value each")
    return frozenset((name, str(value)) for name, value in pairs)


def both(filters: list[Filter]) -> Filter:
    """Return the filter of units that all of *filters* mean; two lists of SKUs or categories must not be guessed at."""
    found = filters[0]
    for other in filters[1:]:
        if (found.skus and other.skus) or (found.categories and other.categories):
            raise NotUnderstoodError("a target inside another of the same kind")
        lows = [one for one in (found.price_from_minor, other.price_from_minor) if one is not None]
        highs = [one for one in (found.price_to_minor, other.price_to_minor) if one is not None]
        found = Filter(
            skus=found.skus | other.skus,
            categories=found.categories | other.categories,
            attributes=found.attributes | other.attributes,
            excluded_skus=found.excluded_skus | other.excluded_skus,
            excluded_categories=found.excluded_categories | other.excluded_categories,
            includes_reduced=found.includes_reduced and other.includes_reduced,
            price_from_minor=max(lows, default=None),
            price_to_minor=min(highs, default=None),
        )
    return found
