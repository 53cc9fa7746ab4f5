"""Balances through the hot program: what Django answers, from the same statement, and nothing for other shops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from tests.hot.calling import Answer, call
from wracam.commerce.contracts import OrderStatus
from wracam.config import hot
from wracam.customers import actions as customers
from wracam.loyalty import actions as loyalty
from wracam.loyalty import queries
from wracam.loyalty.tests.garden import DAY, NOON, member_of, open_program, order, person, tell
from wracam.shops import actions as shops
from wracam.shops import queries as shop_queries
from wracam.shops.contracts import SYSTEM, KeyKind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


@pytest.fixture
def key(shop_id) -> str:
    return _key(shop_id)


def _key(shop_id: int, *scopes: str) -> str:
    made = shops.create_key(
        shop_id=shop_id, name="test", kind=KeyKind.SERVER, scopes=scopes or ["loyalty:read"], actor=SYSTEM, now=NOON
    )
    return made.secret


def _hot(member_id: UUID | str, key: str, method: str = "GET") -> Answer:
    return call(f"/v1/loyalty/members/{member_id}/balances", key=key, method=method)


def _django(member_id: UUID, key: str) -> tuple[int, Any]:
    client = Client(headers={"Authorization": f"Bearer {key}"})
    answer = client.get(f"/v1/loyalty/members/{member_id}/balances")
    return answer.status_code, answer.json()


def _members(shop_id: int) -> dict[str, UUID]:
    """Return members whose points wait, can be spent and end, were spent, are owed, or never were."""
    waiting = {"until": "delivered", "days": 14}
    open_program(pending=waiting, validity={"kind": "rolling", "months": 12}, shortage="carry")
    delivered: dict[str, Any] = {"status": OrderStatus.DELIVERED, "delivered_at": NOON}
    tell(order(shop_id, 1, who="ania", **delivered))
    people = tell(
        *(order(shop_id, number, who=who, **delivered) for number, who in enumerate(("bartek", "daria"), start=2))
    )
    loyalty.run_due(now=NOON + 15 * DAY)
    [ania] = tell(order(shop_id, 4, who="ania", day=20, status=OrderStatus.DELIVERED, delivered_at=NOON + 20 * DAY))
    bartek, daria = people
    loyalty.spend(member_id=member_of(bartek).id, points=40, key="a", now=NOON + 16 * DAY)
    loyalty.spend(member_id=member_of(daria).id, points=100, key="b", now=NOON + 16 * DAY)
    tell(order(shop_id, 3, who="daria", day=17, status=OrderStatus.CANCELLED))
    celina = customers.identify(shop_id=shop_id, person=person("celina"), source="test", now=NOON)
    assert celina is not None
    loyalty.join(customer_id=celina, now=NOON)
    named = {"ania": ania, "bartek": bartek, "celina": celina, "daria": daria}
    return {name: member_of(customer).id for name, customer in named.items()}


def test_both_programs_give_the_same_answer(shop_id, key):
    members = _members(shop_id)

    answers = {name: _hot(member, key) for name, member in members.items()}

    for name, member in members.items():
        status, headers, body = answers[name]
        assert (status, body) == _django(member, key), name
        assert headers["Content-Type"] == "application/json"
    seen = {name: body[0] for name, (_, _, body) in answers.items()}
    assert (seen["ania"]["active"], seen["ania"]["pending"]) == (150, 150)
    assert seen["ania"]["next_activation"]["points"] == seen["ania"]["next_expiry"]["points"] == 150
    assert seen["bartek"]["balance"] == 110
    assert seen["celina"] == {**seen["celina"], "point_kind": "points", "balance": 0, "next_expiry": None}
    assert (seen["daria"]["balance"], seen["daria"]["debt"]) == (-100, 100)


def test_moments_are_told_in_utc_whatever_the_server_thinks(shop_id, key):
    member = _members(shop_id)["ania"]
    database = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} SET TimeZone = 'Asia/Tokyo'")
    try:
        status, _, body = _hot(member, key)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {database} RESET TimeZone")

    assert (status, body) == _django(member, key)
    assert body[0]["next_expiry"]["at"].endswith("Z")


def test_one_statement_answers_a_request(shop_id, key, monkeypatch):
    member = _members(shop_id)["ania"]
    _hot(member, key)
    statements: list[str] = []
    execute = hot._execute

    def counted(statement: str, values: Any) -> Any:
        statements.append(statement)
        return execute(statement, values)

    monkeypatch.setattr(hot, "_execute", counted)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "cursor", lambda *_: pytest.fail("Django's connection is not needed"))
        status, _, _ = _hot(member, key)

    assert status == 200
    assert len(statements) == 1


def test_a_member_of_another_shop_or_nobody_does_not_exist(shop_id, key):
    open_program()
    other = shops.create_shop(key="inny", name="Inny", currency="PLN", now=NOON).id
    [bartek] = tell(order(other, who="bartek"))
    member = member_of(bartek).id
    assert _hot(member, _key(other))[0] == 200

    for stranger in (member, uuid4()):
        status, headers, body = _hot(stranger, key)
        django_status, django_body = _django(stranger, key)
        assert headers["Content-Type"] == "application/problem+json"
        assert (status, django_status, body["code"]) == (404, 404, "not_found")
        assert {**body, "request_id": ""} == {**django_body, "request_id": ""}


def test_a_balance_takes_a_key_with_its_scope_and_only_get(shop_id, key):
    member = uuid4()

    assert _hot(member, "")[0] == 401
    refused = _hot(member, _key(shop_id, "events:write"))
    django_status, django_body = _django(member, _key(shop_id, "events:write"))
    assert (refused[0], refused[2]["detail"]) == (django_status, django_body["detail"])
    assert (refused[0], refused[2]["code"]) == (403, "scope_missing")
    assert _hot(member, key, method="POST")[0] == 405
    assert _hot("not-an-id", key)[0] == 404


def test_a_balance_is_read_after_every_posting(shop_id, key):
    open_program()
    [ania] = tell(order(shop_id))
    member = member_of(ania).id
    assert _hot(member, key)[2][0]["balance"] == 150

    loyalty.spend(member_id=member, points=50, key="a", now=NOON + timedelta(hours=1))

    assert _hot(member, key)[2][0]["balance"] == queries.balance(member).shown == 100


def test_while_a_key_is_looked_up_again_others_need_not_wait(shop_id, key, monkeypatch):
    open_program()
    [ania] = tell(order(shop_id))
    member = member_of(ania).id
    _hot(member, key)
    looked_up: list[int] = []
    key_of = shop_queries.key_of

    def slow(secret: str, execute: Any) -> Any:
        looked_up.append(_hot(member, key)[0])
        return key_of(secret, execute)

    monkeypatch.setattr(shop_queries, "key_of", slow)
    moment, access = hot._keys[key]
    hot._keys[key] = (moment - hot.KEY_CACHE_SECONDS, access)

    assert _hot(member, key)[0] == 200
    assert looked_up == [200]
