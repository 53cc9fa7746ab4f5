"""The programme as people and programs meet it: console, member pages and API."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from wracam.definitions import queries as definitions
from wracam.foundation.clock import now
from wracam.loyalty import actions, queries
from wracam.loyalty.console import rule_form
from wracam.shops import actions as shops

from .garden import NOON, PER_ZLOTY, balance_of, member_of, open_program, order, publish, tell

pytestmark = pytest.mark.django_db


def test_the_first_programme_starts_with_one_click(console):
    assert "/console/programme/start/" in console.get("/console/programme/").content.decode()

    console.post("/console/programme/start/")

    live = queries.live_program()
    assert [rule.key for rule in live.rules] == ["points_for_purchases"]
    assert console.get("/console/programme/").status_code == 200


def test_a_rule_is_changed_in_its_sentence_and_published(console, shop_id):
    open_program()
    form = {"name": "Podwójne", "when": "order.paid", "kind": "per_amount", "points": "2", "per": "1,00"}

    saved = console.post("/console/programme/rules/rule_1/", form)
    assert saved.status_code == 302
    assert queries.live_program().rules[0].give.points == 1

    console.post("/console/programme/rules/rule_1/", {**form, "publish": "1"})
    assert queries.live_program().rules[0].give.points == 2
    [ania] = tell(order(shop_id))
    assert balance_of(ania).active == 300


def test_what_no_control_of_the_sentence_shows_stays_in_the_rule(console):
    body: dict[str, Any] = {
        "when": "order.paid",
        "program": "club",
        "give": {"kind": "per_amount", "points": 1, "per": "1.00", "counts": "each_line"},
        "calendar": {"starts_at": "2026-01-01T00:00:00+01:00"},
        "caps": [{"points": 10, "per": "month", "budget": True}, {"points": 99, "per": "ever"}],
    }
    form = {"when": "order.paid", "kind": "per_amount", "points": "2", "per": "1,00", "from_hour": "0", "to_hour": "24"}

    saved = rule_form.body_of(QueryDict(urlencode({**form, "cap_points": "20", "cap_per": "month"})), body)

    assert saved == {
        **body,
        "give": {**body["give"], "points": 2},
        "caps": [{"points": 20, "per": "month", "budget": True}, {"points": 99, "per": "ever"}],
    }


def test_the_preview_says_what_recent_orders_would_have_given(console, shop_id):
    open_program()
    tell(order(shop_id))
    form = {"when": "order.paid", "kind": "per_amount", "points": "3", "per": "1,00"}

    side = console.post("/console/programme/rules/rule_1/preview/", form).content.decode()

    assert "450" in side
    assert definitions.live("earning_rule")[0].body == PER_ZLOTY


def test_an_unusable_rule_says_what_is_wrong_and_is_not_published(console):
    open_program()
    form = {"name": "Zła", "when": "order.paid", "kind": "per_amount", "points": "dużo", "per": "1,00"}

    answer = console.post("/console/programme/rules/rule_1/", {**form, "publish": "1"})

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert queries.live_program().rules[0].give.points == 1


@pytest.mark.parametrize(
    "address",
    ["", "settings/", "rules/rule_1/", "members/", "members/{member}/", "members/?q=ania"],
)
def test_every_page_of_the_programme_opens(console, shop_id, address):
    open_program()
    [ania] = tell(order(shop_id))

    answer = console.get("/console/programme/" + address.format(member=member_of(ania).id))

    assert answer.status_code == 200


def test_a_correction_by_hand_moves_points_once_and_is_explained(console, shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    member = member_of(ania)
    form = {"points": "25", "direction": "give", "note": "za cierpliwość", "key": "once"}

    for _ in range(2):
        console.post(f"/console/programme/members/{member.id}/correct/", form)

    assert balance_of(ania).active == 175
    entry = queries.history(member.id)[0]
    page = console.get(f"/console/programme/members/{member.id}/why/{entry.transfer_id}/").content.decode()
    assert "za cierpliwość" in page


def test_the_api_tells_balance_history_and_what_an_order_would_earn(api, shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    member = api.get("/v1/loyalty/members", {"email": "ania@zielnik.example"}).json()
    assert member["customer_id"] == str(ania)

    [balance] = api.get(f"/v1/loyalty/members/{member['id']}/balances").json()
    history = api.get(f"/v1/loyalty/members/{member['id']}/history").json()
    preview = api.post(
        "/v1/loyalty/previews", json.dumps({"lines": [{"name": "Aloes", "total": "49.90"}]}), "application/json"
    ).json()

    assert (balance["balance"], history["items"][0]["points"]) == (150, 150)
    assert preview[0]["points"] == {"points": 49}
    assert preview[0]["rules"][0]["outcome"] == "applied"


def test_the_api_refuses_to_spend_what_is_not_there(api, shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    address = f"/v1/loyalty/members/{member_of(ania).id}/spendings"

    refused = api.post(address, json.dumps({"points": 200, "key": "s"}), "application/json")
    spent = api.post(address, json.dumps({"points": 100, "key": "s"}), "application/json")

    assert (refused.status_code, refused.json()["code"]) == (409, "balance_too_low")
    assert (spent.status_code, spent.json()["balance"]) == (200, 50)
    assert balance_of(ania).active == 50


def test_members_of_another_shop_do_not_exist_for_this_key(api, shop_id):
    open_program()
    other = shops.create_shop(key="inny", name="Inny", currency="PLN", now=NOON).id
    [bartek] = tell(order(other, who="bartek"))

    answer = api.get(f"/v1/loyalty/members/{member_of(bartek).id}")

    assert answer.status_code == 404


def test_the_programme_reads_in_polish_and_english(api):
    open_program(pending={"until": "delivered", "days": 14}, validity={"kind": "rolling", "months": 12})

    polish = api.get("/v1/loyalty/program", {"language": "pl"}).json()
    english = api.get("/v1/loyalty/program", {"language": "en"}).json()

    assert polish["rules"] == ["1\u00a0punkt za każde 1,00\u00a0zł."]
    assert english["rules"] == ["1\u00a0point for every PLN\u00a01.00."]
    assert "Punkty są ważne 12\u00a0miesięcy." in polish["sentences"]
    assert actions.run_due(now=NOON).activated == 0


def test_a_reward_is_offered_redeemed_and_handed_over(api, console, shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    publish("reward", "delivery", {"title": {"pl": "Dostawa", "en": "Delivery"}, "points": 100})
    publish("reward", "trip", {"title": {"pl": "Wyjazd", "en": "Trip"}, "points": 900})
    address = f"/v1/loyalty/members/{member_of(ania).id}"

    offers = api.get(f"{address}/rewards").json()
    assert [(one["reward"], one["is_available"], one["missing"]) for one in offers] == [
        ("delivery", True, 0),
        ("trip", False, 750),
    ]
    taken = api.post(f"{address}/redemptions", json.dumps({"reward": "delivery", "key": "r1"}), "application/json")
    refused = api.post(f"{address}/redemptions", json.dumps({"reward": "trip", "key": "r2"}), "application/json")
    assert (taken.status_code, refused.status_code, refused.json()["code"]) == (201, 409, "reward_refused")

    assert "Dostawa" in console.get("/console/programme/rewards/").content.decode()
    console.post(f"/console/programme/rewards/{taken.json()['id']}/settle/")
    assert api.get(f"{address}/redemptions").json()[0]["state"] == "fulfilled"
    assert (balance_of(ania).active, balance_of(ania).spent) == (50, 100)


def test_a_tier_is_given_by_hand_on_the_members_page_with_a_reason_and_a_day(console, shop_id):
    open_program()
    publish("tier_ladder", "levels", {"tiers": [{"key": "green", "from": 0}, {"key": "gold", "from": 900}]})
    [ania] = tell(order(shop_id))
    address = f"/console/programme/members/{member_of(ania).id}/"
    form = {"tier": "levels:gold", "until": "2199-12-31", "tier_note": "dla jurorki", "key": "once"}

    refused = console.post(address + "tier/", {**form, "tier_note": ""})
    past = console.post(address + "tier/", {**form, "until": "2020-01-01"})
    given = console.post(address + "tier/", form)

    assert (refused.status_code, past.status_code, given.status_code) == (422, 422, 302)
    [standing] = queries.tier_standings(member_of(ania), now=now())
    assert standing.tier.key == "gold"
    assert "31 gru 2199" in console.get(address).content.decode()
