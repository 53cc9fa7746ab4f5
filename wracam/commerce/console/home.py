"""What trade says on the home page: sales and orders of the last thirty days, against the thirty before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.commerce import queries
from wracam.commerce.console.lists import ORDERS
from wracam.faces.console.ports import Figure, home_figures
from wracam.kernel.language import Language, money_text
from wracam.shops import queries as shops

PERIOD = timedelta(days=30)
WEEK = timedelta(days=7)
TREND_WEEKS = 12


@home_figures("commerce", order=10)
def on_home(shop_id: int, language: str, now: datetime) -> list[Figure]:
    """Return sales and orders in the shop's currency; nothing for a shop that never sold."""
    shop = shops.shop(shop_id)
    if shop is None or not queries.has_orders(shop_id):
        return []
    spoken: Language = "pl" if language == "pl" else "en"
    now_count, now_minor = _sales(shop_id, shop.currency, now - PERIOD, now)
    before_count, before_minor = _sales(shop_id, shop.currency, now - 2 * PERIOD, now - PERIOD)
    weeks = [
        _sales(shop_id, shop.currency, now - (ago + 1) * WEEK, now - ago * WEEK) for ago in reversed(range(TREND_WEEKS))
    ]
    return [
        _figure(
            title=_("Sales"),
            value=money_text(now_minor, shop.currency, spoken),
            how=_("Paid orders placed within the last 30 days, tax included, less refunds. The line shows 12 weeks."),
            change=(now_minor, before_minor),
            trend=[float(minor) for _count, minor in weeks],
        ),
        _figure(
            title=_("Orders"),
            value=ORDERS.say(now_count, spoken),
            how=_("Paid orders placed within the last 30 days that were not cancelled. The line shows 12 weeks."),
            change=(now_count, before_count),
            trend=[float(count) for count, _minor in weeks],
        ),
    ]


def _sales(shop_id: int, currency: str, starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
    return queries.sales_of_shop(shop_id, starts_at=starts_at, ends_at=ends_at).get(currency, (0, 0))


def _figure(*, title: str, value: str, how: str, change: tuple[int, int], trend: Sequence[float]) -> Figure:
    """Return one figure with its change against the period before, where there was something to compare with."""
    current, before = change
    percent = round((current - before) * 100 / before) if before else 0
    return Figure(
        title=title,
        value=value,
        period=_("last 30 days"),
        how=how,
        change=f"{percent:+d} %".replace("-", "−") if before else "",
        change_tone="good" if percent > 0 else "plain",
        compared_with=_("than in the 30 days before") if before else "",
        trend=trend if any(trend) else (),
        url=reverse("commerce:orders"),
    )
