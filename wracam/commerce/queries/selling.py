"""Products by SKU with their categories and prices over time: what pricing a cart asks of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from wracam.commerce.contracts import PricePeriod
from wracam.commerce.core import prices
from wracam.foundation.bulk import Row, fetch

SOLD_PRODUCTS = """
SELECT product.sku, product.id, product.categories, price.seen_at, price.price_minor, price.regular_minor
FROM product LEFT JOIN product_price AS price ON price.product_id = product.id AND price.currency = %s
WHERE product.shop_id = %s AND product.sku = ANY(%s::text[])
ORDER BY product.sku, product.modified_at DESC NULLS LAST, product.id, price.seen_at"""


_SKUS = """
SELECT DISTINCT product.sku FROM product
WHERE product.shop_id = %s AND product.sku > %s AND product.sku <> ''
  AND (%s::timestamptz IS NULL OR EXISTS (
      SELECT FROM product_price AS price WHERE price.product_id = product.id AND price.seen_at > %s))
ORDER BY product.sku LIMIT %s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldProduct:
    """A product by its SKU, with its prices in one currency, oldest first."""

    sku: str
    categories: tuple[str, ...]
    prices: tuple[PricePeriod, ...]


def sold_products(
    *,
    shop_id: int,
    skus: Sequence[str],
    currency: str,
    execute: Callable[[str, Sequence[Any]], list[Row]] | None = None,
) -> dict[str, SoldProduct]:
    """Return the products of these SKUs; of several with one SKU the one told of last. One statement."""
    values = [currency, shop_id, list(skus)]
    rows = execute(SOLD_PRODUCTS, values) if execute else fetch(SOLD_PRODUCTS, *values)
    found: dict[str, SoldProduct] = {}
    for (sku, _), group in groupby(rows, key=lambda row: (row[0], row[1])):
        if sku not in found:
            found[sku] = _sold(sku, list(group), currency)
    return found


def skus_of_shop(*, shop_id: int, after: str, limit: int, seen_since: datetime | None = None) -> list[str]:
    """Return the next SKUs of a shop in their order, of *seen_since* only those whose price was told after it."""
    return [row[0] for row in fetch(_SKUS, shop_id, after, seen_since, seen_since, limit)]


def _sold(sku: str, rows: Sequence[Row], currency: str) -> SoldProduct:
    seen = [
        prices.Price(seen_at=row[3], price_minor=row[4], regular_minor=row[5]) for row in rows if row[3] is not None
    ]
    return SoldProduct(
        sku=sku,
        categories=tuple(rows[0][2]),
        prices=tuple(
            PricePeriod(
                currency=currency,
                price_minor=price.price_minor,
                regular_minor=price.regular_minor,
                starts_at=price.seen_at,
                ends_at=ends_at,
            )
            for price, ends_at in (prices.periods(seen) if seen else [])
        ),
    )
