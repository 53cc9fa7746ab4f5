"""Carts that nobody came back for, and the prices that promotions made since the last look."""

from __future__ import annotations

from wracam.foundation import clock
from wracam.foundation.jobs import periodic
from wracam.promotions import actions


@periodic("* * * * *", queue="upkeep")
def release_lapsed_carts() -> None:
    """Mark carts whose reservation has run out as released."""
    actions.release_lapsed(now=clock.now())


@periodic("7 * * * *", queue="upkeep")
def record_public_prices() -> None:
    """Record what promotions that started or ended, and new prices of products, made products cost."""
    actions.record_public_prices(now=clock.now())
