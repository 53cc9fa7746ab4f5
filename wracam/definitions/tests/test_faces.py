"""Definitions through the API and in the console."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation

from wracam.definitions import actions, queries
from wracam.definitions.tests.conftest import NOW
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("greeting")]
PLACE = "/v1/definitions/test_greeting/hello"


@pytest.fixture
def shop():
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOW)


def client_of(shop, *scopes):
    key = shops.create_key(shop_id=shop.id, kind=KeyKind.SERVER, name="program", scopes=scopes, actor=SYSTEM, now=NOW)
    return Client(headers={"Authorization": f"Bearer {key.secret}"})


@pytest.fixture
def api(shop):
    return client_of(shop, "*")


def send(api, path, body, method="post"):
    return getattr(api, method)(path, json.dumps(body), content_type="application/json")


def save(api, text, **more):
    return send(api, f"{PLACE}/draft", {"name": "Powitanie", "body": {"text": text}, **more}, "put")


def test_a_program_saves_publishes_compares_rolls_back_and_archives(api):
    assert save(api, "one", expected_revision=0).json()["state"] == "draft"
    assert send(api, f"{PLACE}/publish", {"note": "first"}).json()["number"] == 1
    save(api, "two")
    assert send(api, f"{PLACE}/publish", {}).json()["number"] == 2

    assert api.get(f"{PLACE}/diff?old=1&new=2").json()["items"] == [
        {"path": "text", "what": "changed", "old": "one", "new": "two"}
    ]
    assert send(api, f"{PLACE}/roll-back", {"number": 1}).json()["body"] == {"text": "one"}
    history = api.get(f"{PLACE}/history").json()["items"]
    assert [(entry["what"], entry["actor"], entry["note"]) for entry in history] == [
        ("rolled_back", "program", "#1"),
        ("published", "program", ""),
        ("published", "program", "first"),
    ]
    assert api.get(PLACE).json()["live"]["number"] == 3
    assert send(api, f"{PLACE}/archive", {}).json()["state"] == "archived"
    assert api.get("/v1/definitions?kind=test_greeting").json() == {"items": []}


def test_problems_are_listed_with_their_paths(api):
    save(api, "")

    refused = send(api, f"{PLACE}/publish", {})

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert refused.json()["errors"] == [{"path": "body.text", "code": "text.missing", "message": "Give a text."}]
    checked = send(api, f"{PLACE}/validate", {"name": "x", "body": {}}).json()
    assert checked == {
        "is_valid": False,
        "problems": [{"path": "text", "code": "text.missing", "message": "Give a text."}],
    }


def test_whoever_is_slower_gets_a_conflict(api):
    save(api, "one", expected_revision=0)

    refused = save(api, "two", expected_revision=0)

    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert api.get(PLACE).json()["draft"] == {"text": "one"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/definitions/nothing/hello", 404),
        ("/v1/definitions/test_greeting/nobody", 404),
        ("/v1/definitions/test_greeting/hello/diff?old=99", 404),
        ("/v1/definitions?kind=nothing", 404),
    ],
)
def test_what_is_not_there_is_not_found(api, path, status):
    save(api, "one")

    assert api.get(path).status_code == status


def test_a_key_needs_the_scope_of_what_it_does(shop):
    reader = client_of(shop, "definitions:read", "definitions:write")
    save(reader, "one")

    assert send(reader, f"{PLACE}/publish", {}).json()["code"] == "scope_missing"
    assert queries.live("test_greeting") == ()


def staff(role):
    user = get_user_model().objects.create_user(
        email=f"{role.value}@zielnik.pl", password="trzy zielone paprocie", role=role.value, language="pl"
    )
    client = Client()
    client.force_login(user)
    return client, user


def publish(text):
    for step in (
        lambda: actions.save_draft(
            kind="test_greeting",
            key="hello",
            name="Powitanie",
            body={"text": text},
            expected_revision=None,
            actor=SYSTEM,
            now=NOW,
        ),
        lambda: actions.publish(kind="test_greeting", key="hello", expected_revision=None, actor=SYSTEM, now=NOW),
    ):
        step()


@pytest.mark.usefixtures("shop")
def test_a_marketer_reads_the_history_and_rolls_back():
    publish("one")
    publish("two")
    client, _ = staff(Role.MARKETER)
    place = "/console/definitions/test_greeting/hello"

    history = client.get(f"{place}/history").content.decode()
    difference = client.get(f"{place}/diff?old=1&new=2").content.decode()
    answer = client.post(f"{place}/roll-back", {"number": "1", "next": "https://elsewhere.example/"})

    assert "Powitanie" in history
    assert f"{place}/diff?old=1&amp;new=2" in history
    assert "<del>one</del>" in difference
    assert "<ins>two</ins>" in difference
    assert (answer.status_code, answer.url) == (302, f"{place}/history")
    assert [version.body["text"] for version in queries.live("test_greeting")] == ["one"]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("told", "is_shown"),
    [("/console/programme/settings/", True), ("https://elsewhere.example/", False), ("javascript:alert(1)", False)],
)
def test_the_history_leads_back_to_the_page_that_opened_it_and_nowhere_else(told, is_shown):
    publish("one")
    client, _ = staff(Role.MARKETER)

    page = client.get("/console/definitions/test_greeting/hello/history", {"next": told}).content.decode()

    assert (f'href="{told}"' in page) is is_shown


@pytest.mark.usefixtures("shop")
def test_an_analyst_sees_the_history_and_changes_nothing():
    publish("one")
    client, _ = staff(Role.ANALYST)

    assert client.get("/console/definitions/test_greeting/hello/history").status_code == 200
    assert client.post("/console/definitions/test_greeting/hello/archive").status_code == 403
    assert len(queries.live("test_greeting")) == 1


def test_the_bar_of_an_editor_offers_publishing_only_for_a_sound_draft():
    _, marketer = staff(Role.MARKETER)
    request = RequestFactory().get("/console/somewhere")
    request.user = marketer

    def bar():
        source = '{% load definitions %}{% definition_bar "test_greeting" "hello" %}'
        return Template(source).render(Context({"request": request}))

    with translation.override("pl"):
        assert "Jeszcze nie zapisano" in bar()
    actions.save_draft(
        kind="test_greeting", key="hello", name="P", body={}, expected_revision=None, actor=SYSTEM, now=NOW
    )
    assert "/hello/publish" not in bar()
    publish("one")
    actions.save_draft(
        kind="test_greeting", key="hello", name="P", body={"text": "two"}, expected_revision=None, actor=SYSTEM, now=NOW
    )
    html = bar()
    assert "/console/definitions/test_greeting/hello/publish" in html
    assert "/console/definitions/test_greeting/hello/discard" in html
