"""Gift cards and store credit: issue, top up, take back, expire, stop. Paying is hold, commit and give back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation import secrets
from wracam.foundation.bulk import fetch
from wracam.foundation.locks import lock_many
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.kernel.money import to_major
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor
from wracam.vouchers import models
from wracam.vouchers.actions import allowances, books
from wracam.vouchers.actions.books import Posting
from wracam.vouchers.contracts import (
    AMOUNT_MINOR_MAX,
    VALUE_KEY,
    Claim,
    Committed,
    GiftCardIssued,
    IssuedCard,
    Lacking,
    MoveReason,
    StoredValue,
    StoredValueKind,
    StoredValueLoaded,
    UnknownStoredValueError,
    ValueKeyReusedError,
    ValueRefusedError,
)
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.cards import HINT_LENGTH, CardPolicy, expiry
from wracam.vouchers.queries import secrecy
from wracam.vouchers.queries import stored_value as queries

EXPIRY_BATCH = 500


def issue_gift_card(
    *,
    shop_id: int,
    amount_minor: int,
    currency: str,
    key: str,
    actor: Actor,
    now: datetime,
    policy: str = "",
    customer_id: UUID | None = None,
    expires_at: datetime | None = None,
    note: str = "",
) -> IssuedCard:
    """Issue a gift card with this amount. The same *key* again tells the same code; it is nowhere stored.

    The code follows from *key* and our secret, so that a repeated request meets the first card. Without *expires_at*
    the policy decides. Raises `ValueRefusedError`, and `ValueKeyReusedError` for a key that issued another amount.
    """
    found = _demand_policy(policy, amount_minor, currency, now)
    with action():
        lock_many("vouchers.cards", [f"{shop_id}:{key}"])
        known = models.StoredValue.objects.filter(shop_id=shop_id, issue_key=key).first()
        if known is None:
            code = _code_of(shop_id, key, found.prefix)
            known = _open_card(
                shop_id, code, found, currency, key, customer_id, expires_at or expiry(found, now), now
            )  # fmt: skip
        code = _code_of(shop_id, key, known.prefix)
        was_new = books.post(
            Posting(
                account_id=known.id, key=f"issued:{key}", reason=MoveReason.ISSUED, amount_minor=amount_minor, at=now,
                note=note, actor=actor.name,
            )
        )  # fmt: skip
        if known.currency != currency or known.kind != StoredValueKind.GIFT_CARD:
            raise ValueKeyReusedError(ValueKeyReusedError.__doc__)
        if was_new:
            _tell_issued(known, amount_minor, actor, now)
        return IssuedCard(code=code, card=_demand(known.id, now), was_new=was_new)


def add_store_credit(
    *, shop_id: int, customer_id: UUID, amount_minor: int, currency: str, key: str, actor: Actor, now: datetime,
    note: str = "",
) -> StoredValue:  # fmt: skip
    """Give a customer store credit, opening their account if it is the first. Once per *key*."""
    _demand_amount(amount_minor)
    account_id = derived_id("store_credit", shop_id, customer_id, currency)
    with action():
        models.StoredValue.objects.get_or_create(
            id=account_id,
            defaults={
                "shop_id": shop_id, "kind": StoredValueKind.STORE_CREDIT.value, "currency": currency,
                "customer_id": customer_id, "created_at": now, "issue_key": f"credit:{customer_id}:{currency}",
            },
        )  # fmt: skip
        return _load(account_id, amount_minor, key, actor, note, now)


def top_up(
    *, account_id: UUID, amount_minor: int, key: str, actor: Actor, now: datetime, note: str = ""
) -> StoredValue:
    """Add value to a gift card or store credit, once per *key*; a card's days count anew from now.

    Raises `UnknownStoredValueError`, `ValueRefusedError` where the policy forbids it, `ValueKeyReusedError`.
    """
    _demand_amount(amount_minor)
    account = _demand(account_id, now)
    policy = queries.policy_of(account.policy, now) or CardPolicy()
    if account.kind is StoredValueKind.GIFT_CARD and (not policy.may_top_up or account.disabled_at):
        raise ValueRefusedError("this gift card cannot be topped up; see its policy")
    with action():
        loaded = _load(account_id, amount_minor, key, actor, note, now)
        until = expiry(policy, now)
        if until is not None and loaded.expires_at is not None and until > loaded.expires_at:
            models.StoredValue.objects.filter(id=account_id).update(expires_at=until)
        return _demand(account_id, now)


def take_back(
    *, account_id: UUID, amount_minor: int, key: str, actor: Actor, now: datetime, note: str = ""
) -> StoredValue | Lacking:
    """Correct an account downwards by what is neither spent nor held, or say how much there is. Once per *key*."""
    _demand_amount(amount_minor)
    account = _demand(account_id, now)
    with action():
        outcome = _take(account, amount_minor, derived_id("take_back", account_id, key), MoveReason.CORRECTED, now)
        if isinstance(outcome, Lacking):
            return outcome
        if outcome.was_new:
            shops.audit(
                actor=actor, verb="stored_value.taken_back", object_kind="stored_value", object_id=account_id,
                summary=f"{to_major(amount_minor, account.currency)} {account.currency} {note}", now=now,
            )  # fmt: skip
        return _demand(account_id, now)


def disable_stored_value(*, account_id: UUID, actor: Actor, now: datetime) -> StoredValue:
    """Stop an account: it pays no more, its value stays in the books. Doing it twice changes nothing."""
    with action():
        changed = models.StoredValue.objects.filter(id=account_id, disabled_at=None).update(disabled_at=now)
        if changed:
            shops.audit(
                actor=actor, verb="stored_value.disabled", object_kind="stored_value", object_id=account_id,
                summary="", now=now,
            )  # fmt: skip
        return _demand(account_id, now)


def expire_stored_value(*, now: datetime) -> int:
    """Book out what is left on accounts whose last day has passed; what carts hold stays until they decide."""
    rows = fetch(
        "SELECT id FROM stored_value WHERE balance > 0 AND expires_at <= %s ORDER BY expires_at, id LIMIT %s",
        now,
        EXPIRY_BATCH,
    )
    expired = 0
    for (account_id,) in rows:
        with action():
            account = _demand(account_id, now)
            if not account.available_minor:
                continue
            reservation_id = derived_id("expire", account_id, account.expires_at, account.balance_minor)
            outcome = _take(account, account.available_minor, reservation_id, MoveReason.EXPIRED, now)
            expired += not isinstance(outcome, Lacking)
    return expired


def _take(
    account: StoredValue, amount_minor: int, reservation_id: UUID, reason: MoveReason, now: datetime
) -> Committed | Lacking:
    """Use what is free, under the same locks as a payment."""
    claim = Claim(key=f"{VALUE_KEY}{account.id}", amount=amount_minor, maximum=account.loaded_minor)
    held = allowances.hold(shop_id=account.shop_id, reservation_id=reservation_id, claims=[claim], until=now, now=now)
    if isinstance(held, Lacking):
        return held
    return allowances.commit_for(reason, reservation_id, None, now)


def _demand_policy(key: str, amount_minor: int, currency: str, now: datetime) -> CardPolicy:
    _demand_amount(amount_minor)
    policy = queries.policy_of(key, now)
    if policy is None:
        raise ValueRefusedError(f"there is no live gift card policy {key!r}; publish one first")
    amount: Decimal = to_major(amount_minor, currency)
    if (policy.least and amount < policy.least) or (policy.most and amount > policy.most):
        raise ValueRefusedError(ValueRefusedError.__doc__)
    return policy


def _demand_amount(amount_minor: int) -> None:
    if not 0 < amount_minor <= AMOUNT_MINOR_MAX:
        raise ValueRefusedError("the amount must be more than nothing and not beyond what we can hold")


def _demand(account_id: UUID, now: datetime) -> StoredValue:
    found = queries.stored_value(account_id=account_id, now=now)
    if found is None:
        raise UnknownStoredValueError(UnknownStoredValueError.__doc__)
    return found


def _code_of(shop_id: int, key: str, prefix: str) -> str:
    """Return the code that follows from a key: nobody without our secret can work it out."""
    form = CardPolicy(prefix=prefix).form
    for attempt in range(100):
        drawn = secrets.blind_index(f"{shop_id}:{key}:{attempt}", purpose="voucher.gift_card_code")
        code = core.make(int.from_bytes(drawn, "big") % form.possible, form)
        if code is not None:
            return code
    raise AssertionError("a hundred rude codes in a row")


def _open_card(
    shop_id: int,
    code: str,
    policy: CardPolicy,
    currency: str,
    key: str,
    customer_id: UUID | None,
    expires_at: datetime | None,
    now: datetime,
) -> models.StoredValue:
    folded = core.fold(code)
    return models.StoredValue.objects.create(
        id=secrecy.card_id(folded), shop_id=shop_id, kind=StoredValueKind.GIFT_CARD.value, issue_key=key,
        currency=currency, customer_id=customer_id, policy=policy.key, prefix=policy.prefix,
        hint=folded[-HINT_LENGTH:], expires_at=expires_at, created_at=now,
    )  # fmt: skip


def _load(account_id: UUID, amount_minor: int, key: str, actor: Actor, note: str, now: datetime) -> StoredValue:
    was_new = books.post(
        Posting(
            account_id=account_id, key=f"loaded:{key}", reason=MoveReason.TOPPED_UP, amount_minor=amount_minor, at=now,
            note=note, actor=actor.name,
        )
    )  # fmt: skip
    account = _demand(account_id, now)
    if was_new:
        happened = StoredValueLoaded(
            shop_id=account.shop_id, customer_id=account.customer_id, occurred_at=now, account_id=account_id,
            amount_minor=amount_minor, currency=account.currency,
        )  # fmt: skip
        events.record([happened], now=now)
    return account


def _tell_issued(row: models.StoredValue, amount_minor: int, actor: Actor, now: datetime) -> None:
    happened = GiftCardIssued(
        shop_id=row.shop_id, customer_id=row.customer_id, occurred_at=now, account_id=row.id,
        amount_minor=amount_minor, currency=row.currency, expires_at=row.expires_at,
    )  # fmt: skip
    events.record([happened], now=now)
    shops.audit(
        actor=actor, verb="gift_card.issued", object_kind="stored_value", object_id=row.id,
        summary=f"{to_major(amount_minor, row.currency)} {row.currency}", now=now,
    )  # fmt: skip
