"""What a cart has to do with points: what it would earn, and points as a way of paying for it.

The cart's reserve, commit and release hold, spend and release points. What it earns is what the earning rules in force
would give for the order that it would become; a guest sees what a member would get.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from wracam.commerce.contracts import Order, OrderLine, OrderStatus, PaymentStatus
from wracam.kernel.ids import derived_id
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import Member, PointsPayment, PointsQuote, Refused
from wracam.promotions import queries as promotions
from wracam.promotions.contracts import Cart, PointsPreview, PricedLine, Quote
from wracam.promotions.ports import (
    Buyer,
    PaymentAsked,
    PaymentTerms,
    register_cart_payment,
    register_points_preview,
)

KIND = "points"
ANY_ORDER_MINOR = 10**12
"""The cart's own terms were asked for before: what is held is not cut again."""


class PayWithPoints:
    """Holds points with a reserved cart; its payment is named by the reservation."""

    def terms(self, buyer: Buyer, asked: PaymentAsked) -> PaymentTerms:
        """Say how many points the cart may use and what they are worth."""
        member = _member(buyer)
        if member is None:
            return PaymentTerms(amount_minor=0, quantity=0, reason="not_a_member")
        quote = queries.payment_quote(member=member, order_minor=asked.due_minor, points=asked.quantity, now=buyer.at)
        if isinstance(quote, Refused):
            return PaymentTerms(amount_minor=0, quantity=0, reason=quote.reason.value)
        return _terms(quote)

    def hold(
        self, buyer: Buyer, terms: PaymentTerms, *, reservation_id: UUID, until: datetime, now: datetime
    ) -> PaymentTerms:
        """Hold the points until the reservation ends; nothing is held when they are no longer there."""
        member = _member(buyer)
        if member is None or not terms.quantity:
            return PaymentTerms(amount_minor=0, quantity=0, reason="not_a_member")
        outcome = actions.reserve_points(
            member_id=member.id, points=terms.quantity, order_minor=ANY_ORDER_MINOR, key=_key(reservation_id),
            now=now, minutes=max(1, round((until - now).total_seconds() / 60)),
        )  # fmt: skip
        if isinstance(outcome, Refused):
            return PaymentTerms(amount_minor=0, quantity=0, reason=outcome.reason.value)
        return PaymentTerms(amount_minor=outcome.worth_minor, quantity=outcome.points)

    def commit(self, *, reservation_id: UUID, amount_minor: int, order: str, now: datetime) -> bool:
        """Spend what is held; what the order did not need goes back at once."""
        del order
        found = _payment(reservation_id)
        if found is None:
            return False
        outcome = actions.commit_points(payment_id=found.id, order_id=None, now=now)
        if isinstance(outcome, Refused):
            return False
        if amount_minor < outcome.worth_minor:
            actions.give_back_points(
                payment_id=found.id, amount_minor=outcome.worth_minor - amount_minor, key="unused", now=now
            )
        return True

    def release(self, *, reservation_id: UUID, now: datetime) -> None:
        """Give the held points back."""
        found = _payment(reservation_id)
        if found is not None:
            actions.release_points(payment_id=found.id, now=now)

    def give_back(self, *, reservation_id: UUID, amount_minor: int, key: str, now: datetime) -> int:
        """Give points back for a refund; return how much of the amount they stand for."""
        found = _payment(reservation_id)
        if found is None:
            return 0
        return actions.give_back_points(payment_id=found.id, amount_minor=amount_minor, key=key, now=now)


def _member(buyer: Buyer) -> Member | None:
    return queries.member_of(customer_id=buyer.customer_id) if buyer.customer_id else None


def _key(reservation_id: UUID) -> str:
    return f"reservation:{reservation_id}"


def _payment(reservation_id: UUID) -> PointsPayment | None:
    return queries.payment_by_key(_key(reservation_id))


def _terms(quote: PointsQuote) -> PaymentTerms:
    return PaymentTerms(amount_minor=quote.worth_minor, quantity=quote.points)


register_cart_payment(KIND, PayWithPoints())


@register_points_preview
def cart_points(buyer: Buyer, cart: Cart, quote: Quote) -> list[PointsPreview]:
    """Say what the cart would earn in each programme, and how many points the customer could pay with."""
    if not queries.live_programs(buyer.at):
        return []
    order = _order(buyer, cart, quote)
    previews = queries.order_preview(order, now=buyer.at, grants=promotions.grants_of_quote(quote))
    member = _member(buyer) if previews else None
    found = []
    for preview in previews:
        mine = member if member is not None and member.program == preview.program else None
        for kind in preview.decision.kinds:
            payable = _payable(mine, kind.point_kind, quote, buyer)
            found.append(
                PointsPreview(
                    program=preview.program,
                    point_kind=kind.point_kind,
                    earned=kind.points,
                    payable=payable.points if payable else 0,
                    payable_minor=payable.worth_minor if payable else 0,
                )
            )
    return found


def _payable(member: Member | None, point_kind: str, quote: Quote, buyer: Buyer) -> PointsQuote | None:
    if member is None:
        return None
    asked = queries.payment_quote(member=member, order_minor=quote.gross_minor, now=buyer.at, point_kind=point_kind)
    return None if isinstance(asked, Refused) else asked


def _order(buyer: Buyer, cart: Cart, quote: Quote) -> Order:
    """Return the paid order that the cart would become, with tax contained in its amounts as orders have it."""
    categories = {line.id: line.categories for line in cart.lines}
    lines = tuple(_line(index, one, categories.get(one.id, ()), quote) for index, one in enumerate(quote.lines))
    return Order(
        id=_CART_ID, shop_id=buyer.shop_id, customer_id=buyer.customer_id, source="cart", external_id="",
        number="", placed_at=buyer.at, paid_at=buyer.at, delivered_at=None, status=OrderStatus.PROCESSING,
        payment_status=PaymentStatus.PAID, currency=quote.currency, total_minor=quote.gross_minor,
        tax_minor=quote.tax_minor, shipping_minor=quote.gross_minor - sum(line.total_minor for line in lines),
        discount_minor=quote.discount_minor, refunded_minor=0, channel="", coupon_codes=(), lines=lines,
    )  # fmt: skip


def _line(index: int, line: PricedLine, categories: tuple[str, ...], quote: Quote) -> OrderLine:
    gross_minor = line.total_minor if quote.prices_include_tax else line.total_minor + line.tax_minor
    return OrderLine(
        id=_line_id(index), external_id=line.id, sku=line.sku, name="", product_id=None,
        categories=categories, quantity=line.quantity, total_minor=gross_minor, tax_minor=line.tax_minor,
        discount_minor=line.discount_minor, refunded_quantity=0, refunded_minor=0,
    )  # fmt: skip


_CART_ID = derived_id("cart")


@lru_cache(maxsize=1_024)
def _line_id(index: int) -> UUID:
    return derived_id("cart", index)
