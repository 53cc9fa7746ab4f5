"""Orders and products as we hold them, and what a customer's trade adds up to.

All amounts are integer minor units of the order's currency, gross (tax included) unless the name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from wracam.commerce.contracts.snapshots import OrderStatus, PaymentStatus


class OrderLine(Struct, frozen=True, kw_only=True):
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


class Order(Struct, frozen=True, kw_only=True):
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


class Refund(Struct, frozen=True, kw_only=True):
    """One refund as we hold it. Its id changes with its content: an edited refund is another refund."""

    id: UUID
    external_id: str
    refunded_at: datetime
    total_minor: int
    shipping_minor: int
    reason: str
    units: tuple[RefundedUnits, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesSpan:
    """A stretch of time of one customer whose sales are asked for; the end is exclusive, None leaves it open."""

    customer_id: UUID
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanSales:
    """Sales placed in a span, in the currency of their shop: how many kept something, and their net value."""

    count: int
    net_minor: int


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
