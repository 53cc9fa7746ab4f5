"""Events handled together end like events handled one after another, however many there are of whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from django.db import transaction
from msgspec.structs import replace

from wracam.commerce import actions as trade
from wracam.commerce import queries as commerce
from wracam.commerce.contracts import OrderSnapshot, OrderStatus
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.foundation.transactions import action
from wracam.loyalty import actions
from wracam.loyalty.actions import taking_back
from wracam.loyalty.actions.taking_back import Alteration
from wracam.shops import actions as shops

from .garden import (
    DAY,
    MONSTERA,
    NOON,
    assert_books_are_right,
    balance_of,
    member_of,
    open_program,
    order,
    refund,
    tell,
)

pytestmark = pytest.mark.django_db
PEOPLE = [f"celina{number}" for number in range(9)]
BALANCES = """
SELECT i.value, b.active, b.pending, b.debt, b.earned FROM point_balance AS b
JOIN loyalty_member AS m ON m.id = b.member_id
JOIN customer_identity AS i ON i.customer_id = m.customer_id ORDER BY 1
"""


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


def chapters(shop_id: int) -> list[list[OrderSnapshot]]:
    """Two orders of everybody, and then whatever may happen to them, each chapter a day later."""
    paid = [order(shop_id, 2 * number + second, who=who) for number, who in enumerate(PEOPLE) for second in range(2)]

    def later(day: int, which: Callable[[int], bool], change: Callable[[OrderSnapshot], OrderSnapshot]) -> None:
        for number, one in enumerate(paid):
            if which(number):
                paid[number] = replace(change(one), modified_at=NOON + day * DAY)
        told.append([one for number, one in enumerate(paid) if which(number)])

    told = [list(paid)]
    later(1, lambda n: n % 3 == 0, lambda one: replace(one, refunds=(refund(1, 6_000, ("1", 1, 6_000)),)))
    later(2, lambda n: n % 4 == 1, lambda one: replace(one, status=OrderStatus.CANCELLED))
    later(3, lambda n: n % 8 == 1, lambda one: replace(one, status=OrderStatus.PROCESSING))
    later(4, lambda n: n % 6 == 0, lambda one: replace(one, refunds=()))
    later(5, lambda n: n % 5 == 2, lambda one: replace(one, total_minor=18_000, lines=(_dearer(),)))
    return told


def _dearer():
    return replace(MONSTERA, total_minor=18_000)


def balances_after(shop_id: int, deliver: Callable[[Sequence[OrderSnapshot]], object]) -> list[tuple[object, ...]]:
    with transaction.atomic():
        for chapter in chapters(shop_id):
            deliver(chapter)
        events.deliver_all(now=NOON + 9 * DAY)
        assert_books_are_right()
        found = fetch(BALANCES)
        transaction.set_rollback(True)
    return found


def test_a_whole_life_delivered_at_once_ends_like_order_by_order(shop_id):
    open_program(pending={"until": "paid", "days": 0}, validity={"kind": "never"})

    def each(chapter: Sequence[OrderSnapshot]) -> None:
        for one in chapter:
            tell(one)

    one_by_one = balances_after(shop_id, each)
    at_once = balances_after(shop_id, lambda chapter: trade.take_orders(chapter, now=chapter[0].modified_at))

    assert len(at_once) == len(PEOPLE)
    assert at_once == one_by_one
    kept_refunds, cancelled, dearer = 3, 2, 4
    assert sum(row[1] for row in at_once) == 18 * 150 - kept_refunds * 60 - cancelled * 150 + dearer * 30


def test_two_orders_of_one_member_taken_back_in_one_set_take_each_point_once(shop_id):
    open_program(shortage="carry")
    [ania, _] = tell(order(shop_id, 1), order(shop_id, 2))
    actions.spend(member_id=member_of(ania).id, points=200, key="spent", now=NOON)
    order_ids = [_order_id(shop_id, number) for number in (1, 2)]

    with action():
        taking_back.apply(
            [Alteration(order_id=one, alter=taking_back.cancel, cause=None) for one in order_ids], now=NOON
        )

    assert (balance_of(ania).active, balance_of(ania).debt) == (0, 200)
    assert_books_are_right()


def _order_id(shop_id: int, number: int) -> UUID:
    return commerce.order_id_of(shop_id=shop_id, source="woocommerce", external_id=str(number))
