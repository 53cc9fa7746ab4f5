"""What the catalogue knows of a cart's products, remembered for a few seconds: categories and prices over time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence

from django.conf import settings

from wracam.commerce import queries as commerce
from wracam.foundation.questions import Asked, Execute, ask
from wracam.promotions.core.lowest import PriceOf
from wracam.promotions.core.omnibus import PriceSpan
from wracam.promotions.queries.announcing import PublicPriceRow, public_prices, public_prices_question
from wracam.promotions.queries.reading import DATABASE
from wracam.shops.contracts import Shop

FRESH_SECONDS = 0.0 if settings.IS_TEST else 15.0
KNOWN_MAX = 20_000
_known: dict[tuple[int, str], tuple[float, PriceOf]] = {}


def known_prices(shop: Shop, skus: Iterable[str], execute: Execute = DATABASE) -> dict[str, PriceOf]:
    """Return what is known of these products by SKU; a product we do not know has no prices."""
    found, missing = remembered_prices(shop, dict.fromkeys(skus))
    if missing:
        sold, public = ask(execute, prices_questions(shop, missing))
        found |= learned_prices(shop, missing, sold, public)
    return found


def remembered_prices(shop: Shop, skus: Iterable[str]) -> tuple[dict[str, PriceOf], list[str]]:
    """Return what is remembered of these products, each named once, by SKU; and the SKUs that must be asked about."""
    oldest, shop_id, known = time.monotonic() - FRESH_SECONDS, shop.id, _known
    found: dict[str, PriceOf] = {}
    missing: list[str] = []
    for sku in skus:
        held = known.get((shop_id, sku))
        if held and held[0] > oldest:
            found[sku] = held[1]
        else:
            missing.append(sku)
    return found, missing


def prices_questions(shop: Shop, skus: Collection[str]) -> tuple[Asked, Asked]:
    """Ask about these products beside other things, and what public promotions asked for them.

    `learned_prices` takes the answers.
    """
    return (
        commerce.sold_products_question(shop_id=shop.id, skus=skus, currency=shop.currency),
        public_prices_question(shop, skus),
    )


def learned_prices(
    shop: Shop, skus: Collection[str], sold_rows: Sequence[commerce.SoldRow], public_rows: Sequence[PublicPriceRow]
) -> dict[str, PriceOf]:
    """Remember the answers, also for products that we do not know, and return them by SKU."""
    sold, promoted = commerce.sold_products_of(sold_rows, shop.currency), public_prices(public_rows)
    moment = time.monotonic()
    if len(_known) > KNOWN_MAX:
        _known.clear()
    found = {}
    for sku in skus:
        one = sold.get(sku)
        spans = tuple(
            PriceSpan(price_minor=period.price_minor, starts_at=period.starts_at, ends_at=period.ends_at)
            for period in (one.prices if one else ())
        )
        found[sku] = PriceOf(
            sku=sku, categories=one.categories if one else (), spans=spans, promoted=tuple(promoted.get(sku, ()))
        )
        _known[shop.id, sku] = (moment, found[sku])
    return found
