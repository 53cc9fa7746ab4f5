"""The programme's screens in a browser: axe finds nothing, words become controls, points appear."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import axe_problems
from tests.browser.screens import LOOKS
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.loyalty import queries
from wracam.loyalty.tests.garden import NOON, open_program, order, publish, refund, tell

FOLDER = os.environ.get("WRACAM_SCREENSHOTS", "")


@pytest.fixture
def programme(world) -> Any:
    """Ania has bought twice, returned a pot, and waits for points; the programme has three rules."""
    open_program(
        {"give": {"kind": "per_amount", "points": 1, "per": "1.00"}},
        {
            "give": {"kind": "multiplier", "factor": "2"},
            "calendar": {"weekdays": [6, 7]},
            "if": {"all": [{"attribute": "order.total", "is": "at_least", "value": "100.00"}]},
        },
        {"when": "member.joined", "give": {"kind": "fixed", "points": 50}},
        joining="everybody",
        pending={"until": "delivered", "days": 14},
        validity={"kind": "rolling", "months": 12},
        value={"points": 100, "amount": "5.00"},
    )
    publish("reward", "delivery", {"title": {"pl": "Darmowa dostawa", "en": "Free delivery"}, "points": 100})
    publish(
        "tier_ladder",
        "levels",
        {"tiers": [{"key": "green", "from": 0}, {"key": "gold", "title": {"pl": "Złoty", "en": "Gold"}, "from": 500}]},
    )
    person = PersonSnapshot(
        identities=(Identity(kind=IdentityKind.EMAIL, value="ania@example.com"),), modified_at=NOON, first_name="Ania"
    )
    shop_id = world.shop.id
    tell(order(shop_id, 1, person=person, delivered_at=NOON))
    tell(order(shop_id, 2, day=1, person=person), order(shop_id, 3, day=1, who="bartek"))
    tell(order(shop_id, 1, day=2, person=person, delivered_at=NOON, refunds=(refund(1, 3_000, ("2", 1, 3_000)),)))
    return queries.member_of(customer_id=world.ania)


def paths(member: Any) -> dict[str, tuple[str, str]]:
    entry = queries.history(member.id)[-1].transfer_id
    return {
        "programme": ("staff", "/console/programme/"),
        "programme-rule": ("staff", "/console/programme/rules/rule_2/"),
        "programme-rule-history": ("staff", "/console/definitions/earning_rule/rule_2/history"),
        "programme-settings": ("staff", "/console/programme/settings/"),
        "programme-rewards": ("staff", "/console/programme/rewards/"),
        "programme-members": ("staff", "/console/programme/members/"),
        "programme-member": ("staff", f"/console/programme/members/{member.id}/"),
        "programme-why": ("staff", f"/console/programme/members/{member.id}/why/{entry}/"),
        "customer": ("staff", f"/console/customers/{member.customer_id}/"),
        "club-home": ("member", "/club/zielnik/"),
        "club-history": ("member", "/club/zielnik/history/"),
        "club-rules": ("nobody", "/club/zielnik/"),
    }


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_axe_finds_nothing_on_the_screens_of_the_programme(world, programme, language, scheme, width):
    world.speak(language)
    found: list[str] = []
    for name, (who, path) in paths(programme).items():
        page = world.page(
            staff=who == "staff", member=who == "member", color_scheme=scheme, locale=language,
            viewport={"width": width, "height": 900},
        )  # fmt: skip
        answer = page.goto(path)
        found += [] if answer and answer.ok else [f"{name}: status {answer.status if answer else None}"]
        found += [f"{name}: {problem}" for problem in axe_problems(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
        if FOLDER:
            Path(FOLDER).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(FOLDER) / f"{name}-{language}-{scheme}-{width}.png", full_page=True)
        page.context.close()

    assert found + world.noise == []


def test_a_changed_word_shows_its_effect_and_publishing_makes_it_live(world, programme):
    world.speak("pl")
    page = world.page(staff=True)
    page.goto("/console/programme/rules/rule_1/")

    page.fill("input[name=points]", "3")
    page.locator("input[name=points]").blur()
    page.locator(".rule-said", has_text="3 punkty").wait_for()
    page.click("button[name=publish]")
    page.wait_for_load_state()

    assert [rule.give.points for rule in queries.live_program().rules if rule.key == "rule_1"] == [3]
    assert world.noise == []
