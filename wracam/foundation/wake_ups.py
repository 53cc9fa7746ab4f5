"""Waking workers through PostgreSQL's NOTIFY, rarely enough that it costs nothing.

A transaction that notifies takes a lock on commit that all such transactions share, which would line up every
commit of a busy shop. So each process notifies at most once per `INTERVAL_SECONDS` and channel; whoever listens looks
again by itself for a while after each wake-up, and once a second in any case.
"""

from __future__ import annotations

import time

from django.db import connection

INTERVAL_SECONDS = 0.05
_last: dict[str, float] = {}


def is_due(channel: str) -> bool:
    """Say whether this process should notify *channel* now, and remember that it does."""
    moment = time.monotonic()
    if moment - _last.get(channel, float("-inf")) < INTERVAL_SECONDS:
        return False
    _last[channel] = moment
    return True


def wake(channel: str) -> None:
    """Notify *channel* when the open transaction commits, unless this process did so a moment ago."""
    if is_due(channel):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [channel])
