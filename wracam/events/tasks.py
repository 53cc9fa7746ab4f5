"""The delivery worker, and the log's upkeep.

A worker looks for what is new since it last looked (cheap), and every few seconds for anything that is left (after a
restart, a killed neighbour, or a replay). PostgreSQL wakes it when something was recorded.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from wracam.events import actions as events
from wracam.events.actions.recording import CHANNEL
from wracam.events.actions.webhooks import SEND_BATCH_MAX, endpoints_with_due, send_due, use_schedule
from wracam.events.ports import SUBSCRIPTIONS
from wracam.events.queries.reading import pending_lanes, recent_lanes
from wracam.foundation import clock
from wracam.foundation.jobs import NO_RETRY, defer, job, periodic

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
IDLE_SECONDS = 1.0
ALERT_SECONDS = 0.05
ALERT_ROUNDS = 20
"""After a wake-up the worker looks again this often without being woken: not every transaction wakes it."""
RECONNECT_SECONDS_MAX = 15.0


def run_deliveries(stop: threading.Event) -> None:
    """Deliver events until *stop* is set; reconnect with growing waits when the database goes away.

    Run as many of these as there are cores, on any number of machines.
    """
    wait = 0.5
    while not stop.is_set():
        try:
            worker = DeliveryWorker()
            while not stop.is_set():
                worker.step(stop)
                wait = 0.5
        except (DatabaseError, InterfaceError, psycopg.Error):
            logger.exception("delivery lost its database; trying again in %.1f s", wait)
            connection.close()
            stop.wait(wait)
            wait = min(wait * 2, RECONNECT_SECONDS_MAX)
    connection.close()


class DeliveryWorker:
    """One connection that listens, looks, and delivers. Everything it remembers can be lost."""

    def __init__(self) -> None:
        close_old_connections()
        events.join_subscriptions(now=clock.now())
        self._seen_txid: int | None = None
        self._swept_at = clock.now()
        self._alert_rounds = 0
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def step(self, stop: threading.Event) -> int:
        """Deliver what there is and then wait for more; return how many events were handled."""
        count = self._deliver(self._lanes_to_visit(), stop) + events.retry_due(now=clock.now())
        if count:
            self._alert_rounds = ALERT_ROUNDS
        if not stop.is_set():
            self._wait()
        return count

    def _lanes_to_visit(self) -> list[tuple[str, int]]:
        now = clock.now()
        if self._seen_txid is None or (now - self._swept_at).total_seconds() >= SWEEP_SECONDS:
            self._swept_at = now
            self._seen_txid, _ = recent_lanes(2**62)
            return pending_lanes(SUBSCRIPTIONS)
        self._seen_txid, fresh = recent_lanes(self._seen_txid)
        if not fresh:
            return []
        wanted = [(item, item.event_names()) for item in SUBSCRIPTIONS]
        return sorted({(item.name, lane) for name, lane in fresh for item, names in wanted if name in names})

    def _deliver(self, lanes: Iterable[tuple[str, int]], stop: threading.Event) -> int:
        """Visit subscriptions in turn, one batch each, until all lanes are read to their end or held by others."""
        count = 0
        queue = events.by_subscription(lanes)
        while queue and not stop.is_set():
            again = {}
            for name, open_lanes in queue.items():
                subscription = SUBSCRIPTIONS.find(name)
                if subscription is None or stop.is_set():
                    continue
                visit = events.deliver_lanes(subscription, open_lanes, now=clock.now())
                count += visit.count
                if visit.unfinished:
                    again[name] = visit.unfinished
            queue = again
        return count

    def _wait(self) -> None:
        """Wait for a wake-up, shortly after one, longer when nothing has happened for a while."""
        seconds = ALERT_SECONDS if self._alert_rounds else IDLE_SECONDS
        self._alert_rounds = max(0, self._alert_rounds - 1)
        raw = connection.connection
        if raw is None or raw.closed:
            raise InterfaceError("the connection is closed")
        if any(True for _ in raw.notifies(timeout=seconds, stop_after=1)):
            self._alert_rounds = ALERT_ROUNDS


@periodic("7 * * * *", queue="upkeep")
def prepare_months() -> None:
    """Make the partitions of the coming months."""
    events.prepare_log(now=clock.now())


@periodic("37 2 * * *", queue="upkeep")
def forget_old_events() -> None:
    """Drop what is beyond its retention: months of the log, keys of the intake, finished webhook deliveries."""
    events.forget_old(now=clock.now())


@job(queue="webhooks", retry=NO_RETRY)
def send_webhooks(*, endpoint_id: str) -> None:
    """Send what is due for one endpoint."""
    if send_due(endpoint_id=UUID(endpoint_id), clock=clock.now) == SEND_BATCH_MAX:
        schedule_webhooks(UUID(endpoint_id))


def schedule_webhooks(endpoint_id: UUID, at: datetime | None = None) -> None:
    """Have an endpoint's webhooks sent once the open transaction commits, or at a moment."""
    name = f"webhooks:{endpoint_id}"
    defer(send_webhooks, key=name, in_order_of=name, at=at, endpoint_id=str(endpoint_id))


use_schedule(schedule_webhooks)


@periodic("* * * * *", queue="upkeep")
def send_waiting_webhooks() -> None:
    """Wake the endpoints whose retries are due, or whose job was lost."""
    for endpoint_id in endpoints_with_due(now=clock.now()):
        schedule_webhooks(endpoint_id)
