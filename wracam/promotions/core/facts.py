"""What conditions find of a cart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from wracam.kernel.money import Money
from wracam.promotions.contracts import Cart, CartLine

LINES = "lines"


class _Given(NamedTuple):
    """What facts of a cart are read from."""

    cart: Cart
    channel: str
    country: str
    codes: Sequence[str]


_READ: Mapping[str, Callable[[_Given], Any]] = {
    "cart.items_total": lambda given: _money(
        given.cart, sum([line.quantity * line.unit_minor for line in given.cart.lines])
    ),
    "cart.quantity": lambda given: sum([line.quantity for line in given.cart.lines]),
    "cart.line_count": lambda given: len(given.cart.lines),
    "cart.categories": lambda given: frozenset([name for line in given.cart.lines for name in line.categories]),
    "cart.skus": lambda given: frozenset([line.sku for line in given.cart.lines]),
    "cart.currency": lambda given: given.cart.currency,
    "cart.channel": lambda given: given.channel,
    "cart.country": lambda given: given.country,
    "cart.shipping_method": lambda given: given.cart.shipping_method,
    "cart.shipping_price": lambda given: _money(given.cart, given.cart.shipping_minor),
    "cart.codes": lambda given: frozenset(given.codes),
    LINES: lambda given: [_line_facts(line, given.cart.currency) for line in given.cart.lines],
}
CART_FACTS = frozenset(_READ)
"""The names of all facts of a cart, its lines among them."""


def cart_facts(
    cart: Cart, *, channel: str, country: str, codes: Sequence[str], needs: Collection[str] = CART_FACTS
) -> dict[str, Any]:
    """Return those facts of the cart that *needs* names, by attribute name; others in it are passed over."""
    given = _Given(cart, channel, country, codes)
    return {name: _READ[name](given) for name in needs if name in _READ}


def _money(cart: Cart, amount_minor: int) -> Money:
    return Money(amount_minor, cart.currency)


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
