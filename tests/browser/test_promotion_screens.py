"""Promotions in the console: axe finds nothing, the sentence follows the typing, a mistake is shown where it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe_problems
from tests.browser.screens import LOOKS
from wracam.definitions import actions as definitions
from wracam.definitions import queries
from wracam.demo.core import promotions
from wracam.foundation.clock import now
from wracam.shops.contracts import SYSTEM

FOLDER = os.environ.get("WRACAM_SCREENSHOTS", "")
SCREENS = {
    "promotions": "/console/promotions/",
    "promotion": "/console/promotions/druga_doniczka/",
    "promotion-set": "/console/promotions/trzy_ziola/",
    "promotion-gift": "/console/promotions/nasiona_gratis/",
    "promotion-code": "/console/promotions/kod_zielen/",
    "promotion-draft": "/console/promotions/szkic/",
    "prices": "/console/promotions/prices/",
    "bench": "/console/promotions/bench/?sku=DON-1&quantity=2&price=60&tax=23&codes=NIEMA"
    "&shipping=kurier&shipping_price=16.99&draft=szkic",
}


@pytest.fixture
def garden(world) -> Any:
    """The promotions of the demo, live, and a draft that is wrong."""
    moment = now()
    for decision in promotions.DECISIONS:
        common: dict[str, Any] = {
            "kind": decision.kind,
            "key": decision.key,
            "expected_revision": None,
            "actor": SYSTEM,
            "now": moment,
        }
        definitions.save_draft(name=decision.name, body=decision.body, **common)
        definitions.publish(note=decision.note, **common)
    body = {"effects": [{"kind": "percent", "percent": "150"}], "stacking": {"exclusive": True}}
    definitions.save_draft(
        kind="promotion", key="szkic", name="Szkic", body=body, expected_revision=None, actor=SYSTEM, now=moment
    )
    return world


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_nothing_keeps_anybody_out(garden, language, scheme, width):
    garden.speak(language)
    page = garden.page(
        staff=True, color_scheme=scheme, viewport={"width": width, "height": 860}, reduced_motion="reduce"
    )
    found = []
    for name, path in SCREENS.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        found += [f"{name}: {problem}" for problem in axe_problems(page)]
        found += [f"{name}: wide"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
        if FOLDER:
            Path(FOLDER).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(FOLDER) / f"{name}-{language}-{scheme}-{width}.png", full_page=True)

    assert found == []
    assert garden.noise == []


def test_the_sentence_follows_the_typing_and_a_mistake_is_marked_where_it_is(garden):
    garden.speak("en")
    page = garden.page(staff=True)
    page.goto("/console/promotions/druga_doniczka/")
    percent = page.locator("#e0-percent")

    percent.fill("30")
    expect(page.locator(".rule-said")).to_contain_text("30%")

    percent.fill("300")
    expect(percent).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#e0-percent-error")).to_be_visible()
    page.locator(".promotion-side a[href='#e0-percent']").click()

    percent.fill("25")
    expect(percent).not_to_have_attribute("aria-invalid", "true")
    edited = queries.editable("promotion", "druga_doniczka")
    assert edited is not None
    assert edited.draft is None
    assert garden.noise == []


def test_a_promotion_is_written_from_nothing_and_tried_before_it_is_published(garden):
    garden.speak("en")
    page = garden.page(staff=True)
    page.goto("/console/promotions/")
    page.get_by_role("button", name="New promotion").click()
    page.locator("#name").fill("Two for one")
    page.locator(".effect-kind").select_option("nth_unit")
    page.locator("#e0-percent").fill("100")
    page.get_by_role("button", name="A condition of the cart").click()
    page.locator("#n0-value").fill("50,00")
    page.get_by_role("button", name="Save the draft").last.click()
    page.get_by_role("link", name="Try it in a cart").first.click()

    page.locator("[name=sku]").first.fill("DON-1")
    page.locator("[name=quantity]").first.fill("2")
    page.locator("[name=price]").first.fill("60")
    page.get_by_role("button", name="Evaluate").click()

    expect(page.locator("#price-title")).to_contain_text("60.00")
    expect(page.locator("main")).to_contain_text("Two for one")
    assert garden.noise == []
