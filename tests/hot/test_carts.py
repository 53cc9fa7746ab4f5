"""Carts through the hot program: what Django answers, from the same function, and nothing for other shops."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hot.calling import call
from wracam.config import hot
from wracam.customers import actions as customers
from wracam.definitions import queries as definitions
from wracam.loyalty import actions as loyalty
from wracam.loyalty.contracts import Refused
from wracam.loyalty.tests.garden import member_of, open_program, order, tell
from wracam.promotions.queries import live
from wracam.promotions.tests.garden import FREE_DELIVERY, NOON, SECOND_HALF, TEN_OFF, customer, promote, publish
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind
from wracam.vouchers import actions as vouchers
from wracam.vouchers.contracts import IssuedCode

pytestmark = pytest.mark.django_db(transaction=True)
LINE: dict[str, Any] = {"sku": "NAS-1", "quantity": 3, "price": "10.00", "tax_rate": "8", "categories": ["Nasiona"]}


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


@pytest.fixture
def key(shop_id) -> str:
    return shops.create_key(
        shop_id=shop_id, name="test", kind=KeyKind.SERVER, scopes=["carts:evaluate"], actor=SYSTEM, now=NOON
    ).secret


def both(body: Any, key: str) -> list[tuple[int, Any]]:
    """Return what the hot program and Django answer, without the moment and the request's id."""
    text = json.dumps(body)
    status, _, answer = call("/v1/carts/evaluate", key=key, body=text.encode())
    django = Client().post(
        "/v1/carts/evaluate", text, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )
    answers = [(status, answer), (django.status_code, django.json())]
    for _, answer in answers:
        answer.pop("at", None)
        answer.pop("request_id", None)
    return answers


def test_both_doors_give_the_same_answer(shop_id, key):
    ania = customer(shop_id)
    promote("delivery", FREE_DELIVERY)
    promote("seeds", SECOND_HALF, limits=[{"uses": 3, "per": "day", "for": "customer"}])
    promote("ania", TEN_OFF, audience={"attribute": "customer.first_name", "is": "equals", "value": "Ania"})
    publish("code_campaign", "wiosna", {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1}]})
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})
    carts = [
        {"lines": [LINE]},
        {"lines": [LINE], "customer_id": str(ania), "codes": ["WIOSNA10", "NONE"], "explain": "all"},
        {"lines": [{"sku": "A", "price": "90.00"}], "shipping": {"price": "12.99"}},
        {"lines": []},
    ]

    answers = [both(body, key) for body in carts]

    assert [ours == django for ours, django in answers] == [True] * len(carts)
    assert answers[1][0][1]["discount"] == 2_500


SKUS = ("NAS-1", "NAS-2", "MON-1", "DON-1", "STRANGE")
HERS: dict[str, Any] = {"attribute": "customer.first_name", "is": "equals", "value": "Ania"}
BIG: dict[str, Any] = {"attribute": "cart.items_total", "is": "at_least", "value": {"amount": "150", "currency": "PLN"}}
OFFERS: dict[str, dict[str, Any]] = {
    "delivery": {**FREE_DELIVERY},
    "seeds": {**SECOND_HALF, "limits": [{"uses": 3, "per": "day", "for": "customer"}]},
    "hers": {**TEN_OFF, "audience": HERS, "stacking": {"group": "order"}},
    "big": {**TEN_OFF, "if": BIG, "stacking": {"group": "order"}},
    "coded": {**TEN_OFF, "codes": {"campaigns": ["wiosna"]}},
    "secret": {**TEN_OFF, "codes": {"campaigns": ["wiosna"]}, "audience": HERS},
    "pool": {**TEN_OFF, "budget": {"amount": "5.00"}, "needs": [{"measure": "quantity", "at_least": 3}]},
    "present": {"effects": [{"kind": "gift", "options": [{"sku": "GIFT", "value": "5.00", "stock": 1}]}]},
    "till": {**TEN_OFF, "channels": ["pos"]},
    "june": {**TEN_OFF, "starts_at": "2099-06-01T00:00:00+02:00"},
    "bundle": {
        "effects": [{"kind": "bundle", "parts": [{"units": {"skus": ["MON-1"]}, "quantity": 2}], "price": "99.00"}]
    },
}
lines = st.builds(
    lambda sku, quantity, minor, named: {
        "sku": sku, "quantity": quantity, "price": f"{minor / 100:.2f}", "tax_rate": "8",
        **({"categories": ["Nasiona"] if sku.startswith("NAS") else []} if named else {}),
    },
    st.sampled_from(SKUS), st.integers(1, 4), st.integers(1, 9_000), st.booleans(),
)  # fmt: skip


def test_both_doors_answer_any_cart_alike(shop_id, key):
    people = [str(customer(shop_id, name)) for name in ("ania", "bartek")]
    publish("code_campaign", "wiosna", {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1}]})
    for name, body in OFFERS.items():
        promote(name, body)

    @settings(max_examples=40, deadline=None, database=None)
    @given(
        st.lists(lines, max_size=6),
        st.sampled_from([*people, None]),
        st.lists(st.sampled_from(["WIOSNA10", "wiosna10 ", "NONE"]), max_size=2),
        st.sampled_from(["relevant", "all"]),
        st.sampled_from(["web", "pos"]),
    )
    def agree(chosen, who, codes, explain, channel):
        body = {
            "lines": chosen, "codes": codes, "explain": explain, "channel": channel, "shipping": {"price": "12.99"},
        } | ({"customer_id": who} if who else {})  # fmt: skip
        ours, django = both(body, key)
        assert ours == django
        assert ours[0] == 200

    agree()


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Collect the statements of the hot program's own connection."""
    monkeypatch.setattr(definitions, "FRESH_SECONDS", 60.0)
    monkeypatch.setattr(live, "SHOP_FRESH_SECONDS", 60.0)
    asked: list[str] = []
    run = hot._execute

    def counted(statement: str, values: Any) -> Any:
        asked.append(statement)
        return run(statement, values)

    monkeypatch.setattr(hot, "_execute", counted)
    return asked


