"""What conditions can ask about orders, their lines, and what a customer bought."""

from __future__ import annotations

from typing import Any

from wracam.commerce.contracts import OrderStatus
from wracam.kernel.language import CountedNoun, Words
from wracam.rules.ports import (
    Attribute,
    Choice,
    Collection,
    Subject,
    ValueType,
    register_attribute,
    register_collection,
)

ORDERS = CountedNoun(pl=("zamówienie", "zamówienia", "zamówień", "zamówienia"), en=("order", "orders"))
PURCHASES = CountedNoun(pl=("zakup", "zakupy", "zakupów", "zakupu"), en=("purchase", "purchases"))
LINES = CountedNoun(pl=("pozycja", "pozycje", "pozycji", "pozycji"), en=("line", "lines"))
PIECES = CountedNoun(pl=("sztuka", "sztuki", "sztuk", "sztuki"), en=("unit", "units"))
DAYS = CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days"))

IN_ALL_CURRENCIES = """LEFT JOIN LATERAL (
    SELECT sum(sale_count) AS sale_count, sum(returned_count) AS returned_count,
           sum(discounted_count) AS discounted_count, min(first_sale_at) AS first_sale_at,
           max(last_sale_at) AS last_sale_at
    FROM trade_statistic WHERE trade_statistic.customer_id = customer.id) AS trade ON true"""
IN_SHOP_CURRENCY = """LEFT JOIN trade_statistic AS spent
    ON spent.customer_id = customer.id AND spent.currency = shop.currency"""
FAVOURITE_CATEGORY = """(
    SELECT category FROM shop_order AS past JOIN order_line ON order_line.order_id = past.id
    LEFT JOIN product ON product.id = order_line.product,
    LATERAL unnest(coalesce(nullif(order_line.categories, '{}'), product.categories)) AS category
    WHERE past.customer_id = customer.id AND past.is_sale
    GROUP BY category ORDER BY sum(order_line.quantity - order_line.refunded_quantity) DESC, category LIMIT 1)"""
STATUSES = (
    Choice(value=OrderStatus.PENDING.value, title=Words(pl="czeka na płatność", en="awaiting payment")),
    Choice(value=OrderStatus.PROCESSING.value, title=Words(pl="w realizacji", en="processing")),
    Choice(value=OrderStatus.SHIPPED.value, title=Words(pl="wysłane", en="shipped")),
    Choice(value=OrderStatus.DELIVERED.value, title=Words(pl="dostarczone", en="delivered")),
    Choice(value=OrderStatus.CANCELLED.value, title=Words(pl="anulowane", en="cancelled")),
    Choice(value=OrderStatus.FAILED.value, title=Words(pl="nieudane", en="failed")),
    Choice(value=OrderStatus.DELETED.value, title=Words(pl="usunięte", en="deleted")),
)


def _attribute(subject: str, name: str, kind: ValueType, pl: str, en: str, **more: Any) -> Attribute:
    return Attribute(name=f"{subject}.{name}", subject=subject, type=kind, title=Words(pl=pl, en=en), **more)


def _of_customer(name: str, kind: ValueType, pl: str, en: str, sql: str, **more: Any) -> None:
    joins = tuple(join for join, alias in ((IN_ALL_CURRENCIES, "trade."), (IN_SHOP_CURRENCY, "spent.")) if alias in sql)
    register_attribute(_attribute(Subject.CUSTOMER, name, kind, pl, en, sql=sql, joins=joins, **more))


def _of_order(name: str, kind: ValueType, pl: str, en: str, **more: Any) -> None:
    register_attribute(_attribute(Subject.ORDER, name, kind, pl, en, **more))


_of_customer(
    "order_count", ValueType.NUMBER, "liczba zamówień", "number of orders", "coalesce(trade.sale_count, 0)",
    noun=ORDERS, example=3, about=Words(pl="Zamówienia opłacone i nieanulowane.", en="Orders paid and not cancelled."),
)  # fmt: skip
_of_customer(
    "total_spent", ValueType.MONEY, "wydana kwota", "total spent",
    "coalesce(spent.gross_minor - spent.refunded_minor, 0)", example="500.00",
    about=Words(
        pl="Suma opłaconych zamówień bez zwrotów, w walucie sklepu.",
        en="Paid orders less refunds, in the shop's currency.",
    ),
)  # fmt: skip
_of_customer(
    "average_order", ValueType.MONEY, "średnia wartość zamówienia", "average order value",
    "round(spent.gross_minor::numeric / nullif(spent.sale_count, 0))", example="120.00",
)  # fmt: skip
_of_customer(
    "first_order_at", ValueType.MOMENT, "pierwsze zamówienie", "first order", "trade.first_sale_at",
    example="2026-01-01",
)  # fmt: skip
_of_customer(
    "last_order_at", ValueType.MOMENT, "ostatnie zamówienie", "last order", "trade.last_sale_at", example="2026-01-01"
)
_of_customer(
    "return_count", ValueType.NUMBER, "liczba zamówień ze zwrotem", "number of returned orders",
    "coalesce(trade.returned_count, 0)", noun=ORDERS, example=1,
)  # fmt: skip
_of_customer(
    "discounted_order_count", ValueType.NUMBER, "liczba zamówień z rabatem", "number of discounted orders",
    "coalesce(trade.discounted_count, 0)", noun=ORDERS, example=1,
)  # fmt: skip
_of_customer(
    "days_between_orders", ValueType.NUMBER, "średnia przerwa między zamówieniami", "mean days between orders",
    "spent.gap_seconds_sum / nullif(spent.sale_count - 1, 0) / 86400", noun=DAYS, example=60,
)  # fmt: skip
_of_customer(
    "favourite_category", ValueType.TEXT, "ulubiona kategoria", "favourite category", FAVOURITE_CATEGORY,
    example="Rośliny doniczkowe",
)  # fmt: skip

