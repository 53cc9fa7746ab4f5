"""What public promotions make one piece of a product cost: the prices that count in the 30-day history (Omnibus).

A promotion announces a price when it is open to everybody, asks for no code and no condition, and takes something off
a product bought alone: one piece in an otherwise empty cart. So personal and loyalty promotions, codes, "second at half
price", amounts off the order and thresholds count for nothing; steps by quantity count with what one piece gets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wracam.promotions.contracts import Cart, CartLine, Policy
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.engine import Catalog, evaluate
from wracam.promotions.core.offers import Offer, Stage

ANYWHERE = ""
"""Stands for every channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """From `starts_at` these promotions announce prices: a catalogue of them for each channel that has its own."""

    starts_at: datetime
    catalogs: Mapping[str, Catalog]
    policy: Policy
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPrice:
    """What the shop itself asked for a product from a moment on."""

    starts_at: datetime
    price_minor: int
    regular_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product with what the shop asked for it, oldest first."""

    sku: str
    categories: tuple[str, ...]
    prices: Sequence[ShopPrice]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """From `at` one piece costs `price_minor` in a channel; None: what the shop itself asks."""

    sku: str
    channel: str
    at: datetime
    price_minor: int | None


def catalogs_of(promotions: Iterable[Promotion]) -> dict[str, Catalog]:
    """Return the offers that announce prices: those of every channel, and with them those of single channels."""
    public = [one for one in promotions if _announces(one)]
    channels = sorted({ANYWHERE}.union(*(one.channels for one in public)))
    found = {}
    for channel in channels:
        offers = [_on_products(one.offer) for one in public if not one.channels or channel in one.channels]
        if offers:
            found[channel] = Catalog(offers)
    return found


def changes(
    product: Product,
    announcements: Sequence[Announcement],
    open_prices: Mapping[str, int],
    since: datetime,
    until: datetime,
) -> Iterator[PriceChange]:
    """Yield how promotions changed the product's price in a time; *open_prices* are those before it, by channel."""
    now = dict(open_prices)
    for moment in _moments(product, announcements, since, until):
        announcement = _in_force(announcements, moment)
        asked = _asked(product, moment)
        prices = _prices(product, asked, announcement) if asked and announcement else {}
        for channel in sorted({*now, *prices}):
            if prices.get(channel) != now.get(channel):
                yield PriceChange(sku=product.sku, channel=channel, at=moment, price_minor=prices.get(channel))
        now = prices


def _announces(promotion: Promotion) -> bool:
    return promotion.is_public and promotion.condition is None and promotion.is_on_products


def _on_products(offer: Offer) -> Offer:
    return replace(offer, effects=tuple(effect for effect in offer.effects if effect.stage <= Stage.AMOUNT))


def _moments(
    product: Product, announcements: Sequence[Announcement], since: datetime, until: datetime
) -> list[datetime]:
    """Return *since* and every later moment at which the product or the promotions changed."""
    told = [price.starts_at for price in product.prices] + [one.starts_at for one in announcements]
    return sorted({since, *(moment for moment in told if since < moment <= until)})


def _in_force(announcements: Sequence[Announcement], moment: datetime) -> Announcement | None:
    return next((one for one in reversed(announcements) if one.starts_at <= moment), None)


def _asked(product: Product, moment: datetime) -> ShopPrice | None:
    return next((price for price in reversed(product.prices) if price.starts_at <= moment), None)


def _prices(product: Product, asked: ShopPrice, announcement: Announcement) -> dict[str, int]:
    """Return the reduced prices by channel; a channel of its own is named where it is cheaper than everywhere."""
    line = CartLine(
        id=product.sku, sku=product.sku, quantity=1, unit_minor=asked.price_minor, regular_minor=asked.regular_minor,
        categories=product.categories,
    )  # fmt: skip
    cart = Cart(currency=announcement.currency, lines=(line,))
    found: dict[str, int] = {}
    for channel, catalog in announcement.catalogs.items():
        price = evaluate(cart, catalog, announcement.policy).lines[0].total_minor
        if price < found.get(ANYWHERE, asked.price_minor):
            found[channel] = price
    return found
