"""Allowances: how much of something limited was used and is held, and what a reservation claims of it.

A *key* names what is limited, in the words of the feature that limits it: `promotion:<id>:budget`,
`code:<uuid>:uses`, `gift:<sku>:stock`. Amounts are whole numbers of whatever the key counts: uses, pieces, minor
units. A key means the same in every shop of the installation; put the shop into the key to count it per shop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

CLAIMS_MAX = 500
KEY_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """So much of *key* is wanted, where never more than *maximum* may be used and held (None: no limit)."""

    key: str
    amount: int
    maximum: int | None


class HoldState(StrEnum):
    """Where a hold stands. A held one whose time has passed counts as free."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything claimed is held until `until`; `was_new` is false for a reservation held before."""

    reservation_id: UUID
    state: HoldState
    until: datetime
    amounts: Mapping[str, int]
    was_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """So much of *key* was asked, and only *left* (0 or more) can be had."""

    key: str
    asked: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Nothing was held or committed, because of these keys, in their order."""

    claims: tuple[Lack, ...]

    def left(self, key: str) -> int | None:
        """Return what is left of *key*; None when it was not what was lacking."""
        return next((claim.left for claim in self.claims if claim.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a reservation used in the end; `was_new` is false for one committed before."""

    reservation_id: UUID
    amounts: Mapping[str, int]
    was_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much of one key is used for good, and how much is held by reservations under way."""

    used: int = 0
    held: int = 0

    def left(self, maximum: int) -> int:
        """Return what can still be claimed of *maximum*."""
        return max(0, maximum - self.used - self.held)


class UnknownHoldError(LookupError):
    """Nothing was ever held under this reservation id; hold first."""


class HoldReusedError(ValueError):
    """This reservation id holds other claims already; use a new one for another cart."""


class ExcessiveAmountError(ValueError):
    """More was to be used than this reservation claimed; hold again under a new id with the larger amounts."""
