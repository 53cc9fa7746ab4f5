"""The only door to the ledger of stored value: every movement is posted here, once per key, with its balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import execute, fetch
from wracam.foundation.transactions import require_transaction
from wracam.vouchers.contracts import (
    VALUE_KEY,
    LedgerAccount,
    MoveReason,
    StoredValueExpired,
    StoredValuePaid,
    StoredValueRefunded,
    ValueKeyReusedError,
)
from wracam.vouchers.core.cards import CardPolicy
from wracam.vouchers.queries import stored_value as queries

SIDES = {
    MoveReason.ISSUED: (LedgerAccount.ISSUED, LedgerAccount.AVAILABLE),
    MoveReason.TOPPED_UP: (LedgerAccount.ISSUED, LedgerAccount.AVAILABLE),
    MoveReason.PAID: (LedgerAccount.AVAILABLE, LedgerAccount.SPENT),
    MoveReason.REFUNDED: (LedgerAccount.SPENT, LedgerAccount.AVAILABLE),
    MoveReason.EXPIRED: (LedgerAccount.AVAILABLE, LedgerAccount.EXPIRED),
    MoveReason.CORRECTED: (LedgerAccount.AVAILABLE, LedgerAccount.CORRECTED),
}
"""Which account gives and which receives; a correction upwards is a top-up."""
LOADS = frozenset({MoveReason.ISSUED, MoveReason.TOPPED_UP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One movement to be posted."""

    account_id: UUID
    key: str
    reason: MoveReason
    amount_minor: int
    at: datetime
    reservation_id: UUID | None = None
    note: str = ""
    actor: str = ""


def post(posting: Posting) -> bool:
    """Write one movement and its balance; False for a key posted before. Raises `ValueKeyReusedError`."""
    require_transaction()
    debit, credit = SIDES[posting.reason]
    written = execute(
        """INSERT INTO stored_value_transfer (shop_id, account_id, key, debit, credit, amount, currency, at, reason,
                                              reservation_id, note, actor)
           SELECT shop_id, id, %s, %s, %s, %s, currency, %s, %s, %s, %s, %s FROM stored_value WHERE id = %s
           ON CONFLICT (account_id, key) DO NOTHING""",
        posting.key, debit.value, credit.value, posting.amount_minor, posting.at, posting.reason.value,
        posting.reservation_id, posting.note[:500], posting.actor[:120], posting.account_id,
    )  # fmt: skip
    if not written:
        _demand_same(posting)
        return False
    sign = 1 if credit is LedgerAccount.AVAILABLE else -1
    loaded = posting.amount_minor if posting.reason in LOADS else 0
    execute(
        "UPDATE stored_value SET balance = balance + %s, loaded = loaded + %s WHERE id = %s",
        sign * posting.amount_minor,
        loaded,
        posting.account_id,
    )
    return True


def post_committed(reservation_id: UUID, amounts: Mapping[str, int], reason: MoveReason, now: datetime) -> None:
    """Write what a reservation used of stored value; called in the transaction of its commit."""
    for account_id, amount in _values(amounts):
        post(
            Posting(
                account_id=account_id, key=f"{reason}:{reservation_id}", reason=reason, amount_minor=amount, at=now,
                reservation_id=reservation_id,
            )
        )  # fmt: skip
        _announce(account_id, reservation_id, amount, reason, now)


def post_given_back(reservation_id: UUID, amounts: Mapping[str, int], key: str, now: datetime) -> None:
    """Write what a refund gave back; a card that has expired since is good again for the days of its policy."""
    for account_id, amount in _values(amounts):
        post(
            Posting(
                account_id=account_id, key=f"refunded:{reservation_id}:{key}", reason=MoveReason.REFUNDED,
                amount_minor=amount, at=now, reservation_id=reservation_id,
            )
        )  # fmt: skip
        _extend(account_id, now)
        _announce(account_id, reservation_id, amount, MoveReason.REFUNDED, now)


def _values(amounts: Mapping[str, int]) -> list[tuple[UUID, int]]:
    """Return the accounts among allowance keys, in one order."""
    found = [(key, amount) for key, amount in amounts.items() if key.startswith(VALUE_KEY) and amount]
    return [(UUID(key.removeprefix(VALUE_KEY)), amount) for key, amount in sorted(found)]


def _extend(account_id: UUID, now: datetime) -> None:
    [(policy_key,)] = fetch("SELECT policy FROM stored_value WHERE id = %s", account_id)
    policy = queries.policy_of(policy_key) or CardPolicy()
    execute(
        "UPDATE stored_value SET expires_at = greatest(expires_at, %s) WHERE id = %s AND expires_at IS NOT NULL",
        now + timedelta(days=policy.refund_days),
        account_id,
    )


def _demand_same(posting: Posting) -> None:
    rows = fetch(
        "SELECT amount, reason FROM stored_value_transfer WHERE account_id = %s AND key = %s",
        posting.account_id,
        posting.key,
    )
    if rows != [(posting.amount_minor, posting.reason.value)]:
        raise ValueKeyReusedError(ValueKeyReusedError.__doc__)


def _announce(account_id: UUID, reservation_id: UUID, amount: int, reason: MoveReason, now: datetime) -> None:
    shop_id, customer_id, currency = fetch(
        "SELECT shop_id, customer_id, currency FROM stored_value WHERE id = %s", account_id
    )[0]
    happened: StoredValuePaid | StoredValueRefunded | StoredValueExpired
    if reason is MoveReason.EXPIRED:
        happened = StoredValueExpired(
            shop_id=shop_id, customer_id=customer_id, occurred_at=now, account_id=account_id, amount_minor=amount,
            currency=currency,
        )  # fmt: skip
    elif reason in (MoveReason.PAID, MoveReason.REFUNDED):
        kind = StoredValuePaid if reason is MoveReason.PAID else StoredValueRefunded
        happened = kind(
            shop_id=shop_id, customer_id=customer_id, occurred_at=now, account_id=account_id, amount_minor=amount,
            currency=currency, reservation_id=reservation_id,
        )  # fmt: skip
    else:
        return
    events.record([happened], now=now)
