"""The only door to the ledger's tables: post, take, lock. Everything goes through the SQL functions of `sql/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError

from wracam.foundation.bulk import as_json, fetch
from wracam.kernel.ids import derived_id
from wracam.loyalty.contracts import Account, KeyReusedError, Posted, Reason, Refusal, Refused
from wracam.loyalty.core import ledger
from wracam.loyalty.core.ledger import BATCH_SIZE_MAX, Posting

KEY_REUSED = "WR001"
_TAKE = """
SELECT taken.outcome, taken.transfer_id, taken.available
FROM ROWS FROM (jsonb_to_recordset(%s::text::jsonb) AS (
    shop integer, key text, hash text, entry uuid, member uuid, kind text, credit text, amount bigint, at timestamptz,
    happened timestamptz, "order" uuid, cause uuid, reason text, note text, actor text)) WITH ORDINALITY AS i,
LATERAL point_take(
    i.shop, i.key, decode(i.hash, 'hex'), i.entry, i.member, i.kind, i.amount, i.credit, i.at, i.happened, i."order",
    i.cause, i.reason, coalesce(i.note, ''), coalesce(i.actor, '')) AS taken
ORDER BY i.ordinality
"""


def post(postings: Sequence[Posting]) -> dict[str, int]:
    """Write *postings* and return the transfer id of each key; keys posted before are left as they stand.

    Raises `KeyReusedError` for a key whose first posting was another movement.
    """
    posted: dict[str, int] = {}
    for start in range(0, len(postings), BATCH_SIZE_MAX):
        batch = postings[start : start + BATCH_SIZE_MAX]
        for posting in batch:
            ledger.check(posting)
        with _key_errors():
            rows = fetch("SELECT key, transfer_id FROM point_post(%s::text::jsonb)", as_json(map(ledger.as_row, batch)))
        posted.update(rows)
    return posted


def take(
    *,
    shop_id: int,
    key: str,
    member_id: UUID,
    point_kind: str,
    points: int,
    credit: Account,
    reason: Reason,
    now: datetime,
    order_id: UUID | None = None,
    cause_event_id: UUID | None = None,
    note: str = "",
    actor: str = "",
) -> Posted | Refused:
    """Take active points, the lot that expires first used first, or refuse with what is available."""
    asked = Posting(
        shop_id=shop_id, key=key, entry_id=derived_id("entry", shop_id, key), member_id=member_id,
        point_kind=point_kind, debit=Account.ACTIVE, credit=credit, points=points, at=now, happened_at=now,
        reason=reason, order_id=order_id, cause_event_id=cause_event_id, note=note, actor=actor,
    )  # fmt: skip
    return take_all([asked])[0]


def take_all(asked: Sequence[Posting]) -> list[Posted | Refused]:
    """Take active points for each of these postings, one after another, like `take`."""
    for one in asked:
        ledger.check(one)
    with _key_errors():
        outcomes = fetch(_TAKE, as_json(map(ledger.as_row, asked))) if asked else []
    return [_taken(one, *outcome) for one, outcome in zip(asked, outcomes, strict=True)]


def _taken(asked: Posting, outcome: str, transfer_id: int, available: int) -> Posted | Refused:
    if outcome == "refused":
        return Refused(reason=Refusal.BALANCE_TOO_LOW, required=asked.points, available=available)
    return Posted(transfer_id=transfer_id, points=asked.points, was_new=outcome == "posted")


def lock_members(member_ids: Iterable[UUID]) -> None:
    """Hold the balances of these members until the transaction ends, taken in one fixed order."""
    fetch(
        """SELECT 1 FROM point_balance WHERE member_id = ANY(%s::uuid[])
           ORDER BY member_id, point_kind FOR UPDATE""",
        list(member_ids),
    )


def lock_members_of(customer_ids: Iterable[UUID]) -> None:
    """Hold the balances of these customers' memberships until the transaction ends."""
    fetch(
        """SELECT 1 FROM point_balance
           WHERE member_id IN (SELECT id FROM loyalty_member WHERE customer_id = ANY(%s::uuid[]))
           ORDER BY member_id, point_kind FOR UPDATE""",
        list(customer_ids),
    )


def settle_debts(member_ids: Iterable[UUID], *, now: datetime) -> None:
    """Let new active points pay what these members owe."""
    fetch("SELECT point_settle_debts(%s::uuid[], %s)", list(member_ids), now)


@contextmanager
def _key_errors() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == KEY_REUSED:
            raise KeyReusedError(KeyReusedError.__doc__) from error
        raise
