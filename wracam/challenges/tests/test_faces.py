"""Challenges as people and programs meet them: console, API and member pages."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client

from wracam.challenges import queries
from wracam.challenges.console import form
from wracam.definitions import queries as definitions
from wracam.definitions.ports import KINDS
from wracam.loyalty.tests.garden import NOON, open_program, order, publish, tell
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind, Role
from wracam.shops.models import Staff

pytestmark = pytest.mark.django_db
STAMPS = {
    "title": {"pl": "Co trzecia gratis", "en": "Every third free"},
    "count": "units",
    "goal": 3,
    "repeats": True,
    "stamps": True,
    "ranking": True,
    "rewards": [{"effect": "loyalty.points", "points": 100}],
}


@pytest.fixture
def console(shop_id) -> Client:
    staff = Staff.objects.create_user("daria@zielnik.example", "d" * 14, role=Role.OWNER.value, name="Daria")
    client = Client()
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def api(shop_id) -> Client:
    scopes = ["challenges:read", "challenges:write"]
    made = shops.create_key(
        shop_id=shop_id, name="zielnik", kind=KeyKind.SERVER, scopes=scopes, actor=SYSTEM, now=NOON
    )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {made.secret}"})


def test_a_challenge_is_made_in_its_sentence_and_published(console, shop_id):
    open_program()
    created = console.post("/console/programme/challenges/new/")
    page = created.headers["Location"]
    fields = {
        "title_pl": "Trzy razy", "title_en": "Three times", "when": "order.paid", "count": "events", "goal": "3",
        "over": "period", "unit": "month", "points": "50", "publish": "1",
    }  # fmt: skip

    assert console.post(page, fields).status_code == 302

    [live] = queries.live_challenges()
    assert (live.goal, live.window.period, live.title.pl, live.repeats) == (3, "month", "Trzy razy", False)
    tell(order(shop_id))
    assert "Trzy razy" in console.get("/console/programme/challenges/").content.decode()
    assert console.get(page).status_code == 200
    console.post(f"/console/definitions/challenge/{live.key}/archive")
    assert queries.live_challenges() == ()


def test_what_is_wrong_is_said_and_not_published(console):
    created = console.post("/console/programme/challenges/new/").headers["Location"]
    fields = {"title_pl": "Zero", "when": "page.viewed", "count": "units", "goal": "3", "publish": "1"}

    answer = console.post(created, fields)

    assert answer.status_code == 200
    assert "count:" in answer.content.decode()
    assert queries.live_challenges() == ()


def test_what_no_control_shows_stays_in_the_challenge():
    body = {
        **STAMPS, "audience": {"all": []}, "times": 5, "icon": "leaf",
        "window": {"ends_at": "2027-01-01T00:00:00+01:00"},
        "rewards": [{"effect": "loyalty.points", "points": 1}, {"effect": "vouchers.code", "campaign": "x"}],
    }  # fmt: skip
    fields = {"title_pl": "Co trzecia gratis", "title_en": "Every third free", "when": "order.paid", "count": "units"}
    more = {"goal": "3", "points": "2", "repeats": "1", "stamps": "1", "ranking": "1"}

    saved = form.body_of(QueryDict(urlencode({**fields, **more})), body)

    rewards = [{"effect": "loyalty.points", "points": 2}, {"effect": "vouchers.code", "campaign": "x"}]
    assert saved == {**body, "when": "order.paid", "rewards": rewards}
    assert form.initial_of(saved, "pl")["points"] == 2


def test_levels_are_rows_and_what_their_controls_do_not_show_stays():
    before = {"title": {"pl": "Ogród"}, "levels": [
        {"goal": 3, "icon": "leaf", "rewards": [{"effect": "vouchers.code", "campaign": "x"}]},
    ]}  # fmt: skip
    fields = [("title_pl", "Ogród"), ("when", "order.paid"), ("count", "units")]
    rows = [("3", "10", "Listek", "Leaf"), ("10", "50", "", ""), ("", "", "", "")]
    fields += [
        pair for row in rows for pair in zip(("level_goal", "level_points", "level_pl", "level_en"), row, strict=True)
    ]

    saved = form.body_of(QueryDict(urlencode(fields)), before)

    assert saved["levels"] == [
        {
            "goal": 3, "icon": "leaf", "title": {"pl": "Listek", "en": "Leaf"},
            "rewards": [{"effect": "loyalty.points", "points": 10}, {"effect": "vouchers.code", "campaign": "x"}],
        },
        {"goal": 10, "rewards": [{"effect": "loyalty.points", "points": 50}]},
    ]  # fmt: skip
    assert "goal" not in saved
    shown = form.initial_of(saved, "pl")["levels"]
    assert [row["goal"] for row in shown] == ["3", "10", ""]
    assert "levels" not in form.body_of(QueryDict(urlencode([*fields[:3], ("goal", "5")])), saved)


def test_the_api_tells_progress_ranking_and_appearance(api, shop_id):
    open_program()
    publish("challenge", "third", STAMPS)
    [ania] = tell(order(shop_id))
    tell(order(shop_id, 2, who="bartek"))

    [challenge] = api.get("/v1/challenges").json()
    [standing] = api.get(f"/v1/challenges/customers/{ania}").json()
    api.put(
        f"/v1/challenges/customers/{ania}/appearance", json.dumps({"nickname": "Paprotka"}),
        content_type="application/json", headers={"Idempotency-Key": "a"},
    )  # fmt: skip
    first = api.get("/v1/challenges/third/ranking?limit=1").json()
    second = api.get(f"/v1/challenges/third/ranking?limit=1&cursor={first['next_cursor']}").json()

    assert (challenge["key"], challenge["goals"]) == ("third", [3])
    assert (standing["amount"], standing["goal"], standing["completed"]) == (0, 3, 1)
    assert standing["rewards_pl"] == ["100\u00a0punktów"]
    names = {(line["place"], line["nickname"]) for page in (first, second) for line in page["items"]}
    assert names in ({(1, "Paprotka"), (2, "")}, {(1, ""), (2, "Paprotka")})
    assert second["next_cursor"] is None
    assert api.get("/v1/challenges/other/ranking").status_code == 404


def test_joining_over_the_api_is_idempotent_and_another_shops_customer_is_not_there(api, shop_id):
    publish("challenge", "third", {**STAMPS, "joining": "opt_in"})
    [ania] = tell(order(shop_id))
    other = shops.create_shop(key="las", name="Las", currency="PLN", now=NOON).id
    [celina] = tell(order(other, 9, who="celina"))

    answers = [
        api.post(f"/v1/challenges/third/customers/{ania}", headers={"Idempotency-Key": f"join-{number}"})
        for number in (1, 2)
    ]

    assert [answer.json()["joined"] for answer in answers] == [True, True]
    refused = api.post(f"/v1/challenges/third/customers/{celina}", headers={"Idempotency-Key": "b"})
    assert refused.status_code == 404


def member_client() -> Client:
    """Return a client signed in to the member pages as ania, with the code from her mail."""
    cache.clear()
    client = Client()
    client.post("/club/zielnik/sign-in/", {"email": "ania@zielnik.example"})
    code = re.search(r"\b(\d{6})\b", str(mail.outbox[-1].subject))
    assert code is not None
    assert client.post("/club/zielnik/sign-in/code/", {"code": code[1]}).status_code == 302
    return client


def test_members_see_their_stamps_join_and_choose_a_name(shop_id):
    open_program()
    publish("challenge", "third", STAMPS)
    publish("challenge", "walk", {"title": {"pl": "Spacer", "en": "Walk"}, "goal": 2, "joining": "opt_in"})
    tell(order(shop_id))
    client = member_client()

    home = client.get("/club/zielnik/").content.decode()
    assert "Co trzecia gratis" in home
    assert home.count("is-stamped") == 0
    client.post("/club/zielnik/challenges/walk/join/")
    assert client.get("/club/zielnik/").content.decode().count("challenge-bar") == 1

    client.post("/club/zielnik/challenges/third/appear/", {"nickname": "Paprotka", "is_listed": "1"})
    ranking = client.get("/club/zielnik/challenges/third/ranking/").content.decode()
    assert "Paprotka" in ranking
    client.post("/club/zielnik/challenges/third/appear/", {"nickname": "Paprotka"})
    ranking = client.get("/club/zielnik/challenges/third/ranking/").content.decode()
    assert "challenge-places" not in ranking


def test_a_challenge_says_itself_in_both_languages(shop_id):
    publish("challenge", "third", STAMPS)

    [live] = definitions.live("challenge")
    said = KINDS.get("challenge").sentence(live.body, "pl")
    assert said == "Liczy się: opłacono zamówienie. Cel: 3\u00a0sztuki, za każdym razem."
