"""What time itself does to vouchers."""

from __future__ import annotations

from wracam.foundation import clock
from wracam.foundation.jobs import periodic
from wracam.vouchers import actions


@periodic("*/2 * * * *", queue="upkeep")
def sweep_holds() -> None:
    """Take holds whose time has passed off the counters, which count them as free already."""
    actions.sweep_holds(now=clock.now())
