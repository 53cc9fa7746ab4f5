"""What the tests of vouchers talk about: moments, claims, and running things at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, connections

from wracam.definitions import actions as definitions
from wracam.foundation.bulk import fetch
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions
from wracam.vouchers.contracts import Claim, Held, Lacking

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CONNECTIONS_MAX = 40


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs at the same moment on up to `CONNECTIONS_MAX` connections, each job in a transaction of its own."""
    runners = min(len(jobs), CONNECTIONS_MAX)
    barrier = Barrier(runners)

    def run(mine: list[Callable[[], Any]]) -> list[Any]:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return [job() for job in mine]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(runners) as pool:
        return [
            result for results in pool.map(run, [list(jobs[n::runners]) for n in range(runners)]) for result in results
        ]


def hold(
    *claims: tuple[str, int, int | None], reservation_id: UUID | None = None, minutes: int = 15, now: datetime = NOON
) -> Held | Lacking:
    """Hold (key, amount, maximum) triples for some minutes."""
    return actions.hold(
        shop_id=1,
        reservation_id=reservation_id or uuid4(),
        claims=[Claim(key=key, amount=amount, maximum=maximum) for key, amount, maximum in claims],
        until=now + minutes * MINUTE,
        now=now,
    )


def assert_counters_are_right() -> None:
    """Every counter is what its claims add up to."""
    wrong = fetch(
        """SELECT a.key, a.used, a.held, c.used, c.held FROM allowance AS a
           LEFT JOIN LATERAL (
               SELECT coalesce(sum(committed - returned), 0) AS used,
                      coalesce(sum(amount) FILTER (WHERE is_counted), 0) AS held
               FROM allowance_claim WHERE key = a.key) AS c ON true
           WHERE (a.used, a.held) <> (c.used, c.held)"""
    )
    assert wrong == []


def publish_campaign(key: str, body: Mapping[str, Any], *, kind: str = "code_campaign", now: datetime = NOON) -> None:
    """Bring a code campaign into force, whatever was in force before."""
    definitions.save_draft(kind=kind, key=key, name=key, body=dict(body), expected_revision=None, actor=SYSTEM, now=now)
    definitions.publish(kind=kind, key=key, expected_revision=None, actor=SYSTEM, now=now)
