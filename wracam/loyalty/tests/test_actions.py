"""Orders become points, from the shop's snapshot to the member's balance, in a real database."""

from __future__ import annotations

from uuid import UUID

import pytest
from msgspec.structs import replace

from wracam.commerce.contracts import OrderStatus, PaymentStatus
from wracam.customers import actions as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import Dated, KeyReusedError, Posted, Refused
from wracam.shops.contracts import SYSTEM

from .garden import (
    DAY,
    MONSTERA,
    NOON,
    assert_books_are_right,
    balance_of,
    member_of,
    open_program,
    order,
    person,
    refund,
    tell,
)

pytestmark = pytest.mark.django_db


def test_a_paid_order_earns_one_point_per_zloty(shop_id):
    open_program()

    [ania] = tell(order(shop_id))

    assert balance_of(ania).active == 150
    [entry] = queries.history(member_of(ania).id)
    assert entry.sentence.en == "+150\u00a0points for order Z/1"
    assert entry.sentence.pl == "+150\u00a0punktów za zamówienie Z/1"
    assert_books_are_right()


def test_the_same_order_told_three_times_earns_once(shop_id):
    open_program()

    for _ in range(3):
        [ania] = tell(order(shop_id))

    assert balance_of(ania).earned == 150
    assert fetch("SELECT count(*) FROM point_transfer") == [(1,)]


def test_a_partial_refund_takes_back_exactly_what_its_units_earned(shop_id):
    open_program()
    [ania] = tell(order(shop_id))

    tell(order(shop_id, day=1, refunds=(refund(1, 6_000, ("1", 1, 6_000)),)))

    assert balance_of(ania).active == 90
    assert_books_are_right()


