"""The doors of carts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wracam.faces.portal.core.tokens import sign_token
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

from .garden import FREE_DELIVERY, NOON, SECOND_HALF, TEN_OFF, customer, promote

pytestmark = pytest.mark.django_db
CART: dict[str, Any] = {
    "lines": [{"id": "1", "sku": "NAS-1", "quantity": 2, "price": "10.00", "tax_rate": "8", "categories": ["Nasiona"]}],
    "shipping": {"price": "12.99", "method": "inpost", "tax_rate": "23"},
}
ORIGIN = "https://zielnik.example"


@pytest.fixture
def ask(client, shop_id):
    server = shops.create_key(
        shop_id=shop_id, kind=KeyKind.SERVER, name="server", scopes=["carts:evaluate", "carts:write"], actor=SYSTEM,
        now=NOON,
    ).secret  # fmt: skip
    browser = shops.create_key(
        shop_id=shop_id, kind=KeyKind.PUBLISHABLE, name="pages", scopes=["carts:evaluate"], origins=[ORIGIN],
        actor=SYSTEM, now=NOON,
    ).secret  # fmt: skip

    def send(path: str, body: dict[str, Any], *, is_browser: bool = False, key: str | None = None):
        headers = {"Authorization": f"Bearer {browser if is_browser else server}"}
        if is_browser:
            headers["Origin"] = ORIGIN
        if key:
            headers["Idempotency-Key"] = key
        return client.post(f"/v1/carts/{path}", json.dumps(body), content_type="application/json", headers=headers)

    return send


def test_a_cart_is_priced_and_explained(ask):
    promote("delivery", FREE_DELIVERY)
    promote("seeds", SECOND_HALF)

    answer = ask("evaluate", {**CART, "explain": "all"}).json()

    assert (answer["items"], answer["discount"], answer["total"]) == (2_000, 500, 2_799)
    assert {one["key"]: one["outcome"] for one in answer["offers"]} == {"delivery": "nearly", "seeds": "applied"}
    [delivery] = [one for one in answer["offers"] if one["key"] == "delivery"]
    assert delivery["requirements"][0]["missing"] == 8_000


@pytest.mark.parametrize(
    ("field", "text"),
    [("price", "-5.00"), ("price", "ten"), ("price", "1.23456"), ("tax_rate", "1e1"), ("tax_rate", "-8")],
)
def test_a_number_of_a_wrong_form_is_refused_with_its_place(ask, field, text):
    line = {**CART["lines"][0], field: text}

    answer = ask("evaluate", {**CART, "lines": [CART["lines"][0] | {"id": "0"}, line]})

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["path"] == f"body.lines[1].{field}"
    assert error["message"].startswith("Expected `str` matching regex")


def test_shipments_and_fees_are_priced_each(ask):
    locker = {"kind": "percent", "on": "shipping", "percent": "100", "names": ["inpost"]}
    promote("locker", {"effects": [locker]})
    beside = {
        "shipments": [{"price": "12.99", "method": "inpost"}, {"price": "20", "method": "dpd", "tax_rate": "23"}],
        "fees": [{"name": "packing", "amount": "3.50"}],
    }

    answer = ask("evaluate", {"lines": CART["lines"], **beside}).json()
    twice = ask("evaluate", {**CART, **beside})

    assert (answer["shipping"], answer["shipping_discount"], answer["fees"], answer["total"]) == (
        2_000, 1_299, 350, 4_350,
    )  # fmt: skip
    assert [(one["name"], one["amount"], one["discount"], one["is_fee"]) for one in answer["charges"]] == [
        ("inpost", 0, 1_299, False), ("dpd", 2_000, 0, False), ("packing", 350, 0, True),
    ]  # fmt: skip
    assert (twice.status_code, "shipping_twice" in twice.content.decode()) == (422, True)


def test_a_browser_learns_nothing_of_promotions_for_others(ask, shop_id):
    condition = {"attribute": "customer.first_name", "is": "equals", "value": "Ania"}
    promote("for_ania", TEN_OFF, audience=condition)
    ania = customer(shop_id)

    guest = ask("evaluate", CART, is_browser=True).json()
    named = ask("evaluate", {**CART, "customer_id": str(ania)}, is_browser=True)
    peeking = ask("evaluate", {**CART, "explain": "all"}, is_browser=True)
    trusted = ask("evaluate", {**CART, "customer_id": str(ania)}).json()

    assert guest["offers"] == []
    assert (named.status_code, named.json()["errors"][0]["code"]) == (422, "needs_token")
    assert peeking.status_code == 403
    assert [one["outcome"] for one in trusted["offers"]] == ["applied"]


def test_a_signed_token_opens_personal_promotions_in_a_browser(ask, shop_id):
    condition = {"attribute": "customer.first_name", "is": "equals", "value": "Ania"}
    promote("for_ania", TEN_OFF, audience=condition)
    customer(shop_id)
    secret = shops.rotate_member_secret(shop_id=shop_id, actor=SYSTEM, now=NOON)
    moment = clock.now().timestamp()
    claims = {"iss": "zielnik", "aud": "wracam", "iat": moment, "exp": moment + 200, "jti": "12345678",
              "email": "ania@zielnik.example"}  # fmt: skip
    token = sign_token(claims, secret=secret)

    first, again = (ask("evaluate", {**CART, "customer_token": token}, is_browser=True).json() for _ in range(2))
    forged = ask("evaluate", {**CART, "customer_token": sign_token(claims, secret="wrong")}, is_browser=True)

    assert [one["outcome"] for one in first["offers"]] == ["applied"]
    assert again["offers"] == first["offers"]
    assert (forged.status_code, forged.json()["errors"][0]["code"]) == (422, "refused")
