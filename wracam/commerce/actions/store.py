"""Loading and storing orders in a fixed number of statements for any batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.commerce.contracts import OrderStatus, PaymentStatus
from wracam.commerce.core import sales
from wracam.commerce.core.changes import OrderState
from wracam.commerce.core.snapshots import Content, Header, ProductMention
from wracam.commerce.queries.reading import lines_of, refunds_of
from wracam.foundation.bulk import Row, as_json, copy_rows, execute, fetch, text_array
from wracam.kernel.text import search_key

HEADER_COLUMNS = (
    "number", "modified_at", "content_hash", "placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at",
    "payment_status", "currency", "total_minor", "tax_minor", "shipping_minor", "discount_minor", "refunded_minor",
    "units", "refunded_units", "coupon_codes", "channel", "payment_method",
)  # fmt: skip
CHANGING = {
    "customer_id": "uuid", "customer_as_of": "timestamptz", "person_hash": "bytea", "status": "text",
    "told_status": "text", "is_valid": "boolean", "is_sale": "boolean", "deleted_as_of": "timestamptz",
    "announced": "smallint", "updated_at": "timestamptz", "number": "text", "modified_at": "timestamptz",
    "content_hash": "bytea", "placed_at": "timestamptz", "paid_at": "timestamptz", "shipped_at": "timestamptz",
    "delivered_at": "timestamptz", "cancelled_at": "timestamptz", "payment_status": "text", "currency": "text",
    "total_minor": "bigint", "tax_minor": "bigint", "shipping_minor": "bigint", "discount_minor": "bigint",
    "refunded_minor": "bigint", "units": "bigint", "refunded_units": "bigint", "coupon_codes": "text[]",
    "channel": "text", "payment_method": "text",
}  # fmt: skip
ORDER_COLUMNS = ("id", "shop_id", "source", "external_id", "recorded_at", *CHANGING)
LINE_COLUMNS = (
    "id", "order_id", "position", "external_id", "sku", "name", "product", "categories", "quantity", "total_minor",
    "tax_minor", "discount_minor", "refunded_quantity", "refunded_minor",
)  # fmt: skip
REFUND_COLUMNS = ("id", "order_id", "external_id", "refunded_at", "total_minor", "shipping_minor", "reason")
REFUND_LINE_COLUMNS = ("refund_id", "line", "quantity", "total_minor")
MANY = 32
"""From this many changed orders on, a temporary table is cheaper than single updates."""

_LOAD = f"""
    SELECT id, shop_id, source, external_id, customer_id, customer_as_of, person_hash, deleted_as_of, announced,
           told_status, {", ".join(HEADER_COLUMNS)}
    FROM shop_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""  # noqa: S608 the columns are constant
_SET_FROM = f"""
    UPDATE shop_order SET {", ".join(f"{name} = told.{name}" for name in CHANGING)}
    FROM shop_order_told AS told WHERE shop_order.id = told.id
"""  # noqa: S608 the columns are constant
_SET_ONE = f"""
    UPDATE shop_order SET {", ".join(f"{name} = %s" for name in CHANGING)} WHERE id = %s
"""  # noqa: S608 the columns are constant
_SAVE_MENTIONS = """
    INSERT INTO product (id, shop_id, source, external_id, sku, name, search_key, categories, currency, is_active,
                         url, image_url, content_hash, created_at, updated_at)
    SELECT id, %s, %s, external_id, sku, name, search_key, categories, '', true, '', '', '', %s, %s
    FROM jsonb_to_recordset(%s::jsonb) AS told(
        id uuid, external_id text, sku text, name text, search_key text, categories text[])
    ON CONFLICT DO NOTHING
"""


@dataclass(slots=True, kw_only=True)
class Held:
    """An order in hand: its state, its keys, and the age of its registers. Lines are loaded when they matter."""

    state: OrderState
    source: str
    external_id: str
    customer_as_of: datetime | None = None
    person_hash: bytes = b""
    is_new: bool = True
    has_lines: bool = True


