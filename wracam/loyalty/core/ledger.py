"""Postings: what the ledger is asked to write, and a pure model of the books that says what must come out.

`Books` is the specification of `sql/point_post.sql`: the property tests run both over the same histories.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.loyalty.contracts import MEMBER_ACCOUNTS, Account, Reason

BATCH_SIZE_MAX = 5_000
"""How many transfers one statement may post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a posting takes from one lot; negative gives back to it."""

    lot_id: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
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


def as_row(posting: Posting) -> dict[str, Any]:
    """Return the posting as `sql/point_post.sql` reads it; absent is NULL."""
    row: dict[str, Any] = {
        "shop": posting.shop_id,
        "key": posting.key,
        "hash": input_hash(posting).hex(),
        "entry": posting.entry_id,
        "member": posting.member_id,
        "kind": posting.point_kind,
        "debit": posting.debit,
        "credit": posting.credit,
        "amount": posting.points,
        "at": posting.at,
        "happened": posting.happened_at,
        "activates": posting.activates_at,
        "expires": posting.expires_at,
        "lot": posting.lot_id,
        "order": posting.order_id,
        "earning": posting.earning_id,
        "version": posting.rule_version_id,
        "cause": posting.cause_event_id,
        "reverses": posting.reverses_id,
        "reason": posting.reason,
        "note": posting.note,
        "actor": posting.actor,
    }
    if posting.allocations:
        row["allocations"] = [(taken.lot_id, taken.points) for taken in posting.allocations]
    return {name: value for name, value in row.items() if value is not None and value != ""}


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
