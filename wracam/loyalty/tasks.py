"""What time itself does to points: every few minutes, the same fixed steps as at night."""

from __future__ import annotations

from wracam.foundation import clock
from wracam.foundation.jobs import periodic
from wracam.loyalty import actions

HANDS = 2
"""Connections that share a long night: the work is the database's, and shops want it at the same time."""


@periodic("*/5 * * * *", queue="upkeep")
def run_due_points() -> None:
    """Activate, expire, review and seal whatever is due."""
    actions.run_due(now=clock.now(), hands=HANDS)


@periodic("25 * * * *", queue="upkeep")
def close_books() -> None:
    """Close the days that have ended, soon after each shop's midnight."""
    actions.close_books(now=clock.now())


@periodic("* * * * *", queue="upkeep")
def release_points() -> None:
    """Give back points that were reserved for carts nobody paid."""
    actions.release_due_points(now=clock.now())
