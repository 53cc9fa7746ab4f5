"""Orders by id, of a customer, and in lists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from wracam.commerce.contracts import Order, OrderStatus, PaymentStatus
from wracam.commerce.core import snapshots
from wracam.commerce.queries.reading import lines_of, refunds_of
from wracam.customers import queries as customers
from wracam.foundation.bulk import Row, fetch

PAGE_SIZE = 50
PAGE_SIZE_MAX = 500

_COLUMNS = """
    shop_order.id, shop_order.shop_id, shop_order.customer_id, source, external_id, number, placed_at, paid_at,
    delivered_at, status, payment_status, shop_order.currency, total_minor, tax_minor, shipping_minor,
    discount_minor, shop_order.refunded_minor, channel, coupon_codes, shipped_at, cancelled_at, modified_at,
    payment_method, is_valid, is_sale,
    is_sale AND shop_order.customer_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM shop_order AS earlier
        WHERE earlier.customer_id = shop_order.customer_id AND earlier.is_sale
          AND (earlier.placed_at, earlier.id) < (shop_order.placed_at, shop_order.id))
"""
_NAMES = (
    "id", "shop_id", "customer_id", "source", "external_id", "number", "placed_at", "paid_at", "delivered_at",
    "status", "payment_status", "currency", "total_minor", "tax_minor", "shipping_minor", "discount_minor",
    "refunded_minor", "channel", "coupon_codes", "shipped_at", "cancelled_at", "modified_at", "payment_method",
    "is_valid", "is_sale", "is_first_sale",
)  # fmt: skip


def order_id_of(*, shop_id: int, source: str, external_id: str) -> UUID:
    """Return the id under which we hold (or would hold) the shop's order."""
    return snapshots.order_id(shop_id, source, external_id)


def order_ids_named(*, shop_id: int, name: str) -> list[UUID]:
    """Return the shop's orders of this number, and those that a source knows by this id."""
    rows = fetch(_NAMED, shop_id, shop_id, name, shop_id, name, shop_id)
    return [row[0] for row in rows]


def order(order_id: UUID) -> Order | None:
    """Return one order with its lines and refunds."""
    return next(iter(orders([order_id])), None)


def orders(order_ids: Sequence[UUID]) -> list[Order]:
    """Return these orders with lines and refunds, in the order of the ids; three statements for any number."""
    rows = fetch(
        f"SELECT {_COLUMNS} FROM shop_order WHERE id = ANY(%s) AND modified_at IS NOT NULL",  # noqa: S608 constant
        list(order_ids),
    )
    found = {one.id: one for one in _whole(rows)}
    return [found[order_id] for order_id in order_ids if order_id in found]


def orders_in_brief(order_ids: Sequence[UUID]) -> list[Order]:
    """Return these orders without their lines and refunds, in one statement: for what only asks about the whole."""
    rows = fetch(
        f"SELECT {_COLUMNS} FROM shop_order WHERE id = ANY(%s) AND modified_at IS NOT NULL",  # noqa: S608 constant
        list(order_ids),
    )
    return [_order(row, {}, {}) for row in rows]


def orders_of(customer_id: UUID, *, limit: int = PAGE_SIZE, before: datetime | None = None) -> list[Order]:
    """Return a person's newest orders, also those under profiles merged into theirs."""
    rows = fetch(
        f"""SELECT {_COLUMNS} FROM shop_order
            WHERE customer_id = ANY(%s) AND modified_at IS NOT NULL
              AND (%s::timestamptz IS NULL OR placed_at < %s)
            ORDER BY placed_at DESC, id DESC LIMIT %s""",  # noqa: S608 the columns are constant
        customers.all_ids(customer_id),
        before,
        before,
        min(limit, PAGE_SIZE_MAX),
    )
    return _whole(rows)


def order_ids_of_people(customer_ids: Sequence[UUID], *, limit_each: int = PAGE_SIZE_MAX) -> list[UUID]:
    """Return the newest orders of each of these people, also those under merged profiles; the oldest first."""
    rows = fetch(
        """SELECT newest.id FROM unnest(%s::uuid[]) AS person(id), LATERAL (
               SELECT o.id, o.placed_at FROM shop_order AS o
               WHERE o.customer_id = person.id AND o.modified_at IS NOT NULL
               ORDER BY o.placed_at DESC, o.id DESC LIMIT %s) AS newest
           ORDER BY newest.placed_at, newest.id""",
        customers.all_ids_of(customer_ids),
        min(limit_each, PAGE_SIZE_MAX),
    )
    return [row[0] for row in rows]


