"""The same orders told by several workers at once, in a real database with real transactions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from django.db import connection

from wracam.commerce import actions, queries
from wracam.commerce.contracts import OrderSnapshot, PaymentStatus
from wracam.commerce.tests.test_actions import NOON, buyer, snapshot
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops

WORKERS = 4
ORDERS = 40


@pytest.mark.django_db(transaction=True)
def test_workers_that_tell_the_same_orders_at_once_leave_each_order_and_figure_once():
    shop_id = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id
    people = [buyer(name) for name in ("ania", "bartek", "celina")]
    told = [
        snapshot(shop_id, number, day=day, person=people[number % 3], payment_status=status)
        for number in range(ORDERS)
        for day, status in ((1, PaymentStatus.UNPAID), (2, PaymentStatus.PAID))
    ]

    def tell(seed: int) -> None:
        mine = Random(seed).sample(told, len(told))
        try:
            for place in range(0, len(mine), 7):
                take(mine[place : place + 7])
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(tell, range(WORKERS)))

    assert fetch("SELECT count(*), sum(total_minor) FROM shop_order WHERE is_sale") == [(ORDERS, ORDERS * 15_000)]
    assert fetch("SELECT count(*) FROM customer") == [(3,)]
    assert fetch("SELECT name, count(*) FROM event WHERE name LIKE 'order.%%' GROUP BY name ORDER BY name", *()) == [
        ("order.paid", ORDERS),
        ("order.placed", ORDERS),
    ]
    buyers = [row[0] for row in fetch("SELECT id FROM customer")]
    statistics = queries.trade_statistics(buyers)
    assert sum(one.sale_count for found in statistics.values() for one in found) == ORDERS
    assert sum(one.gross_minor for found in statistics.values() for one in found) == ORDERS * 15_000


def take(snapshots: Sequence[OrderSnapshot]) -> None:
    actions.take_orders(snapshots, now=NOON)
