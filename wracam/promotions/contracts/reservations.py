"""The life of a cart: held, committed, released, refunded, and why it could not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wracam.kernel.language import Words
from wracam.promotions.contracts.carts import TaxShare
from wracam.promotions.contracts.explanations import Evaluation


class CartState(StrEnum):
    """Where a reserved cart stands."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"


class CartRefusal(StrEnum):
    """Why a cart was not held or committed."""

    CODE_REFUSED = "code_refused"
    """A code that was presented cannot be used (any more); the evaluation says which and why."""
    PRICE_CHANGED = "price_changed"
    """The total is not the one the customer saw; the evaluation has the new one."""
    PAYMENT_REFUSED = "payment_refused"
    """A gift card or points cannot pay what was asked."""
    LAPSED = "lapsed"
    """The reservation ran out and what it held is gone; reserve again."""
    UNKNOWN_LINE = "unknown_line"
    """A line or a number of units that the reserved cart does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A part of the total paid otherwise than with money: `kind` is `gift_card`, or a kind that a feature added."""

    kind: str
    name: str
    """The last characters of a gift card's code, or empty."""
    amount_minor: int
    quantity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedCart:
    """A cart whose codes, limits, budgets, gifts and payments are held until `until`."""

    reservation_id: UUID
    key: str
    state: CartState
    until: datetime
    evaluation: Evaluation
    payments: tuple[Payment, ...]
    due_minor: int
    was_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCart:
    """Nothing was held or committed, and why; `evaluation` is the cart as it would be now."""

    reason: CartRefusal
    sentence: Words
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedCart:
    """A cart that became an order."""

    commit_id: UUID
    reservation_id: UUID
    order: str
    committed_at: datetime
    evaluation: Evaluation
    payments: tuple[Payment, ...]
    due_minor: int
    was_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedLine:
    """What comes back for units of one line, tax contained (or on top, as the cart was priced)."""

    id: str
    quantity: int
    amount_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedGift:
    """Pieces of a gift that belong to a refund. `is_expected`: they have no right to it any more and should come."""

    promotion: str
    sku: str
    quantity: int
    is_expected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedCart:
    """What one refund gives back. `payments` go back to where they came from, the rest (`due_minor`) as money."""

    refund_id: UUID
    commit_id: UUID
    lines: tuple[RefundedLine, ...]
    shipping_minor: int
    shipping_tax_minor: int
    total_minor: int
    tax_minor: int
    taxes: tuple[TaxShare, ...]
    payments: tuple[Payment, ...]
    due_minor: int
    is_full: bool
    was_new: bool
    gifts: tuple[ReturnedGift, ...] = ()
    """The gifts whose pieces are in stock again."""
    fees_minor: int = 0
    """Fees that come back with shipping; their tax is in `shipping_tax_minor`."""
    gifts_kept_minor: int = 0
    """The value of gifts that the customer keeps though everything else is back."""


class CartKeyReusedError(ValueError):
    """This key was used for another cart, order or refund; use a new one."""


class UnknownCartError(LookupError):
    """There is no such reserved or committed cart in this shop."""


class TooManyUnitsError(ValueError):
    """More units are to be refunded than the order has left."""
