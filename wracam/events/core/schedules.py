"""How long we wait before trying again."""

from __future__ import annotations

from datetime import datetime, timedelta

HANDLING_DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
"""Waits between attempts to handle an event; after the last one it is parked until somebody decides."""

WEBHOOK_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Waits between attempts to deliver a webhook (Standard Webhooks 1.0, "retry schedule")."""

JITTER_SHARE = 0.2


def retry_at(delays: tuple[timedelta, ...], attempts: int, now: datetime, chance: float = 0.0) -> datetime | None:
    """Return when to try again after *attempts* failures, or None to give up.

    *chance* in [0, 1) spreads retries over up to `JITTER_SHARE` more than the delay.
    """
    if attempts > len(delays):
        return None
    return now + delays[attempts - 1] * (1 + JITTER_SHARE * chance)
