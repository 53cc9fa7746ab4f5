"""The books from a real ledger: they add up, agree with the balances, and come out the same when computed again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wracam.commerce.contracts import OrderStatus
from wracam.foundation.bulk import execute, fetch
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import BookDay, BookFlow, Redemption
from wracam.shops.contracts import SYSTEM

from .garden import DAY, NOON, member_of, open_program, order, publish, refund, tell

pytestmark = pytest.mark.django_db
VALUE: Any = {"value": {"points": 100, "amount": "5.00"}}


def told(shop_id: int) -> list[BookDay]:
    return queries.book_days(shop_id=shop_id, program="klub")


def test_a_day_says_what_was_issued_spent_taken_back_and_what_is_left(shop_id):
    open_program(**VALUE)
    [ania] = tell(order(shop_id))
    member_id = member_of(ania).id
    tell(order(shop_id, day=1, refunds=(refund(1, 6_000, ("1", 1, 6_000)),)))
    actions.spend(member_id=member_id, points=40, key="s", now=NOON + DAY)
    actions.correct(member_id=member_id, points=7, note="ręcznie", actor=SYSTEM, key="c", now=NOON + 2 * DAY)

    actions.close_books(now=NOON + 4 * DAY)

    first, second, third, fourth = told(shop_id)
    assert (first.day, first.opening, first.closing) == (date(2026, 5, 1), 0, 150)
    assert (first.sales_minor, first.worth_minor, first.liability_minor) == (15_000, 750, 750)
    assert second.flow == BookFlow(spent=40, reversed=60)
    assert (third.flow.corrected, third.closing) == (7, 57)
    assert (fourth.flow, fourth.closing) == (BookFlow(), 57)


def test_moves_between_a_members_own_accounts_are_no_movement_of_the_books(shop_id):
    open_program(pending={"until": "paid", "days": 1})
    [ania] = tell(order(shop_id))
    publish("reward", "mug", {"title": {"pl": "Kubek", "en": "Mug"}, "points": 100})
    actions.run_due(now=NOON + 2 * DAY)
    taken = actions.redeem_reward(member_id=member_of(ania).id, reward="mug", key="k", now=NOON + 2 * DAY)
    assert isinstance(taken, Redemption)
    actions.fulfill_redemption(redemption_id=taken.id, now=NOON + 3 * DAY)

    actions.close_books(now=NOON + 4 * DAY)

    assert [(one.flow.issued, one.flow.spent, one.closing) for one in told(shop_id)] == [
        (150, 0, 150),
        (0, 0, 150),
        (0, 0, 150),
        (0, 100, 50),
    ]


def test_closing_day_by_day_and_rebuilding_give_the_same_books_which_agree_with_the_balances(shop_id):
    open_program(validity={"kind": "rolling", "months": 1}, **VALUE)
    for number in range(1, 9):
        who = ("ania", "bartek")[number % 2]
        [customer] = tell(order(shop_id, number, day=number * 9, who=who))
        actions.spend(member_id=member_of(customer).id, points=30, key=f"s{number}", now=NOON + number * 9 * DAY)
        if number % 3 == 0:
            tell(order(shop_id, number, day=number * 9 + 1, who=who, status=OrderStatus.CANCELLED))
        actions.run_due(now=NOON + (number * 9 + 2) * DAY)
        actions.close_books(now=NOON + (number * 9 + 2) * DAY)
    publish("program", "klub", {"value": {"points": 100, "amount": "7.00"}}, now=NOON + 76 * DAY)
    actions.close_books(now=NOON + 80 * DAY)
    by_day = told(shop_id)

    actions.rebuild_books(shop_id=shop_id, now=NOON + 80 * DAY)

    assert told(shop_id) == by_day
    assert actions.close_books(now=NOON + 80 * DAY) == 2
    assert told(shop_id) == by_day
    [(stands,)] = fetch("SELECT sum(active + pending + held - debt) FROM point_balance")
    assert by_day[-1].closing == stands
    assert by_day[-1].used_bp < 10_000
    assert (by_day[0].value_minor, by_day[-1].value_minor) == (500, 700)
    month = queries.book_months(by_day)
    assert [one.opening for one in month[1:]] == [one.closing for one in month[:-1]]


def test_the_database_refuses_a_day_that_does_not_add_up(shop_id):
    from django.db import IntegrityError

    open_program()
    tell(order(shop_id))
    actions.close_books(now=NOON + DAY)

    with pytest.raises(IntegrityError, match="book_day_adds_up"):
        execute("UPDATE loyalty_book_day SET issued = issued + 1")


def test_revenue_waits_for_the_points_and_is_whole_when_they_are_used_up(shop_id):
    open_program(**VALUE)
    [ania] = tell(order(shop_id))
    actions.close_books(now=NOON + 40 * DAY)
    [may, june] = queries.book_revenue(told(shop_id))
    actions.spend(member_id=member_of(ania).id, points=150, key="s", now=NOON + 40 * DAY)
    actions.close_books(now=NOON + 42 * DAY)

    used = queries.book_revenue(told(shop_id))[-1]

    assert may.allocated_minor == 714  # 15 000 × 750 / 15 750
    assert (may.recognized_minor, june.deferred_minor) == (0, 714)
    assert (used.recognized_minor, used.deferred_minor) == (714, 0)


def test_the_accountant_reads_the_books_in_the_console_and_takes_them_out(shop_id, console):
    open_program(**VALUE)
    tell(order(shop_id))
    actions.close_books(now=NOON + 3 * DAY)
    window = {"first": "2026-05-01", "last": "2026-05-31"}

    page = console.get("/console/programme/books/", window).content.decode()
    files = {
        name: b"".join(console.get(f"/console/programme/books/{name}.csv", window).streaming_content).decode()
        for name in ("days", "months", "revenue")
    }

    assert "7,50\u00a0zł" in page
    assert files["days"].splitlines()[1].startswith("2026-05-01,klub,points,0,150,0,0,0,0,0,150,5.00,100.0,7.50,7.50")
    assert files["months"].splitlines()[1] == "2026-05-01,2026-05-03,0,150,0,0,0,0,0,150,7.50,7.50,PLN"
    assert files["revenue"].splitlines()[1] == "2026-05,150.00,150,7.14,0,0.00,7.14,PLN"
    assert console.post("/console/programme/books/rebuild/").status_code == 302


def test_the_books_over_the_api(shop_id, api):
    open_program(**VALUE)
    tell(order(shop_id))
    actions.close_books(now=NOON + 3 * DAY)

    days = api.get("/v1/loyalty/books/days", {"first": "2026-05-01", "last": "2026-05-02"}).json()
    revenue = api.get("/v1/loyalty/books/revenue").json()

    assert [(one["opening"], one["issued"], one["closing"]) for one in days] == [(0, 150, 150), (150, 0, 150)]
    assert revenue[0]["deferred_minor"] == 714


@pytest.mark.parametrize(("tax_minor", "sales_minor"), [(2_805, 12_195), (0, 15_000)])
def test_sales_of_the_books_are_without_the_tax_that_the_shop_told(shop_id, tax_minor, sales_minor):
    open_program(**VALUE)
    tell(order(shop_id, tax_minor=tax_minor))

    actions.close_books(now=NOON + DAY)

    [first] = told(shop_id)
    [month] = queries.book_revenue(told(shop_id))
    assert (first.sales_minor, month.sales_minor) == (sales_minor, sales_minor)
