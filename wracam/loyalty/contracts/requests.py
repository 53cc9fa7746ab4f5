"""Corrections that wait for a second person, and payments with points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RequestState(StrEnum):
    """Where a correction that needs a second person stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequest:
    """Somebody wants to give or take more points by hand than their role may alone, or to give a tier.

    A request about a tier names its `ladder`; `tier` None asks to take the gift back.
    """

    id: UUID
    shop_id: int
    member_id: UUID
    point_kind: str
    points: int
    note: str
    state: RequestState
    maker_kind: str
    maker_id: str
    maker_name: str
    asked_at: datetime
    checker_name: str = ""
    decided_at: datetime | None = None
    ladder: str = ""
    tier: str | None = None
    tier_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierGiven:
    """A tier was given by hand, or (None) the gift taken back."""

    ladder: str
    tier: str | None


class PaymentState(StrEnum):
    """Where points that pay for a cart stand."""

    RESERVED = "reserved"
    COMMITTED = "committed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsQuote:
    """How many points a cart may use and what they are worth; the most there is for this cart, and the missing."""

    points: int
    worth_minor: int
    currency: str
    most_points: int
    most_worth_minor: int
    available: int
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPayment:
    """Points that pay a part of a cart; `handed_back` of them returned with refunds of its order."""

    id: UUID
    member_id: UUID
    point_kind: str
    points: int
    worth_minor: int
    currency: str
    state: PaymentState
    order_id: UUID | None
    handed_back: int
    reserved_at: datetime
    ends_at: datetime
