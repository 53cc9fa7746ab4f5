"""Races with real parallel connections: exactly what is left is given, everybody else hears a clear no."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from wracam.promotions import actions
from wracam.promotions.actions import CartRequest
from wracam.promotions.contracts import CartRefusal, CommittedCart, OfferOutcome, RefusedCart
from wracam.vouchers import queries as vouchers

from .garden import NOON, TEN_OFF, cart, promote, publish

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 200
CONNECTIONS = 40
"""Parallel connections; each serves a few buyers, one after another, all starting at the same moment."""


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs on parallel connections that start at the same moment."""
    shares = [jobs[number::CONNECTIONS] for number in range(CONNECTIONS)]
    barrier = Barrier(CONNECTIONS)

    def run(mine: tuple[Callable[[], Any], ...]) -> list[Any]:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return [job() for job in mine]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [one for done in pool.map(run, shares) for one in done]


def request(shop_id: int, number: int, **more: Any) -> CartRequest:
    return CartRequest(shop_id=shop_id, key=f"k{number}", cart=cart(), **more)


def buy(shop_id: int, number: int, **more: Any) -> Any:
    return actions.commit_cart(
        shop_id=shop_id, key=f"k{number}", order=f"Z/{number}", now=NOON, request=request(shop_id, number, **more)
    )


def test_of_two_hundred_buyers_one_uses_the_last_code_and_the_others_hear_that_it_is_used_up(shop_id):
    publish("code_campaign", "wiosna", {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1}]})
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})

    outcomes = at_once(*[lambda n=n: buy(shop_id, n, codes=("WIOSNA10",)) for n in range(BUYERS)])

    won = [one for one in outcomes if isinstance(one, CommittedCart)]
    lost = [one for one in outcomes if isinstance(one, RefusedCart)]
    assert (len(won), len(lost)) == (1, BUYERS - 1)
    assert {one.reason for one in lost} == {CartRefusal.CODE_REFUSED}
    assert {one.evaluation.codes[0].outcome.value for one in lost if one.evaluation} == {"exhausted"}


def test_the_last_fifty_zloty_of_a_budget_are_given_and_not_a_grosz_more(shop_id):
    promote("ten", {**TEN_OFF, "effects": [{"kind": "amount", "on": "order", "amount": "7.77"}]},
            budget={"amount": "50.00"})  # fmt: skip

    outcomes = at_once(*[lambda n=n: buy(shop_id, n) for n in range(BUYERS)])

    given = sorted((one.evaluation.quote.discount_minor for one in outcomes), reverse=True)
    assert given[:8] == [777] * 6 + [338, 0]
    assert sum(given) == 5_000
    said = {one.evaluation.offer("ten").outcome for one in outcomes if not one.evaluation.quote.discount_minor}
    assert said == {OfferOutcome.EXHAUSTED}
    assert vouchers.left(keys=["promotion:ten:budget:PLN"], now=NOON)["promotion:ten:budget:PLN"].used == 5_000


def test_the_last_gift_is_given_once(shop_id):
    promote("gift", {"effects": [{"kind": "gift", "options": [{"sku": "ZIEMIA", "value": "15.00", "stock": 1}]}]})

    outcomes = at_once(*[lambda n=n: buy(shop_id, n) for n in range(BUYERS)])

    given = [one for one in outcomes if one.evaluation.quote.gifts]
    assert len(given) == 1
    said = {(offer.outcome, offer.reason) for one in outcomes if one not in given
            for offer in one.evaluation.offers}  # fmt: skip
    assert said == {(OfferOutcome.EXHAUSTED, "gift_out_of_stock")}


def test_one_cart_from_many_connections_is_committed_once(shop_id):
    promote("once", TEN_OFF, limits=[{"uses": 5}])

    outcomes = at_once(*[lambda: buy(shop_id, 1)] * CONNECTIONS)

    assert len({one.commit_id for one in outcomes}) == 1
    assert sum(one.was_new for one in outcomes) == 1
    [key] = ["promotion:once:uses:all:"]
    assert vouchers.left(keys=[key], now=NOON)[key].used == 1


def test_clients_that_vanish_between_reserve_and_commit_leak_nothing(shop_id):
    promote("once", TEN_OFF, limits=[{"uses": 10}])
    key = "promotion:once:uses:all:"

    held = at_once(*[
        lambda n=n: actions.reserve_cart(request=request(shop_id, n), now=NOON) for n in range(CONNECTIONS)
    ])  # fmt: skip
    later = NOON + timedelta(minutes=31)

    assert sum(one.evaluation.quote.discount_minor > 0 for one in held) == 10
    assert vouchers.left(keys=[key], now=NOON)[key].left(10) == 0
    assert vouchers.left(keys=[key], now=later)[key].left(10) == 10
    assert actions.release_lapsed(now=later) == CONNECTIONS
    assert vouchers.left(keys=[key], now=NOON)[key].left(10) == 10
