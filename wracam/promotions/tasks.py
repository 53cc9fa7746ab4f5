"""Carts that nobody came back for."""

from __future__ import annotations

from wracam.foundation import clock
from wracam.foundation.jobs import periodic
from wracam.promotions import actions


@periodic("* * * * *", queue="upkeep")
def release_lapsed_carts() -> None:
    """Mark carts whose reservation has run out as released."""
    actions.release_lapsed(now=clock.now())
