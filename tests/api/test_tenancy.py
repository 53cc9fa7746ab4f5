"""One shop's key on another shop's objects (BOLA, OWASP API1): not seen, not changed, and not even confirmed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from wracam.definitions import actions as definitions
from wracam.events import actions as events
from wracam.faces.api import openapi, reference
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

ORDER = {
    "id": "1001",
    "total": "129.90",
    "currency": "PLN",
    "customer": {"account_id": "7", "email": "ania@example.com", "first_name": "Ania"},
}
PROGRAMME: dict[str, dict[str, object]] = {
    "program": {"name": "Klub", "joining": "everybody", "value": {"points": 100, "amount": "5.00"}},
    "earning_rule": {"when": "order.paid", "give": {"kind": "per_amount", "points": 1, "per": "1.00"}},
    "reward": {"title": {"pl": "Darmowa dostawa", "en": "Free delivery"}, "points": 100},
    "code_campaign": {"kind": "single"},
    "challenge": {"title": {"pl": "Zakupy", "en": "Purchases"}, "when": "order.paid", "count": "events", "goal": 10},
}
NOT_OF_ONE_SHOP = ("/v1/definitions", "/v1/rules")
"""Definitions belong to the merchant, not to one of their shops."""


NAMED_ALIKE = ("/ranking",)
"""A challenge is the merchant's; its ranking shows the members of the shop that asks."""


def client_of(shop_key: str) -> Client:
    shop = shops.create_shop(key=shop_key, name=shop_key.title(), currency="PLN", now=clock.now())
    made = shops.create_key(
        shop_id=shop.id, kind=KeyKind.SERVER, name="key", scopes=["*"], actor=SYSTEM, now=clock.now()
    )
    return Client(headers={"Authorization": f"Bearer {made.secret}"})


def post(client: Client, path: str, body: object):
    return client.post(path, json.dumps(body), content_type="application/json")


@pytest.fixture
def zielnik(db: None) -> Client:
    """A shop with a customer, an order, and a member who took a reward."""
    for kind, body in PROGRAMME.items():
        publish(kind, body)
    client = client_of("zielnik")
    assert post(client, "/v1/orders", ORDER).status_code == 200
    events.deliver_all(now=clock.now())
    made = post(client, "/v1/webhooks", {"url": "https://zielnik.example/hook", "event_names": ["order.paid"]})
    assert made.status_code == 201, made.content
    member = client.get("/v1/loyalty/members", {"email": "ania@example.com"}).json()
    made_of_ours(client, f"/v1/loyalty/members/{member['id']}/redemptions", {"reward": "klub", "key": "first"})
    return client


def made_of_ours(client: Client, path: str, body: dict[str, object]) -> str:
    """The id of what a POST makes, the same each time: every body has a key."""
    made = post(client, path, body)
    assert made.status_code in {200, 201}, made.content
    return str(made.json()["id"])


def publish(kind: str, body: dict[str, object]) -> None:
    now = clock.now()
    definitions.save_draft(kind=kind, key="klub", name="Klub", body=body, expected_revision=None, actor=SYSTEM, now=now)
    definitions.publish(kind=kind, key="klub", expected_revision=None, actor=SYSTEM, now=now)


@pytest.fixture
def stranger(db: None) -> Client:
    return client_of("obcy")


def ids_of(client: Client) -> dict[str, str]:
    customer = client.get("/v1/customers/lookup", {"kind": "email", "value": "ania@example.com"}).json()
    member = client.get("/v1/loyalty/members", {"email": "ania@example.com"}).json()
    event = client.get("/v1/events").json()["items"][0]
    webhook = client.get("/v1/webhooks").json()[0]
    payment = {"points": 10, "order_total": "100.00", "key": "first"}
    [redemption] = client.get(f"/v1/loyalty/members/{member['id']}/redemptions").json()
    return {
        "customer_id": customer["id"],
        "member_id": member["id"],
        "redemption_id": redemption["id"],
        "payment_id": made_of_ours(client, f"/v1/loyalty/members/{member['id']}/points-payments", payment),
        "batch_id": made_of_ours(client, "/v1/vouchers/batches", {"campaign": "klub", "count": 3, "key": "first"}),
        "account_id": made_of_ours(client, "/v1/gift-cards", {"amount": "50.00", "currency": "PLN", "key": "first"}),
        "key": "klub",
        "external_id": "1001",
        "event_id": event["id"],
        "endpoint_id": str(webhook["id"]),
        "delivery_id": event["id"],
    }


