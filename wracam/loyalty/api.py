"""The programme over the API: members, balances, history, corrections, spending, and previews."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from wracam.commerce.contracts import Order, OrderLine, OrderStatus, PaymentStatus
from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.paging import Page, Paging
from wracam.faces.api.ports import problem_kind
from wracam.faces.api.problems import Problem, invalid, not_found
from wracam.faces.api.values import (
    AmountText,
    Answer,
    Body,
    Identifier,
    Moment,
    Name,
    Quantity,
    minor,
)
from wracam.foundation import clock
from wracam.kernel.ids import derived_id
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import (
    Balance,
    Decision,
    HistoryEntry,
    KeyReusedError,
    Member,
    NoProgramError,
    Refused,
)
from wracam.shops import queries as shops
from wracam.shops.contracts import Actor
from wracam.shops.ports import register_scope

router = Router(tags=["Loyalty"])
register_scope("loyalty:read", pl="czytanie programu i sald", en="read the programme and balances")
register_scope("loyalty:write", pl="zmiany w programie: członkowie i punkty", en="change members and points")
BALANCE_TOO_LOW = problem_kind("balance_too_low", 409, "The member has too few points")
NO_PROGRAM = problem_kind("no_program", 409, "No loyalty programme is live")
POINT_KEY_REUSED = problem_kind("points_key_reused", 409, "The key moved other points before")
Points = Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class MemberAnswer(Answer):
    """A membership."""

    id: UUID
    customer_id: UUID
    program: str
    joined_at: datetime


class ComingAnswer(Answer):
    """Points and when something happens to them."""

    points: int
    at: datetime


class BalanceAnswer(Answer):
    """One kind of points of a member. `balance` is what people see: active less what is owed."""

    point_kind: str
    balance: int
    active: int
    pending: int
    held: int
    debt: int
    earned: int
    spent: int
    expired: int
    next_activation: ComingAnswer | None
    next_expiry: ComingAnswer | None


class MovementAnswer(Answer):
    """One movement of points, with the sentence that members read in both languages."""

    id: int
    at: datetime
    point_kind: str
    reason: str
    points: int
    sentence_en: str
    sentence_pl: str
    order_number: str | None
    activates_at: datetime | None
    expires_at: datetime | None


class JoinBody(Body):
    """Who joins: our customer id, or an e-mail, phone or shop account that we know."""

    customer_id: UUID | None = None
    email: Identifier | None = None
    phone: Identifier | None = None
    loyalty_card: Identifier | None = None


class CorrectionBody(Body):
    """Points to give (positive) or take (negative); `key` makes the correction happen once, for ever."""

    points: Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    key: Identifier
    point_kind: Name = "points"


class SpendBody(Body):
    """Points to spend; `key` makes it happen once, for ever."""

    points: Points
    key: Identifier
    note: Name = ""
    point_kind: Name = "points"


class PostedAnswer(Answer):
    """A movement that stands in the ledger; `was_new` is false for a key seen before."""

    transfer_id: int
    points: int
    was_new: bool
    balance: int


class PreviewLine(Body):
    """A line of the order that is examined."""

    name: Name
    total: AmountText
    sku: Name = ""
    quantity: Quantity = 1
    tax: AmountText = "0"
    categories: list[Name] = []


class PreviewBody(Body):
    """An order that was not placed yet. Without a buyer, conditions about customers are not met."""

    lines: Annotated[list[PreviewLine], msgspec.Meta(min_length=1, max_length=1_000)]
    shipping: AmountText = "0"
    customer_id: UUID | None = None
    email: Identifier | None = None
    channel: Name = "web"
    coupon_codes: list[Name] = []
    paid_at: Moment | None = None


class RuleAnswer(Answer):
    """What one rule gave, or why not."""

    rule: str
    outcome: str
    points: int
    desired: int
    why: str


class PreviewAnswer(Answer):
    """What the order would earn in one programme."""

    program: str
    points: dict[str, int]
    rules: list[RuleAnswer]


class ProgramAnswer(Answer):
    """The programme in plain words, from its live definitions."""

    key: str
    name: str
    sentences: list[str]
    rules: list[str]


@router.endpoint("POST", "/loyalty/members", scope="loyalty:write", status=201)
def join_program(request: ApiRequest, body: JoinBody) -> MemberAnswer:
    """Make a customer a member.

    Joining again returns the first membership. Orders from before may give points, as the programme says.
    """
    customer_id = _customer_id(request, body.customer_id, body.email, body.phone, body.loyalty_card)
    try:
        return _member_answer(actions.join(customer_id=customer_id, now=clock.now()))
    except NoProgramError as error:
        raise Problem(NO_PROGRAM, str(error)) from error


@router.endpoint("GET", "/loyalty/members", scope="loyalty:read")
def find_member(
    request: ApiRequest,
    customer_id: UUID | None = None,
    email: str | None = None,
    phone: str | None = None,
    loyalty_card: str | None = None,
) -> MemberAnswer:
    """Find a member by customer id, e-mail, phone or loyalty card."""
    found = _customer_id(request, customer_id, email, phone, loyalty_card)
    member = queries.member_of(customer_id=found)
    if member is None:
        raise not_found("member with this identity")
    return _member_answer(member)


@router.endpoint("GET", "/loyalty/members/{member_id}", scope="loyalty:read")
def show_member(request: ApiRequest, member_id: UUID) -> MemberAnswer:
    """Show a member."""
    return _member_answer(_member(request, member_id))


@router.endpoint("GET", "/loyalty/members/{member_id}/balances", scope="loyalty:read")
def show_balances(request: ApiRequest, member_id: UUID) -> list[BalanceAnswer]:
    """Show a member's balances, one per kind of points."""
    member = _member(request, member_id)
    return [_balance_answer(one) for one in queries.balances([member.id]) or [queries.balance(member.id)]]


