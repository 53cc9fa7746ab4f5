"""A small world for the tests of rules: customers, their purchases, and the attributes of both, of carts and lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from wracam.kernel.language import CountedNoun, Words
from wracam.kernel.money import Money
from wracam.rules.contracts import (
    Attribute,
    Choice,
    Collection,
    CustomerSource,
    Subject,
    ValueType,
    Vocabulary,
)

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
SCHEMA = """
CREATE TABLE rule_customer (
    id uuid PRIMARY KEY, shop_id int NOT NULL, city text, orders int, ratio numeric, spent_minor bigint,
    born_on date, seen_at timestamptz, is_guest boolean, tier text, tags text[]
);
CREATE TABLE rule_purchase (
    customer_id uuid NOT NULL, total_minor bigint, currency text, quantity int, paid_at timestamptz, sent_on date,
    categories text[]
);
CREATE TABLE rule_note (customer_id uuid PRIMARY KEY, text text);
"""
NOTE = "LEFT JOIN rule_note AS note ON note.customer_id = customer.id"


def attribute(name: str, kind: ValueType, pl: str, en: str, **more: Any) -> Attribute:
    return Attribute(name=name, subject=name.split(".", maxsplit=1)[0], type=kind, title=Words(pl=pl, en=en), **more)


TIERS = (
    Choice(value="silver", title=Words(pl="Srebrny", en="Silver")),
    Choice(value="gold", title=Words(pl="Złoty", en="Gold")),
)
ORDERS = CountedNoun(pl=("zamówienie", "zamówienia", "zamówień", "zamówienia"), en=("order", "orders"))
PURCHASES = CountedNoun(pl=("zakup", "zakupy", "zakupów", "zakupu"), en=("purchase", "purchases"))
LINES = CountedNoun(pl=("pozycja", "pozycje", "pozycji", "pozycji"), en=("line", "lines"))
ATTRIBUTES = (
    attribute("customer.city", ValueType.TEXT, "miasto", "city", sql="customer.city"),
    attribute("customer.note", ValueType.TEXT, "notatka", "note", sql="note.text", joins=(NOTE,)),
    attribute("customer.orders", ValueType.NUMBER, "liczba zamówień", "number of orders", sql="customer.orders", noun=ORDERS),
    attribute("customer.ratio", ValueType.NUMBER, "udział", "share", sql="customer.ratio"),
    attribute("customer.spent", ValueType.MONEY, "suma zakupów", "total spent", sql="customer.spent_minor"),
    attribute("customer.born_on", ValueType.DATE, "data urodzenia", "birthday", sql="customer.born_on"),
    attribute("customer.seen_at", ValueType.MOMENT, "ostatnia wizyta", "last visit", sql="customer.seen_at"),
    attribute(
        "customer.is_guest",
        ValueType.BOOLEAN,
        "gość",
        "guest",
        sql="customer.is_guest",
        yes=Words(pl="klient kupuje jako gość", en="the customer is a guest"),
        no=Words(pl="klient ma konto", en="the customer has an account"),
    ),
    attribute("customer.tier", ValueType.CHOICE, "poziom", "tier", sql="customer.tier", choices=TIERS),
    attribute("customer.tags", ValueType.TEXTS, "etykiety", "tags", sql="customer.tags"),
    attribute("order.total", ValueType.MONEY, "wartość zamówienia", "order value"),
    attribute("order.placed_at", ValueType.MOMENT, "data zamówienia", "order date"),
    Attribute(
        name="clock.now", subject=Subject.CLOCK, type=ValueType.MOMENT, sql="clock.now",
        title=Words(pl="chwila decyzji", en="the moment of the decision"),
    ),
)  # fmt: skip
PURCHASE = Collection(
    name="customer.purchases",
    item="purchase",
    title=Words(pl="zakupy", en="purchases"),
    noun=PURCHASES,
    source="rule_purchase AS purchase",
    customer_key="purchase.customer_id",
    filter="purchase.quantity <> 99 OR purchase.quantity IS NULL",
    moment="purchase.paid_at",
    fields=(
        attribute(
            "purchase.total", ValueType.MONEY, "wartość zakupu", "value",
            sql="purchase.total_minor", currency_sql="purchase.currency",
        ),
        attribute("purchase.quantity", ValueType.NUMBER, "liczba sztuk", "quantity", sql="purchase.quantity"),
        attribute("purchase.paid_at", ValueType.MOMENT, "data zapłaty", "payment date", sql="purchase.paid_at"),
        attribute("purchase.sent_on", ValueType.DATE, "data wysyłki", "shipping date", sql="purchase.sent_on"),
        attribute("purchase.categories", ValueType.TEXTS, "kategorie", "categories", sql="purchase.categories"),
    ),
)  # fmt: skip
LINE = Collection(
    name="lines",
    item="line",
    title=Words(pl="pozycje", en="lines"),
    noun=LINES,
    subjects=(Subject.ORDER, Subject.CART),
    fields=(
        attribute("line.sku", ValueType.TEXT, "SKU", "SKU"),
        attribute("line.total", ValueType.MONEY, "wartość pozycji", "line value"),
        attribute("line.quantity", ValueType.NUMBER, "liczba sztuk", "quantity"),
        attribute("line.categories", ValueType.TEXTS, "kategorie", "categories"),
    ),
)
VOCABULARY = Vocabulary(
    attributes=MappingProxyType({item.name: item for item in (*ATTRIBUTES, *PURCHASE.fields, *LINE.fields)}),
    collections=MappingProxyType({item.name: item for item in (PURCHASE, LINE)}),
    customers=CustomerSource(source="rule_customer AS customer"),
)
ANIA = MappingProxyType(
    {
        "customer.city": "Kraków",
        "customer.orders": 7,
        "customer.ratio": Decimal("0.25"),
        "customer.spent": Money(123_450, "PLN"),
        "customer.born_on": date(1990, 11, 25),
        "customer.seen_at": NOW - timedelta(days=3),
        "customer.is_guest": False,
        "customer.tier": "gold",
        "customer.tags": {"balkon", "zioła"},
    }
)
"""A loyal customer of the shop."""
WARSAW = timezone(timedelta(hours=1), "Warsaw in winter")
