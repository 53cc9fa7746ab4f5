"""Challenges and tiers in a browser: axe finds nothing, nothing is wider than the window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import axe_problems
from tests.browser.screens import LOOKS
from wracam.challenges import actions
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.demo.core import club
from wracam.loyalty.tests.garden import NOON, open_program, order, publish, tell

FOLDER = os.environ.get("WRACAM_SCREENSHOTS", "")
SCREENS = {
    "challenges": ("staff", "/console/programme/challenges/"),
    "challenge": ("staff", "/console/programme/challenges/stamps/"),
    "club-challenges": ("member", "/club/zielnik/"),
    "club-ranking": ("member", "/club/zielnik/challenges/weekends/ranking/"),
}


@pytest.fixture
def challenges(world) -> Any:
    """Ania has two stamps of three, a badge, a tier with benefits, and a place in a ranking."""
    open_program(joining="everybody")
    publish("tier_ladder", "levels", {**club.TIERS, "program": ""})
    publish("challenge", "stamps", {**club.STAMPS, "lines": None, "goal": 5, "ranking": False})
    weekends = {**club.WEEKEND, "window": {}, "goal": 1}
    publish("challenge", "weekends", weekends)
    publish("auto_reward", "spender", club.SPENDER)
    person = PersonSnapshot(
        identities=(Identity(kind=IdentityKind.EMAIL, value="ania@example.com"),), modified_at=NOON, first_name="Ania"
    )
    shop_id = world.shop.id
    tell(order(shop_id, 1, person=person), order(shop_id, 2, day=1, person=person), order(shop_id, 3, who="bartek"))
    tell(order(shop_id, 4, day=1, person=person))
    actions.appear(customer_id=world.ania, shop_id=shop_id, nickname="Paprotka", is_listed=True)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_axe_finds_nothing_on_the_screens_of_challenges(world, challenges, language, scheme, width):
    world.speak(language)
    found: list[str] = []
    for name, (who, path) in SCREENS.items():
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