def addresses() -> Iterator[tuple[str, str]]:
    for path, methods in openapi.document()["paths"].items():
        if "{" in path and not path.startswith(NOT_OF_ONE_SHOP):
            for method in methods:
                yield method, path


def body_for(method: str, path: str, ids: dict[str, str]) -> str:
    """A valid body, made from the document, that names the other shop's objects."""
    content = openapi.document()["paths"][path][method].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    made = reference.example(openapi.document(), schema) if schema else {}
    return json.dumps({name: ids.get(name, value) for name, value in made.items()})


def everything(client: Client, ids: dict[str, str]) -> list[bytes]:
    """All that a shop can read of its objects."""
    paths = [re.sub(r"{(\w+)}", lambda match: ids[match[1]], path) for method, path in addresses() if method == "get"]
    answers = [client.get(path) for path in paths]
    assert [(path, one.status_code) for path, one in zip(paths, answers, strict=True) if one.status_code != 200] == []
    return [one.content for one in answers]


def test_every_address_of_an_object_is_known_to_this_test(zielnik):
    names = {name for _, path in addresses() for name in re.findall(r"{(\w+)}", path)}

    assert names == set(ids_of(zielnik))


@pytest.mark.parametrize(("method", "path"), [pytest.param(*one, id=" ".join(one)) for one in addresses()])
def test_a_stranger_neither_sees_nor_changes_what_is_ours(zielnik, stranger, method, path):
    ids = ids_of(zielnik)
    before = everything(zielnik, ids)
    address = re.sub(r"{(\w+)}", lambda match: ids[match[1]], path)

    response = stranger.generic(method.upper(), address, body_for(method, path, ids), "application/json")

    if not path.endswith(NAMED_ALIKE) and (method == "get" or "{external_id}" not in path):
        assert response.status_code == 404, response.content
        assert json.loads(response.content)["code"] == "not_found"
    assert "ania@example.com" not in response.content.decode()
    assert everything(zielnik, ids) == before


def test_a_stranger_finds_nobody_in_lists_and_searches(zielnik, stranger):
    for path in ("/v1/orders", "/v1/customers"):
        assert len(zielnik.get(path).json()["items"]) == 1
        assert stranger.get(path).json()["items"] == []
    assert stranger.get("/v1/customers/lookup", {"kind": "email", "value": "ania@example.com"}).status_code == 404
    assert stranger.get("/v1/loyalty/members", {"email": "ania@example.com"}).status_code == 404


def test_the_same_order_id_of_another_shop_is_another_order(zielnik, stranger):
    ids = ids_of(zielnik)
    before = everything(zielnik, ids)

    assert post(stranger, "/v1/orders", ORDER | {"total": "1.00"}).status_code == 200

    assert everything(zielnik, ids) == before


NAMED_IN_BODIES = [
    (method, path)
    for path, methods in openapi.document()["paths"].items()
    for method in methods
    if "{" not in path and method in {"post", "put", "patch"} and path != "/v1/events"
]


def test_a_stranger_who_names_ours_in_a_body_neither_sees_nor_changes_it(zielnik, stranger):
    ids = ids_of(zielnik)
    before = everything(zielnik, ids)
    named = ids | {"campaign": "klub", "order": "1001", "code": "KLUB", "email": "ania@example.com"}
    for method, path in NAMED_IN_BODIES:
        body = body_for(method, path, named)

        with transaction.atomic():  # as in life: what a refusal undoes is its own request
            response = stranger.generic(method.upper(), path, body, "application/json")

        assert response.status_code < 500, path
        assert response.status_code == 404 or '"customer_id"' not in body, path
        assert "Ania" not in response.content.decode(), path
        assert everything(zielnik, ids) == before, path
    assert len(NAMED_IN_BODIES) > 15
