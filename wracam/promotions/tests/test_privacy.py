"""What a person may take away of their carts, and what is left of them after an erasure."""

from __future__ import annotations

import json

import pytest

from wracam.customers import actions as customers
from wracam.foundation.bulk import fetch
from wracam.promotions import actions, models, privacy, queries
from wracam.promotions.actions import CartRequest
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import queries as vouchers

from .garden import NOON, TEN_OFF, cart, customer, promote

pytestmark = pytest.mark.django_db
CALLED_BASIA = {"attribute": "customer.first_name", "is": "equals", "value": "Basia"}


@pytest.fixture
def ania(shop_id):
    return customer(shop_id)


def request(shop_id, key, customer_id) -> CartRequest:
    return CartRequest(shop_id=shop_id, key=key, cart=cart(), customer_id=customer_id, country="PL")


def commit(shop_id, customer_id):
    return actions.commit_cart(
        shop_id=shop_id, key="1", order="Z/1", request=request(shop_id, "1", customer_id), now=NOON
    )


def test_a_person_takes_away_what_they_bought_and_what_waits_for_them(shop_id, ania):
    promote("ten", TEN_OFF)
    commit(shop_id, ania)
    actions.refund_cart(shop_id=shop_id, order="Z/1", key="r", units={}, with_shipping=True, now=NOON)
    actions.reserve_cart(request=request(shop_id, "2", ania), now=NOON)

    told = privacy.export([ania])

    [bought] = told["orders"]
    assert (bought["order"], bought["total"], bought["discount"]) == ("Z/1", "62.99", "10.00")
    assert bought["lines"] == [{"sku": "MON-1", "quantity": 1}]
    assert bought["promotions"] == [{"promotion": "ten", "discount": "10.00"}]
    assert [one["total"] for one in bought["refunds"]] == ["12.99"]
    assert [one["lines"] for one in told["reserved"]] == [[{"sku": "MON-1", "quantity": 1}]]
    assert json.dumps(told)


def test_erasing_forgets_what_was_measured_and_keeps_the_money(shop_id, ania):
    promote("ten", TEN_OFF)
    promote("basia", TEN_OFF, audience=CALLED_BASIA)
    done = commit(shop_id, ania)
    assert "Ania" in stored_texts()

    customers.erase(customer_id=ania, actor=SYSTEM, now=NOON)

    assert "Ania" not in stored_texts()
    kept = queries.committed_evaluation(done.commit_id)
    assert kept.quote == done.evaluation.quote
    assert queries.replay(done.commit_id).quote == done.evaluation.quote
    refund = actions.refund_cart(shop_id=shop_id, order="Z/1", key="r", units=None, with_shipping=True, now=NOON)
    assert refund.total_minor == done.evaluation.quote.gross_minor


def test_a_cart_that_never_became_an_order_is_gone_and_holds_nothing(shop_id, ania):
    promote("once", {**TEN_OFF, "limits": [{"uses": 1, "per": "ever"}]})
    actions.reserve_cart(request=request(shop_id, "1", ania), now=NOON)
    other = customer(shop_id, "bartek")
    actions.reserve_cart(request=request(shop_id, "2", other), now=NOON)

    customers.erase(customer_id=ania, actor=SYSTEM, now=NOON)

    assert list(models.CartReservation.objects.values_list("key", flat=True)) == ["2"]
    usage = vouchers.left(keys=["promotion:once:uses:all:"], now=NOON)
    assert [one.held for one in usage.values()] == [0]


def stored_texts() -> str:
    rows = fetch("SELECT record::text FROM cart_commit UNION ALL SELECT record::text FROM cart_reservation")
    return " ".join(text for (text,) in rows)
