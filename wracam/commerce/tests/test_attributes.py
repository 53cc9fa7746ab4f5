"""Every attribute of people and trade works in SQL, and collections count what was bought."""

from __future__ import annotations

from datetime import timedelta

import pytest

from wracam.commerce import actions
from wracam.commerce.tests.test_actions import NOON, snapshot
from wracam.kernel.money import Money
from wracam.rules import ports
from wracam.rules import queries as rules
from wracam.shops import actions as shops

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


def test_every_customer_attribute_can_be_read_for_a_customer_with_an_order(shop_id):
    [taken] = actions.take_orders([snapshot(shop_id)], now=NOON)
    assert taken.customer_id
    names = [one.name for one in ports.ATTRIBUTES if one.subject == "customer" and one.sql]

    facts = rules.customer_facts([taken.customer_id], names, NOON)[taken.customer_id]

    assert facts["customer.first_name"] == "Ania"
    assert facts["customer.order_count"] == 1
    assert facts["customer.total_spent"] == Money(15_000, "PLN")
    assert facts["customer.average_order"] == Money(15_000, "PLN")
    assert facts["customer.favourite_category"] == "Rośliny"
    assert facts["customer.last_order_at"] == NOON - timedelta(days=100)
    assert facts["customer.is_guest"] is True


def test_purchases_of_a_category_are_counted_in_a_window(shop_id):
    [taken, _] = actions.take_orders([snapshot(shop_id, 1, day=20), snapshot(shop_id, 2, day=40)], now=NOON)
    condition = {
        "all": [
            {
                "count": "customer.purchases",
                "where": {"all": [{"attribute": "purchase.categories", "is": "has_any", "value": ["Rośliny"]}]},
                "within_days": 90,
                "is": "at_least",
                "value": 2,
            }
        ]
    }

    assert rules.validate_condition(condition, {"customer"}) == []
    assert taken.customer_id
    found = rules.customer_facts([taken.customer_id], rules.attributes_needed(condition), NOON)[taken.customer_id]

    assert rules.judge(condition, found, NOON).is_true
