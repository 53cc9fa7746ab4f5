"""What clients send of orders and products."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wracam.commerce.contracts import OrderStatus, PaymentStatus
from wracam.faces.api.values import AmountText, Body, CurrencyCode, Identifier, Moment, Name, Quantity

BATCH_SIZE_MAX = 500
LINES_MAX = 1_000
SOURCE = "api"
SourceName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9_]{1,40}$",
        description="The system that numbers your orders; keep the default unless you have several.",
    ),
]


class BuyerBody(Body):
    """Who bought. At least one of `account_id`, `email`, `phone`, `loyalty_card`."""

    account_id: Identifier | None = None
    email: Name | None = None
    phone: Name | None = None
    loyalty_card: Identifier | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    company: Name | None = None
    tax_number: Annotated[str, Meta(max_length=40)] | None = None
    city: Name | None = None
    postcode: Annotated[str, Meta(max_length=20)] | None = None
    country: Annotated[str, Meta(pattern="^[A-Za-z]{2}$")] | None = None
    language: Annotated[str, Meta(max_length=10)] | None = None
    is_guest: bool | None = None
    accepts_email: bool | None = None
    accepts_sms: bool | None = None


class LineBody(Body):
    """One line. `total` is what the customer pays for it, tax included, after `discount`."""

    total: AmountText
    id: Identifier | None = None
    sku: Annotated[str, Meta(max_length=200)] = ""
    name: Name = ""
    quantity: Quantity = 1
    tax: AmountText = "0"
    discount: AmountText = "0"
    product_id: Annotated[str, Meta(max_length=200)] = ""
    variant_id: Annotated[str, Meta(max_length=200)] = ""
    categories: Annotated[list[Name], Meta(max_length=50)] = []


class RefundedLineBody(Body):
    """Units of one line that came back."""

    line_id: Identifier
    quantity: Annotated[int, Meta(ge=0, le=1_000_000)]
    total: AmountText


class RefundBody(Body):
    """One refund; without lines when only money was returned."""

    id: Identifier
    refunded_at: Moment
    total: AmountText
    lines: Annotated[list[RefundedLineBody], Meta(max_length=LINES_MAX)] = []
    shipping: AmountText = "0"
    reason: Name = ""


class OrderContent(Body):
    """The whole state of an order. What is left out counts as absent, except `customer` and `placed_at`."""

    total: AmountText
    currency: CurrencyCode
    number: Annotated[str, Meta(max_length=200)] | None = None
    status: OrderStatus = OrderStatus.PROCESSING
    payment_status: PaymentStatus = PaymentStatus.PAID
    modified_at: Moment | None = None
    placed_at: Moment | None = None
    paid_at: Moment | None = None
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    cancelled_at: Moment | None = None
    tax: AmountText = "0"
    shipping: AmountText = "0"
    discount: AmountText = "0"
    customer: BuyerBody | None = None
    lines: Annotated[list[LineBody], Meta(max_length=LINES_MAX)] = []
    refunds: Annotated[list[RefundBody], Meta(max_length=500)] = []
    coupon_codes: Annotated[list[Name], Meta(max_length=50)] = []
    channel: Annotated[str, Meta(max_length=60)] = "web"
    payment_method: Annotated[str, Meta(max_length=100)] = ""
    source: SourceName = SOURCE


class OrderBody(OrderContent, kw_only=True):
    """An order with your id of it."""

    id: Identifier


class OrdersBody(Body):
    """Up to 500 orders."""

    orders: Annotated[list[OrderBody], Meta(min_length=1, max_length=BATCH_SIZE_MAX)]


class ProductBody(Body):
    """One product or variant. `regular_price` is the price before a reduction."""

    id: Identifier
    name: Name
    currency: CurrencyCode
    price: AmountText | None = None
    regular_price: AmountText | None = None
    sku: Annotated[str, Meta(max_length=200)] = ""
    parent_id: Annotated[str, Meta(max_length=200)] = ""
    categories: Annotated[list[Name], Meta(max_length=50)] = []
    is_active: bool = True
    stock: Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)] | None = None
    url: Annotated[str, Meta(max_length=2_000)] = ""
    image_url: Annotated[str, Meta(max_length=2_000)] = ""
    modified_at: Moment | None = None
    source: SourceName = SOURCE


class ProductsBody(Body):
    """Up to 500 products."""

    products: Annotated[list[ProductBody], Meta(min_length=1, max_length=BATCH_SIZE_MAX)]
