"""A live server, Chromium, and somebody signed in. Skipped with a reason where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from wracam.foundation.clock import now
from wracam.shops import actions as shops
from wracam.shops import models, queries
from wracam.shops.contracts import Shop, StaffMember

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORD = "trzy zielone paprocie"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in our thread


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on the PATH"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*arguments, "--disable-gpu"])
        yield chromium
        chromium.close()


@dataclass
class World:
    """A shop with an owner, and doors into it."""

    url: str
    browser: Browser
    shop: Shop
    owner: StaffMember

    def context(self, *, signed_in: bool = True, **options: Any) -> BrowserContext:
        context = self.browser.new_context(**{"base_url": self.url, "viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(8_000)
        if signed_in:
            client = Client()
            client.force_login(models.Staff.objects.get(id=self.owner.id), backend="allauth.account.auth_backends.AuthenticationBackend")
            cookie = client.cookies["wracam_session"].value
            context.add_cookies([{"name": "wracam_session", "value": cookie, "url": self.url}])
        return context

    def page(self, **options: Any) -> Page:
        return self.context(**options).new_page()

    def speak(self, language: str) -> None:
        models.Staff.objects.filter(id=self.owner.id).update(language=language)


@pytest.fixture
def world(transactional_db: None, live_server: Any, browser: Browser) -> Iterator[World]:
    shop = shops.create_shop(name="Zielnik", currency="PLN", url="https://zielnik.example", now=now())
    owner = shops.create_owner(email="daria@zielnik.pl", name="Daria Ćwik", password=PASSWORD, now=now())
    known = queries.staff_member(owner.id)
    assert known
    made = World(url=live_server.url, browser=browser, shop=shop, owner=known)
    yield made
    for context in browser.contexts:
        context.close()
