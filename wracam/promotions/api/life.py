"""Reserving, committing, releasing and refunding carts over the API, for the shop's server."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.ports import problem_kind
from wracam.faces.api.problems import Problem, invalid, not_found
from wracam.faces.api.values import AmountText, Answer, Body, Identifier, MinorUnits, minor
from wracam.foundation import clock
from wracam.kernel.language import Words
from wracam.promotions import actions
from wracam.promotions.actions import CartRequest, PaymentRequest
from wracam.promotions.api.answers import evaluation_answer
from wracam.promotions.api.bodies import (
    CartBody,
    EvaluationAnswer,
    Quantity,
    ShortName,
    TaxAnswer,
)
from wracam.promotions.api.carts import asker_of
from wracam.promotions.api.routing import WRITE, router
from wracam.promotions.api.serving import buyer_of, cart_of
from wracam.promotions.contracts import (
    CartKeyReusedError,
    CommittedCart,
    Payment,
    RefundedCart,
    RefusedCart,
    ReservedCart,
    TooManyUnitsError,
    UnknownCartError,
)

CART_KEY_REUSED = problem_kind("cart_key_reused", 409, "The key belongs to another cart, order or refund")
TOO_MANY_UNITS = problem_kind("too_many_units", 409, "More units are to be refunded than the order has left")
PAYMENTS_MAX = 10


class PaymentBody(Body):
    """A wish to pay: `gift_card` with its `code` and at most `amount`, or another kind with `quantity` (points)."""

    kind: Identifier
    code: ShortName = ""
    amount: AmountText | None = None
    quantity: Quantity | None = None


class ReserveBody(Body):
    """A cart to hold under the shop's own `key` for it. `total` is the total that the customer saw, minor units."""

    key: Identifier
    cart: CartBody
    payments: Annotated[list[PaymentBody], msgspec.Meta(max_length=PAYMENTS_MAX)] = []
    total: Annotated[MinorUnits, msgspec.Meta(ge=0, le=10**15)] | None = None


class CommitBody(Body):
    """The order that a held cart became. With `cart`, one that is not held is reserved first.

    `lines` (quantity by line id) commits a part; what only the rest needed is freed.
    """

    key: Identifier
    order: Identifier
    lines: Annotated[dict[ShortName, Quantity], msgspec.Meta(max_length=1_000)] | None = None
    cart: CartBody | None = None
    payments: Annotated[list[PaymentBody], msgspec.Meta(max_length=PAYMENTS_MAX)] = []
    total: Annotated[MinorUnits, msgspec.Meta(ge=0, le=10**15)] | None = None


class ReleaseBody(Body):
    """The cart to give up."""

    key: Identifier


class GiftBackBody(Body):
    """Pieces of a gift that came back."""

    promotion: Identifier
    sku: ShortName
    quantity: Quantity = 1


class RefundBody(Body):
    """Units (quantity by line id; null: all that are left) of an order; `key` makes the refund happen once.

    `gifts` are pieces that came back although their condition still holds, or in a shop whose policy leaves gifts with
    the customer.
    """

    order: Identifier
    key: Identifier
    lines: Annotated[dict[ShortName, Quantity], msgspec.Meta(max_length=1_000)] | None = None
    shipping: bool = False
    gifts: Annotated[list[GiftBackBody], msgspec.Meta(max_length=100)] = []


class PaymentAnswer(Answer):
    """A part of the total that is not paid with money; `amount` in minor units."""

    kind: str
    name: str
    amount: MinorUnits
    quantity: int


class CartAnswer(Answer):
    """Where a cart stands: `held`, `committed`, `released` or `refused`; then `reason` and `sentence` say why.

    Reasons: `code_refused`, `price_changed`, `payment_refused`, `lapsed`, `unknown_line`. `due` is what is left to be
    paid with money, in minor units.
    """

    state: str
    key: str
    reason: str | None = None
    sentence: Words | None = None
    id: UUID | None = None
    order: str | None = None
    until: datetime | None = None
    due: MinorUnits | None = None
    payments: list[PaymentAnswer] = []
    evaluation: EvaluationAnswer | None = None


