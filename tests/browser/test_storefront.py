"""A visit to the sample shop in a browser: bars that move, codes that wait, gifts, sets, and what the law wants said."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_problems
from tests.browser.screens import LOOKS
from wracam.commerce import actions as commerce
from wracam.commerce.contracts import ProductSnapshot
from wracam.definitions import actions as definitions
from wracam.demo.core import programme, promotions
from wracam.demo.models import DemoLife
from wracam.foundation.clock import now
from wracam.shops.contracts import SYSTEM

DAY = timedelta(days=1)
FOLDER = os.environ.get("WRACAM_SCREENSHOTS", "")
POTS, HERBS = "Doniczki i osłonki", "Zioła"
PRODUCTS = [
    ("ZL-0001", "Pomidor Malinowy Ożarowski", "Nasiona warzyw", 249, None),
    ("ZL-0002", "Nasturcja pnąca", "Nasiona kwiatów", 249, None),
    ("ZL-0003", "Bazylia w doniczce", HERBS, 899, None),
    ("ZL-0004", "Mięta pieprzowa", HERBS, 999, None),
    ("ZL-0005", "Lawenda Hidcote", HERBS, 1099, None),
    ("ZL-0006", "Donica terakotowa 20 cm", POTS, 4000, None),
    ("ZL-0007", "Osłonka biała", POTS, 3000, 4000),
    ("ZL-0008", "Monstera", "Rośliny doniczkowe", 6000, None),
]


@pytest.fixture
def shop(world) -> Any:
    """The sample shop with a few products at known prices and all its promotions."""
    moment = now()
    DemoLife.objects.create(
        shop_id=world.shop.id, seed=1, customers=0, products=len(PRODUCTS), days=1, now=moment, chapters=0
    )
    for sku, name, shelf, price, regular in PRODUCTS:
        for days, cost in ((20, regular or price), (1, price)):
            told = ProductSnapshot(
                shop_id=world.shop.id, source="demo", external_id=f"p-{sku}", modified_at=moment - days * DAY,
                name=name, currency="PLN", price_minor=cost, regular_minor=regular, sku=sku, categories=(shelf,),
            )  # fmt: skip
            commerce.take_products([told], now=moment - days * DAY)
    for decision in (*programme.DECISIONS[:2], *promotions.DECISIONS):
        common: dict[str, Any] = {
            "kind": decision.kind,
            "key": decision.key,
            "expected_revision": None,
            "actor": SYSTEM,
            "now": moment,
        }
        definitions.save_draft(name=decision.name, body=decision.body, **common)
        definitions.publish(note=decision.note, **common)
    return world


def put(page: Page, sku: str, times: int = 1) -> None:
    page.goto(f"/demo/shop/product/{sku}/")
    page.locator("#add").fill(str(times))
    with page.expect_response(lambda answer: answer.url.endswith("/demo/shop/cart/")):
        page.locator("form[data-add] button").first.click()
    page.goto("/demo/shop/cart/")


def bar(page: Page, key: str) -> Any:
    return page.locator(f"wracam-progress [data-key={key}]")


def line(page: Page, sku: str) -> Any:
    return page.locator(".shop-lines > li", has=page.locator(f"a[href*='{sku}']"))


def test_the_bar_to_free_delivery_moves_and_is_won(shop):
    page = shop.page()
    put(page, "ZL-0008", 2)

    delivery = bar(page, "darmowa_dostawa")
    expect(delivery.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "80")
    expect(delivery).to_contain_text("29,00")

    page.locator("#more-ZL-0008").click()

    expect(delivery.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    expect(delivery).to_have_attribute("data-done", "true")
    expect(page.locator(".shop-sums").first).to_contain_text("za darmo")
    assert shop.noise == []


def test_a_code_waits_with_a_reason_and_works_once_the_cart_has_grown(shop):
    page = shop.page()
    put(page, "ZL-0008")

    page.fill("#code", "zielen20")
    page.locator(".shop-code button").click()
    code = page.locator("wracam-offers [data-outcome]")
    expect(code).to_have_attribute("data-outcome", "accepted")
    expect(code).to_contain_text("40,00")
    expect(page.locator(".shop-sum dd").first).to_contain_text("72,99")

    page.locator("#more-ZL-0008").click()

    expect(code).to_have_attribute("data-outcome", "applied")
    expect(page.locator(".shop-sum dd").first).to_contain_text("112,99")


def test_a_code_that_does_not_exist_is_refused_in_words(shop):
    page = shop.page()
    put(page, "ZL-0008")

    page.fill("#code", "NIEMA")
    page.locator(".shop-code button").click()

    expect(page.locator("wracam-offers [data-outcome=unknown]")).to_contain_text("Nie znamy")


def test_the_second_pot_is_half_price_and_the_law_is_kept(shop):
    page = shop.page()
    put(page, "ZL-0007")
    cheaper = line(page, "ZL-0007")
    expect(cheaper).to_contain_text("Najniższa cena z 30 dni przed obniżką: 40,00")

    put(page, "ZL-0006")

    expect(cheaper.locator(".shop-line-total")).to_contain_text("15,00")
    expect(cheaper).to_contain_text("Druga doniczka za pół ceny: −15,00")
    expect(cheaper).to_contain_text("Najniższa cena z 30 dni przed obniżką: 30,00")
    expect(page.locator("wracam-offers")).to_contain_text("Osłonka biała30,00")


def test_a_gift_is_offered_and_chosen(shop):
    page = shop.page()
    put(page, "ZL-0008", 2)

    gift = page.locator(".shop-gift")
    expect(gift.locator("select option:checked")).to_have_text("Wybierz prezent")
    gift.locator("select").select_option(label="Nasturcja pnąca")

    expect(gift.locator("p")).to_contain_text("Nasturcja pnąca")
    expect(gift.locator("select option:checked")).to_have_text("Nasturcja pnąca")


def test_a_set_of_three_herbs_has_one_price(shop):
    page = shop.page()
    page.goto("/demo/shop/set/")
    button = page.locator("[data-set-button]")
    expect(button).to_be_disabled()

    for place in range(3):
        page.locator("[name=sku]").nth(place).check()
    button.click()

    expect(page.locator(".shop-sums").first).to_contain_text("−5,97")
    expect(page.locator("wracam-offers")).to_contain_text("Trzy zioła za 24 zł")


def test_an_order_reserves_commits_and_brings_points_to_the_member_page(shop):
    page = shop.page()
    page.goto("/demo/shop/")
    put(page, "ZL-0008", 2)
    page.goto("/demo/shop/checkout/")
    page.fill("[name=email]", "ania@example.com")
    page.locator(".shop-form button").click()

    expect(page.locator("h1")).to_have_text("Dziękujemy za zamówienie")
    page.goto("/demo/shop/cart/")
    expect(page.locator(".shop-empty")).to_be_visible()


def test_the_shop_works_without_scripts(shop):
    page = shop.page(java_script_enabled=False)
    page.goto("/demo/shop/product/ZL-0008/")
    page.locator("form[data-add] button").first.click()

    expect(page.locator(".shop-sum dd").first).to_contain_text("72,99")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_nothing_keeps_anybody_out(shop, language, scheme, width):
    page = shop.page(color_scheme=scheme, viewport={"width": width, "height": 860}, reduced_motion="reduce")
    page.goto(f"/demo/shop/?lang={language}")
    put(page, "ZL-0008", 2)
    put(page, "ZL-0006")
    put(page, "ZL-0007")
    found = []
    for name, path in {
        "home": "/demo/shop/", "category": "/demo/shop/category/ziola/", "product": "/demo/shop/product/ZL-0007/",
        "set": "/demo/shop/set/", "cart": "/demo/shop/cart/", "checkout": "/demo/shop/checkout/",
    }.items():  # fmt: skip
        page.goto(path)
        page.wait_for_load_state("networkidle")
        found += [f"{name}: {problem}" for problem in axe_problems(page)]
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found += [f"{name}: scrolls sideways"] if wide else []
        if FOLDER:
            Path(FOLDER).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(FOLDER) / f"shop-{name}-{language}-{scheme}-{width}.png", full_page=True)

    assert found == []
    assert shop.noise == []
