"""The figures by which a shop is recognised as a real one, counted from its orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from wracam.commerce.contracts import OrderSnapshot, OrderStatus
from wracam.demo.core.calendar import WARSAW

LOST = {OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.DELETED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares are between 0 and 1; money is in grosze; gaps are in days."""

    customers: int
    orders: int
    orders_a_customer: float
    share_buying_once: float
    share_of_orders_by_top_fifth: float
    median_gap_days: float
    average_order_minor: int
    median_order_minor: int
    lines_an_order: float
    share_of_one_line: float
    units_a_line: float
    share_spring: float
    share_december: float
    share_january: float
    share_monday: float
    share_saturday: float
    share_evening: float
    share_night: float
    share_lost: float
    share_refunded: float
    share_of_refunds_partial: float
    share_free_delivery: float
    share_with_code: float
    share_by_guests: float
    share_firms: float
    customers_who_registered_later: int

    def rows(self) -> list[tuple[str, str]]:
        """Return (name, value as text) of every figure."""
        return [(name, _text(name, getattr(self, name))) for name in self.__dataclass_fields__]


def _text(name: str, value: float) -> str:
    if name.startswith("share"):
        return f"{value:.1%}"
    if name.endswith("_minor"):
        return f"{value / 100:.2f} zł"
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def figures(snapshots: Iterable[OrderSnapshot]) -> Figures:
    """Count the figures of a shop's orders, given in the order of time."""
    told = list(snapshots)
    kept = [order for order in told if order.status not in LOST]
    by_customer: dict[str, list[OrderSnapshot]] = {}
    for order in kept:
        by_customer.setdefault(_email(order), []).append(order)
    counts = sorted((len(found) for found in by_customer.values()), reverse=True)
    totals = sorted(order.total_minor for order in kept)
    moments = [order.placed_at.astimezone(WARSAW) for order in kept]
    months, weekdays = Counter(at.month for at in moments), Counter(at.weekday() for at in moments)
    lines = [len(order.lines) for order in kept]
    refunded = [order for order in kept if order.refunds]
    partial = [order for order in refunded if order.payment_status == "partially_refunded"]
    size = len(kept)
    return Figures(
        customers=len(by_customer),
        orders=len(told),
        orders_a_customer=size / len(by_customer),
        share_buying_once=counts.count(1) / len(counts),
        share_of_orders_by_top_fifth=sum(counts[: len(counts) // 5]) / size,
        median_gap_days=median(_gaps(by_customer.values())),
        average_order_minor=sum(totals) // size,
        median_order_minor=totals[size // 2],
        lines_an_order=sum(lines) / size,
        share_of_one_line=lines.count(1) / size,
        units_a_line=sum(line.quantity for order in kept for line in order.lines) / sum(lines),
        share_spring=sum(months[month] for month in (3, 4, 5)) / size,
        share_december=months[12] / size,
        share_january=months[1] / size,
        share_monday=weekdays[0] / size,
        share_saturday=weekdays[5] / size,
        share_evening=sum(1 for at in moments if 18 <= at.hour < 23) / size,
        share_night=sum(1 for at in moments if at.hour < 6) / size,
        share_lost=1 - size / len(told),
        share_refunded=len(refunded) / size,
        share_of_refunds_partial=len(partial) / max(len(refunded), 1),
        share_free_delivery=sum(1 for order in kept if not order.shipping_minor) / size,
        share_with_code=sum(1 for order in kept if order.coupon_codes) / size,
        share_by_guests=sum(1 for order in kept if order.person and order.person.is_guest) / size,
        share_firms=sum(1 for found in by_customer.values() if _is_firm(found)) / len(by_customer),
        customers_who_registered_later=sum(1 for found in by_customer.values() if _registered_later(found)),
    )


def _email(order: OrderSnapshot) -> str:
    return order.person.identities[-1].value if order.person else ""


def _is_firm(orders: list[OrderSnapshot]) -> bool:
    return any(order.person and order.person.company for order in orders)


def _registered_later(orders: list[OrderSnapshot]) -> bool:
    guests = [bool(order.person and order.person.is_guest) for order in orders]
    return any(guests) and not all(guests)


def _gaps(histories: Iterable[list[OrderSnapshot]]) -> list[float]:
    return [
        (later.placed_at - earlier.placed_at).total_seconds() / 86_400
        for found in histories
        for earlier, later in pairwise(found)
    ] or [0.0]
