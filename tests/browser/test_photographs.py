"""Photographs of every screen, taken by `make screenshots` into `screenshots/`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.screens import screens

FOLDER = os.environ.get("WRACAM_SCREENSHOTS", "")
LOOKS = [
    (language, scheme, width) for language in ("pl", "en") for scheme in ("light", "dark") for width in (1280, 390)
]


@pytest.mark.skipif(not FOLDER, reason="photographs are taken by `make screenshots`")
@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_every_screen_is_photographed(world, language, scheme, width):
    world.speak(language)
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for who in ("staff", "member", "nobody"):
        page = world.page(
            staff=who == "staff",
            member=who == "member",
            color_scheme=scheme,
            locale=language,
            viewport={"width": width, "height": 860},
            reduced_motion="reduce",
        )
        for screen in screens(who):
            page.goto(screen.path.format(shop=world.shop.id))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{screen.name}-{language}-{scheme}-{width}.png", full_page=True)
        page.context.close()


def test_the_first_load_is_small(world):
    page = world.page(staff=True)
    sizes = []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length") or 0)))

    page.goto("/console/")
    page.wait_for_load_state("networkidle")

    assert 0 < sum(sizes) < 200_000
