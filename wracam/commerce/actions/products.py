"""Taking products: the shop's list, with categories and prices over time, in any order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wracam.commerce.contracts import OrderOutcome, PriceChanged, ProductSnapshot
from wracam.commerce.core import prices
from wracam.commerce.core.prices import Price
from wracam.commerce.core.snapshots import ANY_TIME, product_id, sane_moment
from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.foundation.bulk import as_json, execute, fetch
from wracam.foundation.locks import lock_many
from wracam.kernel.money import AMOUNT_MINOR_MAX, currency_code
from wracam.kernel.text import clean_text, search_key

LOCK_SPACE = "commerce.product"
STOCK_MAX = 2**31 - 1
CATEGORIES_MAX = 50

_SAVE = """
    INSERT INTO product AS known (id, shop_id, source, external_id, sku, name, search_key, parent, categories,
        currency, price_minor, regular_minor, stock_quantity, is_active, url, image_url, modified_at, content_hash,
        created_at, updated_at)
    SELECT id, shop_id, source, external_id, sku, name, search_key, parent, categories, currency, price_minor,
           regular_minor, stock_quantity, is_active, url, image_url, modified_at, decode(content_hash, 'hex'), %s, %s
    FROM jsonb_to_recordset(%s::jsonb) AS told(
        id uuid, shop_id int, source text, external_id text, sku text, name text, search_key text, parent uuid,
        categories text[], currency text, price_minor bigint, regular_minor bigint, stock_quantity int,
        is_active boolean, url text, image_url text, modified_at timestamptz, content_hash text)
    ON CONFLICT (id) DO UPDATE SET
        sku = excluded.sku, name = excluded.name, search_key = excluded.search_key, parent = excluded.parent,
        categories = excluded.categories, currency = excluded.currency, price_minor = excluded.price_minor,
        regular_minor = excluded.regular_minor, stock_quantity = excluded.stock_quantity,
        is_active = excluded.is_active, url = excluded.url, image_url = excluded.image_url,
        modified_at = excluded.modified_at, content_hash = excluded.content_hash, updated_at = excluded.updated_at
"""
_SAVE_PRICES = """
    INSERT INTO product_price (product_id, currency, seen_at, price_minor, regular_minor)
    SELECT product_id, currency, seen_at, price_minor, regular_minor
    FROM jsonb_to_recordset(%s::jsonb) AS told(
        product_id uuid, currency text, seen_at timestamptz, price_minor bigint, regular_minor bigint)
    ON CONFLICT (product_id, currency, seen_at) DO UPDATE SET
        price_minor = excluded.price_minor, regular_minor = excluded.regular_minor
"""
_FORGET_PRICES = """
    DELETE FROM product_price USING jsonb_to_recordset(%s::jsonb) AS told(
        product_id uuid, currency text, seen_at timestamptz)
    WHERE (product_price.product_id, product_price.currency, product_price.seen_at)
        = (told.product_id, told.currency, told.seen_at)
