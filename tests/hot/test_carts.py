"""Carts through the hot program: what Django answers, from the same function, and nothing for other shops."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.hot.calling import call
from wracam.promotions.tests.garden import FREE_DELIVERY, NOON, SECOND_HALF, TEN_OFF, customer, promote, publish
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

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

    assert [hot == django for hot, django in answers] == [True] * len(carts)
    assert answers[1][0][1]["discount"] == 2_500


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
    hot, django = both(body, key)

    assert hot == django
    assert hot[0] in (404, 422)
