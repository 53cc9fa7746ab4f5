"""The cart of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.cases.promotion.saying import Said, basis_points, flag, listed, number, whole
from tools.cases.promotion.targets import Minor
from tools.cases.report import Case, NotUnderstoodError
from wracam.promotions.contracts import Cart, CartLine, Charge

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
SHIPPING_SYNONYMS = {
    "cost": "price", "fee": "price", "amount": "price", "vat": "tax_rate", "name": "method", "id": "method",
    "shipping_method": "method", "total": "price",
}  # fmt: skip
FEE_SYNONYMS = {
    **dict.fromkeys(("amount", "unit_price", "fee", "cost", "value", "surcharge"), "price"),
    **dict.fromkeys(("sku", "kind", "type", "title", "code", "description"), "name"),
    **dict.fromkeys(("vat", "vat_rate", "tax"), "tax_rate"),
}  # fmt: skip


def cart_of(case: Case, currency: str, minor: Minor, gift_picks: tuple[tuple[str, str], ...]) -> tuple[Cart, set[str]]:
    """Return the cart and the SKUs that no promotion may reduce."""
    shipments = _shipments(case, minor)
    shipping = _shipping(None if shipments else case.get("shipping"))
    fixed: set[str] = set()
    lines = tuple(_line(number, line, minor, fixed) for number, line in enumerate(case.get("lines") or ()))
    cart = Cart(
        currency=currency,
        lines=lines,
        shipping_minor=sum(one.amount_minor for one in shipments)
        or _not_negative(minor(shipping.take("price", 0)), "shipping"),
        shipping_method=shipments[0].name if shipments else str(shipping.take("method", "")),
        shipping_tax_rate_bp=basis_points(shipping.take("tax_rate", 0)),
        prices_include_tax=flag(case.get("prices_include_tax", True)),
        gift_picks=gift_picks,
        shipments=shipments,
        fees=tuple(_fee(words, minor) for words in listed(case.get("fees"))),
    )
    for talked_of in ("country", "zone", "region"):
        shipping.take(talked_of)
    shipping.finish()
    return cart, fixed


def shipping_methods(case: Case) -> frozenset[str]:
    """Return the ways in which the order of a case is delivered."""
    told = [*listed(case.get("shipments")), *listed(case.get("shipping"))]
    named = [
        Said(words, "shipping", SHIPPING_SYNONYMS).take("method", "") for words in told if isinstance(words, Mapping)
    ]
    return frozenset(str(one) for one in named) or frozenset({""})


def _shipments(case: Case, minor: Minor) -> tuple[Charge, ...]:
    """Several shipments: a list under `shipments`, or under `shipping`."""
    told = case.get("shipments")
    if told is None and isinstance(case.get("shipping"), list):
        told = case["shipping"]
    elif told is not None and case.get("shipping") is not None:
        raise NotUnderstoodError("the case says both shipping and shipments")
    return tuple(_shipment(words, minor) for words in listed(told))


def _shipment(words: Any, minor: Minor) -> Charge:
    said = Said(words, "a shipment", SHIPPING_SYNONYMS) if isinstance(words, Mapping) else _shipping(words)
    charge = Charge(
        name=str(said.take("method", "")),
        amount_minor=_not_negative(minor(said.need("price")), "a shipment"),
        tax_rate_bp=basis_points(said.take("tax_rate", 0)),
    )
    said.finish()
    return charge


def _fee(words: Any, minor: Minor) -> Charge:
    """A fee: {"name": "packing", "price": "5.00", "tax_rate": "23"}, or only how much."""
    if not isinstance(words, Mapping):
        words = {"price": words}
    said = Said({key: value for key, value in words.items() if key != "name"}, "a fee", FEE_SYNONYMS)
    name = str(words.get("name", said.take("name", "")))
    said.take("name")
    amount = minor(said.need("price"))
    if amount < 0:
        raise NotUnderstoodError(f"the fee {name!r} is negative: what a shop takes off by hand is a promotion")
    charge = Charge(name=name, amount_minor=amount, tax_rate_bp=basis_points(said.take("tax_rate", 0)))
    said.finish()
    return charge


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
