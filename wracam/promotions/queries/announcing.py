"""Which promotions announced prices when, and the prices that were recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.definitions import queries as definitions
from wracam.promotions.core.announced import Announcement, catalogs_of
from wracam.promotions.core.omnibus import PriceSpan
from wracam.promotions.queries.live import POLICY_KIND, PROMOTION_KIND, compiled_version, past_offers
from wracam.promotions.queries.reading import Execute
from wracam.shops.contracts import Shop

PUBLIC_PRICES = """
SELECT sku, channel, price_minor, starts_at, ends_at FROM public_price
WHERE shop_id = %s AND sku = ANY(%s::text[]) AND currency = %s ORDER BY sku, starts_at"""


def announcements(shop: Shop, since: datetime, until: datetime) -> list[Announcement]:
    """Return what announced prices from *since* to *until*: one entry for *since*, and one for each change after it."""
    found: list[Announcement] = []
    before: tuple[object, ...] | None = None
    for moment in [since, *_moments(shop, since, until)]:
        offers = past_offers(shop, moment)
        versions = (offers.policy.version_id, *(one.version_id for one in offers.promotions))
        if versions != before:
            catalogs = catalogs_of(offers.promotions)
            found.append(
                Announcement(starts_at=moment, catalogs=catalogs, policy=offers.policy.prices, currency=shop.currency)
            )
        before = versions
    return found


def public_prices(shop: Shop, skus: Sequence[str], execute: Execute) -> dict[str, list[tuple[str, PriceSpan]]]:
    """Return what public promotions made these products cost, oldest first, each with its channel."""
    found: dict[str, list[tuple[str, PriceSpan]]] = {}
    for sku, channel, price_minor, starts_at, ends_at in execute(PUBLIC_PRICES, [shop.id, list(skus), shop.currency]):
        span = PriceSpan(price_minor=price_minor, starts_at=starts_at, ends_at=ends_at)
        found.setdefault(sku, []).append((channel, span))
    return found


def _moments(shop: Shop, since: datetime, until: datetime) -> list[datetime]:
    """Return when promotions may have changed: steps of the log, and the dates that versions name."""
    moments = set()
    for kind in (PROMOTION_KIND, POLICY_KIND):
        for at, version in definitions.logged_versions(kind, until):
            moments.add(at)
            if version is not None and kind == PROMOTION_KIND:
                promotion = compiled_version(version.version_id, shop.currency)
                moments |= {one for one in (promotion.starts_at, promotion.ends_at) if one}
    return sorted(moment for moment in moments if since < moment <= until)
