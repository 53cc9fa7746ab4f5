"""What conditions can ask about a cart. Its lines are the collection `lines`, which carts share with orders."""

from __future__ import annotations

from typing import Any

from wracam.kernel.language import CountedNoun, Words
from wracam.rules.ports import Attribute, Subject, ValueType, register_attribute

PIECES = CountedNoun(pl=("sztuka", "sztuki", "sztuk", "sztuki"), en=("unit", "units"))
LINES = CountedNoun(pl=("pozycja", "pozycje", "pozycji", "pozycji"), en=("line", "lines"))


def _of_cart(name: str, kind: ValueType, pl: str, en: str, **more: Any) -> None:
    register_attribute(
        Attribute(name=f"cart.{name}", subject=Subject.CART, type=kind, title=Words(pl=pl, en=en), **more)
    )


_of_cart(
    "items_total", ValueType.MONEY, "wartość koszyka", "cart value", example="150.00",
    about=Words(pl="Produkty przed promocjami, bez dostawy.", en="Goods before promotions, without delivery."),
)  # fmt: skip
_of_cart("quantity", ValueType.NUMBER, "liczba sztuk w koszyku", "units in the cart", noun=PIECES, example=3)
_of_cart("line_count", ValueType.NUMBER, "liczba pozycji w koszyku", "lines in the cart", noun=LINES, example=2)
_of_cart("categories", ValueType.TEXTS, "kategorie w koszyku", "categories in the cart", example=["Nasiona"])
_of_cart("skus", ValueType.TEXTS, "produkty w koszyku (SKU)", "products in the cart (SKU)", example=["MON-1"])
_of_cart("currency", ValueType.TEXT, "waluta koszyka", "cart currency", example="PLN")
_of_cart("channel", ValueType.TEXT, "kanał sprzedaży", "sales channel", example="web")
_of_cart("country", ValueType.TEXT, "kraj dostawy", "country of delivery", example="PL")
_of_cart("shipping_method", ValueType.TEXT, "sposób dostawy", "shipping method", example="inpost")
_of_cart("shipping_price", ValueType.MONEY, "koszt dostawy", "delivery price", example="12.99")
_of_cart("codes", ValueType.TEXTS, "kody w koszyku", "codes in the cart", example=["WIOSNA10"])