_of_order("total", ValueType.MONEY, "wartość zamówienia", "order value", example="100.00")
_of_order("goods_total", ValueType.MONEY, "wartość bez dostawy", "order value without delivery", example="100.00")
_of_order("currency", ValueType.TEXT, "waluta zamówienia", "order currency", example="PLN")
_of_order("channel", ValueType.TEXT, "kanał sprzedaży", "sales channel", example="web")
_of_order("status", ValueType.CHOICE, "stan zamówienia", "order status", choices=STATUSES, example="delivered")
_of_order("payment_method", ValueType.TEXT, "sposób płatności", "payment method", example="blik")
_of_order("unit_count", ValueType.NUMBER, "liczba sztuk", "number of units", noun=PIECES, example=3)
_of_order("line_count", ValueType.NUMBER, "liczba pozycji", "number of lines", noun=LINES, example=2)
_of_order("categories", ValueType.TEXTS, "kategorie w zamówieniu", "categories in the order", example=["Zioła"])
_of_order("skus", ValueType.TEXTS, "produkty w zamówieniu (SKU)", "products in the order (SKU)", example=["MON-1"])
_of_order("coupon_codes", ValueType.TEXTS, "kody rabatowe", "coupon codes", example=["WIOSNA10"])
_of_order(
    "placed_at", ValueType.MOMENT, "chwila złożenia zamówienia", "when the order was placed", example="2026-01-01"
)
_of_order(
    "is_first", ValueType.BOOLEAN, "pierwsze zamówienie klienta", "the customer's first order",
    yes=Words(pl="jest pierwszym zamówieniem klienta", en="is the customer's first order"),
    no=Words(pl="nie jest pierwszym zamówieniem klienta", en="is not the customer's first order"), example=True,
)  # fmt: skip

register_collection(
    Collection(
        name="lines",
        item=Subject.LINE,
        title=Words(pl="pozycje zamówienia", en="lines of the order"),
        noun=LINES,
        subjects=(Subject.ORDER, Subject.CART),
        fields=(
            _attribute(Subject.LINE, "sku", ValueType.TEXT, "SKU", "SKU", example="MON-1"),
            _attribute(Subject.LINE, "name", ValueType.TEXT, "nazwa produktu", "product name", example="Monstera"),
            _attribute(
                Subject.LINE,
                "categories",
                ValueType.TEXTS,
                "kategorie produktu",
                "product categories",
                example=["Zioła"],
            ),
            _attribute(Subject.LINE, "quantity", ValueType.NUMBER, "liczba sztuk", "quantity", noun=PIECES, example=2),
            _attribute(Subject.LINE, "total", ValueType.MONEY, "wartość pozycji", "line value", example="50.00"),
            _attribute(Subject.LINE, "discount", ValueType.MONEY, "rabat na pozycji", "line discount", example="5.00"),
        ),
    )
)
register_collection(
    Collection(
        name="customer.purchases",
        item="purchase",
        title=Words(pl="zakupy", en="purchases"),
        noun=PURCHASES,
        source="""shop_order AS bought JOIN order_line ON order_line.order_id = bought.id
                  LEFT JOIN product ON product.id = order_line.product""",
        customer_key="bought.customer_id",
        filter="bought.is_sale",
        moment="purchase.bought_at",
        fields=(
            _attribute(
                "purchase", "bought_at", ValueType.MOMENT, "data zakupu", "purchase date", sql="bought.placed_at",
                example="2026-01-01",
            ),
            _attribute("purchase", "sku", ValueType.TEXT, "SKU", "SKU", sql="order_line.sku", example="MON-1"),
            _attribute(
                "purchase", "name", ValueType.TEXT, "nazwa produktu", "product name", sql="order_line.name",
                example="Monstera",
            ),
            _attribute(
                "purchase", "categories", ValueType.TEXTS, "kategorie produktu", "product categories",
                sql="coalesce(nullif(order_line.categories, '{}'), product.categories)", example=["Zioła"],
            ),
            _attribute(
                "purchase", "quantity", ValueType.NUMBER, "liczba sztuk bez zwrotów", "units kept",
                sql="(order_line.quantity - order_line.refunded_quantity)", noun=PIECES, example=2,
            ),
            _attribute(
                "purchase", "total", ValueType.MONEY, "wartość bez zwrotów", "value kept",
                sql="(order_line.total_minor - order_line.refunded_minor)", currency_sql="bought.currency",
                example="50.00",
            ),
        ),
    )
)  # fmt: skip
register_collection(
    Collection(
        name="customer.orders",
        item="past_order",
        title=Words(pl="zamówienia", en="orders"),
        noun=ORDERS,
        source="shop_order AS past_order",
        customer_key="past_order.customer_id",
        filter="past_order.is_sale",
        moment="past_order.placed_at",
        fields=(
            _attribute(
                "past_order", "placed_at", ValueType.MOMENT, "data zamówienia", "order date",
                sql="past_order.placed_at", example="2026-01-01",
            ),
            _attribute(
                "past_order", "total", ValueType.MONEY, "wartość bez zwrotów", "value less refunds",
                sql="(past_order.total_minor - past_order.refunded_minor)", currency_sql="past_order.currency",
                example="100.00",
            ),
            _attribute(
                "past_order", "channel", ValueType.TEXT, "kanał sprzedaży", "sales channel",
                sql="past_order.channel", example="web",
            ),
            _attribute(
                "past_order", "coupon_codes", ValueType.TEXTS, "kody rabatowe", "coupon codes",
                sql="past_order.coupon_codes", example=["WIOSNA10"],
            ),
        ),
    )
)  # fmt: skip
