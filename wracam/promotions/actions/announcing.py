"""Recording what public promotions made products cost, so that the lowest price of 30 days knows it (Omnibus).

A sweep goes from the moment up to which a shop is recorded to now, with the promotions that the log of definitions
says were in force then. It may come late or twice: what it writes has the exact moments of starts and ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wracam.commerce import queries as commerce
from wracam.commerce.queries import SoldProduct
from wracam.foundation import transactions
from wracam.foundation.bulk import as_json, execute, fetch
from wracam.promotions import models
from wracam.promotions.core.announced import Announcement, PriceChange, Product, ShopPrice, changes
from wracam.promotions.queries.announcing import announcements
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop

FIRST_SWEEP = timedelta(days=90)
"""How far back the first sweep of a shop looks."""
KEPT = timedelta(days=400)
CHUNK_SIZE = 1_000
_OPEN = """
SELECT sku, channel, price_minor FROM public_price
WHERE shop_id = %s AND ends_at IS NULL AND sku = ANY(%s::text[])"""
_END = """
UPDATE public_price AS p SET ends_at = i.at
FROM jsonb_to_recordset(%s::text::jsonb) AS i(sku text, channel text, at timestamptz)
WHERE p.shop_id = %s AND p.ends_at IS NULL AND p.sku = i.sku AND p.channel = i.channel"""
_INSERT = """
INSERT INTO public_price (shop_id, sku, channel, currency, price_minor, starts_at, ends_at)
SELECT %s, sku, channel, %s, price_minor, starts_at, ends_at
FROM jsonb_to_recordset(%s::text::jsonb)
    AS i(sku text, channel text, price_minor bigint, starts_at timestamptz, ends_at timestamptz)"""


def record_public_prices(*, now: datetime) -> int:
    """Record the public prices of every shop up to *now*; return how many changes were written."""
    return sum(_record(shop, now) for shop in shops.shops())


def _record(shop: Shop, now: datetime) -> int:
    with transactions.action():
        row, is_first = models.PublicPriceSweep.objects.get_or_create(
            shop_id=shop.id, defaults={"recorded_until": now - FIRST_SWEEP}
        )
        row = models.PublicPriceSweep.objects.select_for_update().get(shop_id=shop.id)
        if row.recorded_until >= now:
            return 0
        count = _sweep(shop, row.recorded_until, now, is_first=is_first)
        row.recorded_until = now
        row.save(update_fields=["recorded_until"])
        execute("DELETE FROM public_price WHERE shop_id = %s AND ends_at < %s", shop.id, now - KEPT)
        return count


def _sweep(shop: Shop, since: datetime, now: datetime, *, is_first: bool) -> int:
    """Go through the products: all of them where promotions changed, else those whose own price did."""
    said = announcements(shop, since, now)
    has_changed = is_first or len(said) > 1
    if not has_changed and not said[0].catalogs:
        return 0
    count, after = 0, ""
    while skus := commerce.skus_of_shop(
        shop_id=shop.id, after=after, limit=CHUNK_SIZE, seen_since=None if has_changed else since
    ):
        count += _write(shop, _changes(shop, skus, said, since, now))
        after = skus[-1]
    return count


def _changes(
    shop: Shop, skus: Sequence[str], said: Sequence[Announcement], since: datetime, now: datetime
) -> list[PriceChange]:
    open_prices: dict[str, dict[str, int]] = {}
    for sku, channel, price_minor in fetch(_OPEN, shop.id, list(skus)):
        open_prices.setdefault(sku, {})[channel] = price_minor
    sold = commerce.sold_products(shop_id=shop.id, skus=skus, currency=shop.currency)
    return [
        change
        for product in sold.values()
        for change in changes(_product(product), said, open_prices.get(product.sku, {}), since, now)
    ]


def _product(sold: SoldProduct) -> Product:
    prices = [
        ShopPrice(starts_at=one.starts_at, price_minor=one.price_minor, regular_minor=one.regular_minor)
        for one in sold.prices
    ]
    return Product(sku=sold.sku, categories=sold.categories, prices=prices)


def _write(shop: Shop, told: Sequence[PriceChange]) -> int:
    """End what is open at its first change, and write each new price until the next one."""
    by_place: dict[tuple[str, str], list[PriceChange]] = {}
    for change in told:
        by_place.setdefault((change.sku, change.channel), []).append(change)
    firsts = [{"sku": mine[0].sku, "channel": mine[0].channel, "at": mine[0].at} for mine in by_place.values()]
    rows = [
        {
            "sku": one.sku, "channel": one.channel, "price_minor": one.price_minor, "starts_at": one.at,
            "ends_at": following.at if following else None,
        }
        for mine in by_place.values()
        for one, following in zip(mine, [*mine[1:], None], strict=True)
        if one.price_minor is not None
    ]  # fmt: skip
    if firsts:
        execute(_END, as_json(firsts), shop.id)
    if rows:
        execute(_INSERT, shop.id, shop.currency, as_json(rows))
    return len(told)
