"""Which promotions announced prices when, and the prices that were recorded of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from wracam.definitions import queries as definitions
from wracam.foundation.bulk import array_text
from wracam.foundation.questions import Asked, Question
from wracam.promotions.core.announced import Announcement, catalogs_of
from wracam.promotions.core.omnibus import PriceSpan
from wracam.promotions.queries.live import POLICY_KIND, PROMOTION_KIND, compiled_version, past_offers
from wracam.shops.contracts import Shop


class PublicPriceRow(Struct, frozen=True, array_like=True):
    """What public promotions made a product cost in one channel for a time."""

    sku: str
    channel: str
    price_minor: int
    starts_at: datetime
    ends_at: datetime | None


_PUBLIC_PRICES = Question(
    """SELECT sku, channel, price_minor, starts_at, ends_at FROM public_price
       WHERE shop_id = %(public_shop_id)s::int AND sku = ANY(%(public_skus)s::text[]) AND currency = %(public_currency)s
       ORDER BY sku, starts_at""",
    PublicPriceRow,
)


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


def public_prices_question(shop: Shop, skus: Iterable[str]) -> Asked:
    """Ask beside other things what public promotions made these products cost; `public_prices` reads the answer."""
    return _PUBLIC_PRICES.with_values(
        public_shop_id=shop.id, public_skus=array_text(skus), public_currency=shop.currency
    )


def public_prices(rows: Iterable[PublicPriceRow]) -> dict[str, list[tuple[str, PriceSpan]]]:
    """Return what public promotions made products cost, by SKU, oldest first, each with its channel."""
    found: dict[str, list[tuple[str, PriceSpan]]] = {}
    for row in rows:
        span = PriceSpan(price_minor=row.price_minor, starts_at=row.starts_at, ends_at=row.ends_at)
        found.setdefault(row.sku, []).append((row.channel, span))
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
