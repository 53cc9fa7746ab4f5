"""Gift cards and store credit over the API: issue, balance by code, top up, ledger. Paying goes with the cart."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.problems import Problem, not_found
from wracam.faces.api.values import AmountText, Answer, Body, CurrencyCode, Identifier, Moment, major, minor
from wracam.foundation import clock
from wracam.vouchers import actions, queries
from wracam.vouchers.api.routing import VALUE_REFUSED, VOUCHER_KEY_REUSED, actor_of, customer_of, router
from wracam.vouchers.contracts import (
    Movement,
    StoredValue,
    ValueKeyReusedError,
    ValueRefusedError,
)

Note = Annotated[str, msgspec.Meta(max_length=500)]


class IssueCardBody(Body):
    """A gift card to issue; `key` makes it happen once, for ever, and tells the same code again."""

    amount: AmountText
    currency: CurrencyCode
    key: Identifier
    policy: str = ""
    customer_id: UUID | None = None
    expires_at: Moment | None = None
    note: Note = ""


class CreditBody(Body):
    """Store credit for a customer; `key` makes it happen once, for ever."""

    customer_id: UUID
    amount: AmountText
    currency: CurrencyCode
    key: Identifier
    note: Note = ""


class TopUpBody(Body):
    """Value to add; `key` makes it happen once, for ever."""

    amount: AmountText
    key: Identifier
    note: Note = ""


class BalanceBody(Body):
    """A gift card's code as it was typed. `address` is the buyer's network address: with it, guessing is stopped."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    customer_id: UUID | None = None
    address: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class StoredValueAnswer(Answer):
    """A gift card or store credit. `available` is what can be paid now; `hint` are the last characters of its code."""

    id: UUID
    kind: str
    state: str
    currency: str
    balance: str
    available: str
    hint: str
    customer_id: UUID | None
    expires_at: datetime | None
    created_at: datetime


class IssuedCardAnswer(StoredValueAnswer):
    """A new gift card with its code, which is stored nowhere: keep it, or ask again with the same key."""

    code: str
    was_new: bool


class CardBalanceAnswer(Answer):
    """What a typed code is worth: `state` is `ok`, `empty`, `expired`, `disabled`, `typo`, `unknown`, `blocked`."""

    state: str
    card: StoredValueAnswer | None


class MovementAnswer(Answer):
    """One entry of the ledger; `amount` is negative where the balance shrank."""

    id: int
    at: datetime
    reason: str
    debit: str
    credit: str
    amount: str
    currency: str
    reservation_id: UUID | None
    note: str


@router.endpoint("POST", "/gift-cards", scope="gift_cards:write", status=201)
def issue_gift_card(request: ApiRequest, body: IssueCardBody) -> IssuedCardAnswer:
    """Issue a gift card.

    The answer is the only place where its code is told. The same key answers the same card.
    """
    try:
        issued = actions.issue_gift_card(
            shop_id=request.auth.shop_id, amount_minor=minor(body.amount, body.currency, "body.amount"),
            currency=body.currency, key=body.key, actor=actor_of(request), now=clock.now(), policy=body.policy,
            customer_id=customer_of(request, body.customer_id), expires_at=body.expires_at, note=body.note,
        )  # fmt: skip
    except ValueRefusedError as error:
        raise Problem(VALUE_REFUSED, str(error)) from error
    except ValueKeyReusedError as error:
        raise Problem(VOUCHER_KEY_REUSED, str(error)) from error
    fields = msgspec.structs.asdict(_answer(issued.card))
    return IssuedCardAnswer(code=issued.code, was_new=issued.was_new, **fields)


@router.endpoint("POST", "/gift-cards/balance", scope="vouchers:read")
def check_balance(request: ApiRequest, body: BalanceBody) -> CardBalanceAnswer:
    """Say what a gift card is worth, by its code.

    Wrong codes are counted with those of carts; after too many the answer is `blocked`.
    """
    found = actions.check_card(
        shop_id=request.auth.shop_id, code=body.code, customer_id=customer_of(request, body.customer_id),
        address=body.address, now=clock.now(),
    )  # fmt: skip
    return CardBalanceAnswer(state=found.state.value, card=_answer(found.card) if found.card else None)


@router.endpoint("POST", "/store-credits", scope="gift_cards:write", status=201)
def add_store_credit(request: ApiRequest, body: CreditBody) -> StoredValueAnswer:
    """Give a customer store credit, in their account of this currency."""
    customer_id = customer_of(request, body.customer_id) or body.customer_id
    amount = minor(body.amount, body.currency, "body.amount")
    try:
        return _answer(
            actions.add_store_credit(
                shop_id=request.auth.shop_id, customer_id=customer_id, amount_minor=amount, currency=body.currency,
                key=body.key, actor=actor_of(request), now=clock.now(), note=body.note,
            )
        )  # fmt: skip
    except ValueRefusedError as error:
        raise Problem(VALUE_REFUSED, str(error)) from error
    except ValueKeyReusedError as error:
        raise Problem(VOUCHER_KEY_REUSED, str(error)) from error


@router.endpoint("GET", "/stored-values/{account_id}", scope="vouchers:read")
def show_stored_value(request: ApiRequest, account_id: UUID) -> StoredValueAnswer:
    """Show a gift card or store credit by its id."""
    return _answer(_account(request, account_id))


@router.endpoint("POST", "/stored-values/{account_id}/top-ups", scope="gift_cards:write")
def top_up(request: ApiRequest, account_id: UUID, body: TopUpBody) -> StoredValueAnswer:
    """Add value to a gift card or store credit."""
    account = _account(request, account_id)
    try:
        return _answer(
            actions.top_up(
                account_id=account.id, amount_minor=minor(body.amount, account.currency, "body.amount"), key=body.key,
                actor=actor_of(request), now=clock.now(), note=body.note,
            )
        )  # fmt: skip
    except ValueRefusedError as error:
        raise Problem(VALUE_REFUSED, str(error)) from error
    except ValueKeyReusedError as error:
        raise Problem(VOUCHER_KEY_REUSED, str(error)) from error


@router.endpoint("GET", "/stored-values/{account_id}/transactions", scope="vouchers:read")
def list_transactions(request: ApiRequest, account_id: UUID) -> list[MovementAnswer]:
    """List the ledger of a gift card or store credit, newest first."""
    return [_movement(one) for one in queries.movements(account_id=_account(request, account_id).id)]


def _account(request: ApiRequest, account_id: UUID) -> StoredValue:
    found = queries.account(account_id=account_id, now=clock.now())
    if found is None or found.shop_id != request.auth.shop_id:
        raise not_found("gift card or store credit with this id")
    return found


def _answer(account: StoredValue) -> StoredValueAnswer:
    return StoredValueAnswer(
        id=account.id,
        kind=account.kind.value,
        state=account.state_at(clock.now()).value,
        currency=account.currency,
        balance=major(account.balance_minor, account.currency),
        available=major(account.available_minor, account.currency),
        hint=account.hint,
        customer_id=account.customer_id,
        expires_at=account.expires_at,
        created_at=account.created_at,
    )


def _movement(one: Movement) -> MovementAnswer:
    return MovementAnswer(
        id=one.id,
        at=one.at,
        reason=one.reason.value,
        debit=one.debit.value,
        credit=one.credit.value,
        amount=major(one.amount_minor, one.currency),
        currency=one.currency,
        reservation_id=one.reservation_id,
        note=one.note,
    )
