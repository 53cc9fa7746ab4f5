"""What `up` and `init` tell the person at the terminal: one address, and how to sign in for the first time."""

from __future__ import annotations

from urllib.parse import quote

SETUP_PATH = "/console/setup/"


def setup_link() -> str:
    """Return a fresh link that lets its reader become the owner; empty when somebody works here already."""
    from django.conf import settings

    from wracam.foundation import clock
    from wracam.shops import actions as shop_actions
    from wracam.shops import queries as shops

    if shops.has_staff():
        return ""
    token = shop_actions.issue_setup_token(now=clock.now())
    return f"{settings.PUBLIC_URL.rstrip('/')}{SETUP_PATH}?token={quote(token)}"


def announcement(*, url: str, link: str, more: str = "") -> str:
    """Return what `up` prints when everything runs; *more* is a line of the command's own."""
    lines = ["", f"Wracam is ready:  {url}"]
    if link:
        lines += [
            "",
            "Nobody works here yet. Open this link (once, within seven days) to become the owner:",
            f"  {link}",
        ]
    return "\n".join([*lines, *(["", more] if more else []), "", "Ctrl-C stops everything."])
