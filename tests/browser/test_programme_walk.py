"""A person new to it sets up a whole programme in the console, in Polish, and watches members earn, climb and redeem."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from playwright.sync_api import Page

from tests.browser.conftest import axe_problems
from wracam.commerce.contracts import OrderStatus
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.foundation import clock
from wracam.foundation.clock import now
from wracam.loyalty import actions, queries
from wracam.loyalty.tests.garden import NOON, assert_books_are_right, balance_of, order, refund, tell

FOLDER = os.environ.get("WRACAM_SCREENSHOTS", "")
REWARDS = (
    ("Darmowa dostawa", "free_delivery", "100", "at_once"),
    ("Doniczka", "product", "250", "by_hand"),
    ("Zaproszenie na warsztaty", "event", "400", "by_hand"),
    ("Dłuższy czas na zwrot", "longer_returns", "5000", "at_once"),
)


def test_a_programme_is_set_up_in_polish_and_members_earn_climb_redeem_and_return(world, monkeypatch):
    world.speak("pl")
    page = world.page(staff=True)

    start_with_settings(page)
    make_tiers(page)
    double_weekends_for_gold(page)
    for title, kind, points, handing in REWARDS:
        make_reward(page, title, kind, points, handing)
    with monkeypatch.context() as earlier:  # what was bought before a challenge came into force does not count
        earlier.setattr(clock, "now", lambda: now() - timedelta(days=60))
        weekend_challenge(page)
    shop = Shop(world)
    saturday = (now() - timedelta(days=21 + (now().weekday() - 5) % 7)).replace(hour=11)
    shop.buys(1, saturday - timedelta(days=7))
    shop.buys(2, saturday - timedelta(days=6))
    assert tier_of(world) == "gold"
    shop.buys(3, saturday)
    actions.run_due(now=now())
    actions.close_books(now=now() + timedelta(days=1))

    earned = balance_of(world.ania).active

    assert points_of_orders(world) == {"Z/1": 150, "Z/2": 150, "Z/3": 300}
    assert earned == 1_000  # nine items at weekends reached the goal of two items four times, 100 points each
    assert program_says(world) == [
        "1\u00a0punkt za każde 1,00\u00a0zł.",
        "2 razy więcej punktów za zakupy, gdy poziom to Złoty, w soboty i niedziele.",
    ]
    member = world.page(member=True, viewport={"width": 390, "height": 844})
    member.goto("/club/zielnik/")
    photograph(member, "walk-member-before")
    member.get_by_role("button", name="Odbierz: Doniczka").click()
    member.get_by_role("status").filter(has_text="Jest Twoja.").wait_for()
    photograph(member, "walk-member-after")
    assert balance_of(world.ania).held == 250

    page.goto("/console/programme/rewards/")
    page.get_by_role("button", name="Wydano").click()
    page.wait_for_load_state()
    shop.returns(3)

    assert (balance_of(world.ania).spent, balance_of(world.ania).active) == (250, earned - 250 - 60)
    look_at_everything(world)
    assert_books_are_right()
    assert world.noise == []


def start_with_settings(page: Page) -> None:
    page.goto("/console/programme/")
    page.locator("form[action$='/start/'] button").first.click()
    page.goto("/console/programme/settings/")
    page.fill("input[name=name]", "Klub Zielnik")
    page.select_option("select[name=joining]", "everybody")
    page.fill("input[name=days]", "14")
    page.select_option("select[name=until]", "delivered")
    page.select_option("select[name=validity]", "rolling")
    page.fill("input[name=months]", "12")
    photograph(page, "walk-settings")
    page.get_by_role("button", name="Zapisz szkic").click()
    page.locator("form[action$='/publish'] button").click()
    page.wait_for_load_state()


def make_tiers(page: Page) -> None:
    page.goto("/console/programme/tiers/")
    page.locator("form[action$='/new/'] button").first.click()
    for row, least in enumerate(("0", "100", "300")):
        page.locator("input[name=tier_from]").nth(row).fill(least)
    photograph(page, "walk-tiers")
    publish(page)


def double_weekends_for_gold(page: Page) -> None:
    page.goto("/console/programme/")
    page.locator("form[action$='/rules/new/'] button").first.click()
    page.fill("input[name=name]", "Weekendy dla Złotych")
    page.select_option("select[name=kind]", "multiplier")
    page.fill("input[name=factor]", "2")
    page.get_by_text("Tylko jeśli").click()
    editor = page.locator("wracam-condition").first
    editor.locator(".condition-foot button").first.click()
    row = editor.locator(".condition-row")
    row.locator("select").first.select_option("loyalty.tier")
    row.locator("select").last.select_option("gold")
    page.get_by_text("Tylko w niektórym czasie").click()
    for day in ("6", "7"):
        page.check(f"input[name=weekdays][value='{day}']")
    page.locator(".rule-said", has_text="2 razy więcej").wait_for()
    photograph(page, "walk-rule")
    publish(page)


def make_reward(page: Page, title: str, kind: str, points: str, handing: str) -> None:
    page.goto("/console/programme/rewards/")
    page.locator("form[action$='/new/'] button").first.click()
    page.fill("input[name=name]", title)
    page.fill("input[name=points]", points)
    page.select_option("select[name=kind]", kind)
    page.fill("input[name=title_pl]", title)
    page.fill("input[name=title_en]", title)
    page.select_option("select[name=handing]", handing)
    page.locator(".rule-said", has_text=title).wait_for()
    photograph(page, f"walk-reward-{kind}")
    publish(page)


def weekend_challenge(page: Page) -> None:
    page.goto("/console/programme/challenges/")
    page.locator("form[action$='/new/'] button").first.click()
    page.fill("input[name=title_pl]", "Weekend w ogrodzie")
    page.fill("input[name=title_en]", "Weekend in the garden")
    page.fill("input[name=goal]", "2")
    page.get_by_text("Tylko w niektóre dni").click()
    for day in ("6", "7"):
        page.check(f"input[name=weekdays][value='{day}']")
    photograph(page, "walk-challenge")
    publish(page)


def publish(page: Page) -> None:
    page.locator("button[name=publish]").click()
    page.wait_for_load_state()
    page.locator(".definition-state", has_text="wersja 1").wait_for()


class Shop:
    """The shop whose orders Ania places; each is over 150 zł and delivered the next day."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.told: dict[int, Any] = {}

    def buys(self, number: int, at: datetime) -> None:
        person = PersonSnapshot(
            identities=(Identity(kind=IdentityKind.EMAIL, value="ania@example.com"),), modified_at=now(),
            first_name="Ania", registered_at=NOON,
        )  # fmt: skip
        snapshot = order(
            self.world.shop.id, number, person=person, modified_at=at + timedelta(days=1), placed_at=at, paid_at=at,
            delivered_at=at + timedelta(days=1), status=OrderStatus.DELIVERED,
        )  # fmt: skip
        tell(snapshot)
        self.told[number] = snapshot

    def returns(self, number: int) -> None:
        """A pot (30 zł) of the order comes back."""
        tell(replace(self.told[number], modified_at=now(), refunds=(refund(1, 3_000, ("2", 1, 3_000)),)))


