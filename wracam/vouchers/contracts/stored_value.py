"""Stored value: gift cards and store credit. It pays; it never discounts. Amounts are minor units of one currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

VALUE_KEY = "value:"
"""Allowance keys with this beginning, and the account's id behind it, are money: committing them writes the ledger."""
AMOUNT_MINOR_MAX = 10**11


class StoredValueKind(StrEnum):
    """What an account is."""

    GIFT_CARD = "gift_card"
    """Whoever knows its code may pay with it."""
    STORE_CREDIT = "store_credit"
    """A customer's own, without a code."""


class LedgerAccount(StrEnum):
    """The accounts between which value moves. `AVAILABLE` is the card's; the others are the shop's."""

    ISSUED = "issued"
    AVAILABLE = "available"
    SPENT = "spent"
    EXPIRED = "expired"
    CORRECTED = "corrected"


class MoveReason(StrEnum):
    """Why value moved."""

    ISSUED = "issued"
    TOPPED_UP = "topped_up"
    PAID = "paid"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    CORRECTED = "corrected"


class CardState(StrEnum):
    """Whether an account may pay now."""

    OK = "ok"
    TYPO = "typo"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    DISABLED = "disabled"
    EMPTY = "empty"
    BLOCKED = "blocked"
    """Too many wrong codes were tried; nothing was looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValue:
    """An account of stored value. `available_minor` is what can be paid now: neither spent nor held by a cart.

    `hint` are the last characters of a gift card's code, to recognise it by.
    """

    id: UUID
    shop_id: int
    kind: StoredValueKind
    currency: str
    customer_id: UUID | None
    hint: str
    policy: str
    loaded_minor: int
    balance_minor: int
    held_minor: int
    expires_at: datetime | None
    created_at: datetime
    disabled_at: datetime | None

    @property
    def available_minor(self) -> int:
        """What can be paid now."""
        return max(0, self.balance_minor - self.held_minor)

    def state_at(self, now: datetime) -> CardState:
        """Say whether it may pay at *now*."""
        if self.disabled_at is not None:
            return CardState.DISABLED
        if self.expires_at is not None and now >= self.expires_at:
            return CardState.EXPIRED
        return CardState.OK if self.available_minor else CardState.EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """What a typed gift card code is worth; `card` only where there is one."""

    state: CardState
    card: StoredValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCard:
    """A gift card with its code, which is nowhere stored: the same key again tells it once more."""

    code: str
    card: StoredValue
    was_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One entry of the ledger; `amount_minor` is positive where the balance grew."""

    id: int
    at: datetime
    reason: MoveReason
    debit: LedgerAccount
    credit: LedgerAccount
    amount_minor: int
    currency: str
    reservation_id: UUID | None
    note: str
    actor: str


class UnknownStoredValueError(LookupError):
    """There is no such gift card or store credit."""


class ValueRefusedError(ValueError):
    """The amount, currency or date is not one that this gift card may have; see its policy."""


class ValueKeyReusedError(ValueError):
    """This key moved another amount before; use a key of its own for each movement."""
