"""Gift cards and store credit on the real database: paid, refunded, expired, and always adding up."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.foundation.bulk import execute, fetch
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import (
    CardState,
    Committed,
    Held,
    HoldReusedError,
    Lacking,
    MoveReason,
    StoredValue,
    ValueKeyReusedError,
    ValueRefusedError,
)
from wracam.vouchers.core.codes import fold

from .garden import DAY, MINUTE, NOON, assert_counters_are_right, at_once, publish_campaign

pytestmark = pytest.mark.django_db
ANIA = UUID(int=1)


def issue(shop_id: int, amount: int = 10_000, *, key: str = "k", **more: Any):
    return actions.issue_gift_card(
        shop_id=shop_id, amount_minor=amount, currency="PLN", key=key, actor=SYSTEM, now=NOON, **more
    )


def card(account_id: UUID, now=NOON) -> StoredValue:
    found = queries.account(account_id=account_id, now=now)
    assert found is not None
    return found


def hold_payment(account_id: UUID, amount: int, *, reservation_id: UUID | None = None, now=NOON):
    claim = queries.payment_claim(account=card(account_id, now), amount_minor=amount)
    return actions.hold(
        shop_id=1, reservation_id=reservation_id or uuid4(), claims=[claim], until=now + 15 * MINUTE, now=now
    )


def pay(account_id: UUID, amount: int, *, now=NOON) -> UUID:
    held = hold_payment(account_id, amount, now=now)
    assert isinstance(held, Held)
    assert isinstance(actions.commit_hold(reservation_id=held.reservation_id, amounts=None, now=now), Committed)
    return held.reservation_id


def refund(account_id: UUID, reservation_id: UUID, amount: int, *, key: str = "r", now=NOON) -> dict[str, int]:
    return actions.give_back(reservation_id=reservation_id, amounts={f"value:{account_id}": amount}, now=now, key=key)


def assert_books_are_right() -> None:
    assert queries.verify_stored_value() == []
    assert_counters_are_right()


def test_a_card_is_issued_once_per_key_and_tells_the_same_code_again(shop_id):
    first, second = issue(shop_id), issue(shop_id)

    assert first.was_new
    assert not second.was_new
    assert second.code == first.code
    assert second.card.balance_minor == 10_000
    assert queries.card_by_code(code=first.code.lower(), now=NOON).card == first.card
    assert issue(shop_id, key="other").code != first.code
    assert_books_are_right()


def test_a_key_with_another_amount_is_an_error(shop_id):
    issue(shop_id)

    with pytest.raises(ValueKeyReusedError), transaction.atomic():
        issue(shop_id, 20_000)

    assert fetch("SELECT count(*) FROM stored_value_transfer") == [(1,)]


def test_no_table_holds_the_code_of_a_gift_card(shop_id):
    code = issue(shop_id).code

    for (table,) in fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        found = fetch(
            f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s OR t::text LIKE %s', f"%{code}%", f"%{fold(code)}%"
        )
        assert found == [], table


def test_paying_holds_then_spends_and_a_refund_is_back_on_the_card(shop_id):
    account = issue(shop_id).card.id

    held = hold_payment(account, 3_000)
    assert card(account).available_minor == 7_000
    assert card(account).balance_minor == 10_000
    actions.commit_hold(reservation_id=held.reservation_id, amounts={f"value:{account}": 2_500}, now=NOON)
    assert card(account).available_minor == card(account).balance_minor == 7_500

    assert refund(account, held.reservation_id, 1_000) == {f"value:{account}": 1_000}
    assert refund(account, held.reservation_id, 1_000) == {f"value:{account}": 1_000}
    assert refund(account, held.reservation_id, 9_999, key="all the rest") == {f"value:{account}": 1_500}
    assert card(account).balance_minor == 10_000
    assert [(one.reason, one.amount_minor) for one in queries.movements(account_id=account)] == [
        (MoveReason.REFUNDED, 1_500),
        (MoveReason.REFUNDED, 1_000),
        (MoveReason.PAID, -2_500),
        (MoveReason.ISSUED, 10_000),
    ]
    assert_books_are_right()


def test_more_than_there_is_cannot_be_paid_and_nothing_moves(shop_id):
    account = issue(shop_id).card.id

    refused = hold_payment(account, 10_001)

    assert isinstance(refused, Lacking)
    assert refused.left(f"value:{account}") == 10_000
    assert len(queries.movements(account_id=account)) == 1


def test_an_abandoned_payment_is_free_again(shop_id):
    account = issue(shop_id).card.id
    held = hold_payment(account, 10_000)

    assert card(account).state_at(NOON) is CardState.EMPTY
    assert card(account, NOON + DAY).available_minor == 10_000
    actions.release_hold(reservation_id=held.reservation_id, now=NOON)
    assert card(account).available_minor == 10_000
    assert_books_are_right()


def test_topping_up_happens_once_and_counts_the_days_anew(shop_id):
    publish_campaign("roses", {"prefix": "ROSE", "validity_months": 12}, kind="gift_card")
    account = issue(shop_id, policy="roses").card
    assert account.expires_at == NOON.replace(year=2027)

    for _ in range(2):
        actions.top_up(account_id=account.id, amount_minor=500, key="t", actor=SYSTEM, now=NOON + 30 * DAY)

    assert card(account.id).balance_minor == 10_500
    assert card(account.id).expires_at == NOON.replace(year=2027, month=5, day=31)
    assert_books_are_right()


def test_the_policy_says_amounts_and_whether_a_card_may_be_topped_up(shop_id):
    publish_campaign("roses", {"least": "20.00", "most": "100.00", "top_up": False}, kind="gift_card")

    with pytest.raises(ValueRefusedError):
        issue(shop_id, 1_999, policy="roses")
    with pytest.raises(ValueRefusedError):
        issue(shop_id, 10_001, policy="roses")
    with pytest.raises(ValueRefusedError):
        issue(shop_id, policy="tulips")
    account = issue(shop_id, 2_000, policy="roses").card.id
    with pytest.raises(ValueRefusedError):
        actions.top_up(account_id=account, amount_minor=500, key="t", actor=SYSTEM, now=NOON)


def test_what_is_left_expires_and_what_a_cart_holds_may_still_be_paid(shop_id):
    account = issue(shop_id, expires_at=NOON + DAY).card.id
    held = hold_payment(account, 4_000, now=NOON + DAY - MINUTE)
    late = NOON + DAY

    assert actions.expire_stored_value(now=late) == 1
    assert card(account, late).balance_minor == 4_000
    assert queries.card_by_code(code=issue(shop_id).code, now=late).state is CardState.EXPIRED
    assert isinstance(actions.commit_hold(reservation_id=held.reservation_id, amounts=None, now=late), Committed)
    assert card(account, late).balance_minor == 0
    assert actions.expire_stored_value(now=late) == 0
    assert [one.reason for one in queries.movements(account_id=account)] == [
        MoveReason.PAID,
        MoveReason.EXPIRED,
        MoveReason.ISSUED,
    ]
    assert_books_are_right()


def test_a_refund_to_an_expired_card_makes_it_good_again_for_a_while(shop_id):
    account = issue(shop_id, expires_at=NOON + DAY).card.id
    reservation = pay(account, 4_000)
    late = NOON + 10 * DAY
    actions.expire_stored_value(now=late)

    refund(account, reservation, 4_000, now=late)

    assert card(account, late).state_at(late) is CardState.OK
    assert card(account, late).available_minor == 4_000
    assert card(account, late).expires_at == late + 90 * DAY
    assert_books_are_right()


def test_store_credit_is_one_account_per_customer_and_currency(shop_id):
    for key in ("a", "a", "b"):
        credit = actions.add_store_credit(
            shop_id=shop_id, customer_id=ANIA, amount_minor=700, currency="PLN", key=key, actor=SYSTEM, now=NOON
        )

    assert credit.balance_minor == 1_400
    assert [one.id for one in queries.stored_value_of(customer_ids=[ANIA], now=NOON)] == [credit.id]
    assert queries.liability(shop_id=shop_id) == {"PLN": 1_400}
    assert_books_are_right()


def test_taking_back_takes_what_is_free_once(shop_id):
    account = issue(shop_id).card.id
    hold_payment(account, 6_000)

    refused = actions.take_back(account_id=account, amount_minor=4_001, key="t", actor=SYSTEM, now=NOON)
    taken = [actions.take_back(account_id=account, amount_minor=4_000, key="t", actor=SYSTEM, now=NOON) for _ in "ab"]

    assert isinstance(refused, Lacking)
    assert [one.balance_minor for one in taken if isinstance(one, StoredValue)] == [6_000, 6_000]
    assert fetch("SELECT count(*) FROM audit_entry WHERE verb = 'stored_value.taken_back'") == [(1,)]
    assert_books_are_right()


def test_a_stopped_card_says_so(shop_id):
    issued = issue(shop_id)

    for _ in range(2):
        actions.disable_stored_value(account_id=issued.card.id, actor=SYSTEM, now=NOON)

    assert queries.card_by_code(code=issued.code, now=NOON).state is CardState.DISABLED


def test_a_typing_mistake_in_a_card_is_told(shop_id):
    code = issue(shop_id).code
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")

    assert queries.card_by_code(code=wrong, now=NOON).state is CardState.TYPO
    assert queries.card_by_code(code="HELLO", now=NOON).state is CardState.UNKNOWN


@pytest.mark.parametrize("sql", ["UPDATE stored_value_transfer SET amount = 1", "DELETE FROM stored_value_transfer"])
def test_history_cannot_be_changed_even_by_sql(shop_id, sql):
    issue(shop_id)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        execute(sql)


def test_a_false_balance_is_found(shop_id):
    account = issue(shop_id).card.id
    execute("UPDATE stored_value SET balance = balance - 1 WHERE id = %s", account)

    [wrong] = queries.verify_stored_value()

    assert (wrong.account_id, wrong.ledger_minor, wrong.balance_minor, wrong.left_minor) == (
        account,
        10_000,
        9_999,
        10_000,
    )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "commit", "release", "refund", "top_up", "take_back", "expire"]),
        st.integers(0, 3),
        st.integers(1, 900),
        st.integers(0, 30),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_the_ledger_the_balance_and_the_allowance_agree(shop_id, steps):
    account = issue(shop_id, 1_000, key=str(uuid4()), expires_at=NOON + 90 * MINUTE).card.id
    ids = [uuid4() for _ in range(4)]
    minute = 0
    for index, (what, which, amount, wait) in enumerate(steps):
        minute += wait
        now = NOON + minute * MINUTE
        with contextlib.suppress(LookupError, HoldReusedError), transaction.atomic():
            if what == "hold":
                hold_payment(account, amount, reservation_id=ids[which], now=now)
            elif what == "commit":
                actions.commit_hold(reservation_id=ids[which], amounts=None, now=now)
            elif what == "release":
                actions.release_hold(reservation_id=ids[which], now=now)
            elif what == "refund":
                refund(account, ids[which], amount, key=str(index), now=now)
            elif what == "top_up":
                actions.top_up(account_id=account, amount_minor=amount, key=str(index), actor=SYSTEM, now=now)
            elif what == "take_back":
                actions.take_back(account_id=account, amount_minor=amount, key=str(index), actor=SYSTEM, now=now)
            else:
                actions.expire_stored_value(now=now)
        assert queries.verify_stored_value() == []
        found = card(account, now)
        assert 0 <= found.available_minor <= found.balance_minor <= found.loaded_minor


@pytest.mark.django_db(transaction=True)
def test_many_carts_paying_with_one_card_never_spend_more_than_it_holds(shop_id):
    account = issue(shop_id).card.id

    def try_to_pay() -> bool:
        held = hold_payment(account, 300)
        if isinstance(held, Held):
            actions.commit_hold(reservation_id=held.reservation_id, amounts=None, now=NOON)
        return isinstance(held, Held)

    paid = at_once(*[try_to_pay] * 60)

    assert sum(paid) == 33
    assert card(account).balance_minor == 100
    assert_books_are_right()


@pytest.mark.django_db(transaction=True)
def test_one_key_from_many_connections_issues_one_card(shop_id):
    issued = at_once(*[lambda: issue(shop_id)] * 20)

    assert len({one.code for one in issued}) == 1
    assert sum(one.was_new for one in issued) == 1
    assert queries.liability(shop_id=shop_id) == {"PLN": 10_000}
