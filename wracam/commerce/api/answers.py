"""What clients get of orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.commerce.contracts import Order
from wracam.faces.api.values import Answer, major


class TakenOrderAnswer(Answer):
    """What an order did: `created`, `changed`, `unchanged`, `stale` (we know something newer) or `refused`."""

    outcome: str
    id: UUID | None = None
    customer_id: UUID | None = None
    errors: list[str] = []


class TakenOrdersAnswer(Answer):
    """One answer per order, in the order sent."""

    results: list[TakenOrderAnswer]


class TakenProductsAnswer(Answer):
    """What each product did, in the order sent."""

    results: list[str]


class LineAnswer(Answer):
    """One line of an order."""

    id: UUID
    external_id: str
    sku: str
    name: str
    categories: list[str]
    quantity: int
    total: str
    tax: str
    discount: str
    refunded_quantity: int
    refunded: str


class RefundAnswer(Answer):
    """One refund of an order."""

    id: UUID
    external_id: str
    refunded_at: datetime
    total: str
    reason: str


class OrderAnswer(Answer):
    """An order as we hold it."""

    id: UUID
    customer_id: UUID | None
    source: str
    external_id: str
    number: str
    status: str
    payment_status: str
    currency: str
    total: str
    tax: str
    shipping: str
    discount: str
    refunded: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    channel: str
    coupon_codes: list[str]
    lines: list[LineAnswer]
    refunds: list[RefundAnswer]


def order_answer(order: Order) -> OrderAnswer:
    """Return an order as the API shows it."""

    def text(amount_minor: int) -> str:
        return major(amount_minor, order.currency)

    return OrderAnswer(
        id=order.id,
        customer_id=order.customer_id,
        source=order.source,
        external_id=order.external_id,
        number=order.number,
        status=order.status.value,
        payment_status=order.payment_status.value,
        currency=order.currency,
        total=text(order.total_minor),
        tax=text(order.tax_minor),
        shipping=text(order.shipping_minor),
        discount=text(order.discount_minor),
        refunded=text(order.refunded_minor),
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        channel=order.channel,
        coupon_codes=list(order.coupon_codes),
        lines=[
            LineAnswer(
                id=line.id,
                external_id=line.external_id,
                sku=line.sku,
                name=line.name,
                categories=list(line.categories),
                quantity=line.quantity,
                total=text(line.total_minor),
                tax=text(line.tax_minor),
                discount=text(line.discount_minor),
                refunded_quantity=line.refunded_quantity,
                refunded=text(line.refunded_minor),
            )
            for line in order.lines
        ],
        refunds=[
            RefundAnswer(
                id=refund.id,
                external_id=refund.external_id,
                refunded_at=refund.refunded_at,
                total=text(refund.total_minor),
                reason=refund.reason,
            )
            for refund in order.refunds
        ],
    )
