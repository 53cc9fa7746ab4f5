"""Gift cards and store credit: what they are worth, what they may pay, and how it came to be so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.definitions import queries as definitions
from wracam.foundation.bulk import fetch
from wracam.vouchers import models
from wracam.vouchers.contracts import (
    VALUE_KEY,
    CardAnswer,
    CardState,
    Claim,
    LedgerAccount,
    Movement,
    MoveReason,
    StoredValue,
    StoredValueKind,
    Usage,
)
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.cards import CardPolicy, read_policy
from wracam.vouchers.queries import allowances, secrecy

POLICY_KIND = "gift_card"
LIST_MAX = 100
MOVEMENTS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """An account whose figures disagree: its ledger, its balance, and what the allowance counts as left."""

    account_id: UUID
    ledger_minor: int
    balance_minor: int
    left_minor: int


def card_by_code(*, code: str, now: datetime) -> CardAnswer:
    """Return what a typed gift card code is worth; a typing mistake is told without a look-up.

    Whoever may try codes is to go through `actions.check_card`, which counts the wrong ones.
    """
    folded = core.fold(code)
    shapes = [policy.form for policy in policies(now) if core.has_shape(folded, policy.form)]
    if not folded or (shapes and all(core.is_typo(folded, form) for form in shapes)):
        return CardAnswer(state=CardState.TYPO if folded else CardState.UNKNOWN)
    card = stored_value(account_id=secrecy.card_id(folded), now=now)
    return CardAnswer(state=card.state_at(now), card=card) if card else CardAnswer(state=CardState.UNKNOWN)


def stored_value(*, account_id: UUID, now: datetime) -> StoredValue | None:
    """Return one account."""
    row = models.StoredValue.objects.filter(id=account_id).first()
    return _contracts([row], now)[0] if row else None


def stored_value_of(*, customer_ids: Sequence[UUID], now: datetime) -> list[StoredValue]:
    """Return the store credit and gift cards of a person (all their ids), newest first."""
    rows = models.StoredValue.objects.filter(customer_id__in=list(customer_ids)).order_by("-created_at", "id")
    return _contracts(list(rows[:LIST_MAX]), now)


def newest(
    *, shop_id: int, now: datetime, kind: StoredValueKind | None = None, limit: int = LIST_MAX
) -> list[StoredValue]:
    """Return the accounts of a shop, newest first."""
    rows = models.StoredValue.objects.filter(shop_id=shop_id).order_by("-created_at", "id")
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return _contracts(list(rows[:limit]), now)


def payment_claim(*, account: StoredValue, amount_minor: int) -> Claim:
    """Return the claim to hold with a cart for paying *amount_minor*; committing it writes the ledger."""
    return Claim(key=f"{VALUE_KEY}{account.id}", amount=amount_minor, maximum=account.loaded_minor)


def movements(*, account_id: UUID) -> list[Movement]:
    """Return the ledger of an account, newest first."""
    rows = models.StoredValueTransfer.objects.filter(account_id=account_id).order_by("-id")[:MOVEMENTS_MAX]
    return [
        Movement(
            id=row.id, at=row.at, reason=MoveReason(row.reason), debit=LedgerAccount(row.debit),
            credit=LedgerAccount(row.credit),
            amount_minor=row.amount if row.credit == LedgerAccount.AVAILABLE else -row.amount,
            currency=row.currency, reservation_id=row.reservation_id, note=row.note, actor=row.actor,
        )
        for row in rows
    ]  # fmt: skip


def liability(*, shop_id: int) -> dict[str, int]:
    """Return what a shop owes in stored value, in minor units by currency."""
    rows = fetch("SELECT currency, sum(balance) FROM stored_value WHERE shop_id = %s GROUP BY 1 ORDER BY 1", shop_id)
    return {currency: int(amount) for currency, amount in rows}


def verify_stored_value() -> list[Wrong]:
    """Return the accounts whose ledger, balance and allowance disagree; there must be none."""
    rows = fetch(
        """SELECT v.id, coalesce(t.amount, 0), v.balance, v.loaded - coalesce(a.used, 0)
           FROM stored_value AS v
           LEFT JOIN (
               SELECT account_id, sum(CASE WHEN credit = 'available' THEN amount WHEN debit = 'available' THEN -amount
                                           ELSE 0 END) AS amount
               FROM stored_value_transfer GROUP BY account_id) AS t ON t.account_id = v.id
           LEFT JOIN allowance AS a ON a.key = 'value:' || v.id
           WHERE coalesce(t.amount, 0) <> v.balance OR v.loaded - coalesce(a.used, 0) <> v.balance
           ORDER BY v.id"""
    )
    return [
        Wrong(account_id=row[0], ledger_minor=int(row[1]), balance_minor=int(row[2]), left_minor=int(row[3]))
        for row in rows
    ]


def policies(at: datetime | None = None) -> list[CardPolicy]:
    """Return the gift card policies in force; at least the default one."""
    found = [read_policy(version.body, key=version.key)[0] for version in definitions.live(POLICY_KIND, at)]
    return [*found, CardPolicy()]


def policy_of(key: str, at: datetime | None = None) -> CardPolicy | None:
    """Return the policy of this key, the default one for an empty key, None for one that is not in force."""
    return next((policy for policy in policies(at) if policy.key == key), None)


def _contracts(rows: Sequence[models.StoredValue], now: datetime) -> list[StoredValue]:
    usage = allowances.left(keys=[f"{VALUE_KEY}{row.id}" for row in rows], now=now)
    return [_contract(row, usage[f"{VALUE_KEY}{row.id}"]) for row in rows]


def _contract(row: models.StoredValue, usage: Usage) -> StoredValue:
    return StoredValue(
        id=row.id,
        shop_id=row.shop_id,
        kind=StoredValueKind(row.kind),
        currency=row.currency,
        customer_id=row.customer_id,
        hint=row.hint,
        policy=row.policy,
        loaded_minor=row.loaded,
        balance_minor=row.balance,
        held_minor=usage.held,
        expires_at=row.expires_at,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