def test_a_cart_asks_the_database_once(shop_id, key, asked):
    ania = customer(shop_id)
    promote("hers", TEN_OFF, audience=HERS, limits=[{"uses": 3, "per": "day", "for": "customer"}])
    body = {"lines": [LINE], "customer_id": str(ania)}
    both(body, key)
    asked.clear()

    with CaptureQueriesContext(connection) as on_django:
        status, _, answer = call("/v1/carts/evaluate", key=key, body=json.dumps(body).encode())

    assert (status, answer["discount"], len(asked), list(on_django)) == (200, 1_000, 1, [])


def test_a_live_programme_and_its_tiers_cost_no_further_statement(shop_id, key, asked):
    open_program(joining="everybody", pending={"until": "paid", "days": 0}, value={"points": 100, "amount": "5.00"})
    silver = {"key": "silver", "from": 100, "benefits": {"points_multiplier": "2"}}
    publish("tier_ladder", "levels", {"window": {"kind": "rolling", "months": 12}, "tiers": [{"key": "green"}, silver]})
    [ania] = tell(order(shop_id))
    body = {"lines": [LINE], "customer_id": str(ania)}
    assert [one == django for one, django in [both(body, key), both({"lines": [LINE]}, key)]] == [True, True]
    asked.clear()

    with CaptureQueriesContext(connection) as on_django:
        answers = [call("/v1/carts/evaluate", key=key, body=json.dumps(one).encode())[2] for one in (body, {**body})]
        _, _, guest = call("/v1/carts/evaluate", key=key, body=json.dumps({"lines": [LINE]}).encode())

    assert [(one["earned"], one["payable"]) for answer in answers for one in answer["points"]] == [(60, 150)] * 2
    assert [(one["earned"], one["payable"]) for one in guest["points"]] == [(30, 0)]
    assert (len(asked), list(on_django)) == (3, [])


def test_points_that_were_just_held_do_not_pay_for_the_next_cart(shop_id, key):
    open_program(joining="everybody", pending={"until": "paid", "days": 0}, value={"points": 100, "amount": "5.00"})
    [ania] = tell(order(shop_id))
    body = {"lines": [LINE], "customer_id": str(ania)}
    before = both(body, key)[0][1]["points"][0]["payable"]

    held = loyalty.reserve_points(
        member_id=member_of(ania).id, points=100, order_minor=10_000, key="k", now=NOON, minutes=9_999_999
    )

    assert not isinstance(held, Refused)
    assert (before, both(body, key)[0][1]["points"][0]["payable"], held.points) == (150, 50, 100)


def test_codes_cost_a_statement_for_limits_and_guesses_together_and_one_more_if_they_are_stored(shop_id, key, asked):
    ania = customer(shop_id)
    publish("code_campaign", "wiosna", {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1}]})
    publish("code_campaign", "hers", {"kind": "personal", "limits": [{"uses": 1}]})
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna", "hers"]})
    issued = vouchers.issue(shop_id=shop_id, campaign="hers", customer_id=ania, key="k", now=NOON)
    assert isinstance(issued, IssuedCode)
    both({"lines": [LINE], "customer_id": str(ania)}, key)
    spent = []

    with CaptureQueriesContext(connection) as on_django:
        for code in ("WIOSNA10", issued.code):
            asked.clear()
            body = {"lines": [LINE], "customer_id": str(ania), "codes": [code]}
            _, _, answer = call("/v1/carts/evaluate", key=key, body=json.dumps(body).encode())
            spent.append((answer["codes"][0]["outcome"], len(asked)))

    assert spent == [("applied", 2), ("applied", 3)]
    assert list(on_django) == []


def test_what_was_just_published_or_merged_holds_for_the_next_cart(shop_id, key, monkeypatch):
    monkeypatch.setattr(definitions, "FRESH_SECONDS", 3_600.0)
    ania, bartek = customer(shop_id), customer(shop_id, "bartek")
    body = {"lines": [LINE], "customer_id": str(bartek)}
    promote("hers", TEN_OFF, audience=HERS)
    assert both(body, key)[0][1]["discount"] == 0

    _elsewhere(promote, "delivery", TEN_OFF)
    assert both(body, key)[0][1]["discount"] == 1_000

    _elsewhere(customers.merge, shop_id=shop_id, left_id=ania, right_id=bartek, actor=SYSTEM, now=NOON)
    ours, django = both(body, key)
    assert ours == django
    assert ours[0] == 200


def _elsewhere(change: Any, *given: Any, **more: Any) -> None:
    """Change something as another process would: ours is not told to look again."""
    held = definitions._cache.checked_at
    change(*given, **more)
    definitions._cache.checked_at = held


@pytest.mark.parametrize(
    "body",
    [
        {"lines": [{**LINE, "price": "ten"}]},
        {"lines": [{**LINE, "price": "1.001"}]},
        {"lines": [LINE], "customer_id": "00000000-0000-4000-8000-000000000000"},
        {"lines": [LINE], "currency": "EUR"},
        {"lines": [LINE], "surprise": 1},
        {"lines": [{**LINE, "id": "1"}, {**LINE, "id": "1"}]},
        [],
    ],
)
def test_both_doors_refuse_alike(key, body):
    ours, django = both(body, key)

    assert ours == django
    assert ours[0] in (404, 422)
