"""The page of one order."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wracam.commerce import queries
from wracam.commerce.console.words import language, order_status, payment_status
from wracam.commerce.contracts import Order
from wracam.customers import queries as customers
from wracam.faces.console.ports import Column, ConsoleRequest, Empty, Row, Table, console_page
from wracam.kernel.language import moment_text, money_text
from wracam.kernel.money import Money


@console_page()
def show(request: ConsoleRequest, order_id: UUID) -> HttpResponse:
    """Show one order: lines, refunds, amounts and moments."""
    order = queries.order(order_id)
    if order is None or order.shop_id != request.shop.id:
        raise Http404
    buyer = customers.customer(order.customer_id) if order.customer_id else None
    context = {
        "order": order,
        "buyer": buyer,
        "status": order_status(order),
        "payment": payment_status(order),
        "table": _lines(order),
        "amounts": _amounts(order),
        "moments": _moments(request, order),
    }
    return render(request, "commerce/order.html", context)


def _lines(order: Order) -> Table:
    def money(amount_minor: int) -> Money | None:
        return Money(amount_minor, order.currency) if amount_minor else None

    return Table(
        name="lines",
        caption=_("Lines of the order"),
        columns=[
            Column(name="name", title=_("Product"), is_main=True),
            Column(name="quantity", title=_("Quantity"), kind="number"),
            Column(name="refunded", title=_("Returned"), kind="number"),
            Column(name="discount", title=_("Discount"), kind="money"),
            Column(name="total", title=_("Total"), kind="money"),
        ],
        rows=[
            Row(
                id=str(line.id),
                cells={
                    "name": line.name or line.sku or line.external_id,
                    "quantity": line.quantity,
                    "refunded": line.refunded_quantity or None,
                    "discount": money(line.discount_minor),
                    "total": Money(line.total_minor, order.currency),
                },
                detail=" · ".join(part for part in (line.sku, ", ".join(line.categories)) if part),
            )
            for line in order.lines
        ],
        empty=Empty(title=_("No lines"), sentence=_("The shop told us the total only."), icon="list"),
    )


def _amounts(order: Order) -> list[tuple[str, str]]:
    told = [
        (_("Total"), order.total_minor),
        (_("Delivery"), order.shipping_minor),
        (_("Discount"), order.discount_minor),
        (_("Tax included"), order.tax_minor),
        (_("Refunded"), order.refunded_minor),
    ]
    shown = [(name, money_text(minor, order.currency, language())) for name, minor in told if minor]
    codes = [(_("Codes"), ", ".join(order.coupon_codes))] if order.coupon_codes else []
    return [*shown, *codes]


def _moments(request: ConsoleRequest, order: Order) -> list[tuple[str, str]]:
    zone = ZoneInfo(request.shop.time_zone)
    told = [
        (_("Placed"), order.placed_at),
        (_("Paid"), order.paid_at),
        (_("Shipped"), order.shipped_at),
        (_("Delivered"), order.delivered_at),
        (_("Cancelled"), order.cancelled_at),
    ]
    moments = [(name, moment_text(moment.astimezone(zone), language())) for name, moment in told if moment]
    more = [(_("Channel"), order.channel), (_("Payment method"), order.payment_method), (_("Source"), order.source)]
    return [*moments, *((name, text) for name, text in more if text)]