"""
PriceKey = tuple[UUID, str]


def take_products(snapshots: Sequence[ProductSnapshot], *, now: datetime) -> list[OrderOutcome]:
    """Take products as a shop tells them, in one transaction; return what each snapshot did.

    The newest word wins by `modified_at`; prices of older snapshots still enter the price history. A price that
    changed is announced.
    """
    told = [_cleaned(one, now) for one in snapshots]
    ids = [product_id(one.shop_id, one.source, one.external_id) for one in told]
    if not ids:
        return []
    with transactions.action():
        lock_many(LOCK_SPACE, ids)
        ranks = _known_ranks(ids)
        newest: dict[UUID, ProductSnapshot] = {}
        outcomes = []
        for own_id, one in zip(ids, told, strict=True):
            outcome, rank = _outcome(ranks.get(own_id), one)
            outcomes.append(outcome)
            if outcome is not OrderOutcome.STALE:
                ranks[own_id], newest[own_id] = rank, one
        if newest:
            records = [_record(own_id, one) for own_id, one in newest.items()]
            execute(_SAVE, now, now, as_json(records))
        _observe_prices(ids, told, now)
        return outcomes


def _cleaned(one: ProductSnapshot, now: datetime) -> ProductSnapshot:
    prices_told = [price for price in (one.price_minor, one.regular_minor) if price is not None]
    if any(not 0 <= price <= AMOUNT_MINOR_MAX for price in prices_told):
        raise ValueError(f"product {one.external_id!r}: a price must be an amount we can hold, not below zero")
    stock = one.stock_quantity
    return replace(
        one,
        modified_at=sane_moment(one.modified_at, now),
        name=clean_text(one.name, length_max=500),
        sku=clean_text(one.sku, length_max=200),
        currency=currency_code(one.currency),
        categories=tuple(clean_text(name, length_max=200) for name in one.categories[:CATEGORIES_MAX]),
        stock_quantity=None if stock is None else max(-STOCK_MAX, min(stock, STOCK_MAX)),
        url=clean_text(one.url, length_max=2_000),
        image_url=clean_text(one.image_url, length_max=2_000),
    )


Rank = tuple[datetime, str]


def _known_ranks(ids: list[UUID]) -> dict[UUID, Rank]:
    rows = fetch(
        """SELECT id, modified_at, encode(content_hash, 'hex') FROM product
           WHERE id = ANY(%s) AND modified_at IS NOT NULL""",
        ids,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _outcome(known: Rank | None, one: ProductSnapshot) -> tuple[OrderOutcome, Rank]:
    rank = (one.modified_at, _content_hash(one))
    if known is None:
        return OrderOutcome.CREATED, rank
    if rank[1] == known[1]:
        return OrderOutcome.UNCHANGED, max(rank, known)
    return (OrderOutcome.CHANGED if rank > known else OrderOutcome.STALE), rank


def _content_hash(one: ProductSnapshot) -> str:
    return hashlib.blake2b(msgspec.json.encode(replace(one, modified_at=ANY_TIME)), digest_size=16).hexdigest()


def _record(own_id: UUID, one: ProductSnapshot) -> dict[str, Any]:
    parent = product_id(one.shop_id, one.source, one.parent_external_id) if one.parent_external_id else None
    return {
        "id": own_id,
        "shop_id": one.shop_id,
        "source": one.source,
        "external_id": one.external_id,
        "sku": one.sku,
        "name": one.name,
        "search_key": search_key(one.name),
        "parent": parent,
        "categories": one.categories,
        "currency": one.currency,
        "price_minor": one.price_minor,
        "regular_minor": one.regular_minor,
        "stock_quantity": one.stock_quantity,
        "is_active": one.is_active,
        "url": one.url,
        "image_url": one.image_url,
        "modified_at": one.modified_at,
        "content_hash": _content_hash(one),
    }


def _observe_prices(ids: list[UUID], told: list[ProductSnapshot], now: datetime) -> None:
    known = _known_prices(ids)
    after = {key: list(periods) for key, periods in known.items()}
    shops: dict[UUID, int] = {}
    for own_id, one in zip(ids, told, strict=True):
        if one.price_minor is not None:
            shops[own_id] = one.shop_id
            seen = Price(seen_at=one.modified_at, price_minor=one.price_minor, regular_minor=one.regular_minor)
            key = (own_id, one.currency)
            after[key] = prices.observe(after.get(key, []), seen)
    _store_prices(known, after)
    changed = [
        _price_changed(key, periods, known.get(key), shops[key[0]], now)
        for key, periods in after.items()
        if key[0] in shops
    ]
    if happened := [event for event in changed if event is not None]:
        events.record(happened, now=now)


def _store_prices(known: Mapping[PriceKey, list[Price]], after: Mapping[PriceKey, list[Price]]) -> None:
    fresh, gone = _differences(known, after), _differences(after, known)
    moments = {(record["product_id"], record["currency"], record["seen_at"]) for record in fresh}
    thinned = [one for one in gone if (one["product_id"], one["currency"], one["seen_at"]) not in moments]
    if fresh:
        execute(_SAVE_PRICES, as_json(fresh))
    if thinned:
        execute(_FORGET_PRICES, as_json(thinned))


def _differences(left: Mapping[PriceKey, list[Price]], right: Mapping[PriceKey, list[Price]]) -> list[dict[str, Any]]:
    """Return the records of *right* that *left* lacks."""
    return [
        _price_record(key, price)
        for key, prices_of_key in right.items()
        for price in sorted(set(prices_of_key) - set(left.get(key, ())), key=lambda price: price.seen_at)
    ]


def _known_prices(ids: list[UUID]) -> dict[PriceKey, list[Price]]:
    rows = fetch(
        """SELECT product_id, currency, seen_at, price_minor, regular_minor FROM product_price
           WHERE product_id = ANY(%s) ORDER BY product_id, currency, seen_at""",
        ids,
    )
    found: dict[PriceKey, list[Price]] = defaultdict(list)
    for own_id, currency, seen_at, price_minor, regular_minor in rows:
        found[own_id, currency].append(Price(seen_at=seen_at, price_minor=price_minor, regular_minor=regular_minor))
    return found


def _price_record(key: PriceKey, price: Price) -> dict[str, Any]:
    return {
        "product_id": key[0],
        "currency": key[1],
        "seen_at": price.seen_at,
        "price_minor": price.price_minor,
        "regular_minor": price.regular_minor,
    }


def _price_changed(
    key: PriceKey, periods: list[Price], known: list[Price] | None, shop_id: int, now: datetime
) -> PriceChanged | None:
    """The event of a new newest price; the first price of a product is no change."""
    if not known or periods[-1].price_minor == known[-1].price_minor:
        return None
    return PriceChanged(
        shop_id=shop_id,
        customer_id=None,
        occurred_at=min(periods[-1].seen_at, now),
        product_id=key[0],
        price_minor=periods[-1].price_minor,
        previous_minor=known[-1].price_minor,
        currency=key[1],
    )
