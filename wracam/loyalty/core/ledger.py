"""Postings: what the ledger is asked to write, and a pure model of the books that says what must come out.

`Books` is the specification of `sql/point_post.sql`: the property tests run both over the same histories.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from wracam.loyalty.contracts import MEMBER_ACCOUNTS, Account, Reason

BATCH_SIZE_MAX = 5_000
"""How many transfers one statement may post."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a posting takes from one lot; negative gives back to it."""

    lot_id: int
    points: int


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """One transfer to be written: points move from *debit* to *credit* of one member and kind."""

    shop_id: int
    key: str
    entry_id: UUID
    member_id: UUID
    point_kind: str
    debit: Account
    credit: Account
    points: int
    at: datetime
    happened_at: datetime
    reason: Reason
    activates_at: datetime | None = None
    expires_at: datetime | None = None
    lot_id: int | None = None
    order_id: UUID | None = None
    earning_id: UUID | None = None
    rule_version_id: UUID | None = None
    cause_event_id: UUID | None = None
    reverses_id: int | None = None
    note: str = ""
    actor: str = ""
    allocations: tuple[Taken, ...] = ()


def input_hash(posting: Posting) -> bytes:
    """Return the fingerprint of what a posting asks for; a retry has the same one, whatever its time."""
    said = (
        f"{posting.member_id}|{posting.point_kind}|{posting.debit}|{posting.credit}|{posting.points}"
        f"|{posting.order_id}|{posting.reason}|{posting.reverses_id}"
    )
    return hashlib.blake2b(said.encode(), digest_size=16).digest()


class PostingRow(msgspec.Struct, omit_defaults=True):
    """A posting as `sql/point_post.sql` reads it; what is absent is NULL."""

    shop: int
    key: str
    hash: str
    entry: UUID
    member: UUID
    kind: str
    debit: Account
    credit: Account
    amount: int
    at: datetime
    happened: datetime
    reason: Reason
    activates: datetime | None = None
    expires: datetime | None = None
    lot: int | None = None
    order: UUID | None = None
    earning: UUID | None = None
    version: UUID | None = None
    cause: UUID | None = None
    reverses: int | None = None
    note: str = ""
    actor: str = ""
    allocations: tuple[tuple[int, int], ...] = ()


def as_row(posting: Posting) -> PostingRow:
    """Return the posting as `sql/point_post.sql` reads it."""
    return PostingRow(
        posting.shop_id,
        posting.key,
        input_hash(posting).hex(),
        posting.entry_id,
        posting.member_id,
        posting.point_kind,
        posting.debit,
        posting.credit,
        posting.points,
        posting.at,
        posting.happened_at,
        posting.reason,
        posting.activates_at,
        posting.expires_at,
        posting.lot_id,
        posting.order_id,
        posting.earning_id,
        posting.rule_version_id,
        posting.cause_event_id,
        posting.reverses_id,
        posting.note,
        posting.actor,
        tuple((taken.lot_id, taken.points) for taken in posting.allocations),
    )


class UnbalancedError(AssertionError):
    """A posting would break the books: better to stop than to go on in an incorrect state."""


def check(posting: Posting) -> None:
    """Raise `UnbalancedError` for a posting that no ledger may accept."""
    if posting.points <= 0:
        raise UnbalancedError(f"{posting.key} moves {posting.points} points")
    if posting.debit == posting.credit:
        raise UnbalancedError(f"{posting.key} moves points from {posting.debit} to itself")
    moved = sum(taken.points for taken in posting.allocations)
    if posting.allocations and abs(moved) != posting.points:
        raise UnbalancedError(f"{posting.key} moves {posting.points} points but {moved} of lots")


@dataclass(slots=True)
class Books:
    """A ledger in memory: balances per member, kind and account, lots, and the keys seen."""

    balances: dict[tuple[UUID, str, Account], int] = field(default_factory=lambda: defaultdict(int))
    program: dict[Account, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[tuple[int, str], bytes] = field(default_factory=dict)

    def post(self, postings: Iterable[Posting]) -> int:
        """Apply postings in order, skipping keys already seen; return how many were new."""
        return sum(self._post_one(posting) for posting in postings)

    def balance(self, member_id: UUID, point_kind: str, account: Account) -> int:
        """Return what stands on one member account; a debt is a positive figure."""
        value = self.balances[member_id, point_kind, account]
        return -value if account is Account.DEBT else value

    def total(self) -> int:
        """Return the sum over all accounts, which is zero or the books are wrong."""
        return sum(self.balances.values()) + sum(self.program.values())

    def _post_one(self, posting: Posting) -> bool:
        check(posting)
        key = (posting.shop_id, posting.key)
        if key in self.seen:
            if self.seen[key] != input_hash(posting):
                raise UnbalancedError(f"{posting.key} was used for another movement")
            return False
        self.seen[key] = input_hash(posting)
        self._move(posting, posting.debit, -posting.points)
        self._move(posting, posting.credit, posting.points)
        return True

    def _move(self, posting: Posting, account: Account, points: int) -> None:
        if account in MEMBER_ACCOUNTS:
            self.balances[posting.member_id, posting.point_kind, account] += points
        else:
            self.program[account] += points
