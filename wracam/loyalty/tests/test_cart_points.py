"""What a cart says about points is what the order that it becomes will earn."""

from __future__ import annotations

import pytest

from wracam.commerce.contracts import LineSnapshot
from wracam.loyalty.tests.garden import DAY, NOON, balance_of, open_program, order, tell
from wracam.promotions import queries as promotions
from wracam.promotions.contracts import Cart, CartLine

pytestmark = pytest.mark.django_db
PLANT = CartLine(id="1", sku="MON-1", quantity=2, unit_minor=6_000, categories=("Rośliny",), tax_rate_bp=2_300)
CART = Cart(currency="PLN", lines=(PLANT,), shipping_minor=1_299)
ORDERED = LineSnapshot(external_id="1", sku="MON-1", name="Monstera", quantity=2, total_minor=12_000)
WORTH = {"points": 100, "amount": "5.00"}


def points_said(shop_id, customer_id):
    return promotions.evaluate(shop_id=shop_id, cart=CART, customer_id=customer_id, now=NOON).points


def test_a_guest_sees_what_a_member_would_earn_and_nothing_to_pay_with(shop_id):
    open_program(joining="everybody", value=WORTH)

    [said] = points_said(shop_id, None)

    assert (said.program, said.point_kind, said.earned, said.payable) == ("klub", "points", 120, 0)


def test_a_member_sees_what_may_pay_and_the_order_earns_what_the_cart_said(shop_id):
    open_program(joining="everybody", pending={"until": "paid", "days": 0}, value=WORTH)
    [ania] = tell(order(shop_id, 1, day=-1))

    [said] = points_said(shop_id, ania)
    before = balance_of(ania).active
    tell(order(shop_id, 2, lines=(ORDERED,), total_minor=13_299, shipping_minor=1_299), now=NOON + DAY)

    assert (said.payable, said.payable_minor) == (before, before * 5)
    assert balance_of(ania).active - before == said.earned == 120


def test_without_a_programme_nothing_is_said_of_points(shop_id):
    assert points_said(shop_id, None) == ()