@router.endpoint("GET", "/loyalty/members/{member_id}/history", scope="loyalty:read")
def list_history(request: ApiRequest, member_id: UUID, paging: Paging) -> Page[MovementAnswer]:
    """List a member's movements of points, newest first, in sentences."""
    member = _member(request, member_id)
    before = int(paging.position[0]) if paging.position else None
    rows = queries.history(member.id, before=before, limit=paging.fetch)
    return paging.page(rows, key=lambda row: (row.transfer_id,), item=_movement_answer)


@router.endpoint("POST", "/loyalty/members/{member_id}/corrections", scope="loyalty:write")
def correct_points(request: ApiRequest, member_id: UUID, body: CorrectionBody) -> PostedAnswer:
    """Give or take points by hand, with a reason.

    The movement is audited under the key's name. Taking more than the member has is refused.
    """
    member = _member(request, member_id)
    if not body.points:
        raise invalid("body.points", "zero", "Give or take at least one point.")
    _check_kind(member, body.point_kind)
    return _moved(
        member,
        body.point_kind,
        lambda: actions.correct(
            member_id=member.id,
            points=body.points,
            note=body.note,
            actor=_actor(request),
            key=body.key,
            point_kind=body.point_kind,
            now=clock.now(),
        ),
    )


@router.endpoint("POST", "/loyalty/members/{member_id}/spendings", scope="loyalty:write")
def spend_points(request: ApiRequest, member_id: UUID, body: SpendBody) -> PostedAnswer:
    """Spend points; those that expire first are used first.

    Refused with the missing figure when there are too few.
    """
    member = _member(request, member_id)
    _check_kind(member, body.point_kind)
    return _moved(
        member,
        body.point_kind,
        lambda: actions.spend(
            member_id=member.id,
            points=body.points,
            key=body.key,
            note=body.note,
            point_kind=body.point_kind,
            now=clock.now(),
        ),
    )


@router.endpoint("POST", "/loyalty/previews", scope="loyalty:read")
def preview_order(request: ApiRequest, body: PreviewBody) -> list[PreviewAnswer]:
    """Examine what an order would earn, rule by rule.

    Nothing is stored. Each rule says what it gives, or why it gives nothing.
    """
    order = _order(request, body)
    return [
        PreviewAnswer(
            program=one.program,
            points={kind.point_kind: kind.points for kind in one.decision.kinds},
            rules=_rules(one.decision),
        )
        for one in queries.order_preview(order, now=body.paid_at or clock.now())
    ]


@router.endpoint("GET", "/loyalty/program", scope="loyalty:read")
def show_program(request: ApiRequest, language: str = "en") -> ProgramAnswer:
    """Say the programme in plain words, Polish (`pl`) or English (`en`)."""
    try:
        said = queries.program_in_words(shop_id=request.auth.shop_id, language="pl" if language == "pl" else "en")
    except NoProgramError as error:
        raise Problem(NO_PROGRAM, str(error)) from error
    return ProgramAnswer(key=said.key, name=said.name, sentences=list(said.sentences), rules=list(said.rules))


def _actor(request: ApiRequest) -> Actor:
    return Actor(kind="key", id=str(request.auth.id), name=request.auth.name)


def _member(request: ApiRequest, member_id: UUID) -> Member:
    member = queries.member(member_id)
    if member is None or member.shop_id != request.auth.shop_id:
        raise not_found("member with this id")
    return member


