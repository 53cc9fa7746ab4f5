"""The public intake through the hot program: each event once, each mistake named, nothing breaks it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hot.calling import call
from wracam.config import hot
from wracam.events.models import IntakeKey, LoggedEvent
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "https://zielnik.pl"


@pytest.fixture
def shop() -> Any:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", actor=SYSTEM, now=clock.now())


@pytest.fixture
def server_key(shop) -> str:
    return _key(shop, KeyKind.SERVER)


@pytest.fixture
def browser_key(shop) -> str:
    return _key(shop, KeyKind.PUBLISHABLE, origins=[ORIGIN])


def _key(shop, kind, origins=(), scopes=("events:write",)) -> str:
    made = shops.create_key(
        shop_id=shop.id, kind=kind, name="test", scopes=scopes, origins=origins, actor=SYSTEM, now=clock.now()
    )
    return made.secret


def _send(key: str, *items: Any, **more: Any) -> list[dict[str, Any]]:
    status, _, answer = call(key=key, body=msgspec.json.encode({"events": items, **more}))
    assert status == 200, answer
    results: list[dict[str, Any]] = answer["results"]
    return results


def _item(sender_id="1", **more: Any) -> dict[str, Any]:
    return {"id": sender_id, "name": "calculator.used", "data": {"plant": "monstera"}, **more}


def test_an_event_is_recorded_before_the_answer(server_key, shop):
    [result] = _send(server_key, _item())

    row = LoggedEvent.objects.get()
    assert (result["status"], result["event_id"], result["id"]) == ("recorded", str(row.id), "1")
    assert (row.name, row.shop_id, row.source, row.source_id) == ("calculator.used", shop.id, "api", "1")
    assert row.data == {"plant": "monstera"}


def test_the_same_id_is_recorded_once_and_answered_with_the_first_event(server_key):
    [first] = _send(server_key, _item("a"))
    second = _send(server_key, _item("a"), _item("b"), _item("b"))

    assert [result["status"] for result in second] == ["duplicate", "recorded", "duplicate"]
    assert second[0]["event_id"] == first["event_id"]
    assert second[2]["event_id"] == second[1]["event_id"]
    assert LoggedEvent.objects.count() == 2


def test_two_sources_number_their_events_independently(server_key):
    results = _send(server_key, _item("a"), source="till") + _send(server_key, _item("a"), source="app")

    assert [result["status"] for result in results] == ["recorded", "recorded"]


def test_the_same_batch_from_many_connections_at_once_is_recorded_once(server_key):
    items = [_item(str(number)) for number in range(50)]
    outcomes: list[str] = []

    def send() -> None:
        shuffled = items[::-1] if threading.get_ident() % 2 else items
        outcomes.extend(result["status"] for result in _send(server_key, *shuffled))
        hot._local.prepared.connection.close()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert LoggedEvent.objects.count() == IntakeKey.objects.count() == 50
    assert sorted(outcomes) == ["duplicate"] * 250 + ["recorded"] * 50


def test_each_wrong_item_is_answered_with_a_code_and_a_path_and_the_rest_is_recorded(server_key):
    now = clock.now()
    wrong = [
        ({"name": "calculator.used"}, "required", ""),
        (_item(name="Calculator used"), "invalid", ".name"),
        (_item(name="order.paid"), "name_reserved", ".name"),
        (_item(occurred_at="2026-01-01T12:00:00"), "no_time_zone", ".occurred_at"),
        (_item(occurred_at=now + timedelta(hours=1)), "in_future", ".occurred_at"),
        (_item(occurred_at="1970-01-01T00:00:00Z"), "too_old", ".occurred_at"),
        (_item(occurred_at="yesterday"), "invalid", ".occurred_at"),
        (_item(data={"text": "a\x00b"}), "nul_character", ""),
        (_item(data={"text": "x" * 20_000}), "too_large", ""),
        (_item(data=[1]), "invalid", ".data"),
        (_item(extra=1), "unknown_field", ""),
        (_item(customer={}), "empty_customer", ".customer"),
        (_item(customer={"id": str(uuid4())}), "unknown_customer", ".customer"),
        (_item(name="page.viewed", data={"path": 7}), "invalid", ".data.path"),
        (7, "invalid", ""),
    ]  # fmt: skip

    results = _send(server_key, *(item for item, _, _ in wrong), _item("good"))

    found = [(result["code"], result["path"]) for result in results[:-1]]
    assert found == [(code, f"events[{number}]{place}") for number, (_, code, place) in enumerate(wrong)]
    assert results[-1]["status"] == "recorded"
    assert LoggedEvent.objects.count() == 1


def test_deep_json_is_refused_and_a_long_flat_one_is_not(server_key):
    deep = b'{"events":[{"id":"1","name":"a.b","data":{"x":' + b"[" * 50 + b"]" * 50 + b"}}]}"
    flat = _item("flat", data={"list": [{"n": number} for number in range(100)]})

    status, _, answer = call(key=server_key, body=deep)

    assert (status, answer["results"][0]["code"]) == (200, "too_deep")
    assert _send(server_key, flat)[0]["status"] == "recorded"
    status, _, answer = call(key=server_key, body=b'{"events":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    assert (status, answer["code"]) == (400, "malformed_json")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b"[]", 422, "invalid"),
        (b'{"events":[]}', 422, "invalid"),
        (b'{"events":[{}],"sauce":"x"}', 422, "invalid"),
        (b'{"events":[{}],"source":"Not A Source"}', 422, "invalid"),
        (msgspec.json.encode({"events": [{}] * 501}), 422, "invalid"),
        (b'{"events":["' + b"x" * 1_000_000 + b'"]}', 413, "body_too_large"),
        (b'{"events":[{"id":"\xff\xfe"}]}', 200, None),
    ],
)
def test_a_wrong_body_is_a_problem(server_key, body, status, code):
    found, headers, answer = call(key=server_key, body=body)

    assert found == status
    assert code is None or (answer["code"], answer["status"]) == (code, status)
    assert code is None or headers["Content-Type"] == "application/problem+json"


def test_requests_without_a_valid_key_scope_type_length_or_method_are_refused(server_key, shop):
    assert call()[0] == 401
    assert call(key="wr_live_" + "x" * 40)[0] == 401
    assert call(key="żółw")[0] == 401
    assert call(key=_key(shop, KeyKind.SERVER, scopes=["orders:write"]))[0] == 403
    assert call(key=server_key, CONTENT_TYPE="text/plain")[0] == 415
    assert call(key=server_key, CONTENT_LENGTH="")[0] == 411
    assert call(key=server_key, CONTENT_LENGTH="-1")[0] == 400
    assert call(key=server_key, CONTENT_LENGTH="10")[0] == 400
    assert call(method="GET")[0] == 405
    assert call("/v1/nothing")[0] == 404
    assert LoggedEvent.objects.count() == 0


def test_a_browser_sends_only_what_visitors_do_from_its_own_origin(browser_key):
    viewed = {"id": "1", "name": "page.viewed", "data": {"path": "/"}, "customer": {"anonymous_id": "browser-1"}}
    body = msgspec.json.encode({"events": [viewed]})

    status, headers, answer = call(key=browser_key, body=body, HTTP_ORIGIN=ORIGIN)
    assert (status, answer["results"][0]["status"]) == (200, "recorded")
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert call(key=browser_key, body=body, HTTP_ORIGIN="https://evil.example")[0] == 403
    refused = _send(
        browser_key,
        _item("2"),
        {**viewed, "id": "3", "customer": {"email": "ania@example.com"}},
        {**viewed, "id": "4", "name": "order.paid"},
    )
    assert [result["code"] for result in refused] == ["name_not_allowed", "customer_not_allowed", "name_reserved"]
    assert LoggedEvent.objects.filter(name="page.viewed").count() == 1


def test_a_preflight_is_answered_without_a_key():
    status, headers, _ = call(method="OPTIONS", HTTP_ORIGIN=ORIGIN)

    assert (status, headers["Access-Control-Allow-Origin"]) == (204, "*")


def test_people_are_recognised_by_their_marks_and_a_known_id_is_taken(server_key):
    _send(
        server_key,
        _item("1", customer={"email": "Ania@Example.com"}),
        _item("2", customer={"email": "ania@example.com"}),
    )
    [first, second] = LoggedEvent.objects.filter(name="calculator.used").order_by("position")
    _send(server_key, _item("3", customer={"id": str(first.customer_id)}))

    third = LoggedEvent.objects.get(source_id="3")
    assert first.customer_id is not None
    assert first.customer_id == second.customer_id == third.customer_id
    assert first.lane == third.lane


def test_a_customer_of_another_shop_is_unknown(server_key):
    _send(server_key, _item("1", customer={"email": "ania@example.com"}))
    ania = LoggedEvent.objects.get(source_id="1").customer_id
    other = shops.create_shop(key="ogrodnik", name="Ogrodnik", currency="PLN", actor=SYSTEM, now=clock.now())

    [result] = _send(_key(other, KeyKind.SERVER), _item("2", customer={"id": str(ania)}))

    assert result["code"] == "unknown_customer"


def test_the_program_reconnects_after_its_connection_was_cut(server_key):
    _send(server_key, _item("1"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [hot._local.prepared.connection.info.backend_pid])

    assert _send(server_key, _item("2"))[0]["status"] == "recorded"


def test_a_revoked_key_stops_within_seconds(server_key, shop, monkeypatch):
    _send(server_key, _item("1"))
    monkeypatch.setattr(hot, "KEY_CACHE_SECONDS", 0.0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_key SET revoked_at = now()")

    assert call(key=server_key, body=b"{}")[0] == 401


def test_too_many_requests_of_one_key_are_told_to_wait(server_key, monkeypatch):
    monkeypatch.setitem(hot.RATE_PER_SECOND, KeyKind.SERVER, 1)

    statuses = [call(key=server_key, body=b"{}")[0] for _ in range(10)]
    headers = call(key=server_key, body=b"{}")[1]

    assert statuses.count(422) == hot.BURST_SECONDS
    assert statuses[-1] == 429
    assert int(headers["Retry-After"]) >= 1


def test_health_is_told():
    assert call("/health/live", method="GET")[0] == 200
    assert call("/health/ready", method="GET")[0] == 200


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    items=st.lists(
        _json
        | st.fixed_dictionaries(
            {"id": st.text(max_size=5) | _json, "name": st.just("a.b") | _json},
            optional={"data": _json, "occurred_at": st.text(max_size=30) | st.datetimes().map(str), "customer": _json},
        ),
        max_size=5,
    )
)
def test_no_json_breaks_the_intake_and_every_item_is_answered(server_key, items):
    import json

    hot._full_at.clear()
    status, _, answer = call(key=server_key, body=json.dumps({"events": items}).encode())

    assert status in {200, 400, 422}
    if status == 200:
        assert len(answer["results"]) == len(items)
        assert all(result["status"] in {"recorded", "duplicate"} or result["code"] for result in answer["results"])
