"""Paying with points over the API: quote, reserve while the customer pays, commit with the order, or release."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from wracam.commerce import queries as commerce
from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.ports import problem_kind
from wracam.faces.api.problems import Problem, not_found
from wracam.faces.api.values import AmountText, Answer, Body, Identifier, Name, minor
from wracam.foundation import clock
from wracam.loyalty import actions, queries
from wracam.loyalty.api.bodies import Points
from wracam.loyalty.api.routing import POINT_KEY_REUSED, member_of_request, router
from wracam.loyalty.contracts import KeyReusedError, PointsPayment, PointsQuote, Refused
from wracam.loyalty.core.refusals import refusal_words

PAYMENT_REFUSED = problem_kind("points_payment_refused", 409, "Points cannot pay for this")


class QuoteBody(Body):
    """What the cart costs, and how many points the customer wants to use; as many as may be used without `points`."""

    order_total: AmountText
    points: Points | None = None
    point_kind: Name = "points"


class QuoteAnswer(Answer):
    """What the cart may use; `is_possible` is false with a `reason` and its sentences when it is nothing."""

    is_possible: bool
    points: int
    worth_minor: int
    currency: str
    most_points: int
    most_worth_minor: int
    available: int
    reason: str | None
    reason_en: str | None
    reason_pl: str | None
    missing: int


class ReserveBody(Body):
    """Points to hold for a cart; `key` makes it happen once, for ever."""

    points: Points
    order_total: AmountText
    key: Identifier
    minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)] = 30
    point_kind: Name = "points"


class CommitBody(Body):
    """The order that was placed: our id, or the shop system and its own id of the order; neither is needed."""

    order_id: UUID | None = None
    source: Identifier | None = None
    external_id: Identifier | None = None


class PaymentAnswer(Answer):
    """Points that pay a part of a cart: `reserved`, `committed` or `released`."""

    id: UUID
    member_id: UUID
    points: int
    worth_minor: int
    currency: str
    state: str
    order_id: UUID | None
    handed_back: int
    reserved_at: datetime
    ends_at: datetime


@router.endpoint("POST", "/loyalty/members/{member_id}/points-payments/quote", scope="loyalty:read")
def quote_points(request: ApiRequest, member_id: UUID, body: QuoteBody) -> QuoteAnswer:
    """Examine how many points a cart may use and what they are worth.

    Nothing is stored. A no says why, and how many points are missing.
    """
    member = member_of_request(request, member_id)
    currency = queries.currency_of(member.shop_id)
    return _quote(
        queries.payment_quote(
            member=member, order_minor=minor(body.order_total, currency, "body.order_total"), points=body.points,
            point_kind=body.point_kind, now=clock.now(),
        ),
        currency,
    )  # fmt: skip


@router.endpoint("POST", "/loyalty/members/{member_id}/points-payments", scope="loyalty:write", status=201)
def reserve_points(request: ApiRequest, member_id: UUID, body: ReserveBody) -> PaymentAnswer:
    """Hold points for a cart while its customer pays.

    They come back by themselves when the time is up. The same key answers the same.
    """
    member = member_of_request(request, member_id)
    order_minor = minor(body.order_total, queries.currency_of(member.shop_id), "body.order_total")
    try:
        outcome = actions.reserve_points(
            member_id=member.id, points=body.points, order_minor=order_minor, key=body.key, minutes=body.minutes,
            point_kind=body.point_kind, now=clock.now(),
        )  # fmt: skip
    except KeyReusedError as error:
        raise Problem(POINT_KEY_REUSED, str(error)) from error
    return _answer(outcome)


@router.endpoint("GET", "/loyalty/points-payments/{payment_id}", scope="loyalty:read")
def show_payment(request: ApiRequest, payment_id: UUID) -> PaymentAnswer:
    """Show where a payment with points stands."""
    return _answer(_own(request, payment_id))


@router.endpoint("POST", "/loyalty/points-payments/{payment_id}/commit", scope="loyalty:write")
def commit_points(request: ApiRequest, payment_id: UUID, body: CommitBody) -> PaymentAnswer:
    """Spend the held points with their order.

    Refunds of the order give points back in proportion. A reservation whose time was up is taken anew if it can be.
    """
    _own(request, payment_id)
    order_id = _order_id(request, body)
    return _answer(actions.commit_points(payment_id=payment_id, order_id=order_id, now=clock.now()))


@router.endpoint("POST", "/loyalty/points-payments/{payment_id}/release", scope="loyalty:write")
def release_points(request: ApiRequest, payment_id: UUID) -> PaymentAnswer:
    """Give the held points back: the cart was given up."""
    _own(request, payment_id)
    return _answer(actions.release_points(payment_id=payment_id, now=clock.now()))


def _own(request: ApiRequest, payment_id: UUID) -> PointsPayment:
    found = queries.payment(payment_id)
    if found is None or found[0] != request.auth.shop_id:
        raise not_found("payment with this id")
    return found[1]


def _order_id(request: ApiRequest, body: CommitBody) -> UUID | None:
    """Return the order's id; an order that we were not told of yet has one already."""
    if body.order_id is not None:
        order = commerce.order(body.order_id)
        if order is None or order.shop_id != request.auth.shop_id:
            raise not_found("order with this id")
        return order.id
    if body.source and body.external_id:
        return commerce.order_id_of(shop_id=request.auth.shop_id, source=body.source, external_id=body.external_id)
    return None


def _quote(outcome: PointsQuote | Refused, currency: str) -> QuoteAnswer:
    if isinstance(outcome, Refused):
        words = refusal_words(outcome)
        return QuoteAnswer(
            is_possible=False, points=0, worth_minor=0, currency=currency, most_points=0, most_worth_minor=0,
            available=outcome.available, reason=outcome.reason.value, reason_en=words.en, reason_pl=words.pl,
            missing=outcome.missing,
        )  # fmt: skip
    return QuoteAnswer(
        is_possible=True, points=outcome.points, worth_minor=outcome.worth_minor, currency=currency,
        most_points=outcome.most_points, most_worth_minor=outcome.most_worth_minor, available=outcome.available,
        reason=None, reason_en=None, reason_pl=None, missing=0,
    )  # fmt: skip


def _answer(outcome: PointsPayment | Refused) -> PaymentAnswer:
    if isinstance(outcome, Refused):
        raise Problem(PAYMENT_REFUSED, f"{outcome.reason.value}: {refusal_words(outcome).en}")
    return PaymentAnswer(
        id=outcome.id, member_id=outcome.member_id, points=outcome.points, worth_minor=outcome.worth_minor,
        currency=outcome.currency, state=outcome.state.value, order_id=outcome.order_id,
        handed_back=outcome.handed_back, reserved_at=outcome.reserved_at, ends_at=outcome.ends_at,
    )  # fmt: skip
