"""The lists of orders and of products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.commerce import queries
from wracam.commerce.console.words import PAYMENT_TITLES, STATUS_TITLES, language, order_status, payment_status
from wracam.commerce.contracts import Order, OrderStatus, PaymentStatus, Product
from wracam.commerce.queries import OrderFilter, ProductFilter
from wracam.customers import queries as customers
from wracam.faces.console.ports import (
    Column,
    ConsoleRequest,
    Empty,
    FilterChip,
    Row,
    Table,
    console_page,
    csv_response,
    say,
)
from wracam.kernel.language import CountedNoun, Words
from wracam.kernel.money import Money, to_major

PAGE_SIZE = 50
CSV_PAGE_SIZE, CSV_PAGES_MAX = 500, 400
ORDERS = CountedNoun(pl=("zamówienie", "zamówienia", "zamówień", "zamówienia"), en=("order", "orders"))
PRODUCTS = CountedNoun(pl=("produkt", "produkty", "produktów", "produktu"), en=("product", "products"))
ALL = Words(pl="Wszystkie", en="All")
STATES: dict[str, tuple[Words, OrderFilter]] = {
    "": (ALL, OrderFilter()),
    "unpaid": (PAYMENT_TITLES[PaymentStatus.UNPAID][0], OrderFilter(payment_status=PaymentStatus.UNPAID)),
    "refunded": (Words(pl="Ze zwrotem", en="With a refund"), OrderFilter(has_refund=True)),
    "cancelled": (STATUS_TITLES[OrderStatus.CANCELLED][0], OrderFilter(status=OrderStatus.CANCELLED)),
}


@console_page()
def orders(request: ConsoleRequest) -> HttpResponse:
    """Show the orders of the shop, newest first."""
    wanted = _wanted(request)
    page = queries.search_orders(
        shop_id=request.shop.id, wanted=wanted, cursor=request.GET.get("after"), limit=PAGE_SIZE
    )
    may_export = request.user.may("export")  # type: ignore[union-attr]  # staff, by console_page
    table = Table(
        name="orders",
        caption=_("Orders of the shop"),
        columns=[
            Column(name="number", title=_("Order"), is_main=True),
            Column(name="customer", title=_("Customer")),
            Column(name="status", title=_("Status"), kind="status"),
            Column(name="payment", title=_("Payment"), kind="status"),
            Column(name="total", title=_("Total"), kind="money"),
            Column(name="refunded", title=_("Refunded"), kind="money"),
            Column(name="placed", title=_("Placed"), kind="moment"),
        ],
        rows=_order_rows(page.orders),
        count=ORDERS.say(queries.count_orders(shop_id=request.shop.id, wanted=wanted), language()),
        search=wanted.text,
        search_hint=_("Order number"),
        chips=[
            FilterChip(name="state", value=value, title=say(title), is_on=value == request.GET.get("state", ""))
            for value, (title, _filter) in STATES.items()
        ],
        next_cursor=page.next_cursor or "",
        csv_url=f"{reverse('commerce:orders_csv')}?{request.GET.urlencode()}" if may_export else "",
        is_filtered=wanted != OrderFilter(),
        empty=Empty(
            title=_("No orders yet"),
            sentence=_("Orders come by themselves once your shop is connected, or from a file."),
            icon="shopping-bag",
        ),
    )
    return render(request, "commerce/orders.html", {"table": table})


@console_page(permission="export")
def orders_csv(request: ConsoleRequest) -> HttpResponseBase:
    """Hand out the list of orders as it is filtered."""
    header = [
        _("Order"), _("Placed"), _("Status"), _("Payment"), _("Currency"), _("Total"), _("Refunded"), _("Customer"),
    ]  # fmt: skip
    return csv_response("orders", header, _order_csv(request.shop.id, _wanted(request)))


@console_page()
def products(request: ConsoleRequest) -> HttpResponse:
    """Show the products of the shop by name."""
    text = request.GET.get("q", "").replace("\x00", "")[:200].strip()
    wanted = ProductFilter(text=text)
    page = queries.search_products(
        shop_id=request.shop.id, wanted=wanted, cursor=request.GET.get("after"), limit=PAGE_SIZE
    )
    table = Table(
        name="products",
        caption=_("Products of the shop"),
        columns=[
            Column(name="name", title=_("Product"), is_main=True),
            Column(name="categories", title=_("Categories")),
            Column(name="price", title=_("Price"), kind="money"),
            Column(name="regular", title=_("Regular price"), kind="money"),
            Column(name="stock", title=_("In stock"), kind="number"),
        ],
        rows=[_product_row(one) for one in page.products],
        count=PRODUCTS.say(queries.count_products(shop_id=request.shop.id, wanted=wanted), language()),
        search=text,
        search_hint=_("Name or SKU"),
        next_cursor=page.next_cursor or "",
        is_filtered=bool(text),
        empty=Empty(
            title=_("No products yet"),
            sentence=_("Products come with your shop's connection, or appear with the first orders that name them."),
            icon="package",
        ),
    )
    return render(request, "commerce/products.html", {"table": table})


def order_cells(order: Order) -> dict[str, object]:
    """Return the cells of an order that need no other feature."""
    return {
        "number": order.number,
        "status": order_status(order),
        "payment": payment_status(order),
        "total": Money(order.total_minor, order.currency),
        "refunded": Money(order.refunded_minor, order.currency) if order.refunded_minor else None,
        "placed": order.placed_at,
    }


def _wanted(request: ConsoleRequest) -> OrderFilter:
    _title, chosen = STATES.get(request.GET.get("state", ""), STATES[""])
    text = request.GET.get("q", "").replace("\x00", "")[:200].strip()
    return OrderFilter(
        text=text, status=chosen.status, payment_status=chosen.payment_status, has_refund=chosen.has_refund
    )


def _order_rows(found: Sequence[Order]) -> list[Row]:
    buyers = {one.id: one for one in customers.customers([o.customer_id for o in found if o.customer_id])}
    return [
        Row(
            id=str(order.id),
            cells=order_cells(order)
            | {"customer": buyers[order.customer_id].display_name if order.customer_id in buyers else None},
            url=reverse("commerce:order", args=[order.id]),
        )
        for order in found
    ]


def _product_row(one: Product) -> Row:
    def money(amount_minor: int | None) -> Money | None:
        return Money(amount_minor, one.currency) if amount_minor is not None else None

    return Row(
        id=str(one.id),
        cells={
            "name": one.name or one.sku or one.external_id,
            "categories": ", ".join(one.categories),
            "price": money(one.price_minor),
            "regular": money(one.regular_minor) if one.regular_minor != one.price_minor else None,
            "stock": one.stock_quantity,
        },
        detail=one.sku,
    )


def _order_csv(shop_id: int, wanted: OrderFilter) -> Iterator[Sequence[object]]:
    cursor: str | None = None
    for _page in range(CSV_PAGES_MAX):
        page = queries.search_orders(shop_id=shop_id, wanted=wanted, cursor=cursor, limit=CSV_PAGE_SIZE)
        for one in page.orders:
            yield (
                one.number,
                one.placed_at.isoformat(),
                one.status.value,
                one.payment_status.value,
                one.currency,
                to_major(one.total_minor, one.currency),
                to_major(one.refunded_minor, one.currency),
                one.customer_id or "",
            )
        cursor = page.next_cursor
        if cursor is None:
            return
