"""The cart and the promotions that we and the peers are given alike (`common.mjs` and `oscar_shop.py` say the same).

Ten lines, each of a category of its own. Each promotion takes 10 % off the products of one category, in carts from
30.00; one promotion in ten is about a category in the cart, and none of them about the same as another.
"""

from __future__ import annotations

from wracam.promotions.contracts import Cart, CartLine
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.offers import Filter, Measure, Offer, Reduction, Stage, Threshold

PERCENT, ORDER_MINOR = 10, 3000


def cart() -> Cart:
    """The cart of ten lines."""
    lines = tuple(
        CartLine(
            id=f"line-{number}", sku=f"s{number}", quantity=1 + number % 3, unit_minor=1000 + number * 130,
            categories=(f"c{number}",),
        )
        for number in range(10)
    )  # fmt: skip
    return Cart(currency="PLN", lines=lines)


def category(number: int) -> str:
    """The category that promotion *number* is about."""
    return f"c{number // 10 % 10}" if number % 10 == 0 else f"x{number}"


def promotions(count: int) -> Catalog:
    """*count* live promotions."""
    return Catalog([_offer(number) for number in range(count)])


def _offer(number: int) -> Offer:
    units = Filter(categories=frozenset({category(number)}))
    return Offer(
        key=f"p{number:04}",
        effects=(Reduction(stage=Stage.PERCENT, units=units, percent_ppm=PERCENT * 10_000),),
        conditions=(Threshold(measure=Measure.ITEMS_TOTAL, required=ORDER_MINOR),),
    )
