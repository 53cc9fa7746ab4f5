"""What happened: the difference between what we knew of an order and what the shop says now, as events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from msgspec import Struct

from wracam.commerce.contracts import (
    OrderCancelled,
    OrderClaimed,
    OrderCorrected,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderRefundCancelled,
    OrderRefunded,
    OrderRestored,
    OrderShipped,
    OrderStatus,
    Refund,
)
from wracam.commerce.core import sales
from wracam.commerce.core.snapshots import Content
from wracam.events.contracts import Event

SHIPPED = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED})


class Told:
    """Milestones of an order that were announced; each is announced once, whatever the shop takes back later.

    Bits of a number: thousands of orders are looked through at once, and operators of an `IntFlag` cost ten times more.
    """

    NOTHING = 0
    PLACED = 1
    PAID = 2
    SHIPPED = 4
    DELIVERED = 8


class OrderState(Struct, frozen=True, kw_only=True):
    """Everything that decides about an order: what the shop said, who bought, whether it was deleted.

    The three are registers of their own, each kept by its newest word, so that the order of arrival is irrelevant:
    `content` by (modified_at, content_hash), the customer by (customer_as_of, person_hash), the deletion by
    its latest moment. `content` is None for a deletion that came before the order.
    """

    order_id: UUID
    shop_id: int
    content: Content | None
    customer_id: UUID | None
    deleted_as_of: datetime | None = None
    announced: int = Told.NOTHING

    @property
    def status(self) -> OrderStatus:
        """Where the order stands: deleted, when nothing newer than the deletion was said; else what the shop says."""
        if self.content is None:
            return OrderStatus.DELETED
        told = self.content.header
        if self.deleted_as_of is not None and told.modified_at <= self.deleted_as_of:
            return OrderStatus.DELETED
        return told.status

    @property
    def is_valid(self) -> bool:
        """Whether the order stands."""
        return sales.is_valid(self.status)

    @property
    def is_paid(self) -> bool:
        """Whether the order stands and its money came."""
        return self.content is not None and self.is_valid and sales.is_paid(self.content.header.payment_status)

    def reached(self) -> int:
        """The milestones that the order has reached; a void order has only been placed."""
        if self.content is None:
            return Told.NOTHING
        reached = Told.PLACED
        if not self.is_valid:
            return reached
        header = self.content.header
        if self.is_paid:
            reached |= Told.PAID
        if header.shipped_at or self.status in SHIPPED:
            reached |= Told.SHIPPED
        if header.delivered_at or self.status is OrderStatus.DELIVERED:
            reached |= Told.DELIVERED
        return reached


def happenings(known: OrderState | None, told: OrderState, now: datetime) -> list[Event]:
    """Return what happened between two states, in the order of an order's life.

    *told* carries the milestones announced before; those it reaches anew are announced here. Moments are the
    shop's, never later than *now*.
    """
    if told.content is None:
        return []
    before = known if known and known.content else None
    return [
        *_claim(before, told, now),
        *_milestones(before, told, now),
        *_restoration(before, told, now),
        *_correction(before, told, now),
        *_refunds(before, told, now),
        *_cancellation(before, told, now),
    ]


def _claim(before: OrderState | None, told: OrderState, now: datetime) -> Iterator[Event]:
    if before and told.customer_id is not None and told.customer_id != before.customer_id:
        yield OrderClaimed(**_base(told, _touched_at(told, now), now), previous_customer_id=before.customer_id)


def _milestones(before: OrderState | None, told: OrderState, now: datetime) -> Iterator[Event]:
    assert told.content is not None
    header = told.content.header
    fresh = told.reached() & ~told.announced
    # An order that we had seen unpaid was paid when the shop last touched it; one met for the first time, when placed.
    seen_at = header.modified_at if before else header.placed_at
    if fresh & Told.PLACED:
        yield OrderPlaced(
            **_base(told, header.placed_at, now), total_minor=header.total_minor, currency=header.currency
        )
    if fresh & Told.PAID:
        was_said = header.paid_at is not None and header.paid_at != header.placed_at
        yield OrderPaid(
            **_base(told, header.paid_at if was_said else seen_at, now),
            total_minor=header.total_minor,
            currency=header.currency,
        )
    if fresh & Told.SHIPPED:
        yield OrderShipped(**_base(told, header.shipped_at or seen_at, now))
    if fresh & Told.DELIVERED:
        yield OrderDelivered(**_base(told, header.delivered_at or seen_at, now))


def _restoration(before: OrderState | None, told: OrderState, now: datetime) -> Iterator[Event]:
    if before and not before.is_valid and told.is_valid:
        yield OrderRestored(**_base(told, _touched_at(told, now), now))


def _correction(before: OrderState | None, told: OrderState, now: datetime) -> Iterator[Event]:
    """A paid order whose goods or amounts changed, or whose payment was taken back or came again."""
    if before is None or not (before.is_valid and told.is_valid) or not told.announced & Told.PAID:
        return
    assert told.content is not None
    if _worth(before) != _worth(told) or before.is_paid != told.is_paid:
        header = told.content.header
        yield OrderCorrected(
            **_base(told, _touched_at(told, now), now), total_minor=header.total_minor, currency=header.currency
        )


def _refunds(before: OrderState | None, told: OrderState, now: datetime) -> Iterator[Event]:
    assert told.content is not None
    known = _refunds_by_id(before)
    current = _refunds_by_id(told)
    for refund_id in sorted(known.keys() - current.keys()):
        yield OrderRefundCancelled(**_base(told, _touched_at(told, now), now), refund_id=refund_id)
    fresh = [refund for refund_id, refund in current.items() if refund_id not in known]
    for refund in sorted(fresh, key=lambda refund: (refund.refunded_at, refund.id)):
        yield OrderRefunded(
            **_base(told, refund.refunded_at, now),
            refund_id=refund.id,
            total_minor=refund.total_minor,
            currency=told.content.header.currency,
            units=refund.units,
        )


def _cancellation(before: OrderState | None, told: OrderState, now: datetime) -> Iterator[Event]:
    if not told.is_valid and (before is None or before.is_valid):
        assert told.content is not None
        moment = told.content.header.cancelled_at
        if told.status is OrderStatus.DELETED and told.deleted_as_of is not None:
            moment = told.deleted_as_of
        yield OrderCancelled(**_base(told, moment or _touched_at(told, now), now), reason=told.status.value)


def _worth(state: OrderState) -> object:
    """Whatever decides what an order is worth: its amounts, and each line's goods and price."""
    assert state.content is not None
    header = state.content.header
    lines = sorted((line.id, line.sku, line.quantity, line.total_minor) for line in state.content.lines)
    return header.currency, header.total_minor, header.shipping_minor, header.tax_minor, lines


def _refunds_by_id(state: OrderState | None) -> dict[UUID, Refund]:
    return {refund.id: refund for refund in state.content.refunds} if state and state.content else {}


def _touched_at(told: OrderState, now: datetime) -> datetime:
    return told.content.header.modified_at if told.content else now


class _Base(TypedDict):
    """What every event of an order says."""

    shop_id: int
    customer_id: UUID | None
    occurred_at: datetime
    order_id: UUID


def _base(told: OrderState, moment: datetime | None, now: datetime) -> _Base:
    return _Base(
        shop_id=told.shop_id,
        customer_id=told.customer_id,
        occurred_at=min(moment or now, now),
        order_id=told.order_id,
    )
