"""Trade statistics of customers, kept up to date with every order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.commerce.contracts import SalesSpan, SpanSales, TradeStatistics
from wracam.customers import queries as customers
from wracam.foundation.bulk import fetch

_NAMES = (
    "customer_id", "currency", "order_count", "sale_count", "gross_minor", "refunded_minor", "units",
    "refunded_units", "first_sale_at", "last_sale_at", "gap_seconds_sum", "gap_seconds_squared_sum", "gap_log_sum",
    "returned_count", "discounted_count",
)  # fmt: skip


def trade_statistics(customer_ids: Sequence[UUID]) -> dict[UUID, list[TradeStatistics]]:
    """Return the statistics of each customer, one per currency, the one with most sales first."""
    rows = fetch(
        f"""SELECT {", ".join(_NAMES)} FROM trade_statistic WHERE customer_id = ANY(%s)
            ORDER BY customer_id, sale_count DESC, currency""",  # noqa: S608 the columns are constant
        list(customer_ids),
    )
    found: dict[UUID, list[TradeStatistics]] = defaultdict(list)
    for row in rows:
        told = dict(zip(_NAMES, row, strict=True))
        told["gap_seconds_squared_sum"] = int(told["gap_seconds_squared_sum"])
        found[row[0]].append(TradeStatistics(**told))
    return found


def sales_between(customer_id: UUID, *, starts_at: datetime, ends_at: datetime) -> dict[str, tuple[int, int]]:
    """Return (number of sales, net revenue) of a customer in a period, by currency."""
    rows = fetch(
        """SELECT currency, count(*), coalesce(sum(total_minor - refunded_minor), 0)::bigint FROM shop_order
           WHERE customer_id = ANY(%s) AND is_sale AND placed_at >= %s AND placed_at < %s
           GROUP BY currency ORDER BY currency""",
        customers.all_ids(customer_id),
        starts_at,
        ends_at,
    )
    return {currency: (count, net_minor) for currency, count, net_minor in rows}


def sales_in_spans(spans: Sequence[SalesSpan]) -> list[SpanSales]:
    """Return the sales of each span, in order, with one statement; orders wholly returned do not count as one.

    Only orders in the currency of their shop count, by the day they were placed.
    """
    rows = fetch(
        """SELECT count(o.id) FILTER (WHERE o.total_minor > o.refunded_minor),
                  coalesce(sum(o.total_minor - o.refunded_minor), 0)::bigint
           FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[])
                WITH ORDINALITY AS s(customer_id, starts_at, ends_at, place)
           LEFT JOIN LATERAL (
               SELECT past.id, past.total_minor, past.refunded_minor FROM shop_order AS past
               JOIN shop ON shop.id = past.shop_id AND shop.currency = past.currency
               WHERE past.customer_id = s.customer_id AND past.is_sale AND past.placed_at >= s.starts_at
                 AND (s.ends_at IS NULL OR past.placed_at < s.ends_at)
           ) AS o ON true
           GROUP BY s.place ORDER BY s.place""",
        [one.customer_id for one in spans],
        [one.starts_at for one in spans],
        [one.ends_at for one in spans],
    )
    return [SpanSales(count=count, net_minor=net_minor) for count, net_minor in rows]


def sales_since(customer_ids: Sequence[UUID], moments: Sequence[datetime]) -> dict[UUID, list[SpanSales]]:
    """Return what these customers bought since each of the *moments*; who bought nothing is left out.

    Counted like `sales_in_spans`, for many customers who share the same spans.
    """
    sold: dict[UUID, list[SpanSales]] = {}
    for customer_id, place, count, net_minor in fetch(
        """SELECT past.customer_id, since.place, count(*) FILTER (WHERE past.total_minor > past.refunded_minor),
                  sum(past.total_minor - past.refunded_minor)::bigint
           FROM shop_order AS past JOIN shop ON shop.id = past.shop_id AND shop.currency = past.currency
           JOIN unnest(%s::timestamptz[]) WITH ORDINALITY AS since(starts_at, place)
                ON past.placed_at >= since.starts_at
           WHERE past.customer_id = ANY(%s::uuid[]) AND past.is_sale
           GROUP BY past.customer_id, since.place""",
        list(moments),
        list(customer_ids),
    ):
        mine = sold.setdefault(customer_id, [SpanSales(count=0, net_minor=0)] * len(moments))
        mine[place - 1] = SpanSales(count=count, net_minor=net_minor)
    return sold


def sales_of_shop(shop_id: int, *, starts_at: datetime, ends_at: datetime) -> dict[str, tuple[int, int]]:
    """Return (number of sales, net revenue) of a shop in a period, by currency."""
    rows = fetch(
        """SELECT currency, count(*), coalesce(sum(total_minor - refunded_minor), 0)::bigint FROM shop_order
           WHERE shop_id = %s AND is_sale AND placed_at >= %s AND placed_at < %s
           GROUP BY currency ORDER BY currency""",
        shop_id,
        starts_at,
        ends_at,
    )
    return {currency: (count, net_minor) for currency, count, net_minor in rows}


def has_orders(shop_id: int) -> bool:
    """Whether the shop ever told us of an order."""
    return bool(fetch("SELECT 1 FROM shop_order WHERE shop_id = %s LIMIT 1", shop_id))
