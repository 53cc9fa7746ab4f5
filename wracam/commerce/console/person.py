"""What trade adds to the pages about people: figures and orders of a customer, columns of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.commerce import queries
from wracam.commerce.console.lists import ORDERS, order_cells
from wracam.commerce.contracts import TradeStatistics
from wracam.customers.ports import ListColumn, Panel, register_columns, register_panel
from wracam.faces.console.ports import Column, Empty, Figure, Row, Table
from wracam.kernel.language import CountedNoun, Language, Words, date_text, money_text
from wracam.kernel.money import Money
from wracam.shops import queries as shops

ORDERS_SHOWN = 10
YEAR = timedelta(days=365)
DAYS = CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days"))


@register_panel("commerce", order=50)
def panel(ids: Sequence[UUID], shop_id: int, language: Language, now: datetime) -> Panel | None:
    """Return what the person bought, in figures, and their last orders."""
    statistics = queries.trade_statistics([ids[0]]).get(ids[0], [])
    orders = queries.orders_of(ids[0], limit=ORDERS_SHOWN)
    if not orders:
        return None
    last_year = queries.sales_between(ids[0], starts_at=now - YEAR, ends_at=now)
    figures = [figure for one in statistics for figure in _figures(one, last_year, language)]
    table = Table(
        name="orders",
        caption=_("Orders of this customer"),
        columns=[
            Column(name="number", title=_("Order"), is_main=True),
            Column(name="status", title=_("Status"), kind="status"),
            Column(name="payment", title=_("Payment"), kind="status"),
            Column(name="total", title=_("Total"), kind="money"),
            Column(name="placed", title=_("Placed"), kind="day"),
        ],
        rows=[
            Row(id=str(one.id), cells=order_cells(one), url=reverse("commerce:order", args=[one.id])) for one in orders
        ],
        empty=Empty(title="", sentence=""),
    )
    return Panel(
        title=Words(pl="Zakupy", en="Purchases"),
        template="commerce/person.html",
        context={"figures": figures, "table": table},
    )


@register_columns(
    "commerce",
    ListColumn(name="orders", title=Words(pl="Zamówienia", en="Orders"), kind="number"),
    ListColumn(name="spent", title=Words(pl="Wydane", en="Spent"), kind="money"),
    ListColumn(name="last", title=Words(pl="Ostatni zakup", en="Last purchase"), kind="day"),
)
def columns(ids: Sequence[UUID], shop_id: int) -> Mapping[UUID, Mapping[str, Any]]:
    """Return number of orders, net spending in the shop's currency, and the last purchase."""
    shop = shops.shop(shop_id)
    return {
        customer_id: {
            "orders": sum(one.sale_count for one in found),
            "spent": next(
                (Money(one.net_minor, one.currency) for one in found if shop and one.currency == shop.currency), None
            ),
            "last": max((one.last_sale_at for one in found if one.last_sale_at), default=None),
        }
        for customer_id, found in queries.trade_statistics(ids).items()
    }


def _figures(one: TradeStatistics, last_year: Mapping[str, tuple[int, int]], language: Language) -> list[Figure]:
    """Return spending, orders and rhythm of one currency."""

    def money(amount_minor: int) -> str:
        return money_text(amount_minor, one.currency, language)

    year_count, year_minor = last_year.get(one.currency, (0, 0))
    since = date_text(one.first_sale_at, language) if one.first_sale_at else "–"
    figures = [
        Figure(
            title=_("Spent"),
            value=money(one.net_minor),
            period=_("since %(day)s") % {"day": since},
            how=_("Totals of paid orders that were not cancelled, tax included, less refunds."),
            change=money(year_minor),
            compared_with=_("in the last 12 months"),
        ),
        Figure(
            title=_("Orders"),
            value=ORDERS.say(one.sale_count, language),
            period=_("since %(day)s") % {"day": since},
            how=_("Paid orders that were not cancelled, failed or deleted."),
            change=ORDERS.say(year_count, language),
            compared_with=_("in the last 12 months"),
        ),
    ]
    if one.average_minor is not None:
        figures.append(
            Figure(
                title=_("Average order"),
                value=money(one.average_minor),
                period=_("all paid orders"),
                how=_("Totals of paid orders divided by their number; refunds are not subtracted."),
            )
        )
    if one.gap_days_mean is not None:
        figures.append(
            Figure(
                title=_("Buys every"),
                value=DAYS.say(round(one.gap_days_mean), language),
                period=_("on average"),
                how=_("Time from the first to the last paid order, divided by the number of gaps between orders."),
            )
        )
    return figures
