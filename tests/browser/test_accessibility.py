"""axe finds nothing on any screen, in both languages, light and dark, wide and narrow."""

from __future__ import annotations

import pytest

from tests.browser.conftest import axe_problems, open_palette
from tests.browser.screens import LOOKS, screens


@pytest.mark.parametrize("who", ["staff", "member", "nobody"])
@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_axe_finds_nothing_on_any_screen(world, language, scheme, width, who):
    world.speak(language)
    page = world.page(
        staff=who == "staff",
        member=who == "member",
        color_scheme=scheme,
        locale=language,
        viewport={"width": width, "height": 900},
    )
    found = []
    for screen in screens(who):
        page.goto(screen.path.format(shop=world.shop.id))
        found += [f"{screen.name}: {problem}" for problem in axe_problems(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{screen.name}: {wide} px wider than the window"] if wide > 0 else []

    assert found + world.noise == []


def test_axe_does_find_what_is_wrong(world):
    page = world.page()
    page.goto("/console/sign-in/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"x\"><input>')")

    assert any(problem.startswith("image-alt") for problem in axe_problems(page))


def test_the_palette_and_the_menu_are_accessible_too(world):
    page = world.page(staff=True)
    page.goto("/console/")
    open_palette(page)

    assert axe_problems(page) == []

    narrow = world.page(staff=True, viewport={"width": 390, "height": 800})
    narrow.goto("/console/")
    narrow.click("[data-menu]")

    assert axe_problems(narrow) == []