_NAMED = """
WITH RECURSIVE known AS (
    (SELECT source FROM shop_order WHERE shop_id = %s ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT o.source FROM shop_order AS o WHERE o.shop_id = %s AND o.source > known.source
            ORDER BY o.source LIMIT 1)
    FROM known WHERE known.source IS NOT NULL
)
SELECT o.id FROM known JOIN shop_order AS o ON o.source = known.source AND o.external_id = %s
WHERE o.shop_id = %s AND o.modified_at IS NOT NULL
UNION
SELECT o.id FROM shop_order AS o WHERE o.number = %s AND o.shop_id = %s AND o.modified_at IS NOT NULL
"""
"""Walks the few sources of a shop, so that each is one probe of the index that keeps orders unique."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders are wanted; None and empty mean "any"."""

    text: str = ""
    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    customer_id: UUID | None = None
    source: str = ""
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    has_refund: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """One page of orders (newest first), and the cursor of the next one."""

    orders: tuple[Order, ...]
    next_cursor: str | None


def search_orders(
    *, shop_id: int | None, wanted: OrderFilter, cursor: str | None = None, limit: int = PAGE_SIZE
) -> OrderPage:
    """Return one page of the orders that match, newest first. An unreadable cursor starts from the beginning."""
    size = max(1, min(limit, PAGE_SIZE_MAX))
    where, parameters = _where(shop_id, wanted)
    if place := _read_cursor(cursor):
        where += " AND (placed_at, id) < (%s, %s)"
        parameters += place
    rows = fetch(
        f"SELECT {_COLUMNS} FROM shop_order WHERE {where} ORDER BY placed_at DESC, id DESC LIMIT %s",  # noqa: S608
        *parameters,
        size + 1,
    )
    page = _whole(rows[:size])
    more = _cursor(page[-1]) if len(rows) > size else None
    return OrderPage(orders=tuple(page), next_cursor=more)


def count_orders(*, shop_id: int | None, wanted: OrderFilter) -> int:
    """Return how many orders match."""
    where, parameters = _where(shop_id, wanted)
    return int(fetch(f"SELECT count(*) FROM shop_order WHERE {where}", *parameters)[0][0])  # noqa: S608 see _where


def _where(shop_id: int | None, wanted: OrderFilter) -> tuple[str, list[Any]]:
    """Return constant SQL with placeholders only, and the values for them."""
    conditions: dict[str, Any] = {
        "shop_id = %s": shop_id,
        "status = %s": wanted.status.value if wanted.status else None,
        "payment_status = %s": wanted.payment_status.value if wanted.payment_status else None,
        "customer_id = ANY(%s)": customers.all_ids(wanted.customer_id) if wanted.customer_id else None,
        "source = %s": wanted.source or None,
        "placed_at >= %s": wanted.placed_from,
        "placed_at < %s": wanted.placed_to,
        "(refunded_minor > 0) = %s": wanted.has_refund,
    }
    used = {sql: value for sql, value in conditions.items() if value is not None}
    bare = wanted.text.strip().lstrip("#")
    text = ["(number LIKE %s OR external_id = %s)"] if bare else []
    return " AND ".join(["modified_at IS NOT NULL", *used, *text]), [*used.values(), *_number_values(bare)]


def _number_values(bare: str) -> list[str]:
    escaped = bare.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return [f"{escaped}%", bare] if bare else []


def _whole(rows: Sequence[Row]) -> list[Order]:
    ids = [row[0] for row in rows]
    lines, refunds = (lines_of(ids), refunds_of(ids)) if ids else ({}, {})
    return [_order(row, lines, refunds) for row in rows]


def _order(row: Row, lines: Any, refunds: Any) -> Order:
    told = dict(zip(_NAMES, row, strict=True))
    told |= {
        "status": OrderStatus(told["status"]),
        "payment_status": PaymentStatus(told["payment_status"]),
        "coupon_codes": tuple(told["coupon_codes"]),
        "lines": tuple(lines.get(told["id"], ())),
        "refunds": tuple(refunds.get(told["id"], ())),
    }
    return Order(**told)


def _cursor(last: Order) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([last.placed_at, last.id])).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(packed, type=tuple[datetime, UUID])
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
