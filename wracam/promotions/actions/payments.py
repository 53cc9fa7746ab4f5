"""Paying a part of a cart otherwise than with money: gift cards of `vouchers`, and what features add (points)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.promotions.contracts import Payment
from wracam.promotions.core.explaining import CodeClaim
from wracam.promotions.ports import CART_PAYMENTS, Buyer, PaymentAsked, PaymentTerms
from wracam.vouchers import queries as vouchers
from wracam.vouchers.contracts import CardState

GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """A wish to pay: a gift card by its code, at most `amount_minor` (None: all it can), or `quantity` points."""

    kind: str
    code: str = ""
    amount_minor: int | None = None
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """How a cart will be paid: the payments, what they hold in `vouchers`, and the first wish that failed."""

    payments: tuple[Payment, ...]
    claims: tuple[CodeClaim, ...]
    refused: str = ""


def arrange(requests: Sequence[PaymentRequest], buyer: Buyer, due_minor: int, currency: str) -> Arranged:
    """Say how the wishes can be met, in their order; nothing is held yet."""
    payments: list[Payment] = []
    claims: list[CodeClaim] = []
    for request in requests:
        paid = _gift_card(request, buyer, due_minor, currency) if request.kind == GIFT_CARD else None
        if paid is None and request.kind in CART_PAYMENTS:
            paid = _other(request, buyer, due_minor, currency)
        if paid is None:
            return Arranged(payments=tuple(payments), claims=tuple(claims), refused=request.kind)
        payment, claim = paid
        payments.append(payment)
        claims += claim
        due_minor -= payment.amount_minor
    return Arranged(payments=tuple(payments), claims=tuple(claims))


def hold_others(
    payments: Sequence[Payment], buyer: Buyer, *, reservation_id: UUID, until: datetime, now: datetime
) -> str:
    """Hold what features pay with; return the kind that could not be held, or an empty text."""
    for payment in payments:
        if payment.kind != GIFT_CARD:
            terms = PaymentTerms(amount_minor=payment.amount_minor, quantity=payment.quantity)
            way = CART_PAYMENTS.get(payment.kind)
            held = way.hold(buyer, terms, reservation_id=reservation_id, until=until, now=now)
            if held.amount_minor != payment.amount_minor:
                return payment.kind
    return ""


def _gift_card(
    request: PaymentRequest, buyer: Buyer, due_minor: int, currency: str
) -> tuple[Payment, list[CodeClaim]] | None:
    answer = vouchers.card_by_code(code=request.code, now=buyer.at)
    card = answer.card
    if answer.state is not CardState.OK or card is None or (card.shop_id, card.currency) != (buyer.shop_id, currency):
        return None
    amount = min(card.available_minor, due_minor, due_minor if request.amount_minor is None else request.amount_minor)
    claim = vouchers.payment_claim(account=card, amount_minor=amount)
    held = CodeClaim(key=claim.key, amount=claim.amount, maximum=claim.maximum)
    return Payment(kind=GIFT_CARD, name=card.hint, amount_minor=amount), [held] if amount else []


def _other(
    request: PaymentRequest, buyer: Buyer, due_minor: int, currency: str
) -> tuple[Payment, list[CodeClaim]] | None:
    asked = PaymentAsked(kind=request.kind, quantity=request.quantity, due_minor=due_minor, currency=currency)
    terms = CART_PAYMENTS.get(request.kind).terms(buyer, asked)
    if terms.reason:
        return None
    return Payment(kind=request.kind, name="", amount_minor=terms.amount_minor, quantity=terms.quantity), []