def tier_of(world: Any) -> str:
    member = queries.member_of(customer_id=world.ania)
    assert member
    return queries.tier_standings(member, now=now())[0].tier.key


def points_of_orders(world: Any) -> dict[str, int]:
    member = queries.member_of(customer_id=world.ania)
    assert member
    entries = queries.history(member.id)
    return {one.order_number: one.points for one in entries if one.order_number and one.points}


def program_says(world: Any) -> list[str]:
    return list(queries.program_in_words(shop_id=world.shop.id, language="pl").rules)


def look_at_everything(world: Any) -> None:
    """Photograph the screens of the programme, wide and narrow, light and dark, and let axe look at each."""
    member = queries.member_of(customer_id=world.ania)
    assert member
    entry = queries.history(member.id)[-1].transfer_id
    screens = {
        "overview": ("staff", "/console/programme/"),
        "books": ("staff", "/console/programme/books/"),
        "rewards": ("staff", "/console/programme/rewards/?list=settled"),
        "tiers": ("staff", "/console/programme/tiers/"),
        "approvals": ("staff", "/console/programme/approvals/"),
        "ledger": ("staff", f"/console/programme/members/{member.id}/"),
        "club": ("member", "/club/zielnik/"),
        "club-history": ("member", "/club/zielnik/history/"),
        "club-why": ("member", f"/club/zielnik/why/{entry}/"),
    }
    found: list[str] = []
    for scheme, width in (("light", 1280), ("dark", 390)):
        for name, (who, path) in screens.items():
            page = world.page(
                staff=who == "staff", member=who == "member", color_scheme=scheme,
                viewport={"width": width, "height": 900},
            )  # fmt: skip
            page.goto(path)
            found += [f"{name}: {problem}" for problem in axe_problems(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
            photograph(page, f"programme-{name}-{scheme}-{width}")
            page.context.close()
    assert found == []


def photograph(page: Page, name: str) -> None:
    """Keep a picture where the environment asks for it."""
    if FOLDER:
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(FOLDER) / f"{name}.png", full_page=True)
