"""The cart of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.cases.promotion.saying import Said, basis_points, flag, listed, number, whole
from tools.cases.promotion.targets import Minor
from tools.cases.report import Case, NotUnderstoodError
from wracam.promotions.contracts import Cart, CartLine

SYNONYMS = {
    **dict.fromkeys(("quantity", "count", "units"), "qty"), **dict.fromkeys(("price", "list_price"), "unit_price"),
    **dict.fromkeys(("sale_price", "discounted_price", "current_price"), "catalog_price"),
    **dict.fromkeys(("floor", "minimum_price", "price_floor"), "min_price"), "product": "sku", "variant": "sku",
    **dict.fromkeys(("taxon", "collection", "product_category", "facet"), "category"),
    **dict.fromkeys(("taxons", "collections", "facets"), "categories"),
    **dict.fromkeys(("vat", "vat_rate", "tax"), "tax_rate"),
    **dict.fromkeys(("is_discountable",), "discountable"),
    **dict.fromkeys(("lowest_30", "lowest_price_30_days"), "lowest_30_days"),
}  # fmt: skip
SHIPPING_SYNONYMS = {"cost": "price", "fee": "price", "amount": "price", "vat": "tax_rate", "name": "method"}


def cart_of(case: Case, currency: str, minor: Minor, gift_picks: tuple[tuple[str, str], ...]) -> tuple[Cart, set[str]]:
    """Return the cart and the SKUs that no promotion may reduce."""
    shipping = _shipping(case.get("shipping"))
    fixed: set[str] = set()
    lines = tuple(_line(number, line, minor, fixed) for number, line in enumerate(case.get("lines") or ()))
    cart = Cart(
        currency=currency,
        lines=lines,
        shipping_minor=_not_negative(minor(shipping.take("price", 0)), "shipping"),
        shipping_method=str(shipping.take("method", "")),
        shipping_tax_rate_bp=basis_points(shipping.take("tax_rate", 0)),
        prices_include_tax=flag(case.get("prices_include_tax", True)),
        gift_picks=gift_picks,
    )
    for talked_of in ("country", "zone", "region"):
        shipping.take(talked_of)
    shipping.finish()
    return cart, fixed


def _shipping(words: Any) -> Said:
    if words is None:
        return Said({}, "shipping")
    if isinstance(words, Mapping):
        return Said(words, "shipping", SHIPPING_SYNONYMS)
    return Said({"price": number(words, "a price of shipping")}, "shipping")


def _line(place: int, words: Any, minor: Minor, fixed: set[str]) -> CartLine:
    line = Said(words, "a line", SYNONYMS)
    sku = str(line.need("sku"))
    regular = line.take("regular_price")
    price = line.need("unit_price")
    selling = line.take("catalog_price", price)
    quantity = whole(line.take("qty", 1))
    if quantity < 0:
        raise NotUnderstoodError(f"{quantity} units of {sku}")
    if not flag(line.take("discountable", True)):
        fixed.add(sku)
    lowest = line.take("lowest_30_days")
    tags = {f"tag:{tag}": "yes" for tag in listed(line.take("tags"))}
    found = CartLine(
        id=f"{place:04d}",
        sku=sku,
        quantity=quantity,
        unit_minor=_not_negative(minor(selling), f"the price of {sku}"),
        regular_minor=minor(price if regular is None else regular),
        floor_minor=minor(line.take("min_price", 0)),
        categories=tuple(str(one) for name in ("categories", "category") for one in listed(line.take(name))),
        attributes=tuple(sorted((str(key), str(value)) for key, value in (line.take("attributes", {}) | tags).items())),
        tax_rate_bp=basis_points(line.take("tax_rate", 0)),
        lowest_30_days_minor=None if lowest is None else minor(lowest),
    )
    line.finish()
    return found


def _not_negative(amount_minor: int, what: str) -> int:
    if amount_minor < 0:
        raise NotUnderstoodError(f"{what} is negative")
    return amount_minor
