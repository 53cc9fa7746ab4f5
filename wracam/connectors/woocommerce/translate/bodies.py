"""What WooCommerce's REST and webhooks send, typed, and reading it: amounts become exact decimals, never floats."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec


class PayloadError(ValueError):
    """This is not a payload that WooCommerce sends; the message says where it differs."""


class Address(msgspec.Struct, frozen=True):
    """A billing address."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""


class LineItem(msgspec.Struct, frozen=True):
    """A line of an order or refund; totals are net, after discounts."""

    id: int
    name: str | None = None
    product_id: int = 0
    variation_id: int = 0
    quantity: Decimal = Decimal(1)
    subtotal: Decimal = Decimal(0)
    subtotal_tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    total_tax: Decimal = Decimal(0)
    sku: str | None = None
    meta_data: list[Any] = msgspec.field(default_factory=list)


class ChargeLine(msgspec.Struct, frozen=True):
    """A shipping or fee line; totals are net."""

    total: Decimal = Decimal(0)
    total_tax: Decimal = Decimal(0)


class CouponLine(msgspec.Struct, frozen=True):
    """A coupon that was used."""

    code: str = ""


class RefundLink(msgspec.Struct, frozen=True):
    """A refund as an order's body names it; the total is negative."""

    id: int
    reason: str | None = None
    total: Decimal = Decimal(0)


class RefundBody(msgspec.Struct, frozen=True):
    """A refund as `/orders/{id}/refunds` gives it; the amount is positive, its lines' totals are negative."""

    id: int
    amount: Decimal
    date_created: str | None = None
    date_created_gmt: str | None = None
    reason: str | None = None
    line_items: list[LineItem] = msgspec.field(default_factory=list)
    shipping_lines: list[ChargeLine] = msgspec.field(default_factory=list)


class OrderBody(msgspec.Struct, frozen=True):
    """An order. A webhook's body may lack the `_gmt` moments."""

    id: int
    status: str
    currency: str
    total: Decimal
    date_created: str | None = None
    number: str = ""
    date_created_gmt: str | None = None
    date_modified: str | None = None
    date_modified_gmt: str | None = None
    date_paid: str | None = None
    date_paid_gmt: str | None = None
    date_completed: str | None = None
    date_completed_gmt: str | None = None
    discount_total: Decimal = Decimal(0)
    discount_tax: Decimal = Decimal(0)
    total_tax: Decimal = Decimal(0)
    customer_id: int = 0
    billing: Address = Address()
    payment_method: str = ""
    created_via: str = ""
    line_items: list[LineItem] = msgspec.field(default_factory=list)
    shipping_lines: list[ChargeLine] = msgspec.field(default_factory=list)
    fee_lines: list[ChargeLine] = msgspec.field(default_factory=list)
    coupon_lines: list[CouponLine] = msgspec.field(default_factory=list)
    refunds: list[RefundLink] = msgspec.field(default_factory=list)


class CustomerBody(msgspec.Struct, frozen=True):
    """A customer with an account."""

    id: int
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    date_created: str | None = None
    date_created_gmt: str | None = None
    date_modified: str | None = None
    date_modified_gmt: str | None = None
    billing: Address = Address()


class ProductBody(msgspec.Struct, frozen=True):
    """A product or a variation; a price is an empty string where there is none."""

    id: int
    name: str = ""
    type: str = "simple"
    status: str = "publish"
    sku: str | None = None
    price: str | None = None
    regular_price: str | None = None
    permalink: str = ""
    parent_id: int = 0
    date_created: str | None = None
    date_created_gmt: str | None = None
    date_modified: str | None = None
    date_modified_gmt: str | None = None
    stock_quantity: Decimal | None = None
    categories: list[Any] = msgspec.field(default_factory=list)
    images: list[Any] = msgspec.field(default_factory=list)
    image: Any = None


class Reference(msgspec.Struct, frozen=True):
    """All that a deletion says."""

    id: int


def read(body: bytes | msgspec.Raw, kind: type[Any]) -> Any:
    """Read one JSON body as *kind*; raises `PayloadError`. Amounts become exact decimals, never floats."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadError(str(error)) from error


def parts_of(body: bytes) -> list[msgspec.Raw]:
    """Split a page of REST results into its items, so that one strange item does not hide the others."""
    parts: list[msgspec.Raw] = read(body, list[msgspec.Raw])
    return parts
