"""What happens in trade, as events."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from wracam.commerce.contracts.orders import RefundedUnits
from wracam.events.contracts import Event, event


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
