"""Editors of the console: rewards with pictures, ladders, approvals; forms that keep what they do not show."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client

from wracam.definitions import queries as definitions
from wracam.loyalty import actions, queries
from wracam.loyalty.console import rule_form
from wracam.loyalty.contracts import Redemption
from wracam.shops.contracts import Role
from wracam.shops.models import Staff

from .garden import DAY, NOON, assert_books_are_right, balance_of, member_of, open_program, order, publish, tell

pytestmark = pytest.mark.django_db
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def signed_in(role: Role, name: str) -> Client:
    staff = Staff.objects.create_user(f"{name}@zielnik.example", "d" * 14, role=role.value, name=name.title())
    client = Client()
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_reward_is_made_in_its_form_with_a_picture_and_published(console, shop_id):
    open_program()
    publish("tier_ladder", "levels", {"tiers": [{"key": "green", "from": 0}, {"key": "gold", "from": 900}]})
    address = console.post("/console/programme/rewards/new/").headers["Location"]
    form: dict[str, Any] = {
        "name": "Kubek", "kind": "product", "title_pl": "Kubek", "title_en": "Mug", "points": "120", "amount": "9,99",
        "tier_points_gold": "80", "stock": "5", "limit_count_0": "1", "limit_per_0": "month",
        "limit_whose_0": "member", "starts_at": "2026-05-01T08:00", "gives_sku": "KUB-1",
        "picture": SimpleUploadedFile("kubek.png", DOT, "image/png"), "publish": "1",
    }  # fmt: skip

    answer = console.post(address, form)
    [reward] = queries.live_rewards()
    body = definitions.listed("reward")[0].live.body  # type: ignore[union-attr]  # it was published

    assert answer.status_code == 302
    assert body == {
        "kind": "product", "title": {"pl": "Kubek", "en": "Mug"}, "points": 120, "amount": "9.99",
        "tier_prices": [{"tier": "gold", "points": 80}], "stock": 5,
        "limits": [{"count": 1, "per": "month", "whose": "member"}], "starts_at": "2026-05-01T08:00:00+02:00",
        "gives": {"sku": "KUB-1"}, "image": reward.image,
    }  # fmt: skip
    picture = Client().get(f"/pictures/{reward.image}/")
    assert (picture.content, picture["Content-Type"]) == (DOT, "image/png")
    assert "Kubek" in console.get("/console/programme/rewards/").content.decode()
    assert f"/console/definitions/reward/{reward.key}/history" in console.get(address).content.decode()


def test_a_file_that_is_no_picture_is_refused_in_words_and_nothing_is_saved(console):
    address = console.post("/console/programme/rewards/new/").headers["Location"]
    before = definitions.listed("reward")[0].body

    answer = console.post(
        address,
        {"points": "5", "title_pl": "X", "picture": SimpleUploadedFile("x.svg", b"<svg onload=x>", "image/svg+xml")},
    )

    assert answer.status_code == 422
    assert "PNG" in answer.content.decode()
    assert definitions.listed("reward")[0].body == before


def test_a_preview_says_what_is_wrong_and_saves_nothing(console):
    address = console.post("/console/programme/rewards/new/").headers["Location"]

    wrong = console.post(f"{address}preview/", {"title_pl": "Kubek", "points": "dużo"}).content.decode()
    right = console.post(f"{address}preview/", {"title_pl": "Kubek", "points": "50"}).content.decode()

    assert 'role="alert"' in wrong
    assert "Kubek: 50\u00a0punktów." in right
    assert definitions.listed("reward")[0].body["points"] == 100


def test_a_ladder_is_made_in_rows_and_keeps_gifts_it_does_not_show(console):
    open_program()
    gift = {"points": 50}
    publish("tier_ladder", "levels", {"tiers": [{"key": "green", "from": 0}, {"key": "gold", "from": 5, "gift": gift}]})
    form = QueryDict(mutable=True)
    for name, values in {
        "name": ["Poziomy"], "by": ["points"], "window": ["rolling"], "months": ["12"], "downgrade": ["never"],
        "grace_months": ["1"], "grace_days": ["14"], "grace_round_up_to": ["month"], "tier_key": ["green", "gold", ""], "tier_pl": ["Zielony", "Złoty", "Łąka"],
        "tier_en": ["", "Gold", ""], "tier_from": ["0", "500", "900"], "tier_multiplier": ["", "1,5", ""],
        "tier_delivery": ["1"], "publish": ["1"],
    }.items():  # fmt: skip
        form.setlist(name, values)

    answer = console.post("/console/programme/tiers/levels/", form.urlencode(), "application/x-www-form-urlencoded")

    assert answer.status_code == 302
    body = definitions.editable("tier_ladder", "levels").live.body  # type: ignore[union-attr]  # it is live
    assert body["window"] == {"kind": "rolling", "months": 12}
    assert (body["grace_months"], body["grace_days"], body["grace_round_up_to"]) == (1, 14, "month")
    assert 'value="month" selected' in console.get("/console/programme/tiers/levels/").content.decode()
    assert body["tiers"] == [
        {"key": "green", "title": {"pl": "Zielony", "en": "Zielony"}, "from": 0},
        {
            "key": "gold", "title": {"pl": "Złoty", "en": "Gold"}, "from": 500, "gift": gift,
            "benefits": {"points_multiplier": "1.5", "free_delivery": True},
        },
        {"key": "laka", "title": {"pl": "Łąka", "en": "Łąka"}, "from": 900},
    ]  # fmt: skip
    assert "Złoty" in console.get("/console/programme/tiers/").content.decode()


def test_a_large_correction_waits_in_the_queue_for_somebody_else(shop_id):
    open_program(correction_limits={"agent": 50, "marketer": 50})
    [ania] = tell(order(shop_id))
    agent, marketer = signed_in(Role.AGENT, "bartek"), signed_in(Role.MARKETER, "celina")
    address = f"/console/programme/members/{member_of(ania).id}/correct/"
    ask = {"points": "100", "direction": "give", "note": "za pomyłkę"}

    agent.post(address, {**ask, "key": "a"})
    marketer.post(address, {**ask, "points": "70", "key": "m"})
    first, second = queries.waiting_corrections(shop_id)
    forbidden = agent.post(f"/console/programme/approvals/{second.id}/", {"approve": "1"})
    marketer.post(f"/console/programme/approvals/{second.id}/", {"approve": "1"})
    marketer.post(f"/console/programme/approvals/{first.id}/", {"approve": "1"})

    assert forbidden.status_code == 403
    assert "za pomyłkę" in marketer.get("/console/programme/approvals/").content.decode()
    assert balance_of(ania).active == 250
    assert [one.id for one in queries.waiting_corrections(shop_id)] == [second.id]
    agent.post(f"/console/programme/approvals/{second.id}/")
    assert [one.id for one in queries.waiting_corrections(shop_id)] == [second.id]
    assert_books_are_right()


def test_a_settled_redemption_can_still_be_returned_from_the_list(console, shop_id):
    open_program()
    [ania] = tell(order(shop_id))
    publish("reward", "mug", {"title": {"pl": "Kubek", "en": "Mug"}, "points": 100, "amount": "5.00"})
    taken = actions.redeem_reward(member_id=member_of(ania).id, reward="mug", key="k", now=NOON + DAY)
    assert isinstance(taken, Redemption)
    waiting = console.get("/console/programme/rewards/").content.decode()

    console.post(f"/console/programme/rewards/{taken.id}/settle/")
    settled = console.get("/console/programme/rewards/?list=settled").content.decode()
    console.post(f"/console/programme/rewards/{taken.id}/settle/", {"return": "1"})

    assert "5,00\u00a0zł" in waiting
    assert "wydana" in settled
    assert balance_of(ania).active == 150


def test_every_limit_of_a_rule_a_period_and_a_kind_of_points_have_controls():
    posted = QueryDict(mutable=True)
    posted.update(
        {
            "when": "review.published", "kind": "fixed", "points": "5", "point_kind": "leaves",
            "starts_at": "2026-12-01T00:00", "ends_at": "", "cap_points": "10", "cap_per": "day", "cap_seen": "1",
            "cap1_points": "1000", "cap1_per": "ever", "cap1_budget": "1", "cap1_seen": "1",
        }
    )  # fmt: skip
    before = {"calendar": {"ends_at": "2026-12-24T00:00:00+01:00"}, "caps": [{"points": 1, "per": "day"}] * 3}

    body = rule_form.body_of(posted, before)

    assert body == {
        "when": "review.published",
        "give": {"kind": "fixed", "points": 5},
        "point_kind": "leaves",
        "calendar": {"starts_at": "2026-12-01T00:00:00+01:00"},
        "caps": [
            {"points": 10, "per": "day"},
            {"points": 1000, "per": "ever", "budget": True},
            {"points": 1, "per": "day"},
        ],
    }
