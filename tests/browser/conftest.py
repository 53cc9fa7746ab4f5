"""A live server, Chromium, and somebody signed in. Skipped with a reason where there is no Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from allauth.account.internal.flows import login
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from wracam.customers import actions as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.faces.portal import actions as portal
from wracam.foundation.clock import now
from wracam.shops import actions as shops
from wracam.shops import models, queries
from wracam.shops.contracts import Shop, StaffMember

PASSWORD = "trzy zielone paprocie"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class World:
    """A shop with an owner and a customer, and doors into it."""

    url: str
    browser: Browser
    shop: Shop
    owner: StaffMember
    ania: UUID
    noise: list[str] = field(default_factory=list)
    """What the pages complained about: script errors, refused styles."""

    def context(self, *, staff: bool = False, member: bool = False, **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            **{"base_url": self.url, "viewport": {"width": 1280, "height": 900}, "locale": "pl", **options}
        )
        context.set_default_timeout(10_000)
        if staff:
            client = Client()
            client.force_login(models.Staff.objects.get(id=self.owner.id), backend=BACKEND)
            session = client.session
            session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
                {"method": "password", "at": time.time(), "reauthenticated": True}
            ]
            session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(self.owner.id)
            session.save()
            self._give(context, "wracam_session", client.cookies["wracam_session"].value)
        if member:
            asked = portal.ask_code(shop_id=self.shop.id, customer_id=self.ania, now=now())
            token = portal.enter_link(shop_id=self.shop.id, link_token=asked.link_token, now=now())
            assert token
            self._give(context, "wracam_member", token)
        return context

    def page(self, **options: Any) -> Page:
        page = self.context(**options).new_page()
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("console", self._hear)
        return page

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.noise.append(line.text)

    def speak(self, language: str) -> None:
        models.Staff.objects.filter(id=self.owner.id).update(language=language)
        models.Shop.objects.filter(id=self.shop.id).update(language=language)

    def _give(self, context: BrowserContext, name: str, value: str) -> None:
        context.add_cookies([{"name": name, "value": value, "url": self.url}])


@pytest.fixture
def world(transactional_db: None, live_server: Any, browser: Browser) -> Iterator[World]:
    cache.clear()
    shop = shops.create_shop(name="Zielnik", currency="PLN", url="https://zielnik.example", now=now())
    owner = shops.create_owner(email="daria@zielnik.pl", name="Daria Ćwik", password=PASSWORD, now=now())
    known = queries.staff_member(owner.id)
    assert known
    person = PersonSnapshot(
        identities=(Identity(kind=IdentityKind.EMAIL, value="ania@example.com"),), modified_at=now(), first_name="Ania"
    )
    [ania] = customers.identify_many(shop_id=shop.id, people=[person], source="woocommerce", now=now())
    assert ania
    yield World(url=live_server.url, browser=browser, shop=shop, owner=known, ania=ania)
    for context in browser.contexts:
        context.close()


def open_palette(page: Page) -> None:
    """Press the palette's keys and wait until it offers something."""
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open] #palette-results a", timeout=30_000)


def axe_problems(page: Page) -> list[str]:
    """What axe finds on the page, one line each."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]}"
        for violation in found
        for node in violation["nodes"]
    ]
