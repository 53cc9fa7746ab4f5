"""Products by SKU with their categories and prices over time: what pricing a cart asks of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from msgspec import Struct

from wracam.commerce.contracts import PricePeriod
from wracam.commerce.core import prices
from wracam.foundation.bulk import array_text, fetch
from wracam.foundation.questions import Asked, Question, ask, on_django


class SoldRow(Struct, frozen=True, array_like=True):
    """A product with one of its prices, or without any."""

    sku: str
    product_id: UUID
    categories: tuple[str, ...]
    seen_at: datetime | None
    price_minor: int | None
    regular_minor: int | None


_SOLD_PRODUCTS = Question(
    """SELECT product.sku, product.id, product.categories, price.seen_at, price.price_minor, price.regular_minor
       FROM product LEFT JOIN product_price AS price
           ON price.product_id = product.id AND price.currency = %(sold_currency)s
       WHERE product.shop_id = %(sold_shop_id)s::int AND product.sku = ANY(%(sold_skus)s::text[])
       ORDER BY product.sku, product.modified_at DESC NULLS LAST, product.id, price.seen_at""",
    SoldRow,
)


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


def sold_products(*, shop_id: int, skus: Iterable[str], currency: str) -> dict[str, SoldProduct]:
    """Return the products of these SKUs; of several with one SKU the one told of last."""
    [rows] = ask(on_django, [sold_products_question(shop_id=shop_id, skus=skus, currency=currency)])
    return sold_products_of(rows, currency)


def sold_products_question(*, shop_id: int, skus: Iterable[str], currency: str) -> Asked:
    """Ask beside other things for the products of these SKUs; `sold_products_of` reads the answer."""
    return _SOLD_PRODUCTS.with_values(sold_shop_id=shop_id, sold_skus=array_text(skus), sold_currency=currency)


def sold_products_of(rows: Sequence[SoldRow], currency: str) -> dict[str, SoldProduct]:
    """Return the products by SKU; of several with one SKU the one told of last."""
    found: dict[str, SoldProduct] = {}
    for (sku, _), group in groupby(rows, key=lambda row: (row.sku, row.product_id)):
        if sku not in found:
            found[sku] = _sold(sku, list(group), currency)
    return found


def skus_of_shop(*, shop_id: int, after: str, limit: int, seen_since: datetime | None = None) -> list[str]:
    """Return the next SKUs of a shop in their order, of *seen_since* only those whose price was told after it."""
    return [row[0] for row in fetch(_SKUS, shop_id, after, seen_since, seen_since, limit)]


def _sold(sku: str, rows: Sequence[SoldRow], currency: str) -> SoldProduct:
    seen = [
        prices.Price(seen_at=row.seen_at, price_minor=row.price_minor, regular_minor=row.regular_minor)
        for row in rows
        if row.seen_at is not None and row.price_minor is not None
    ]
    return SoldProduct(
        sku=sku,
        categories=rows[0].categories,
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
