"""Guests count against limits per customer by the address in their cart, and take their uses along as customers."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from wracam.customers import actions as customers
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.promotions import actions, queries
from wracam.promotions.actions import CartRequest
from wracam.promotions.contracts import CodeOutcome, CommittedCart, OfferOutcome
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

from .garden import NOON, TEN_OFF, cart, customer, promote, publish

pytestmark = pytest.mark.django_db
ONCE = {**TEN_OFF, "limits": [{"uses": 1, "per": "ever", "for": "customer"}]}
LINE = {"id": "1", "sku": "MON-1", "quantity": 1, "price": "60.00"}
ANIA = "ania@zielnik.example"


def mark(shop_id, email=ANIA, phone=""):
    return actions.count_guest(shop_id=shop_id, email=email, phone=phone, now=NOON)


def buy(shop_id, key, **who):
    request = CartRequest(shop_id=shop_id, key=key, cart=cart(), **who)
    done = actions.commit_cart(shop_id=shop_id, key=key, order=key, request=request, now=NOON)
    events.deliver_all(now=NOON)
    assert isinstance(done, CommittedCart)
    return done.evaluation.quote.discount_minor


def outcome(shop_id, **who):
    found = queries.evaluate(shop_id=shop_id, cart=cart(), now=NOON, **who)
    return {one.key: one.outcome for one in found.offers}["once"]


def test_the_same_guest_has_a_promotion_once_however_the_address_is_written(shop_id):
    promote("once", ONCE)

    first = buy(shop_id, "1", counted_as=mark(shop_id))
    again = buy(shop_id, "2", counted_as=mark(shop_id, " ANIA@Zielnik.example "))
    other = buy(shop_id, "3", counted_as=mark(shop_id, "bartek@zielnik.example"))

    assert (first, again, other) == (1_000, 0, 1_000)
    assert buy(shop_id, "4") == 1_000, "nobody can be told from others without an address"


def test_a_phone_counts_where_there_is_no_address_and_nonsense_counts_nobody(shop_id):
    written = {mark(shop_id, "", phone) for phone in ("600 100 200", "+48600100200")}

    assert len(written) == 1
    assert written.pop().startswith("g-")
    assert mark(shop_id, "not an address", "") == ""


def test_counters_hold_no_address(shop_id):
    promote("once", ONCE)
    buy(shop_id, "1", counted_as=mark(shop_id))

    stored = fetch("SELECT key FROM allowance UNION ALL SELECT record::text FROM cart_commit")

    assert not any("ania" in text for (text,) in stored)
    other = shops.create_shop(key="other", name="Other", currency="PLN", now=NOON)
    assert mark(other.id) != mark(shop_id)


def test_a_guest_who_becomes_a_customer_takes_the_uses_along(shop_id):
    promote("once", ONCE)
    buy(shop_id, "1", counted_as=mark(shop_id))

    ania = customer(shop_id)
    events.deliver_all(now=NOON)

    assert outcome(shop_id, customer_id=ania) is OfferOutcome.CUSTOMER_LIMIT_REACHED
    actions.refund_cart(shop_id=shop_id, order="1", key="r", units=None, with_shipping=True, now=NOON)
    assert outcome(shop_id, customer_id=ania) is OfferOutcome.APPLIED


def test_a_customer_who_comes_back_as_a_guest_is_counted_as_the_customer_and_gets_nothing_of_theirs(shop_id):
    promote("once", ONCE)
    promote(
        "once_more", TEN_OFF, audience={"attribute": "customer.first_name", "is": "equals", "value": "Ania"}
    )  # fmt: skip
    ania = customer(shop_id)
    buy(shop_id, "1", customer_id=ania)

    assert mark(shop_id) == str(ania)
    assert buy(shop_id, "2", counted_as=mark(shop_id)) == 0


def test_an_address_that_a_known_customer_gave_later_brings_its_uses(shop_id):
    """No event says that a profile got one more address: the next cart with it finds out."""
    promote("once", ONCE)
    before = mark(shop_id, "inna@zielnik.example")
    buy(shop_id, "1", counted_as=before)
    ania, other = customer(shop_id), customer(shop_id, "inna")
    one = customers.merge(shop_id=shop_id, left_id=ania, right_id=other, actor=SYSTEM, now=NOON)

    assert mark(shop_id, "inna@zielnik.example") == str(one)
    assert outcome(shop_id, counted_as=str(one)) is OfferOutcome.CUSTOMER_LIMIT_REACHED


def test_a_code_limited_per_customer_counts_guests_too(shop_id):
    publish(
        "code_campaign", "wiosna",
        {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1, "per": "customer"}]},
    )  # fmt: skip
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})
    buy(shop_id, "1", codes=("WIOSNA10",), counted_as=mark(shop_id))

    found = queries.evaluate(
        shop_id=shop_id, cart=cart(), codes=("WIOSNA10",), counted_as=mark(shop_id), now=NOON
    )  # fmt: skip

    assert [code.outcome for code in found.codes] == [CodeOutcome.EXHAUSTED]


@pytest.mark.django_db
def test_the_api_takes_the_address_with_the_cart_and_a_browser_does_not_learn_whose_it_is(shop_id):
    promote("once", ONCE)
    customer(shop_id)
    keys = {
        kind: shops.create_key(shop_id=shop_id, name="k", kind=kind, scopes=scopes, actor=SYSTEM, now=NOON).secret
        for kind, scopes in (
            (KeyKind.SERVER, ["carts:evaluate", "carts:write"]),
            (KeyKind.PUBLISHABLE, ["carts:evaluate"]),
        )
    }

    def call(path, body, kind=KeyKind.SERVER):
        client = Client(headers={"Authorization": f"Bearer {keys[kind]}"})
        answer = client.post(path, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    body = {"currency": "PLN", "lines": [LINE], "email": ANIA}
    call("/v1/carts/commit", {"key": "1", "order": "1", "cart": body})

    said = {kind: call("/v1/carts/evaluate", {**body, "explain": "relevant"}, kind) for kind in keys}
    assert {kind: one["discount"] for kind, one in said.items()} == {KeyKind.SERVER: 0, KeyKind.PUBLISHABLE: 1_000}
    assert call("/v1/carts/evaluate", {**body, "email": "celina@zielnik.example"})["discount"] == 1_000
