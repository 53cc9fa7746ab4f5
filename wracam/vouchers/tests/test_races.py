"""Races with real parallel connections: exactly what is left is given, everybody else hears a clear no."""

from __future__ import annotations

import random
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from wracam.foundation.bulk import execute, fetch
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import Claim, Committed, Held, Lacking, Usage

from .garden import DAY, MINUTE, NOON, assert_counters_are_right, at_once, hold

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 200
USES = "code:last:uses"
BUDGET = "promotion:spring:budget"


def test_of_two_hundred_buyers_one_gets_the_last_use_and_the_others_hear_that_none_is_left():
    outcomes = at_once(*[lambda: hold((USES, 1, 1))] * BUYERS)

    assert sum(isinstance(one, Held) for one in outcomes) == 1
    assert {one.left(USES) for one in outcomes if isinstance(one, Lacking)} == {0}
    assert queries.left(keys=[USES], now=NOON) == {USES: Usage(used=0, held=1)}
    assert_counters_are_right()


def test_the_last_fifty_zloty_of_a_budget_are_given_and_not_a_grosz_more():
    chance = random.Random(50)
    wishes = [chance.randrange(300, 1_500) for _ in range(BUYERS)]

    def buy(amount: int) -> int:
        """Take what is wished, or what is left when that is refused, as a shop does."""
        for _ in range(10):
            outcome = hold((BUDGET, amount, 5_000), (f"other:{uuid4()}", 1, 1))
            if isinstance(outcome, Held):
                actions.commit_hold(reservation_id=outcome.reservation_id, amounts=None, now=NOON)
                return amount
            amount = outcome.left(BUDGET) or 0
            if not amount:
                return 0
        return 0

    given = at_once(*[lambda wish=wish: buy(wish) for wish in wishes])

    assert sum(given) == 5_000
    assert queries.left(keys=[BUDGET], now=NOON) == {BUDGET: Usage(used=5_000, held=0)}
    assert_counters_are_right()


def test_one_reservation_from_many_connections_holds_and_commits_once():
    reservation = uuid4()

    held = at_once(*[lambda: hold((USES, 1, 5), reservation_id=reservation)] * 20)
    committed = at_once(*[lambda: actions.commit_hold(reservation_id=reservation, amounts=None, now=NOON)] * 20)

    assert sum(one.was_new for one in held) == 1
    assert sum(one.was_new for one in committed) == 1
    assert queries.left(keys=[USES], now=NOON) == {USES: Usage(used=1, held=0)}


def test_claims_on_many_keys_in_any_order_never_block_each_other_for_ever():
    keys = [f"k{number}" for number in range(8)]

    def buy(seed: int) -> bool:
        mine = random.Random(seed).sample(keys, 4)
        outcome = hold(*[(key, 1, 10) for key in mine])
        if isinstance(outcome, Held) and seed % 3 == 0:
            actions.release_hold(reservation_id=outcome.reservation_id, now=NOON)
        elif isinstance(outcome, Held):
            actions.commit_hold(reservation_id=outcome.reservation_id, amounts=None, now=NOON)
        return isinstance(outcome, Held)

    at_once(*[lambda seed=seed: buy(seed) for seed in range(BUYERS)])

    for one in queries.left(keys=keys, now=NOON).values():
        assert one.used <= 10
        assert one.held == 0
    assert_counters_are_right()


def test_a_client_that_vanishes_leaks_nothing():
    """Some die inside the transaction, some between reserving and paying; all of it can be bought again."""

    def vanish(number: int) -> None:
        if number % 2:
            hold((USES, 1, BUYERS))
            return
        transaction.set_autocommit(False)
        hold((USES, 1, BUYERS))
        connection.connection.close()

    at_once(*[lambda number=number: vanish(number) for number in range(20)])
    later = NOON + DAY

    assert queries.left(keys=[USES], now=NOON) == {USES: Usage(used=0, held=10)}
    assert queries.left(keys=[USES], now=later) == {USES: Usage(used=0, held=0)}
    assert isinstance(hold((USES, BUYERS, BUYERS), now=later), Held)
    assert_counters_are_right()


def test_the_sweep_and_late_commits_meet_without_counting_twice():
    ids: list[UUID] = [uuid4() for _ in range(40)]
    for reservation in ids:
        hold((USES, 1, 40), reservation_id=reservation)
    late = NOON + 20 * MINUTE

    outcomes = at_once(
        *[lambda one=one: actions.commit_hold(reservation_id=one, amounts=None, now=late) for one in ids],
        *[lambda: actions.sweep_holds(now=late)] * 10,
    )

    assert sum(isinstance(one, Committed) for one in outcomes) == 40
    assert queries.left(keys=[USES], now=late) == {USES: Usage(used=40, held=0)}
    assert_counters_are_right()


def test_without_the_lock_the_same_race_is_seen():
    """The negative control: reading first and writing later, without the lock, gives the last use many times."""
    execute("CREATE TABLE bare_allowance AS SELECT 'k'::text AS key, 0 AS used")
    reading = Barrier(12)

    def buy_without_lock() -> bool:
        [(used,)] = fetch("SELECT used FROM bare_allowance")
        reading.wait(timeout=30)
        if used >= 1:
            return False
        execute("UPDATE bare_allowance SET used = used + 1")
        return True

    try:
        assert sum(at_once(*[buy_without_lock] * 12)) > 1
    finally:
        execute("DROP TABLE bare_allowance")


def test_a_long_list_of_claims_is_held_in_one_go():
    claims = [Claim(key=f"gift:{number}:stock", amount=1, maximum=1) for number in range(500)]

    outcome = actions.hold(shop_id=1, reservation_id=uuid4(), claims=claims, until=NOON + DAY, now=NOON)

    assert isinstance(outcome, Held)
    assert len(outcome.amounts) == 500
