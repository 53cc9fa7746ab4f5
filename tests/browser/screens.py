"""The screens that are looked at: by axe in every test run, by people in photographs.

A feature adds its own here. `{shop}` is the shop's id; `open` is a script for what a click would open.
"""

from __future__ import annotations

from dataclasses import dataclass


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
