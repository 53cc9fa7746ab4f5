"""What a cart has to do with points: what it would earn, and points as a way of paying for it.

The cart's reserve, commit and release hold, spend and release points. What it earns is what the earning rules in force
would give for the order that it would become; a guest sees what a member would get.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import Member, PointsPayment, PointsQuote, Refused
from wracam.promotions.ports import (
    Buyer,
    PaymentAsked,
    PaymentTerms,
    register_cart_payment,
    register_points_source,
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


register_points_source(queries.cart_inquiry)