def load(order_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Load and lock orders, without their lines and refunds."""
    return {row[0]: _held(row) for row in fetch(_LOAD, list(order_ids))}


def load_lines(held: Iterable[Held]) -> None:
    """Load the lines and refunds of orders about to change."""
    bare = {one.state.order_id: one for one in held if not one.has_lines}
    if not bare:
        return
    lines, refunds = lines_of(list(bare)), refunds_of(list(bare))
    for order_id, one in bare.items():
        if one.state.content is not None:
            whole = Content(
                header=one.state.content.header,
                lines=tuple(lines.get(order_id, ())),
                refunds=tuple(refunds.get(order_id, ())),
            )
            one.state = with_content(one.state, whole)
        one.has_lines = True


def with_content(state: OrderState, content: Content) -> OrderState:
    """Return *state* with other content."""
    return OrderState(
        order_id=state.order_id,
        shop_id=state.shop_id,
        content=content,
        customer_id=state.customer_id,
        deleted_as_of=state.deleted_as_of,
        announced=state.announced,
    )


def save(added: Sequence[Held], changed: Sequence[Held], rewritten: Sequence[Held], now: datetime) -> None:
    """Store new orders, changed ones, and the lines and refunds of new and *rewritten* ones."""
    if added:
        copy_rows("shop_order", ORDER_COLUMNS, (_order_row(one, now) for one in added))
    _update(changed, now)
    if rewritten:
        ids = [one.state.order_id for one in rewritten]
        execute("DELETE FROM refund_line WHERE refund_id IN (SELECT id FROM refund WHERE order_id = ANY(%s))", ids)
        execute("DELETE FROM refund WHERE order_id = ANY(%s)", ids)
        execute("DELETE FROM order_line WHERE order_id = ANY(%s)", ids)
    told = [one.state for one in (*added, *rewritten) if one.state.content is not None]
    if any(state.content and state.content.lines for state in told):
        copy_rows("order_line", LINE_COLUMNS, _line_rows(told))
    if any(state.content and state.content.refunds for state in told):
        copy_rows("refund", REFUND_COLUMNS, _refund_rows(told))
        copy_rows("refund_line", REFUND_LINE_COLUMNS, _refund_line_rows(told))


def save_mentions(shop_id: int, source: str, mentions: Iterable[ProductMention], now: datetime) -> None:
    """Note products met on order lines, unless they are known already."""
    unique = {mention.product_id: mention for mention in mentions}
    known = {row[0] for row in fetch("SELECT id FROM product WHERE id = ANY(%s)", list(unique))}
    fresh = [unique[product_id] for product_id in sorted(unique.keys() - known)]
    if not fresh:
        return
    records = (
        {
            "id": mention.product_id,
            "external_id": mention.external_id,
            "sku": mention.sku,
            "name": mention.name,
            "search_key": search_key(mention.name),
            "categories": mention.categories,
        }
        for mention in fresh
    )
    execute(_SAVE_MENTIONS, shop_id, source, now, now, as_json(records))


def _held(row: Row) -> Held:
    (
        order_id, shop_id, source, external_id, customer_id, customer_as_of, person_hash, deleted_as_of, announced,
        told_status, *values,
    ) = row  # fmt: skip
    told: dict[str, Any] = dict(zip(HEADER_COLUMNS, values, strict=True))
    content = None
    if told["modified_at"] is not None:
        told |= {
            "content_hash": bytes(told["content_hash"]),
            "payment_status": PaymentStatus(told["payment_status"]),
            "coupon_codes": tuple(told["coupon_codes"]),
            "status": OrderStatus(told_status),
        }
        content = Content(header=Header(**told), lines=(), refunds=())
    state = OrderState(
        order_id=order_id,
        shop_id=shop_id,
        content=content,
        customer_id=customer_id,
        deleted_as_of=deleted_as_of,
        announced=announced,
    )
    return Held(
        state=state,
        source=source,
        external_id=external_id,
        customer_as_of=customer_as_of,
        person_hash=bytes(person_hash),
        is_new=False,
        has_lines=content is None,
    )


def _update(changed: Sequence[Held], now: datetime) -> None:
    if len(changed) < MANY:
        for one in changed:
            execute(_SET_ONE, *_changing(one, now), one.state.order_id)
        return
    columns = ", ".join(f"{name} {kind}" for name, kind in CHANGING.items())
    execute(f"CREATE TEMPORARY TABLE shop_order_told (id uuid, {columns}) ON COMMIT DROP")
    rows = ((one.state.order_id, *_changing(one, now)) for one in changed)
    copy_rows("shop_order_told", ("id", *CHANGING), rows)
    execute(_SET_FROM)
    execute("DROP TABLE shop_order_told")


def _order_row(one: Held, now: datetime) -> Row:
    state = one.state
    return (state.order_id, state.shop_id, one.source, one.external_id, now, *_changing(one, now))


def _changing(one: Held, now: datetime) -> Row:
    """Return the values of `CHANGING`, in its order."""
    state = one.state
    own = (state.customer_id, one.customer_as_of, one.person_hash, state.status.value)
    if state.content is None:
        moment = state.deleted_as_of or now
        blank = (one.external_id, None, b"", moment, None, None, None, None, PaymentStatus.UNPAID.value, "XXX")
        place = (OrderStatus.DELETED.value, False, False, state.deleted_as_of, state.announced, now)
        return (*own, *place, *blank, 0, 0, 0, 0, 0, 0, 0, text_array(()), "", "")
    header = state.content.header
    is_valid = state.is_valid
    is_sale = is_valid and sales.is_sale(state.status, header.payment_status, header.total_minor)
    return (
        *own,
        header.status.value,
        is_valid,
        is_sale,
        state.deleted_as_of,
        state.announced,
        now,
        header.number,
        header.modified_at,
        header.content_hash,
        header.placed_at,
        header.paid_at,
        header.shipped_at,
        header.delivered_at,
        header.cancelled_at,
        header.payment_status.value,
        header.currency,
        header.total_minor,
        header.tax_minor,
        header.shipping_minor,
        header.discount_minor,
        header.refunded_minor,
        header.units,
        header.refunded_units,
        text_array(header.coupon_codes),
        header.channel,
        header.payment_method,
    )


def _line_rows(states: Iterable[OrderState]) -> Iterator[Row]:
    for state in states:
        assert state.content is not None
        for position, line in enumerate(state.content.lines):
            yield (
                line.id,
                state.order_id,
                position,
                line.external_id,
                line.sku,
                line.name,
                line.product_id,
                text_array(line.categories),
                line.quantity,
                line.total_minor,
                line.tax_minor,
                line.discount_minor,
                line.refunded_quantity,
                line.refunded_minor,
            )


def _refund_rows(states: Iterable[OrderState]) -> Iterator[Row]:
    for state in states:
        assert state.content is not None
        for refund in state.content.refunds:
            yield (
                refund.id,
                state.order_id,
                refund.external_id,
                refund.refunded_at,
                refund.total_minor,
                refund.shipping_minor,
                refund.reason,
            )


def _refund_line_rows(states: Iterable[OrderState]) -> Iterator[Row]:
    for state in states:
        assert state.content is not None
        for refund in state.content.refunds:
            for unit in refund.units:
                yield (refund.id, unit.line_id, unit.quantity, unit.total_minor)
