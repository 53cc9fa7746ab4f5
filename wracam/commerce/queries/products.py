"""Products, their prices over time, and lists of them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from wracam.commerce import models
from wracam.commerce.contracts import PricePeriod, Product
from wracam.commerce.core import prices
from wracam.kernel.text import search_key

PAGE_SIZE = 50
PAGE_SIZE_MAX = 500


def product(product_id: UUID) -> Product | None:
    """Return one product."""
    return next(iter(products([product_id])), None)


def products(product_ids: Sequence[UUID]) -> list[Product]:
    """Return these products, in the order of the ids."""
    rows = models.ProductRow.objects.in_bulk(list(product_ids))
    return [_product(rows[product_id]) for product_id in product_ids if product_id in rows]


def product_names(*, skus: Collection[str], shop_ids: Collection[int]) -> dict[str, str]:
    """Return what the products of these SKUs are called in some shops; unknown and nameless ones are left out."""
    if not skus:
        return {}
    rows = models.ProductRow.objects.filter(shop_id__in=list(shop_ids), sku__in=list(skus)).exclude(name="")
    return dict(rows.order_by("updated_at").values_list("sku", "name"))


def price_history(product_id: UUID) -> list[PricePeriod]:
    """Return the prices of a product, oldest first, by currency."""
    rows = models.ProductPriceRow.objects.filter(product_id=product_id).order_by("currency", "seen_at")
    return [
        PricePeriod(
            currency=currency,
            price_minor=price.price_minor,
            regular_minor=price.regular_minor,
            starts_at=price.seen_at,
            ends_at=ends_at,
        )
        for currency, group in groupby(rows, key=lambda row: row.currency)
        for price, ends_at in prices.periods([_price(row) for row in group])
    ]


def lowest_price(
    product_id: UUID, *, currency: str, before: datetime, window: timedelta = prices.OMNIBUS_WINDOW
) -> int | None:
    """Return the lowest price asked in the 30 days before a moment (Omnibus); None when none was known."""
    rows = models.ProductPriceRow.objects.filter(product_id=product_id, currency=currency).order_by("seen_at")
    return prices.lowest([_price(row) for row in rows], before, window)


def _price(row: models.ProductPriceRow) -> prices.Price:
    return prices.Price(seen_at=row.seen_at, price_minor=row.price_minor, regular_minor=row.regular_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilter:
    """Which products are wanted; None and empty mean "any"."""

    text: str = ""
    category: str = ""
    is_active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    """One page of products (by name), and the cursor of the next one."""

    products: tuple[Product, ...]
    next_cursor: str | None


def search_products(
    *, shop_id: int | None, wanted: ProductFilter, cursor: str | None = None, limit: int = PAGE_SIZE
) -> ProductPage:
    """Return one page of the products that match, by name. An unreadable cursor starts from the beginning."""
    size = max(1, min(limit, PAGE_SIZE_MAX))
    rows = _matching(shop_id, wanted)
    if place := _read_cursor(cursor):
        rows = rows.filter(Q(search_key__gt=place[0]) | Q(search_key=place[0], id__gt=place[1]))
    found = list(rows.order_by("search_key", "id")[: size + 1])
    page = found[:size]
    more = None
    if len(found) > size:
        packed = msgspec.json.encode([page[-1].search_key, page[-1].id])
        more = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return ProductPage(products=tuple(_product(row) for row in page), next_cursor=more)


def count_products(*, shop_id: int | None, wanted: ProductFilter) -> int:
    """Return how many products match."""
    return _matching(shop_id, wanted).count()


def _matching(shop_id: int | None, wanted: ProductFilter) -> QuerySet[models.ProductRow]:
    rows = models.ProductRow.objects.all()
    exact: dict[str, Any] = {"shop_id": shop_id, "is_active": wanted.is_active}
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.category:
        rows = rows.filter(categories__contains=[wanted.category])
    if text := wanted.text.strip():
        by_name = Q(search_key__startswith=search_key(text)) | Q(search_key__contains=f" {search_key(text)}")
        rows = rows.filter(by_name | Q(sku__istartswith=text) | Q(external_id=text))
    return rows


def _read_cursor(cursor: str | None) -> tuple[str, UUID] | None:
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(packed, type=tuple[str, UUID])
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None


def _product(row: models.ProductRow) -> Product:
    return Product(
        id=row.id,
        shop_id=row.shop_id,
        source=row.source,
        external_id=row.external_id,
        sku=row.sku,
        name=row.name,
        parent_id=row.parent,
        categories=tuple(row.categories),
        currency=row.currency,
        price_minor=row.price_minor,
        regular_minor=row.regular_minor,
        stock_quantity=row.stock_quantity,
        is_active=row.is_active,
        url=row.url,
        image_url=row.image_url,
    )
