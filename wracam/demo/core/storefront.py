"""The little shop in front of the demo: its shelves, ways of delivery, and the cart that it sends to the public API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wracam.demo.core.catalogue_words import CATEGORIES
from wracam.demo.core.orders import CURRENCY, tax_within
from wracam.kernel.language import Words
from wracam.kernel.text import search_key

UNITS_MAX = 99
LINES_MAX = 40
CODES_MAX = 5
TONES = 6
SET_CATEGORY = "Zioła"
SET_SIZE = 3
SHIPPING_TAX_PERCENT = 23
_PICTURES = {
    "Nasiona warzyw": ("seeds", "Vegetable seeds"),
    "Nasiona kwiatów": ("flower-seeds", "Flower seeds"),
    "Zioła": ("herb", "Herbs"),
    "Rośliny doniczkowe": ("houseplant", "House plants"),
    "Byliny i trawy": ("perennial", "Perennials and grasses"),
    "Krzewy i drzewka": ("shrub", "Shrubs and trees"),
    "Cebulki kwiatowe": ("bulb", "Flower bulbs"),
    "Doniczki i osłonki": ("pot", "Pots"),
    "Podłoża i ziemia": ("soil", "Soil"),
    "Nawozy": ("fertilizer", "Fertilizers"),
    "Narzędzia ogrodowe": ("tools", "Garden tools"),
    "Nawadnianie": ("watering", "Watering"),
    "Ochrona roślin": ("spray", "Plant care"),
    "Dekoracje i światło": ("lantern", "Decoration and light"),
    "Prezenty i zestawy": ("gift", "Gifts and sets"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category of the shop: its name in the catalogue, its address, its title and its picture."""

    name: str
    slug: str
    title: Words
    picture: str
    tax_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A way to get the parcel. `method` is what the API knows it by."""

    method: str
    title: Words
    price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A product in the cart, with how many of it."""

    sku: str
    external_id: str
    name: str
    shelf: Shelf
    quantity: int
    price_minor: int
    regular_minor: int | None
    product_id: str = ""

    @property
    def total_minor(self) -> int:
        """All units at today's price."""
        return self.quantity * self.price_minor


SHELVES = tuple(
    Shelf(
        name=one.name,
        slug=search_key(one.name).replace(" ", "-"),
        title=Words(pl=one.name, en=_PICTURES[one.name][1]),
        picture=_PICTURES[one.name][0],
        tax_percent=one.tax_percent,
    )
    for one in CATEGORIES
)
SHELF_BY_NAME = {shelf.name: shelf for shelf in SHELVES}
SHELF_BY_SLUG = {shelf.slug: shelf for shelf in SHELVES}
DELIVERIES = (
    Delivery(method="paczkomat", title=Words(pl="Paczkomat", en="Parcel locker"), price_minor=12_99),
    Delivery(method="kurier", title=Words(pl="Kurier", en="Courier"), price_minor=16_99),
    Delivery(method="odbior", title=Words(pl="Odbiór osobisty", en="Pick-up in the shop"), price_minor=0),
)
DELIVERY_BY_METHOD = {delivery.method: delivery for delivery in DELIVERIES}


def shelf_of(categories: Sequence[str]) -> Shelf:
    """Return the shelf of a product; the first one for what has none."""
    return next((SHELF_BY_NAME[name] for name in categories if name in SHELF_BY_NAME), SHELVES[0])


def tone_of(sku: str) -> int:
    """Return the colours of a product's picture, 0 to 5: always the same for one product."""
    return sum(sku.encode()) % TONES


def units(text: str) -> int:
    """Read how many units somebody typed: 0 to 99; what is no number is 1."""
    bare = text.strip()
    return min(int(bare), UNITS_MAX) if bare.isascii() and bare.isdigit() and len(bare) < 9 else 1


def amount(minor: int) -> str:
    """Write grosze as the decimal text of the API: 1299 is `12.99`."""
    return f"{minor // 100}.{minor % 100:02d}"


def grosze(text: str) -> int:
    """Read the decimal text of the API: `12.99` is 1299, `-0.5` is -50."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return sign * (int(whole) * 100 + int((part + "00")[:2]))


def goods_minor(items: Sequence[Item]) -> int:
    """What the goods cost before promotions."""
    return sum(item.total_minor for item in items)


def order_document(
    *,
    number: str,
    items: Sequence[Item],
    priced: Mapping[str, Mapping[str, int]],
    shipping_minor: int,
    person: Any,
    codes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the order as the shop tells the API; *priced* has `total`, `discount` and `tax` of each sku in grosze."""
    lines: list[dict[str, Any]] = []
    for item in items:
        one = priced.get(item.sku) or {"total": item.total_minor, "discount": 0}
        lines.append(
            {
                "id": item.sku,
                "sku": item.sku,
                "name": item.name,
                "quantity": item.quantity,
                "total": amount(one["total"]),
                "discount": amount(one["discount"]),
                "tax": amount(tax_within(one["total"], item.shelf.tax_percent)),
                "product_id": item.external_id,
                "categories": [item.shelf.name],
            }
        )
    goods = sum(grosze(line["total"]) for line in lines)
    tax = sum(grosze(line["tax"]) for line in lines) + tax_within(shipping_minor, SHIPPING_TAX_PERCENT)
    return {
        "id": number,
        "number": number,
        "source": "demo",
        "currency": CURRENCY,
        "total": amount(goods + shipping_minor),
        "tax": amount(tax),
        "shipping": amount(shipping_minor),
        "discount": amount(sum(grosze(line["discount"]) for line in lines)),
        "customer": person,
        "lines": lines,
        "coupon_codes": list(codes),
        "payment_method": "blik",
    }
