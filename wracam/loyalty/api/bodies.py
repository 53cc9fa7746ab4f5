"""What the loyalty API takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from wracam.faces.api.values import (
    AmountText,
    Answer,
    Body,
    Identifier,
    Moment,
    Name,
    Quantity,
)
from wracam.loyalty.contracts import (
    Balance,
    Decision,
    HistoryEntry,
    Member,
)

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


class TierAnswer(Answer):
    """A member's tier on one ladder.

    `amount` is what they measure (points, minor units of money or orders, as `measure` says), `to_keep` what is
    missing to keep the tier when a review would take it at `keep_by`; `granted` is a tier given by hand.
    """

    ladder: str
    measure: str
    tier: str
    title_en: str
    title_pl: str
    amount: int
    next_tier: str | None
    missing: int
    is_at_risk: bool
    to_keep: int
    keep_by: datetime | None
    falls_to: str | None
    since: datetime | None
    granted: str | None
    benefits: dict[str, str | int | bool]


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
    """A movement that stands in the ledger; `was_new` is false for a key seen before.

    `transfer_id` is null and `waits_for` names the request when a person must approve the movement first.
    """

    transfer_id: int | None
    points: int
    was_new: bool
    balance: int
    waits_for: UUID | None = None


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


def member_answer(member: Member) -> MemberAnswer:
    """Return a membership as the API tells it."""
    return MemberAnswer(
        id=member.id, customer_id=member.customer_id, program=member.program, joined_at=member.joined_at
    )


def balance_answer(balance: Balance) -> BalanceAnswer:
    """Return a balance as the API tells it."""
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


def movement_answer(entry: HistoryEntry) -> MovementAnswer:
    """Return a movement as the API tells it."""
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


def rule_answers(decision: Decision) -> list[RuleAnswer]:
    """Return the trace of a decision as the API tells it."""
    return [
        RuleAnswer(rule=one.rule, outcome=one.outcome.value, points=one.points, desired=one.desired, why=one.why)
        for one in decision.trace
    ]
