"""The names of the periods over which caps count."""

from __future__ import annotations

from datetime import datetime

from wracam.loyalty.core.calendar import period_start
from wracam.loyalty.core.rule import CapPeriod


def period_key(per: CapPeriod, local: datetime) -> str:
    """Return the name of the period that contains the *local* moment: `month:2026-11-01`, `ever`."""
    if per is CapPeriod.EVER:
        return "ever"
    return f"{per}:{period_start(local.date(), per.value).isoformat()}"
