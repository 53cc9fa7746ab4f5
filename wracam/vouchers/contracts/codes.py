"""Codes: what a code campaign is called, what became of a code that somebody typed, and codes given to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wracam.vouchers.contracts.allowances import Claim

BATCH_COUNT_MAX = 1_000_000
PRESENTED_MAX = 20
"""How many codes are looked at in one cart."""


class CampaignKind(StrEnum):
    """Where the codes of a campaign come from and whose they are."""

    SINGLE = "single"
    """Generated in batches; each code for whoever has it, once unless the limits say otherwise."""
    SHARED = "shared"
    """A few codes that the merchant writes, each for many."""
    PERSONAL = "personal"
    """Generated one by one for a customer, and good for nobody else."""
    POOL = "pool"
    """Generated ahead, handed out one by one."""
    IMPORTED = "imported"
    """Made elsewhere and read from a file; used as they are or handed out one by one."""


class OnRefund(StrEnum):
    """What happens to the use of a code when the order is refunded."""

    RETURN_WHEN_FULL = "return_when_full"
    """It can be used again once the whole order is refunded or cancelled."""
    RETURN = "return"
    """It can be used again after any refund."""
    KEEP = "keep"


class CodeState(StrEnum):
    """What a typed code is worth now."""

    OK = "ok"
    TYPO = "typo"
    """It has the form of our codes, and a character is wrong."""
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    NOT_YOURS = "not_yours"
    """It belongs to another customer, or the buyer has to sign in first."""
    DISABLED = "disabled"
    """It, its batch or its campaign was taken out of use."""
    CUSTOMER_LIMIT = "customer_limit"
    """This customer has used it as often as anybody may."""
    BLOCKED = "blocked"
    """Too many wrong codes were tried; nothing was looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAnswer:
    """What became of one code. `claims` are to be held with the cart; they are there only for `OK`.

    `uses_left` is the least that any limit leaves; None without a limit or when it was not counted.
    """

    state: CodeState
    campaign: str = ""
    kind: CampaignKind | None = None
    code_id: UUID | None = None
    version_id: UUID | None = None
    customer_id: UUID | None = None
    """Whose code it is; None for anybody's."""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    uses_left: int | None = None
    on_refund: OnRefund = OnRefund.RETURN_WHEN_FULL
    claims: tuple[Claim, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether it may be used now."""
        return self.state is CodeState.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """A code given to somebody; the same key answers the same code for ever. `was_new` is false then."""

    code: str
    code_id: UUID
    campaign: str
    customer_id: UUID | None
    issued_at: datetime
    valid_until: datetime | None
    was_new: bool


class IssueRefusal(StrEnum):
    """Why no code was given."""

    POOL_EMPTY = "pool_empty"
    NOT_LIVE = "not_live"
    """The campaign is not in force, or its last day has passed."""
    NEEDS_CUSTOMER = "needs_customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRefused:
    """No code was given, and why."""

    reason: IssueRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ToIssue:
    """One code of many to issue: for whom, under which key."""

    key: str
    customer_id: UUID | None


class BatchSource(StrEnum):
    """Where the codes of a batch come from."""

    GENERATED = "generated"
    IMPORTED = "imported"


class BatchState(StrEnum):
    """Where a batch stands."""

    RUNNING = "running"
    DONE = "done"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Codes made together. `made` of `asked` are there; `refused` rows of a file could not be taken."""

    id: UUID
    shop_id: int
    campaign: str
    source: BatchSource
    state: BatchState
    asked: int
    made: int
    refused: int
    note: str
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRecord:
    """A stored code as staff see it. `code` is None when its text cannot be read any more."""

    id: UUID
    shop_id: int
    code: str | None
    campaign: str
    batch_id: UUID | None
    customer_id: UUID | None
    created_at: datetime
    issued_at: datetime | None
    valid_until: datetime | None
    disabled_at: datetime | None
    used: int
    held: int


class UnknownCampaignError(LookupError):
    """There is no live code campaign of this key; publish one first."""


class UnknownBatchError(LookupError):
    """There is no such batch of codes."""


class UnknownCodeError(LookupError):
    """There is no such code."""


class CampaignKindError(ValueError):
    """Codes of this campaign are not made like this; see its kind."""


class BatchTooLargeError(ValueError):
    """So many codes of this length could be guessed; make them longer or fewer."""


class IssueKeyReusedError(ValueError):
    """This key gave a code to another customer before; use a key of its own for each."""
