"""The public language of trade: snapshots that shops send, orders as we hold them, and what happened.

All amounts are integer minor units of the order's currency, gross (tax included) unless the name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wracam.customers.contracts import PersonSnapshot
from wracam.events.contracts import Event, event


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSnapshot:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLineSnapshot:
    """Units of one line that came back, and the money returned for them."""

    line_external_id: str
    quantity: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSnapshot:
    """One refund. An amount-only refund has no lines. `total_minor` is positive."""

    external_id: str
    refunded_at: datetime
    total_minor: int
    lines: tuple[RefundLineSnapshot, ...] = ()
    shipping_minor: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSnapshot:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSnapshot:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order as we hold it; `refunded_quantity` and `refunded_minor` are sums over its refunds."""

    id: UUID
    external_id: str
    sku: str
    name: str
    product_id: UUID | None
    categories: tuple[str, ...]
    quantity: int
    total_minor: int
    tax_minor: int
    discount_minor: int
    refunded_quantity: int
    refunded_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as other features see it."""

    id: UUID
    shop_id: int
    customer_id: UUID | None
    source: str
    external_id: str
    number: str
    placed_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    status: OrderStatus
    payment_status: PaymentStatus
    currency: str
    total_minor: int
    tax_minor: int
    shipping_minor: int
    discount_minor: int
    refunded_minor: int
    channel: str
    coupon_codes: tuple[str, ...]
    lines: tuple[OrderLine, ...]
    refunds: tuple[Refund, ...] = ()
    shipped_at: datetime | None = None
    cancelled_at: datetime | None = None
    modified_at: datetime | None = None
    payment_method: str = ""
    is_valid: bool = True
    """Not cancelled, failed or deleted."""
    is_sale: bool = False
    """Valid, paid, and not a return document: what counts as revenue (`commerce/core/sales.py`)."""
    is_first_sale: bool = False
    """The customer's earliest sale in any currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedUnits:
    """Units of one order line that a refund brought back."""

    line_id: UUID
    quantity: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One refund as we hold it. Its id changes with its content: an edited refund is another refund."""

    id: UUID
    external_id: str
    refunded_at: datetime
    total_minor: int
    shipping_minor: int
    reason: str
    units: tuple[RefundedUnits, ...]


class OrderOutcome(StrEnum):
    """What a snapshot did to what we knew."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    STALE = "stale"
    """The snapshot is older than what we know; only what nobody had said before (the buyer) was taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOrder:
    """The answer to one snapshot."""

    order_id: UUID
    customer_id: UUID | None
    outcome: OrderOutcome


class InvalidSnapshotError(ValueError):
    """A snapshot cannot be taken; `problems` lists (position in the batch, `field: sentence`)."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"[{index}] {problem}" for index, problem in problems[:20]))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product or variant as other features see it; prices are the newest we heard, in the product's currency."""

    id: UUID
    shop_id: int
    source: str
    external_id: str
    sku: str
    name: str
    parent_id: UUID | None
    categories: tuple[str, ...]
    currency: str
    price_minor: int | None
    regular_minor: int | None
    stock_quantity: int | None
    is_active: bool
    url: str
    image_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePeriod:
    """A price and how long it was asked: from `starts_at` until the next period of the same currency."""

    currency: str
    price_minor: int
    regular_minor: int | None
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeStatistics:
    """What a customer bought in one currency; see `commerce/core/sales.py` for what counts as a sale.

    Moments and gaps are those of sales. `gap_seconds_sum` is the time between consecutive sales, summed;
    `gap_seconds_squared_sum` the sum of its squares; `gap_log_sum` the sum of natural logarithms of gaps in days.
    """

    customer_id: UUID
    currency: str
    order_count: int
    """Valid orders, paid or not."""
    sale_count: int
    gross_minor: int
    refunded_minor: int
    units: int
    refunded_units: int
    first_sale_at: datetime | None
    last_sale_at: datetime | None
    gap_seconds_sum: int
    gap_seconds_squared_sum: int
    gap_log_sum: float
    returned_count: int
    """Sales of which something came back."""
    discounted_count: int
    """Sales with a discount or a code."""

    @property
    def net_minor(self) -> int:
        """Revenue: sales less refunds."""
        return self.gross_minor - self.refunded_minor

    @property
    def average_minor(self) -> int | None:
        """The mean total of a sale, rounded half up."""
        return (2 * self.gross_minor + self.sale_count) // (2 * self.sale_count) if self.sale_count else None

    @property
    def gap_days_mean(self) -> float | None:
        """Mean days between consecutive sales."""
        gaps = self.sale_count - 1
        return self.gap_seconds_sum / gaps / 86_400 if gaps >= 1 else None

    @property
    def gap_days_deviation(self) -> float | None:
        """Sample standard deviation of the days between consecutive sales."""
        gaps = self.sale_count - 1
        if gaps < 2:
            return None
        spread = gaps * self.gap_seconds_squared_sum - self.gap_seconds_sum**2
        return float((max(0, spread) / (gaps * (gaps - 1))) ** 0.5 / 86_400)


@event("order.placed", pl="złożono zamówienie", en="order placed")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    """The shop told us of a new order."""

    order_id: UUID
    total_minor: int
    currency: str


@event("order.paid", pl="opłacono zamówienie", en="order paid")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    """The order's money arrived (or, for cash on delivery, the shop accepted it as paid)."""

    order_id: UUID
    total_minor: int
    currency: str


@event("order.shipped", pl="wysłano zamówienie", en="order shipped")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(Event):
    """The goods left."""

    order_id: UUID


@event("order.delivered", pl="dostarczono zamówienie", en="order delivered")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered(Event):
    """The goods arrived."""

    order_id: UUID


@event("order.cancelled", pl="anulowano zamówienie", en="order cancelled")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    """The order was cancelled, failed or was deleted in the shop; whatever it gave is taken back."""

    order_id: UUID
    reason: str


@event("order.restored", pl="przywrócono zamówienie", en="order restored")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRestored(Event):
    """A cancelled or deleted order is alive again."""

    order_id: UUID


@event("order.refunded", pl="zwrócono zamówienie", en="order refunded")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(Event):
    """One refund, whole or partial. Amount-only refunds have no units."""

    order_id: UUID
    refund_id: UUID
    total_minor: int
    currency: str
    units: tuple[RefundedUnits, ...]


@event("order.refund_cancelled", pl="wycofano zwrot", en="refund cancelled")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefundCancelled(Event):
    """A refund that we had recorded was withdrawn in the shop."""

    order_id: UUID
    refund_id: UUID


@event("order.corrected", pl="poprawiono zamówienie", en="order corrected")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCorrected(Event):
    """A paid order's lines or amounts were edited in the shop; what it gave must be recomputed."""

    order_id: UUID
    total_minor: int
    currency: str


@event("order.claimed", pl="przypisano zamówienie do klienta", en="order claimed")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClaimed(Event):
    """An order moved to another customer: a guest order claimed later, or the shop's correction."""

    order_id: UUID
    previous_customer_id: UUID | None


@event("price.changed", pl="zmieniono cenę", en="price changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChanged(Event):
    """A product's selling price changed."""

    product_id: UUID
    price_minor: int
    previous_minor: int | None
    currency: str
