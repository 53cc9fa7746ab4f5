"""Every operation of the API takes a key with its scope and no other, in both programs that answer it."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from tests.hot.calling import call
from wracam.config import hot
from wracam.faces.api import limits
from wracam.faces.api.openapi import document
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind
from wracam.shops.ports import SCOPES

SOME_ID = "019234aa-7c1e-7d3b-9f52-0b6a1c2d3e4f"
OPERATIONS = [
    pytest.param(method.upper(), path, operation["x-scope"], id=f"{method.upper()} {path}")
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture
def shop_id(db: None, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(limits, "take", lambda **_: None)
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=clock.now()).id


def new_key(shop_id: int, scopes: list[str]) -> str:
    made = shops.create_key(
        shop_id=shop_id, kind=KeyKind.SERVER, name="key", scopes=scopes, actor=SYSTEM, now=clock.now()
    )
    return made.secret


def answers(method: str, path: str, key: str) -> list[tuple[int, dict[str, str]]]:
    """Status and body of Django and, where it serves this address, of the hot program."""
    address = re.sub(r"{[^}]+}", SOME_ID, path)
    found = []
    if (method, path) != ("POST", "/v1/events"):  # nothing but the hot program takes events in
        client = Client(headers={"Authorization": f"Bearer {key}"})
        response = client.generic(method, address, b"{}", "application/json")
        found.append((response.status_code, json.loads(response.content or b"{}")))
    if hot.serves(method, address):
        status, _, body = call(address, key=key, body=b"{}", method=method)
        found.append((status, body))
    return found


def test_each_scope_that_an_endpoint_asks_for_can_be_given_to_a_key():
    asked = {
        operation["x-scope"]
        for operations in document()["paths"].values()
        for operation in operations.values()
        if operation.get("x-scope")
    }

    assert asked >= {"orders:write", "loyalty:read"}
    assert asked - set(SCOPES.names()) == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_an_operation_takes_its_scope_and_no_other(shop_id, method, path, scope):
    others = new_key(shop_id, [name for name in SCOPES.names() if name != scope])
    its_own = new_key(shop_id, [scope])

    for status, body in answers(method, path, others):
        assert (status, body["code"]) == (403, "scope_missing")
        assert f"`{scope}`" in body["detail"]
    for status, _ in answers(method, path, its_own):
        assert status not in (401, 403)
