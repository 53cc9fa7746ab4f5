"""The shell around every endpoint: keys, problems, strict JSON, repeats, pages, limits, origins."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client

from wracam.faces.api import limits, paging
from wracam.faces.api.models import StoredAnswer
from wracam.faces.api.problems import Problem
from wracam.faces.api.tests.conftest import NOW
from wracam.faces.api.tests.sample import count_notes


def post(client: Client, body: object, **headers: str):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/v1/notes", raw, content_type="application/json", headers=headers)


def assert_problem(response, status: int, code: str) -> dict:
    document: dict = json.loads(response.content)
    assert (response.status_code, document["code"]) == (status, code), document
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(document) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert document["status"] == status
    assert document["request_id"] == response.headers["X-Request-Id"]
    assert document["detail"]
    return document


def test_an_endpoint_answers_what_its_function_returns(client):
    response = post(client, {"title": "mięta", "price": "12.30"})

    assert response.status_code == 201
    assert response.json() == {"title": "mięta", "number": 1, "price_minor": 1230}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wr_live_nobody", "Basic abc", "Bearer " + "x" * 5000, "Bearer \udcff"]
)
def test_without_a_valid_key_nothing_is_done(client, authorization):
    response = client.post(
        "/v1/notes", b"{}", content_type="application/json", headers={"Authorization": authorization}
    )

    assert_problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="wracam"'


def test_a_key_without_the_scope_is_told_which_one_it_lacks(client):
    response = post(client, {"title": "mięta"}, Authorization="Bearer wr_live_reader")

    assert "notes:write" in assert_problem(response, 403, "scope_missing")["detail"]
    assert count_notes() == 0


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("GET", "/v1", 404, "not_found"),
        ("GET", "/v1/", 404, "not_found"),
        ("PUT", "/v1/notes", 405, "method_not_allowed"),
        ("HEAD", "/v1/notes", 405, "method_not_allowed"),
        ("DELETE", "/v1/notes/99999999999999999999", 422, "invalid"),
        ("GET", "/v1/notes?limit=201", 422, "invalid"),
        ("GET", "/v1/notes?limit=zero", 422, "invalid"),
        ("GET", "/v1/notes?q=%00", 400, "bad_request"),
        ("GET", "/v1/notes?cursor=made-up", 400, "unreadable_cursor"),
        ("GET", "/v1/notes/%00", 400, "bad_request"),
    ],
)
def test_every_error_is_a_problem_document(client, method, path, status, code):
    response = client.generic(method, path)

    if method == "HEAD":
        assert response.status_code == status
    else:
        assert_problem(response, status, code)


def test_a_wrong_method_is_told_the_right_ones(client):
    assert client.put("/v1/notes").headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b'{"title": "a"} x', 400, "malformed_json"),
        (b'{"title": "a", "title": "b"}', 400, "malformed_json"),
        (b'{"title": "a", "title": "12\\u003a30"}', 400, "malformed_json"),
        (b'{"title": "12:30", "title": "a"}', 400, "malformed_json"),
        (b'{"title": "a", "attributes": {"x": 1, "x": 2}}', 400, "malformed_json"),
        (b'{"title": "\\u0000"}', 400, "malformed_json"),
        (b'{"title": "\x00"}', 400, "malformed_json"),
        (b'{"title": "\\ud800"}', 400, "malformed_json"),
        (b'{"title": "\xff"}', 400, "malformed_json"),
        (b'{"title": "a", "attributes": {"x": NaN}}', 400, "malformed_json"),
        (b'{"title": "a", "attributes": {"x": Infinity}}', 400, "malformed_json"),
        (b'{"title": "a", "attributes": {"x": 1e999}}', 422, "invalid"),
        (b'{"title": "a", "attributes": {"x": ' + b"9" * 10_000 + b"}}", 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b'{"title": "a", "attributes": {"x": ' + b"[" * 40 + b"]" * 40 + b"}}", 400, "malformed_json"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'{"title": "a", "price": 12.30}', 422, "invalid"),
        (b'{"title": "a", "price": "12,30"}', 422, "invalid"),
        (b'{"title": "a", "price": "12.305"}', 422, "invalid"),
        (b'{"title": "a", "price": "99999999999999999999"}', 422, "invalid"),
        (b'{"title": "a", "price": "1", "currency": "zlotych"}', 422, "invalid"),
        (b'{"title": "a", "at": "2026-13-45T00:00:00Z"}', 422, "invalid"),
        (b'{"title": "a", "at": "2026-01-01T00:00:00"}', 422, "invalid"),
        (b'{"title": "a", "at": "0001-01-01T00:00:00+14:00"}', 422, "invalid"),
        (b'{"title": "a", "at": "9999-12-31T23:59:59-14:00"}', 422, "invalid"),
        (b'{"title": "a", "titel": "b"}', 422, "invalid"),
        (b'{"title": "' + b"a" * 501 + b'"}', 422, "invalid"),
    ],
)
def test_a_body_that_is_not_right_is_refused_and_nothing_is_stored(client, body, status, code):
    response = post(client, body)

    assert_problem(response, status, code)
    assert count_notes() == 0


def test_a_wrong_field_is_named_by_its_path(client):
    response = post(client, {"title": "a", "lines": [{"text": "b"}, {"text": "c", "quantity": "two"}]})

    assert assert_problem(response, 422, "invalid")["errors"] == [
        {"path": "body.lines[1].quantity", "code": "type", "message": "Expected `int`, got `str`"}
    ]


@pytest.mark.parametrize(
    "title", ["żółw 🐢", "مرحبا", "你好", "\u202eabc", "a\\u0000b", "{[{[", "👩‍👩‍👧‍👦", "Robert'); --"]
)
def test_text_in_any_script_passes_unchanged(client, title):
    assert post(client, {"title": title, "attributes": {"[" * 50: "}" * 50}}).json()["title"] == title


def test_brackets_inside_strings_are_not_depth(client):
    assert post(client, {"title": '[{"' * 100}).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_json_is_taken(client, kind):
    response = client.post("/v1/notes", b'{"title": "a"}', content_type=kind)

    assert_problem(response, 415, "unsupported_content_type")


def test_a_large_body_is_refused_before_it_is_read(client):
    assert_problem(post(client, b'{"title": "' + b"a" * 10_000_000 + b'"}'), 413, "body_too_large")


@pytest.mark.parametrize(("length", "status", "code"), [("-5", 400, "bad_request"), ("1e3", 400, "bad_request")])
def test_a_senseless_length_is_refused(client, length, status, code):
    response = client.generic("POST", "/v1/notes", b"{}", content_type="application/json", CONTENT_LENGTH=length)

    assert_problem(response, status, code)


def test_a_body_in_chunks_is_refused(client):
    response = client.generic(
        "POST", "/v1/notes", b"", content_type="application/json", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked"
    )

    assert_problem(response, 411, "length_required")


def test_our_own_failure_is_a_problem_too_and_keeps_its_cause_to_itself(client, caplog):
    response = post(client, {"title": "broken"}, **{"X-Request-Id": "abc-1"})

    assert "broken" not in json.dumps(assert_problem(response, 500, "internal_error"))
    assert "request abc-1 failed" in caplog.text


def test_a_silent_database_is_a_503(client, monkeypatch):
    monkeypatch.setattr(limits, "take", lambda **_: (_ for _ in ()).throw(OperationalError("gone")))

    response = client.get("/v1/notes")

    assert_problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "5"


@pytest.mark.parametrize(("given", "kept"), [("order-7.a_B", True), ("a b", False), ("x" * 65, False), ("ż", False)])
def test_a_request_id_comes_back_if_it_is_harmless(client, given, kept):
    answered = client.get("/v1/notes", headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert (answered == given) is kept
    assert answered


def test_a_repeated_write_gets_the_first_answer_byte_for_byte(client):
    first = post(client, {"title": "a"}, **{"Idempotency-Key": "k1"})
    post(client, {"title": "b"})

    again = post(client, {"title": "a"}, **{"Idempotency-Key": "k1"})

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count_notes() == 2


def test_a_key_with_another_body_is_a_conflict(client):
    post(client, {"title": "a"}, **{"Idempotency-Key": "k1"})

    assert_problem(post(client, {"title": "b"}, **{"Idempotency-Key": "k1"}), 409, "idempotency_key_reused")
    assert count_notes() == 1


def test_two_shops_may_use_the_same_key(client):
    post(client, {"title": "a"}, **{"Idempotency-Key": "k1"})

    response = post(client, {"title": "b"}, **{"Idempotency-Key": "k1", "Authorization": "Bearer wr_live_other"})

    assert response.status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "ż", "x" * 201])
def test_an_unusable_idempotency_key_is_refused(client, key):
    assert_problem(post(client, {"title": "a"}, **{"Idempotency-Key": key}), 422, "invalid")
    assert count_notes() == 0


def test_a_refusal_undoes_the_write_and_leaves_the_key_free(client):
    assert_problem(post(client, {"title": "refused"}, **{"Idempotency-Key": "k1"}), 404, "not_found")
    assert count_notes() == 0
    assert StoredAnswer.objects.count() == 0

    assert post(client, {"title": "a"}, **{"Idempotency-Key": "k1"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_request_in_flight_is_not_done_twice(client):
    def hold(ready: threading.Event, done: threading.Event) -> None:
        from django.db import transaction

        from wracam.faces.api import idempotency

        with transaction.atomic():
            idempotency._lock("1 k1")
            ready.set()
            done.wait(10)
        connection.close()

    ready, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=hold, args=(ready, done))
    thread.start()
    ready.wait(10)
    try:
        response = post(client, {"title": "a"}, **{"Idempotency-Key": "k1"})
    finally:
        done.set()
        thread.join()

    assert_problem(response, 409, "request_in_flight")
    assert response.headers["Retry-After"] == "1"
    assert post(client, {"title": "a"}, **{"Idempotency-Key": "k1"}).status_code == 201


def test_pages_together_are_the_whole_list(client):
    for number in range(7):
        post(client, {"title": f"note {number}"})

    titles: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = client.get("/v1/notes", {"limit": 3, **cursor}).json()
        titles += [item["title"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]}

    assert titles == [f"note:1:note {number}" for number in range(7)]
    assert cursor == {"cursor": None}


def test_a_cursor_of_another_shop_or_list_is_refused(client):
    for number in range(2):
        post(client, {"title": f"note {number}"})
    cursor = client.get("/v1/notes?limit=1").json()["next_cursor"]

    response = client.get("/v1/notes", {"cursor": cursor}, headers={"Authorization": "Bearer wr_live_other"})

    assert_problem(response, 400, "unreadable_cursor")
    with pytest.raises(Problem):
        paging.read_cursor("/orders@1", cursor)


def test_the_bucket_empties_refills_and_says_when(db):
    limit = limits.Limit(per_second=2, burst=4)
    for _ in range(4):
        limits.take(bucket="k", limit=limit, now=NOW)

    with pytest.raises(Problem) as refused:
        limits.take(bucket="k", limit=limit, now=NOW)

    assert refused.value.kind.code == "rate_limited"
    assert refused.value.headers == {"Retry-After": "1"}
    limits.take(bucket="k", limit=limit, now=NOW + timedelta(seconds=0.5))
    with pytest.raises(Problem):
        limits.take(bucket="k", limit=limit, now=NOW + timedelta(seconds=0.5))
    limits.take(bucket="other", limit=limit, now=NOW)


def test_a_browser_may_ask_before_it_sends_a_key(client):
    response = client.options(
        "/v1/notes", headers={"Origin": "https://zielnik.pl", "Access-Control-Request-Method": "GET"}
    )

    assert response.status_code == 204
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_a_publishable_key_works_from_its_own_pages_only(client):
    key = {"Authorization": "Bearer wr_pub_zielnik"}

    own = client.get("/v1/notes", headers={**key, "Origin": "https://zielnik.pl"})
    strange = client.get("/v1/notes", headers={**key, "Origin": "https://evil.example"})

    assert own.headers["Access-Control-Allow-Origin"] == "https://zielnik.pl"
    assert_problem(strange, 403, "origin_not_allowed")
    assert "Access-Control-Allow-Origin" not in strange.headers


def test_a_server_key_is_never_shared_with_a_page(client):
    response = client.get("/v1/notes", headers={"Origin": "https://zielnik.pl"})

    assert "Access-Control-Allow-Origin" not in response.headers
