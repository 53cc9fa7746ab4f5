"""Accounts, balances, lots, decisions, refusals and errors: what the programme takes and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from wracam.kernel.language import Words


class Account(StrEnum):
    """Where points stand. The first four belong to a member; the others are the programme's own side.

    The programme's accounts are never rows of balances: their sums come from the transfers.
    """

    PENDING = "pending"
    """Earned, not yet spendable."""
    ACTIVE = "active"
    HELD = "held"
    """Reserved by a redemption that is not settled."""
    DEBT = "debt"
    """What the member owes after points were taken back that had been spent."""
    ISSUED = "issued"
    """The source of everything earned."""
    REVERSED = "reversed"
    """Taken back because what earned it was undone."""
    CORRECTED = "corrected"
    """Given or taken by hand."""
    SPENT = "spent"
    EXPIRED = "expired"
    TRANSIT = "transit"
    """Between two members; zero whenever nothing is under way."""


MEMBER_ACCOUNTS = (Account.PENDING, Account.ACTIVE, Account.HELD, Account.DEBT)
PROGRAM_ACCOUNTS = tuple(account for account in Account if account not in MEMBER_ACCOUNTS)


class Reason(StrEnum):
    """Why points moved."""

    EARNED = "earned"
    TAKEN_BACK = "taken_back"
    """The units, or the whole order, that earned them came back."""
    RESTORED = "restored"
    """A refund or cancellation was withdrawn."""
    CORRECTED = "corrected"
    ACTIVATED = "activated"
    EXPIRED = "expired"
    SPENT = "spent"
    HELD = "held"
    RELEASED = "released"
    SETTLED_DEBT = "settled_debt"
    MOVED = "moved"
    """Between members: a merge of profiles or a gift."""


class MemberState(StrEnum):
    """Where a membership stands."""

    ACTIVE = "active"
    LEFT = "left"
    MERGED = "merged"
    """Absorbed by the membership of the same person; its points moved there."""


class EarningState(StrEnum):
    """Where an earning stands."""

    STANDING = "standing"
    CANCELLED = "cancelled"
    """Its order is cancelled or deleted; restored orders stand again."""
    MOVED = "moved"
    """Its order belongs to another customer now, who has an earning of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A customer's membership in one programme."""

    id: UUID
    shop_id: int
    customer_id: UUID
    program: str
    state: MemberState
    joined_at: datetime
    nickname: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Some points and the moment at which something happens to them."""

    points: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a member has of one point kind."""

    member_id: UUID
    point_kind: str
    active: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    earned: int = 0
    spent: int = 0
    expired: int = 0
    next_activation: Dated | None = None
    next_expiry: Dated | None = None

    @property
    def shown(self) -> int:
        """The figure people see: what can be spent, less what is owed."""
        return self.active - self.debt


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Points that came together and live together: one earning, its remaining points and its dates."""

    id: int
    member_id: UUID
    point_kind: str
    amount: int
    remaining: int
    is_active: bool
    earned_at: datetime
    activates_at: datetime | None
    expires_at: datetime | None
    order_id: UUID | None = None
    earning_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One movement of points as the member sees it."""

    transfer_id: int
    at: datetime
    point_kind: str
    reason: Reason
    points: int
    """Signed: what the movement changed for the member."""
    order_number: str | None
    activates_at: datetime | None
    expires_at: datetime | None
    sentence: Words
    cause_event_id: UUID | None


class Outcome(StrEnum):
    """What became of one earning rule in one decision."""

    APPLIED = "applied"
    CONDITION_FALSE = "condition_false"
    OUT_OF_CALENDAR = "out_of_calendar"
    NOTHING_MATCHES = "nothing_matches"
    """No line of the order is of the kind that the rule rewards."""
    DISPLACED = "displaced"
    """Another rule of its group gave more, or a rule that stands alone won."""
    CAP_REACHED = "cap_reached"
    BELOW_ONE_POINT = "below_one_point"


