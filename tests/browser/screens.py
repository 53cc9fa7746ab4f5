"""The screens that are looked at: by axe in every test run, by people in photographs.

Every page of the navigation is among them by itself; others are listed here. `{shop}` is the shop's id.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from django.urls import reverse

from wracam.faces.console.ports import NAVIGATION

LOOKS = [("pl", "light", 1280), ("en", "dark", 390)]
"""Language, colours and width in which every test run lets axe look; `WRACAM_ALL_LOOKS=1` adds the other two pairs."""
if os.environ.get("WRACAM_ALL_LOOKS"):
    LOOKS += [("pl", "dark", 390), ("en", "light", 1280)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    name: str
    path: str
    who: str = "staff"
    """staff, member or nobody"""


SCREENS = (
    Screen(name="home", path="/console/"),
    Screen(name="components", path="/console/components/"),
    Screen(name="settings", path="/console/settings/"),
    Screen(name="shops", path="/console/settings/shops/"),
    Screen(name="shop", path="/console/settings/shops/{shop}/"),
    Screen(name="look", path="/console/settings/look/"),
    Screen(name="team", path="/console/settings/team/"),
    Screen(name="keys", path="/console/settings/keys/"),
    Screen(name="outbox", path="/console/settings/outbox/"),
    Screen(name="audit", path="/console/settings/audit/"),
    Screen(name="account", path="/console/account/"),
    Screen(name="second-factor", path="/console/account/factors/"),
    Screen(name="totp", path="/console/account/factors/totp/activate/"),
    Screen(name="passkey", path="/console/account/factors/webauthn/add/"),
    Screen(name="sessions", path="/console/account/sessions/"),
    Screen(name="password", path="/console/account/password/change/"),
    Screen(name="sign-in", path="/console/sign-in/", who="nobody"),
    Screen(name="reset", path="/console/account/password/reset/", who="nobody"),
    Screen(name="setup-closed", path="/console/setup/", who="nobody"),
    Screen(name="not-found", path="/nowhere/", who="nobody"),
    Screen(name="club-visitor", path="/club/zielnik/", who="nobody"),
    Screen(name="club-member", path="/club/zielnik/", who="member"),
    Screen(name="club-sign-in", path="/club/zielnik/sign-in/", who="nobody"),
    Screen(name="club-code", path="/club/zielnik/sign-in/code/", who="nobody"),
)


def screens(who: str) -> list[Screen]:
    """The listed screens of *who*, and for staff every page of the navigation that is not listed."""
    listed = {screen.path.format(shop=1) for screen in SCREENS}
    reverse("console:home")  # loads the addresses, and with them the navigation
    found = [Screen(name=item.name.replace(".", "-"), path=reverse(item.url)) for item in NAVIGATION]
    return [
        *(screen for screen in SCREENS if screen.who == who),
        *(screen for screen in found if who == "staff" and screen.path not in listed),
    ]
