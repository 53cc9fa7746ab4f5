"""What the catalogue knows of a cart's products, remembered for a few seconds: categories and prices over time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.conf import settings

from wracam.commerce import queries as commerce
from wracam.promotions.core.lowest import PriceOf
from wracam.promotions.core.omnibus import PriceSpan
from wracam.promotions.queries.announcing import public_prices
from wracam.promotions.queries.reading import DATABASE, Execute
from wracam.shops.contracts import Shop

FRESH_SECONDS = 0.0 if settings.IS_TEST else 15.0
KNOWN_MAX = 20_000
_known: dict[tuple[int, str], tuple[float, PriceOf]] = {}


def known_prices(shop: Shop, skus: Sequence[str], execute: Execute = DATABASE) -> dict[str, PriceOf]:
    """Return what is known of these products by SKU; a product we do not know has no prices."""
    moment = time.monotonic()
    found: dict[str, PriceOf] = {}
    missing: list[str] = []
    for sku in dict.fromkeys(skus):
        held = _known.get((shop.id, sku))
        if held and moment - held[0] < FRESH_SECONDS:
            found[sku] = held[1]
        else:
            missing.append(sku)
    if missing:
        found |= _read(shop, missing, moment, execute)
    return found


def _read(shop: Shop, skus: Sequence[str], moment: float, execute: Execute) -> dict[str, PriceOf]:
    sold = commerce.sold_products(shop_id=shop.id, skus=skus, currency=shop.currency, execute=execute)
    promoted = public_prices(shop, skus, execute)
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
