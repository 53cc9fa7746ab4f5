"""Races with real parallel connections: one winner, clear refusals, no lost points."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from wracam.commerce.contracts import OrderStatus
from wracam.foundation.bulk import execute, fetch
from wracam.loyalty import actions
from wracam.loyalty.contracts import Posted, Refused

from .garden import DAY, NOON, assert_books_are_right, balance_of, member_of, open_program, order, tell

pytestmark = pytest.mark.django_db(transaction=True)
RUNNERS = 12


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs at the same moment, each on a connection of its own."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def ania(shop_id) -> Any:
    open_program()
    [customer_id] = tell(order(shop_id))
    return customer_id


def test_the_last_points_are_spent_once(ania):
    member_id = member_of(ania).id

    outcomes = at_once(
        *(
            lambda n=n: actions.spend(member_id=member_id, points=100, key=f"s{n}", now=NOON + DAY)
            for n in range(RUNNERS)
        )
    )

    assert sum(isinstance(one, Posted) for one in outcomes) == 1
    assert {one.missing for one in outcomes if isinstance(one, Refused)} == {50}
    assert balance_of(ania).active == 50
    assert_books_are_right()


def test_one_key_from_many_connections_moves_points_once_and_answers_the_same(ania):
    member_id = member_of(ania).id

    outcomes = at_once(
        *(lambda: actions.spend(member_id=member_id, points=10, key="k", now=NOON + DAY) for _ in range(RUNNERS))
    )

    assert len({one.transfer_id for one in outcomes}) == 1
    assert sum(one.was_new for one in outcomes) == 1
    assert balance_of(ania).active == 140
    assert_books_are_right()


def test_a_refund_against_a_redemption_leaves_no_point_twice(ania, shop_id):
    member_id = member_of(ania).id

    outcomes = at_once(
        lambda: tell(order(shop_id, day=1, status=OrderStatus.CANCELLED)),
        *(lambda n=n: actions.spend(member_id=member_id, points=40, key=f"s{n}", now=NOON + DAY) for n in range(4)),
    )

    spent = 40 * sum(isinstance(one, Posted) for one in outcomes)
    assert balance_of(ania).shown == -spent
    assert_books_are_right()


def test_without_the_lock_the_same_race_is_seen(ania):
    """The negative control: reading first and writing later, without the lock, spends points twice."""
    member_id = member_of(ania).id
    execute("CREATE TABLE bare_balance AS SELECT member_id, active FROM point_balance")
    reading = Barrier(RUNNERS)

    def spend_without_lock() -> bool:
        [(active,)] = fetch("SELECT active FROM bare_balance WHERE member_id = %s", member_id)
        reading.wait(timeout=30)
        if active < 100:
            return False
        execute("UPDATE bare_balance SET active = active - 100 WHERE member_id = %s", member_id)
        return True

    try:
        assert sum(at_once(*[spend_without_lock] * RUNNERS)) > 1
        assert fetch("SELECT active < 0 FROM bare_balance") == [(True,)]
    finally:
        execute("DROP TABLE bare_balance")
