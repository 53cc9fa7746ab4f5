"""Paying with points: quoted, reserved, spent with the order or released, and handed back with its refunds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.commerce.contracts import OrderStatus
from wracam.events import actions as events
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import PaymentState, PointsPayment, PointsQuote, Refusal, Refused
from wracam.loyalty.core import payment as core

from .garden import DAY, NOON, assert_books_are_right, balance_of, member_of, open_program, order, refund, tell
from .test_races import at_once

VALUE: Any = {"value": {"points": 100, "amount": "5.00"}}
LATER = NOON + DAY


@pytest.fixture
def ania(shop_id) -> Any:
    open_program(**VALUE, payment={"least": 20, "most_percent": 50, "step": 10})
    [customer_id] = tell(order(shop_id))
    return member_of(customer_id)


def reserve(member: Any, points: int = 100, key: str = "cart-1", order_minor: int = 20_000) -> Any:
    return actions.reserve_points(
        member_id=member.id, points=points, order_minor=order_minor, key=key, now=LATER, minutes=30
    )


def paid_order(shop_id: int, points: int, member: Any, **changes: Any) -> PointsPayment:
    """Ania pays a part of her second order (100 zł) with points."""
    tell(order(shop_id, 2, day=1, total_minor=10_000))
    [second] = [one.id for one in _orders(member) if one.number == "Z/2"]
    payment = actions.commit_points(payment_id=reserve(member, points).id, order_id=second, now=LATER)
    assert isinstance(payment, PointsPayment)
    return payment


def _orders(member: Any) -> Any:
    from wracam.commerce import queries as commerce

    return commerce.orders_of(member.customer_id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("order_minor", "points", "expected"),
    [
        (20_000, 155, Refused(reason=Refusal.BALANCE_TOO_LOW, required=155, available=150)),
        (200, None, 20),  # half of 2 zł is 1 zł: 20 points
        (190, None, Refused(reason=Refusal.BELOW_THE_LEAST, required=20, available=0)),
        (20_000, 15, Refused(reason=Refusal.BELOW_THE_LEAST, required=20, available=0)),
        (20_000, 57, 50),
        (20_000, None, 150),
    ],
)
def test_a_quote_says_what_a_cart_may_use_or_why_not(ania, order_minor, points, expected):
    quote = queries.payment_quote(member=ania, order_minor=order_minor, points=points, now=LATER)

    assert (quote.points if isinstance(quote, PointsQuote) else quote) == expected
    assert balance_of(ania.customer_id).active == 150


@pytest.mark.django_db
def test_without_a_value_of_a_point_nothing_is_paid(shop_id):
    open_program()
    [ania] = tell(order(shop_id))

    assert queries.payment_quote(member=member_of(ania), order_minor=1_000, now=LATER) == Refused(
        reason=Refusal.NO_VALUE
    )


@pytest.mark.django_db
def test_reserved_points_are_spent_with_the_order_and_once(ania):
    payment = reserve(ania)
    held = balance_of(ania.customer_id)

    actions.commit_points(payment_id=payment.id, order_id=None, now=LATER)
    again = actions.commit_points(payment_id=payment.id, order_id=None, now=LATER)

    assert (payment.points, payment.worth_minor, held.active, held.held) == (100, 500, 50, 100)
    assert isinstance(again, PointsPayment)
    assert again.state is PaymentState.COMMITTED
    assert (balance_of(ania.customer_id).held, balance_of(ania.customer_id).spent) == (0, 100)
    assert reserve(ania) == again
    assert actions.release_points(payment_id=payment.id, now=LATER) == Refused(reason=Refusal.ENDED)
    assert_books_are_right()


@pytest.mark.django_db
def test_a_cart_that_is_given_up_gives_the_points_back_to_their_lots(ania):
    payment = reserve(ania)

    actions.release_points(payment_id=payment.id, now=LATER)
    again = actions.release_points(payment_id=payment.id, now=LATER)

    assert isinstance(again, PointsPayment)
    assert again.state is PaymentState.RELEASED
    assert [lot.remaining for lot in queries.open_lots(ania.id, "points")] == [150]
    assert actions.commit_points(payment_id=payment.id, order_id=None, now=LATER) == Refused(reason=Refusal.ENDED)
    assert_books_are_right()


@pytest.mark.django_db
def test_a_reservation_ends_by_itself_and_a_late_order_takes_the_points_anew_if_they_are_there(ania):
    first, second = reserve(ania, 100), reserve(ania, 50, key="cart-2")
    end = LATER + timedelta(minutes=30)

    assert actions.release_due_points(now=end - timedelta(seconds=1)) == 0
    assert actions.release_due_points(now=end) == 2
    assert balance_of(ania.customer_id).active == 150
    actions.spend(member_id=ania.id, points=60, key="s", now=end)

    late = actions.commit_points(payment_id=second.id, order_id=None, now=end)
    too_late = actions.commit_points(payment_id=first.id, order_id=None, now=end)

    assert isinstance(late, PointsPayment)
    assert too_late == Refused(reason=Refusal.BALANCE_TOO_LOW, required=100, available=40)
    assert_books_are_right()


@pytest.mark.django_db
def test_a_partial_refund_hands_back_its_part_and_withdrawing_takes_it_again(ania, shop_id):
    paid_order(shop_id, 100, ania)
    before = balance_of(ania.customer_id)

    for _ in range(2):
        tell(order(shop_id, 2, day=2, total_minor=10_000, refunds=(refund(1, 3_000, day=2),)))
    refunded = balance_of(ania.customer_id)
    tell(order(shop_id, 2, day=3, total_minor=10_000))
    withdrawn = balance_of(ania.customer_id)
    tell(order(shop_id, 2, day=4, total_minor=10_000, status=OrderStatus.CANCELLED))
    cancelled = balance_of(ania.customer_id)

    assert (before.spent, refunded.spent, withdrawn.spent, cancelled.spent) == (100, 70, 100, 0)
    assert withdrawn.shown == before.shown
    assert cancelled.shown == 150
    assert_books_are_right()


@pytest.mark.django_db
def test_points_used_for_an_order_that_was_refunded_before_the_commit_come_back_at_once(ania, shop_id):
    tell(order(shop_id, 2, day=1, total_minor=10_000, refunds=(refund(1, 10_000, day=1),)))
    [second] = [one.id for one in _orders(ania) if one.number == "Z/2"]

    payment = actions.commit_points(payment_id=reserve(ania).id, order_id=second, now=LATER)

    assert isinstance(payment, PointsPayment)
    assert (payment.handed_back, balance_of(ania.customer_id).spent) == (100, 0)
    assert_books_are_right()


@given(st.integers(0, 10**6), st.integers(0, 10**7), st.lists(st.integers(0, 10**6), max_size=6))
def test_what_is_due_back_grows_with_the_refunds_and_ends_at_everything(points, order_minor, refunds):
    due = [
        core.due_back(points, order_minor=order_minor, refunded_minor=sum(refunds[:count]), is_cancelled=False)
        for count in range(len(refunds) + 1)
    ]

    assert due == sorted(due)
    assert all(0 <= one <= points for one in due)
    assert core.due_back(points, order_minor=order_minor, refunded_minor=0, is_cancelled=True) == points


@pytest.mark.django_db(transaction=True)
def test_carts_race_for_the_last_points_and_one_key_reserves_once(shop_id):
    open_program(**VALUE)
    [ania] = tell(order(shop_id))
    member = member_of(ania)

    outcomes = at_once(*(lambda n=n: reserve(member, 100, key=f"cart-{n % 4}") for n in range(12)))

    won = {one.id for one in outcomes if isinstance(one, PointsPayment)}
    assert len(won) == 1
    assert balance_of(ania).active == 50
    assert_books_are_right()


@pytest.mark.django_db(transaction=True)
def test_a_refund_races_the_commit_of_the_points_that_paid_the_order(shop_id):
    open_program(**VALUE)
    [ania] = tell(order(shop_id))
    member = member_of(ania)
    tell(order(shop_id, 2, day=1, total_minor=10_000))
    [second] = [one.id for one in _orders(member) if one.number == "Z/2"]
    payment = reserve(member)

    at_once(
        lambda: actions.commit_points(payment_id=payment.id, order_id=second, now=LATER),
        lambda: tell(order(shop_id, 2, day=2, total_minor=10_000, refunds=(refund(1, 5_000, day=2),))),
        lambda: actions.release_due_points(now=LATER),
    )
    events.deliver_all(now=NOON + 3 * DAY)

    assert queries.payments_of(member.id)[0].handed_back == 50
    assert balance_of(ania).spent == 50
    assert_books_are_right()


@pytest.mark.django_db
def test_a_cart_is_paid_with_points_over_the_api(ania, api):
    import json

    address = f"/v1/loyalty/members/{ania.id}/points-payments"

    def post(path: str, **body: Any) -> Any:
        return api.post(path, json.dumps(body), "application/json")

    quote = post(f"{address}/quote", order_total="200.00").json()
    too_many = post(f"{address}/quote", order_total="200.00", points=400).json()
    reserved = post(address, order_total="200.00", points=100, key="cart")
    path = f"/v1/loyalty/points-payments/{reserved.json()['id']}"
    committed = post(f"{path}/commit", source="woocommerce", external_id="77")
    released = post(f"{path}/release")

    assert (quote["is_possible"], quote["points"], quote["worth_minor"]) == (True, 150, 750)
    assert (too_many["reason"], too_many["missing"]) == ("balance_too_low", 250)
    assert too_many["reason_pl"] == "Brakuje 250\u00a0punktów."
    assert (reserved.status_code, committed.json()["state"]) == (201, "committed")
    assert (released.status_code, released.json()["code"]) == (409, "points_payment_refused")
    assert api.get(path).json()["order_id"] is not None


@pytest.mark.django_db
def test_points_are_a_way_of_paying_for_a_cart_held_used_in_part_and_given_back_once(ania, shop_id):
    from uuid import UUID

    from wracam.loyalty.offers import PayWithPoints
    from wracam.promotions.ports import Buyer, PaymentAsked

    way, reservation = PayWithPoints(), UUID(int=7)
    buyer = Buyer(shop_id=shop_id, customer_id=ania.customer_id, at=LATER)
    terms = way.terms(buyer, PaymentAsked(kind="points", quantity=100, due_minor=20_000, currency="PLN"))

    held = way.hold(buyer, terms, reservation_id=reservation, until=LATER + DAY, now=LATER)
    way.hold(buyer, terms, reservation_id=reservation, until=LATER + DAY, now=LATER)
    used = way.commit(reservation_id=reservation, amount_minor=400, order="Z/9", now=LATER)
    spent = balance_of(ania.customer_id).spent
    back = [way.give_back(reservation_id=reservation, amount_minor=150, key="r1", now=LATER) for _ in range(2)]
    rest = way.give_back(reservation_id=reservation, amount_minor=9_999, key="r2", now=LATER)

    assert (held.quantity, held.amount_minor, used, spent) == (100, 500, True, 80)
    assert (back, rest) == ([150, 0], 250)
    assert (balance_of(ania.customer_id).spent, balance_of(ania.customer_id).active) == (0, 150)
    assert_books_are_right()
