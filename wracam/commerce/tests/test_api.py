"""The server API of trade and people, as a shop's program calls it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from wracam.commerce.tests.test_actions import NOON
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

pytestmark = pytest.mark.django_db
ORDER = {
    "id": "1001",
    "total": "129.90",
    "currency": "PLN",
    "placed_at": "2026-05-04T10:15:00+02:00",
    "customer": {"email": "ania@zielnik.example", "first_name": "Ania"},
    "lines": [
        {"id": "a", "sku": "MON-1", "name": "Monstera", "quantity": 2, "total": "129.90", "categories": ["Rośliny"]}
    ],
}


@pytest.fixture
def api() -> Client:
    shop = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON)
    key = shops.create_key(shop_id=shop.id, kind=KeyKind.SERVER, name="shop", scopes=["*"], actor=SYSTEM, now=NOON)
    return Client(headers={"Authorization": f"Bearer {key.secret}"})


def post(api: Client, path: str, body: object):
    return api.post(f"/v1{path}", json.dumps(body), content_type="application/json")


def test_an_order_is_taken_shown_and_taken_again_without_a_trace(api):
    first, again = post(api, "/orders", ORDER), post(api, "/orders", ORDER)

    assert (first.status_code, first.json()["outcome"]) == (200, "created")
    assert again.json() | {"outcome": ""} == first.json() | {"outcome": ""}
    shown = api.get("/v1/orders/1001").json()
    assert (shown["total"], shown["lines"][0]["quantity"], shown["payment_status"]) == ("129.90", 2, "paid")
    assert fetch("SELECT count(*) FROM event WHERE name = 'order.paid'") == [(1,)]


def test_an_order_without_its_moment_keeps_the_first_one(api):
    silent = {key: value for key, value in ORDER.items() if key != "placed_at"}
    post(api, "/orders", ORDER)

    post(api, "/orders", silent | {"total": "99.00"})

    shown = api.get("/v1/orders/1001").json()
    assert (shown["total"], shown["placed_at"]) == ("99.00", "2026-05-04T08:15:00Z")


def test_a_batch_says_of_each_order_what_became_of_it(api):
    answer = post(api, "/orders/batch", {"orders": [ORDER, ORDER | {"id": "1002", "total": "1.234"}]})

    good, bad = answer.json()["results"]
    assert (good["outcome"], bad["outcome"]) == ("created", "refused")
    assert bad["errors"] == ["body.orders[1].total: 1.234 has more decimals than PLN has"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"total": 129.9}, "body.total"),
        ({"currency": "zł"}, "body.currency"),
        ({"placed_at": "2026-05-04T10:15:00"}, "body.placed_at"),
        ({"colour": "green"}, "body"),
    ],
)
def test_a_wrong_order_is_refused_with_the_place_of_the_error(api, change, path):
    answer = post(api, "/orders", ORDER | change)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"].startswith(path)
    assert fetch("SELECT count(*) FROM shop_order") == [(0,)]


def test_a_customer_is_upserted_found_merged_exported_and_erased(api):
    ania = post(api, "/customers", {"email": "ania@zielnik.example", "city": "Łódź"}).json()["id"]
    other = post(api, "/customers", {"phone": "+48 600 700 800"}).json()["id"]

    found = api.get("/v1/customers/lookup", {"kind": "email", "value": "Ania@zielnik.example"})
    merged = post(api, f"/customers/{ania}/merge", {"other_id": other})
    exported = api.get(f"/v1/customers/{ania}/export")
    timeline = api.get(f"/v1/customers/{ania}/timeline")
    erased = api.delete(f"/v1/customers/{ania}")

    assert found.json()["city"] == "Łódź"
    assert merged.json()["id"] == ania
    assert {one["value"] for one in exported.json()["customers"]["identities"]} == {
        "ania@zielnik.example",
        "+48600700800",
    }
    assert timeline.status_code == 200
    assert erased.status_code == 204
    assert api.get("/v1/customers/lookup", {"kind": "email", "value": "ania@zielnik.example"}).status_code == 404


def test_products_are_taken_in_a_batch_and_lists_are_paged(api):
    taken = post(
        api, "/products/batch", {"products": [{"id": "7", "name": "Monstera", "currency": "PLN", "price": "49.90"}]}
    )
    post(api, "/orders/batch", {"orders": [ORDER | {"id": str(number)} for number in range(3)]})

    first = api.get("/v1/orders", {"limit": 2}).json()
    second = api.get("/v1/orders", {"limit": 2, "cursor": first["next_cursor"]}).json()

    assert taken.json()["results"] == ["created"]
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
