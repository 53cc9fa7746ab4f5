"""What conditions find of a cart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wracam.kernel.money import Money
from wracam.promotions.contracts import Cart, CartLine

LINES = "lines"


def cart_facts(
    cart: Cart, *, channel: str, country: str, codes: Sequence[str], needs: Collection[str] | None = None
) -> dict[str, Any]:
    """Return the cart's facts by attribute name, and those of its lines, left out when *needs* does not name them."""
    currency = cart.currency
    facts: dict[str, Any] = {
        "cart.items_total": Money(sum([line.quantity * line.unit_minor for line in cart.lines]), currency),
        "cart.quantity": sum([line.quantity for line in cart.lines]),
        "cart.line_count": len(cart.lines),
        "cart.categories": frozenset([category for line in cart.lines for category in line.categories]),
        "cart.skus": frozenset([line.sku for line in cart.lines]),
        "cart.currency": currency,
        "cart.channel": channel,
        "cart.country": country,
        "cart.shipping_method": cart.shipping_method,
        "cart.shipping_price": Money(cart.shipping_minor, currency),
        "cart.codes": frozenset(codes),
    }
    if needs is None or LINES in needs:
        facts[LINES] = [_line_facts(line, currency) for line in cart.lines]
    return facts


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