class RuleOutcome(Struct, frozen=True, kw_only=True):
    """One line of the decision trace: a rule, what it gave, and if not, why not.

    `desired` is what the rule would have given without caps; `why` names leaves, limits or the winning rule.
    """

    rule: str
    version_id: UUID | None
    point_kind: str
    outcome: Outcome
    points: int = 0
    desired: int = 0
    why: str = ""


class Share(Struct, frozen=True, kw_only=True):
    """The part of an earning that one order line (None: delivery or the whole order) brought."""

    line_id: UUID | None
    quantity: int
    points: int


class KindDecision(Struct, frozen=True, kw_only=True):
    """How many points of one kind an event gives, split over the order's lines."""

    point_kind: str
    points: int
    shares: tuple[Share, ...]


class Decision(Struct, frozen=True, kw_only=True):
    """What one event gives, and the trace of every rule that was asked."""

    kinds: tuple[KindDecision, ...]
    trace: tuple[RuleOutcome, ...]

    def points(self, point_kind: str = "points") -> int:
        """Return the points of one kind."""
        return sum(kind.points for kind in self.kinds if kind.point_kind == point_kind)


class Refusal(StrEnum):
    """Why points cannot be moved as asked."""

    BALANCE_TOO_LOW = "balance_too_low"
    OUT_OF_STOCK = "out_of_stock"
    LIMIT_REACHED = "limit_reached"
    """The member has had it as often as one may."""
    NOT_AVAILABLE_NOW = "not_available_now"
    NOT_FOR_THIS_MEMBER = "not_for_this_member"
    """Its condition does not hold."""
    NOT_A_MEMBER = "not_a_member"
    SOLD_OUT_FOR_NOW = "sold_out_for_now"
    """Everybody together had as many as there are for the period."""
    NO_CODE_LEFT = "no_code_left"
    BELOW_THE_LEAST = "below_the_least"
    """Fewer points than a payment must use."""
    NO_VALUE = "no_value"
    """The programme states no value of a point, so points cannot pay."""
    ENDED = "ended"
    """The reservation was released or its time is up."""
    OWN_REQUEST = "own_request"
    """Whoever asks cannot be the one who approves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An expected no, with the figures that explain it."""

    reason: Refusal
    required: int = 0
    available: int = 0

    @property
    def missing(self) -> int:
        """How many points are short."""
        return max(0, self.required - self.available)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A movement that stands in the ledger; `was_new` is false when the same key had been posted before."""

    transfer_id: int
    points: int
    was_new: bool = True


class RedemptionState(StrEnum):
    """Where a redemption stands."""

    PENDING = "pending"
    """The points are held; the reward is to be handed over."""
    FULFILLED = "fulfilled"
    RETURNED = "returned"
    """The points are back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """One reward that a member took for points."""

    id: UUID
    member_id: UUID
    reward: str
    points: int
    state: RedemptionState
    redeemed_at: datetime
    settled_at: datetime | None
    point_kind: str = "points"
    amount_minor: int = 0
    """Money on top of the points, to be collected by the shop."""
    code: str = ""
    """What the member shows or types in at the till; empty where there is no code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardWish:
    """A reward that a member wants; the *key* is the caller's, so that asking twice takes one reward."""

    member_id: UUID
    reward: str
    key: str


class UnknownTierError(LookupError):
    """There is no such live ladder, or it has no such tier."""


class UnknownRewardError(LookupError):
    """There is no such live reward or redemption."""


class UnknownRequestError(LookupError):
    """There is no such request or reservation."""


class KeyReusedError(ValueError):
    """This idempotency key was used for a different movement; use a new key."""


class UnknownMemberError(LookupError):
    """There is no such member; look the customer up first, or let them join."""


class NoProgramError(LookupError):
    """No programme is live; publish one in the console under Programme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One invariant of the ledger and what its check found."""

    number: int
    title: Words
    broken: int
    examples: tuple[str, ...] = field(default=())

    @property
    def is_met(self) -> bool:
        """Say whether nothing breaks the invariant."""
        return self.broken == 0