def _customer_id(
    request: ApiRequest, customer_id: UUID | None, email: str | None, phone: str | None, card: str | None
) -> UUID:
    """Return the customer of this shop that the request names."""
    if customer_id is not None:
        found = customers.customer(customer_id)
        if found is None or found.shop_id != request.auth.shop_id:
            raise not_found("customer with this id")
        return found.id
    marks = {IdentityKind.EMAIL: email, IdentityKind.PHONE: phone, IdentityKind.LOYALTY_CARD: card}
    named = [(kind, value) for kind, value in marks.items() if value]
    if not named:
        raise invalid("customer_id", "missing", "Name a customer_id, email, phone or loyalty_card.")
    for kind, value in named:
        known = customers.find(shop_id=request.auth.shop_id, kind=kind, value=value)
        if known is not None:
            return known
    raise not_found("customer with this identity")


def _check_kind(member: Member, point_kind: str) -> None:
    try:
        program = queries.live_program(member.program).program
    except NoProgramError as error:
        raise Problem(NO_PROGRAM, str(error)) from error
    if program.kind(point_kind) is None:
        known = ", ".join(kind.key for kind in program.point_kinds)
        raise invalid("body.point_kind", "unknown", f"The programme has these kinds of points: {known}.")


def _moved(member: Member, point_kind: str, move: actions.Move) -> PostedAnswer:
    try:
        outcome = move()
    except KeyReusedError as error:
        raise Problem(POINT_KEY_REUSED, str(error)) from error
    if isinstance(outcome, Refused):
        raise Problem(
            BALANCE_TOO_LOW,
            f"{outcome.required} points are needed, {outcome.available} are there: {outcome.missing} missing.",
        )
    balance = queries.balance(member.id, point_kind=point_kind)
    return PostedAnswer(
        transfer_id=outcome.transfer_id, points=outcome.points, was_new=outcome.was_new, balance=balance.shown
    )


def _order(request: ApiRequest, body: PreviewBody) -> Order:
    shop = shops.shop(request.auth.shop_id)
    currency = shop.currency if shop else "PLN"
    now = body.paid_at or clock.now()
    customer_id = None
    if body.customer_id or body.email:
        customer_id = _customer_id(request, body.customer_id, body.email, None, None)
    lines = tuple(
        OrderLine(
            id=derived_id("preview", index),
            external_id=str(index),
            sku=line.sku,
            name=line.name,
            product_id=None,
            categories=tuple(line.categories),
            quantity=line.quantity,
            total_minor=minor(line.total, currency, f"body.lines[{index}].total"),
            tax_minor=minor(line.tax, currency, f"body.lines[{index}].tax"),
            discount_minor=0,
            refunded_quantity=0,
            refunded_minor=0,
        )
        for index, line in enumerate(body.lines)
    )
    shipping = minor(body.shipping, currency, "body.shipping")
    return Order(
        id=derived_id("preview"), shop_id=request.auth.shop_id, customer_id=customer_id, source="preview",
        external_id="", number="", placed_at=now, paid_at=now, delivered_at=None, status=OrderStatus.PROCESSING,
        payment_status=PaymentStatus.PAID, currency=currency,
        total_minor=sum(line.total_minor for line in lines) + shipping, tax_minor=sum(line.tax_minor for line in lines),
        shipping_minor=shipping, discount_minor=0, refunded_minor=0, channel=body.channel,
        coupon_codes=tuple(body.coupon_codes), lines=lines,
    )  # fmt: skip


def _rules(decision: Decision) -> list[RuleAnswer]:
    return [
        RuleAnswer(rule=one.rule, outcome=one.outcome.value, points=one.points, desired=one.desired, why=one.why)
        for one in decision.trace
    ]


def _member_answer(member: Member) -> MemberAnswer:
    return MemberAnswer(
        id=member.id, customer_id=member.customer_id, program=member.program, joined_at=member.joined_at
    )


def _balance_answer(balance: Balance) -> BalanceAnswer:
    activation, expiry = balance.next_activation, balance.next_expiry
    return BalanceAnswer(
        point_kind=balance.point_kind,
        balance=balance.shown,
        active=balance.active,
        pending=balance.pending,
        held=balance.held,
        debt=balance.debt,
        earned=balance.earned,
        spent=balance.spent,
        expired=balance.expired,
        next_activation=ComingAnswer(points=activation.points, at=activation.at) if activation else None,
        next_expiry=ComingAnswer(points=expiry.points, at=expiry.at) if expiry else None,
    )


def _movement_answer(entry: HistoryEntry) -> MovementAnswer:
    return MovementAnswer(
        id=entry.transfer_id,
        at=entry.at,
        point_kind=entry.point_kind,
        reason=entry.reason.value,
        points=entry.points,
        sentence_en=entry.sentence.en,
        sentence_pl=entry.sentence.pl,
        order_number=entry.order_number,
        activates_at=entry.activates_at,
        expires_at=entry.expires_at,
    )
