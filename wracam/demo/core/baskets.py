"""What lands in a basket: what one thing calls for, what is in season, what brings the delivery for free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from wracam.demo.core.calendar import WARSAW
from wracam.demo.core.catalogue import Catalogue, Product
from wracam.demo.core.chance import Choice, geometric, happens

FREE_DELIVERY_FROM_MINOR = 149_00
NEAR_FREE_DELIVERY_MINOR = 112_00
KINDS_MEAN, KINDS_MEAN_FIRMS, KINDS_MAX = 2.5, 4.2, 18
SHARE_PARTNER = 0.38
SHARE_COMPLEMENT = 0.30
SHARE_SAME_CATEGORY = 0.20
SHARE_TOPPED_UP = 0.35
DELIVERY = Choice([(("paczkomat", 12_99), 62.0), (("kurier", 16_99), 31.0), (("odbiór osobisty", 0), 7.0)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """Products with units and the price each unit has now."""

    items: tuple[tuple[Product, int, int], ...]
    delivery: str
    shipping_minor: int

    @property
    def goods_minor(self) -> int:
        """The goods at the prices of the moment."""
        return sum(units * price for _, units, price in self.items)


def basket(
    random: Random,
    catalogue: Catalogue,
    moment: datetime,
    *,
    favourites: tuple[str, ...],
    is_firm: bool,
    largesse: float,
) -> Basket:
    """Fill a basket; *largesse* above 1 fills it more."""
    month = moment.astimezone(WARSAW).month
    kinds = min(geometric(random, (KINDS_MEAN_FIRMS if is_firm else KINDS_MEAN) * largesse), KINDS_MAX)
    chosen: dict[int, tuple[Product, int]] = {}
    latest: Product | None = None
    for _ in range(kinds):
        latest = _next(random, catalogue, month, latest, favourites)
        chosen.setdefault(latest.index, (latest, _units(random, latest, is_firm=is_firm)))
    if _wants_free_delivery(random, chosen, moment) and latest is not None:
        extra = _next(random, catalogue, month, latest, favourites)
        chosen.setdefault(extra.index, (extra, _units(random, extra, is_firm=is_firm)))
    items = tuple((product, units, product.price_at(moment).price_minor) for product, units in chosen.values())
    delivery, price = DELIVERY.draw(random)
    goods = sum(units * unit_price for _, units, unit_price in items)
    return Basket(items=items, delivery=delivery, shipping_minor=0 if goods >= FREE_DELIVERY_FROM_MINOR else price)


def _next(
    random: Random, catalogue: Catalogue, month: int, latest: Product | None, favourites: tuple[str, ...]
) -> Product:
    """Draw the next product: what goes with the latest, more of its kind, a favourite, or what is in season."""
    draw = random.random()
    if latest is not None:
        if draw < SHARE_PARTNER and latest.partners:
            return catalogue.products[random.choice(latest.partners)]
        if draw < SHARE_PARTNER + SHARE_COMPLEMENT:
            return catalogue.pick(random, random.choice(latest.category.goes_with))
        if draw < SHARE_PARTNER + SHARE_COMPLEMENT + SHARE_SAME_CATEGORY:
            return catalogue.pick(random, latest.category.name)
    in_season = catalogue.category(random, month)
    return catalogue.pick(random, random.choice(favourites) if favourites and happens(random, 0.3) else in_season)


def _units(random: Random, product: Product, *, is_firm: bool) -> int:
    units = random.choice(product.category.units)
    return units * random.choice((1, 2, 2, 3, 4)) if is_firm else units


def _wants_free_delivery(random: Random, chosen: dict[int, tuple[Product, int]], moment: datetime) -> bool:
    goods = sum(units * product.price_at(moment).price_minor for product, units in chosen.values())
    is_near = NEAR_FREE_DELIVERY_MINOR <= goods < FREE_DELIVERY_FROM_MINOR
    return is_near and happens(random, SHARE_TOPPED_UP)
