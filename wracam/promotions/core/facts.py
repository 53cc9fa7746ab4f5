"""What conditions find of a cart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wracam.kernel.money import Money
from wracam.promotions.contracts import Cart, CartLine


def cart_facts(cart: Cart, *, channel: str, country: str, codes: Sequence[str]) -> dict[str, Any]:
    """Return the cart's facts by attribute name, and its lines."""
    currency = cart.currency
    return {
        "cart.items_total": Money(sum(line.quantity * line.unit_minor for line in cart.lines), currency),
        "cart.quantity": sum(line.quantity for line in cart.lines),
        "cart.line_count": len(cart.lines),
        "cart.categories": frozenset(category for line in cart.lines for category in line.categories),
        "cart.skus": frozenset(line.sku for line in cart.lines),
        "cart.currency": currency,
        "cart.channel": channel,
        "cart.country": country,
        "cart.shipping_method": cart.shipping_method,
        "cart.shipping_price": Money(cart.shipping_minor, currency),
        "cart.codes": frozenset(codes),
        "lines": [_line_facts(line, currency) for line in cart.lines],
    }


CART_FACTS = frozenset(cart_facts(Cart(currency="PLN", lines=()), channel="", country="", codes=()))
"""The names of all facts of a cart."""


def _line_facts(line: CartLine, currency: str) -> Mapping[str, Any]:
    reduction = max(0, (line.regular_minor or 0) - line.unit_minor)
    return {
        "line.sku": line.sku,
        "line.name": line.sku,
        "line.categories": frozenset(line.categories),
        "line.quantity": line.quantity,
        "line.total": Money(line.quantity * line.unit_minor, currency),
        "line.discount": Money(line.quantity * reduction, currency),
    }
