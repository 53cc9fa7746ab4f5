"""Snapshots: whole states of orders and products as shops tell them.

All amounts are integer minor units of the order's currency, gross (tax included) unless the name says otherwise.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from wracam.customers.contracts import PersonSnapshot


class OrderStatus(StrEnum):
    """Where an order stands, in our words; connectors translate the shop's."""

    PENDING = "pending"
    """Placed, not paid."""
    PROCESSING = "processing"
    """Paid or accepted, not yet sent."""
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    """Delivered or completed."""
    CANCELLED = "cancelled"
    FAILED = "failed"
    DELETED = "deleted"


class PaymentStatus(StrEnum):
    """What we know of the money."""

    UNPAID = "unpaid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class LineSnapshot(Struct, frozen=True, kw_only=True):
    """One line of an order. `quantity` counts units; goods sold by measure are one unit with their full price.

    `total_minor` is what the customer pays for the line after discounts; `tax_minor` is contained in it;
    `discount_minor` (>= 0) is what was taken off the line.
    """

    external_id: str
    sku: str
    name: str
    quantity: int
    total_minor: int
    tax_minor: int = 0
    discount_minor: int = 0
    product_external_id: str = ""
    variant_external_id: str = ""
    categories: tuple[str, ...] = ()


class RefundLineSnapshot(Struct, frozen=True, kw_only=True):
    """Units of one line that came back, and the money returned for them."""

    line_external_id: str
    quantity: int
    total_minor: int


class RefundSnapshot(Struct, frozen=True, kw_only=True):
    """One refund. An amount-only refund has no lines. `total_minor` is positive."""

    external_id: str
    refunded_at: datetime
    total_minor: int
    lines: tuple[RefundLineSnapshot, ...] = ()
    shipping_minor: int = 0
    reason: str = ""


class OrderSnapshot(Struct, frozen=True, kw_only=True):
    """The whole state of one order as a shop told it, valid at the shop's own `modified_at`.

    `source` names the connector (`"woocommerce"`, `"csv"`, `"api"`); with `shop_id` and `external_id` it is the
    order's identity. `total_minor` is the shop's own total: the truth, even when lines differ by a grosz.
    """

    shop_id: int
    source: str
    external_id: str
    number: str
    modified_at: datetime
    placed_at: datetime
    status: OrderStatus
    payment_status: PaymentStatus
    currency: str
    total_minor: int
    tax_minor: int = 0
    shipping_minor: int = 0
    discount_minor: int = 0
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    person: PersonSnapshot | None = None
    lines: tuple[LineSnapshot, ...] = ()
    refunds: tuple[RefundSnapshot, ...] = ()
    coupon_codes: tuple[str, ...] = ()
    channel: str = "web"
    payment_method: str = ""


class ProductSnapshot(Struct, frozen=True, kw_only=True):
    """One product (or variant) as a shop told it; `regular_minor` is the price before a reduction."""

    shop_id: int
    source: str
    external_id: str
    modified_at: datetime
    name: str
    currency: str
    price_minor: int | None
    regular_minor: int | None = None
    sku: str = ""
    parent_external_id: str = ""
    categories: tuple[str, ...] = ()
    is_active: bool = True
    stock_quantity: int | None = None
    url: str = ""
    image_url: str = ""