class RefundedLineAnswer(Answer):
    """What comes back for units of one line, in minor units."""

    id: str
    quantity: int
    amount: MinorUnits
    tax: MinorUnits


class ReturnedGiftAnswer(Answer):
    """Pieces of a gift that are in stock again; `expected` ones lost their condition and should come with the rest."""

    promotion: str
    sku: str
    quantity: int
    expected: bool


class RefundAnswer(Answer):
    """What a refund gives back, in minor units: `payments` to where they came from, `due` as money.

    `gifts_kept` is the value of gifts that the customer keeps though everything else is back.
    """

    id: UUID
    order: str
    lines: list[RefundedLineAnswer]
    shipping: MinorUnits
    fees: MinorUnits
    total: MinorUnits
    tax: MinorUnits
    taxes: list[TaxAnswer]
    payments: list[PaymentAnswer]
    due: MinorUnits
    is_full: bool
    gifts: list[ReturnedGiftAnswer] = []
    gifts_kept: int = 0


@router.endpoint("POST", "/carts/reserve", scope=WRITE)
def reserve_cart(request: ApiRequest, body: ReserveBody) -> CartAnswer:
    """Hold everything a cart uses: codes, limits, budgets, gifts, gift cards and points.

    The hold lapses by itself. The same key with another cart replaces what is held. A cart that cannot be held is
    answered as `refused` with the reason and the evaluation as it is now.
    """
    wanted = _request(request, body.key, body.cart, body.payments, body.total)
    try:
        outcome = actions.reserve_cart(request=wanted, now=clock.now())
    except CartKeyReusedError as error:
        raise Problem(CART_KEY_REUSED, str(error)) from error
    return _cart_answer(outcome, body.key)


@router.endpoint("POST", "/carts/commit", scope=WRITE)
def commit_cart(request: ApiRequest, body: CommitBody) -> CartAnswer:
    """Turn a held cart into an order; what it holds is used."""
    wanted = _request(request, body.key, body.cart, body.payments, body.total) if body.cart else None
    try:
        outcome = actions.commit_cart(
            shop_id=request.auth.shop_id,
            key=body.key,
            order=body.order,
            request=wanted,
            units=body.lines,
            now=clock.now(),
        )
    except UnknownCartError as error:
        raise not_found("held cart with this key") from error
    except CartKeyReusedError as error:
        raise Problem(CART_KEY_REUSED, str(error)) from error
    return _cart_answer(outcome, body.key)


@router.endpoint("POST", "/carts/release", scope=WRITE)
def release_cart(request: ApiRequest, body: ReleaseBody) -> CartAnswer:
    """Give a held cart up; everything it holds is free again. A committed cart stays committed."""
    try:
        state = actions.release_cart(shop_id=request.auth.shop_id, key=body.key, now=clock.now())
    except UnknownCartError as error:
        raise not_found("held cart with this key") from error
    return CartAnswer(state=state.value, key=body.key)


@router.endpoint("POST", "/carts/refund", scope=WRITE)
def refund_cart(request: ApiRequest, body: RefundBody) -> RefundAnswer:
    """Refund units of a committed cart.

    All refunds together never give back more than was paid. Gifts whose condition the rest no longer meets are in
    stock again, money of budgets comes back by unit, and codes and uses when everything is back, as the shop's policy
    says.
    """
    try:
        found = actions.refund_cart(
            shop_id=request.auth.shop_id,
            order=body.order,
            key=body.key,
            units=body.lines,
            with_shipping=body.shipping,
            gifts=_pieces(body.gifts),
            now=clock.now(),
        )
    except UnknownCartError as error:
        raise not_found("committed cart of this order") from error
    except CartKeyReusedError as error:
        raise Problem(CART_KEY_REUSED, str(error)) from error
    except TooManyUnitsError as error:
        raise Problem(TOO_MANY_UNITS, str(error)) from error
    return _refund_answer(found, body.order)