def test_a_refund_that_is_withdrawn_restores_the_points(shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    tell(order(shop_id, day=1, refunds=(refund(1, 6_000, ("1", 1, 6_000)),)))

    tell(order(shop_id, day=2))

    assert balance_of(ania).active == 150
    assert_books_are_right()


def test_a_cancelled_order_gives_nothing_and_a_restored_one_gives_again(shop_id):
    open_program()
    [ania] = tell(order(shop_id))

    tell(order(shop_id, day=1, status=OrderStatus.CANCELLED))
    assert balance_of(ania).active == 0

    tell(order(shop_id, day=2))
    assert balance_of(ania).active == 150
    assert_books_are_right()


def test_a_corrected_order_gives_the_difference(shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    three = replace(MONSTERA, quantity=3, total_minor=18_000)

    tell(order(shop_id, day=1, lines=(three,), total_minor=18_000))

    assert balance_of(ania).active == 180
    assert_books_are_right()


@pytest.mark.parametrize(("shortage", "shown", "debt"), [("clamp", 0, 0), ("carry", -100, 100), ("allow", -100, 100)])
def test_points_already_spent_are_handled_by_the_policy(shop_id, shortage, shown, debt):
    open_program(shortage=shortage)
    [ania] = tell(order(shop_id))
    spent = actions.spend(member_id=member_of(ania).id, points=100, key="s1", now=NOON)
    assert isinstance(spent, Posted)

    tell(order(shop_id, day=1, status=OrderStatus.CANCELLED))

    assert (balance_of(ania).shown, balance_of(ania).debt) == (shown, debt)
    assert_books_are_right()


def test_the_next_earning_pays_a_debt_and_the_sum_is_what_both_orders_would_leave(shop_id):
    open_program(shortage="carry")
    [ania] = tell(order(shop_id))
    actions.spend(member_id=member_of(ania).id, points=100, key="s1", now=NOON)
    tell(order(shop_id, day=1, status=OrderStatus.CANCELLED))

    tell(order(shop_id, 2, day=2))

    assert (balance_of(ania).active, balance_of(ania).debt) == (50, 0)
    assert_books_are_right()


def test_points_wait_for_the_delivery_and_the_days_after_it(shop_id):
    open_program(pending={"until": "delivered", "days": 14}, validity={"kind": "rolling", "months": 12})
    [ania] = tell(order(shop_id))
    assert (balance_of(ania).pending, balance_of(ania).next_activation) == (150, None)

    tell(order(shop_id, day=3, status=OrderStatus.DELIVERED, delivered_at=NOON + 3 * DAY))
    actions.run_due(now=NOON + 16 * DAY)
    assert balance_of(ania).pending == 150
    assert balance_of(ania).next_activation == Dated(points=150, at=NOON + 17 * DAY)

    actions.run_due(now=NOON + 17 * DAY)
    assert (balance_of(ania).active, balance_of(ania).pending) == (150, 0)
    assert_books_are_right()


def test_points_expire_at_the_midnight_after_their_last_day(shop_id):
    open_program(validity={"kind": "rolling", "months": 1})
    [ania] = tell(order(shop_id))
    coming = balance_of(ania).next_expiry
    assert coming is not None
    end = coming.at
    assert end.isoformat() == "2026-06-01T22:00:00+00:00"

    actions.run_due(now=end - DAY / 86_400)
    assert balance_of(ania).active == 150

    actions.run_due(now=end)
    assert (balance_of(ania).active, balance_of(ania).expired) == (0, 150)
    assert_books_are_right()


def test_spending_more_than_there_is_is_refused_with_the_missing_figure(shop_id):
    open_program()
    [ania] = tell(order(shop_id))

    outcome = actions.spend(member_id=member_of(ania).id, points=200, key="s1", now=NOON)

    assert isinstance(outcome, Refused)
    assert (outcome.available, outcome.missing) == (150, 50)
    assert balance_of(ania).active == 150


@pytest.mark.parametrize("nightly", [True, False], ids=["closed by the night", "not closed yet"])
@pytest.mark.parametrize("shortage", ["carry", "allow", "clamp"])
def test_points_that_expired_are_not_taken_a_second_time_when_their_order_comes_back(shop_id, nightly, shortage):
    open_program(validity={"kind": "rolling", "months": 1}, shortage=shortage)
    [ania] = tell(order(shop_id))
    spent = actions.spend(member_id=member_of(ania).id, points=30, key="s", now=NOON + DAY)
    assert isinstance(spent, Posted)
    if nightly:
        actions.run_due(now=NOON + 40 * DAY)

    tell(order(shop_id, day=41, refunds=(refund(1, 15_000, day=41),)))
    actions.run_due(now=NOON + 42 * DAY)

    balance = balance_of(ania)
    assert (balance.active, balance.debt) == (0, 0 if shortage == "clamp" else 30)
    assert_books_are_right()


def test_a_withdrawn_refund_of_expired_points_does_not_bring_them_back(shop_id):
    open_program(validity={"kind": "rolling", "months": 1})
    [ania] = tell(order(shop_id))
    actions.run_due(now=NOON + 40 * DAY)
    tell(order(shop_id, day=41, refunds=(refund(1, 15_000, day=41),)))

    tell(order(shop_id, day=42, modified_at=NOON + 42 * DAY))
    actions.run_due(now=NOON + 43 * DAY)

    balance = balance_of(ania)
    assert (balance.active, balance.debt, balance.expired) == (0, 0, 150)
    assert_books_are_right()


def test_reading_the_log_again_changes_nothing_whatever_was_withdrawn_since(shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    tell(order(shop_id, day=1, refunds=(refund(1, 6_000, ("1", 1, 6_000)),)))
    tell(order(shop_id, day=2))
    before = balance_of(ania), fetch("SELECT count(*) FROM point_transfer")

    actions.spend(member_id=member_of(ania).id, points=120, key="s", now=NOON + 3 * DAY)
    _read_again()

    assert balance_of(ania).active == before[0].active - 120
    assert fetch("SELECT count(*) FROM point_transfer") == [(before[1][0][0] + 1,)]
    assert_books_are_right()


def test_a_refund_from_before_registering_is_not_heard_again_after_it_was_withdrawn(shop_id):
    open_program()
    guest = person(is_guest=True)
    tell(order(shop_id, person=guest, refunds=(refund(1, 6_000, ("1", 1, 6_000)),)))
    known = _with_account(guest)
    ania = _identified(shop_id, known)
    events.deliver_all(now=NOON + DAY)
    assert balance_of(ania).active == 90
    tell(order(shop_id, day=2, person=known))
    assert balance_of(ania).active == 150

    _read_again()

    assert balance_of(ania).active == 150
    assert_books_are_right()


def test_a_refund_withdrawn_before_registering_and_in_force_again_later_counts_once(shop_id):
    open_program()
    guest, back = person(is_guest=True), (refund(1, 6_000, ("1", 1, 6_000)),)
    tell(order(shop_id, person=guest))
    tell(order(shop_id, day=1, person=guest, refunds=back))
    tell(order(shop_id, day=2, person=guest))
    known = _with_account(guest)
    ania = _identified(shop_id, known)
    events.deliver_all(now=NOON + 2 * DAY)
    tell(order(shop_id, day=3, person=known, refunds=back))
    assert balance_of(ania).active == 90

    _read_again()

    assert balance_of(ania).active == 90
    assert_books_are_right()


@pytest.mark.parametrize(
    "without",
    [
        {"status": OrderStatus.CANCELLED},
        {"status": OrderStatus.PENDING, "payment_status": PaymentStatus.UNPAID, "paid_at": None},
    ],
    ids=["cancelled", "unpaid again"],
)
def test_an_order_that_stands_again_after_its_guest_registered_gives_its_points_once(shop_id, without):
    open_program()
    guest = person(is_guest=True)
    tell(order(shop_id, person=guest))
    tell(order(shop_id, day=1, person=guest, **without))
    known = _with_account(guest)
    ania = _identified(shop_id, known)
    events.deliver_all(now=NOON + DAY)
    assert balance_of(ania).active == 0

    tell(order(shop_id, day=2, person=known))

    assert balance_of(ania).active == 150
    _read_again()
    assert balance_of(ania).active == 150
    assert_books_are_right()


def _with_account(guest: PersonSnapshot) -> PersonSnapshot:
    account = Identity(kind=IdentityKind.SHOP_ACCOUNT, value="17")
    return replace(guest, identities=(*guest.identities, account), is_guest=False, modified_at=NOON + DAY)


def _read_again() -> None:
    events.replay_since(subscription="loyalty.points", since=NOON - 100 * DAY, now=NOON + 9 * DAY)
    events.deliver_all(now=NOON + 9 * DAY)


def test_one_key_moves_points_once_and_other_input_under_it_is_an_error(shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    member_id = member_of(ania).id

    first = actions.correct(member_id=member_id, points=40, note="przeprosiny", actor=SYSTEM, key="k", now=NOON)
    second = actions.correct(member_id=member_id, points=40, note="przeprosiny", actor=SYSTEM, key="k", now=NOON + DAY)
    with pytest.raises(KeyReusedError):
        actions.correct(member_id=member_id, points=50, note="więcej", actor=SYSTEM, key="k", now=NOON)

    assert isinstance(first, Posted) and isinstance(second, Posted)
    assert (first.transfer_id, first.was_new, second.was_new) == (second.transfer_id, True, False)


def test_a_guest_order_gives_its_points_when_the_guest_registers(shop_id):
    open_program()
    guest = person(is_guest=True)
    [ania] = tell(order(shop_id, person=guest))
    assert queries.member_of(customer_id=ania) is None

    account = Identity(kind=IdentityKind.SHOP_ACCOUNT, value="17")
    registered = replace(
        guest,
        identities=(*guest.identities, account),
        is_guest=False,
        registered_at=NOON + DAY,
        modified_at=NOON + DAY,
    )
    tell(order(shop_id, 2, day=1, person=registered))

    assert balance_of(ania).earned == 300
    assert_books_are_right()


@pytest.mark.parametrize("joining", ["registered", "everybody", "explicit"])
@pytest.mark.parametrize("is_guest", [False, True])
def test_a_customer_without_orders_joins_as_the_programme_says(shop_id, joining, is_guest):
    open_program(joining=joining)

    ania = _identified(shop_id, person(is_guest=is_guest))
    events.deliver_all(now=NOON)

    belongs = joining == "everybody" or (joining == "registered" and not is_guest)
    member = queries.member_of(customer_id=ania)
    assert (member is not None) is belongs
    assert fetch("SELECT count(*) FROM event WHERE name = 'member.joined'") == [(int(belongs),)]


def test_who_registered_and_was_merged_before_we_looked_is_one_member(shop_id):
    open_program()
    account = Identity(kind=IdentityKind.SHOP_ACCOUNT, value="17")
    known = replace(person("bartek"), identities=(account,))
    ania, bartek = _identified(shop_id, person()), _identified(shop_id, known)
    one = customers.merge(shop_id=shop_id, left_id=ania, right_id=bartek, actor=SYSTEM, now=NOON)

    events.deliver_all(now=NOON)

    assert fetch("SELECT customer_id FROM loyalty_member WHERE state = 'active'") == [(one,)]
    assert_books_are_right()


def _identified(shop_id: int, who: PersonSnapshot) -> UUID:
    customer_id = customers.identify(shop_id=shop_id, person=who, source="woocommerce", now=NOON + DAY)
    assert customer_id is not None
    return customer_id


def test_an_unpaid_order_earns_nothing(shop_id):
    open_program()

    tell(order(shop_id, payment_status=PaymentStatus.UNPAID, status=OrderStatus.PENDING, paid_at=None))

    assert fetch("SELECT count(*) FROM point_transfer") == [(0,)]