def _request(
    request: ApiRequest, key: str, cart: CartBody, payments: list[PaymentBody], total: int | None
) -> CartRequest:
    if cart.at or cart.drafts:
        raise invalid("body.cart.at", "only_evaluate", "`at` and `drafts` are for /v1/carts/evaluate.")
    shop_id, now = request.auth.shop_id, clock.now()
    priced = cart_of(cart, shop_id, now)
    customer_id = buyer_of(asker_of(request), cart, now)
    is_known_guest = customer_id is None and bool(cart.email or cart.phone)
    return CartRequest(
        shop_id=shop_id,
        key=key,
        cart=priced,
        customer_id=customer_id,
        codes=tuple(cart.codes),
        channel=cart.channel,
        country=cart.country,
        payments=tuple(_payment(one, place, priced.currency) for place, one in enumerate(payments)),
        total_minor=total,
        counted_as=actions.count_guest(shop_id=shop_id, email=cart.email, phone=cart.phone, now=now)
        if is_known_guest
        else "",
    )


def _payment(one: PaymentBody, place: int, currency: str) -> PaymentRequest:
    path = f"body.payments[{place}].amount"
    return PaymentRequest(
        kind=one.kind,
        code=one.code,
        amount_minor=minor(one.amount, currency, path) if one.amount is not None else None,
        quantity=one.quantity,
    )


def _cart_answer(outcome: ReservedCart | CommittedCart | RefusedCart, key: str) -> CartAnswer:
    if isinstance(outcome, RefusedCart):
        return CartAnswer(
            state="refused",
            key=key,
            reason=outcome.reason.value,
            sentence=outcome.sentence,
            evaluation=evaluation_answer(outcome.evaluation, is_browser=False) if outcome.evaluation else None,
        )
    return CartAnswer(
        state=outcome.state.value if isinstance(outcome, ReservedCart) else "committed",
        key=key,
        id=outcome.reservation_id if isinstance(outcome, ReservedCart) else outcome.commit_id,
        order=outcome.order if isinstance(outcome, CommittedCart) else None,
        until=outcome.until if isinstance(outcome, ReservedCart) else None,
        due=outcome.due_minor,
        payments=_payments(outcome.payments),
        evaluation=evaluation_answer(outcome.evaluation, is_browser=False),
    )


def _payments(payments: tuple[Payment, ...]) -> list[PaymentAnswer]:
    return [
        PaymentAnswer(kind=one.kind, name=one.name, amount=one.amount_minor, quantity=one.quantity) for one in payments
    ]


def _refund_answer(found: RefundedCart, order: str) -> RefundAnswer:
    return RefundAnswer(
        id=found.refund_id,
        order=order,
        lines=[
            RefundedLineAnswer(id=one.id, quantity=one.quantity, amount=one.amount_minor, tax=one.tax_minor)
            for one in found.lines
        ],
        shipping=found.shipping_minor,
        fees=found.fees_minor,
        total=found.total_minor,
        tax=found.tax_minor,
        taxes=[
            TaxAnswer(rate_bp=one.rate_bp, net=one.net_minor, tax=one.tax_minor, gross=one.gross_minor)
            for one in found.taxes
        ],
        payments=_payments(found.payments),
        due=found.due_minor,
        is_full=found.is_full,
        gifts=[
            ReturnedGiftAnswer(promotion=one.promotion, sku=one.sku, quantity=one.quantity, expected=one.is_expected)
            for one in found.gifts
        ],
        gifts_kept=found.gifts_kept_minor,
    )


def _pieces(gifts: list[GiftBackBody]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for one in gifts:
        found[one.promotion, one.sku] = found.get((one.promotion, one.sku), 0) + one.quantity
    return found
