"""Delivery between real connections and processes: late commits, several workers, and workers killed with -9."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO

import psycopg
import pytest
from django.db import close_old_connections, connection, transaction
from psycopg.conninfo import make_conninfo

from wracam.events import actions as events
from wracam.events import tasks
from wracam.events.contracts import RecordedEvent
from wracam.events.core.lanes import LANES
from wracam.events.models import LoggedEvent
from wracam.foundation.testing.database import url_of_test_database
from wracam.kernel.ids import derived_id

from .plants import ANIA, NOW, only_subscription, watered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other_connection() -> Iterator[psycopg.Connection]:
    with psycopg.connect(make_conninfo(**_parameters())) as other:
        yield other


def _parameters() -> dict[str, str]:
    parameters = connection.get_connection_params()
    return {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}


def _record_in(other: psycopg.Connection, plant: str) -> None:
    """Record an event in the other connection's open transaction."""
    other.execute(
        "INSERT INTO event (id, lane, name, shop_id, customer_id, occurred_at, recorded_at, data) "
        "VALUES (%s, %s, 'test.watered', 1, %s, now(), now(), jsonb_build_object('plant', %s::text))",
        [derived_id(plant), ANIA.int % LANES, ANIA, plant],
    )


def _deliver_lane(subscription) -> None:
    while events.deliver_lanes(subscription, [ANIA.int % LANES], now=NOW).unfinished:
        pass


def test_an_event_of_a_transaction_that_commits_late_is_not_skipped(other_connection):
    seen: list[str] = []
    with only_subscription(lambda batch, now: seen.extend(item.data["plant"] for item in batch)) as subscription:
        events.join_subscriptions(now=NOW)
        _record_in(other_connection, "slow")
        with transaction.atomic():
            events.record([watered(ANIA, "quick")], now=NOW)

        _deliver_lane(subscription)
        assert seen == [], "the quick one must wait: an older transaction still runs"
        other_connection.commit()
        events.deliver_all(now=NOW)

    assert seen == ["slow", "quick"]


def test_reading_by_position_alone_would_skip_it(other_connection):
    """The negative control: with the naive cursor (largest position seen) the same history loses an event."""
    _record_in(other_connection, "slow")
    with transaction.atomic():
        events.record([watered(ANIA, "quick")], now=NOW)

    seen = list(LoggedEvent.objects.order_by("position").values_list("position", "data__plant"))
    other_connection.commit()
    later = list(LoggedEvent.objects.filter(position__gt=seen[-1][0]).values_list("data__plant", flat=True))

    assert [plant for _, plant in seen] == ["quick"]
    assert later == []


def test_a_lane_held_by_another_worker_is_left_to_it(other_connection):
    with only_subscription(lambda batch, now: None) as subscription:
        events.join_subscriptions(now=NOW)
        other_connection.execute("SELECT FROM event_cursor WHERE lane = %s FOR UPDATE", [ANIA.int % LANES])

        assert events.deliver_lanes(subscription, [ANIA.int % LANES], now=NOW).held == [ANIA.int % LANES]


def test_effects_and_cursor_of_a_worker_that_dies_before_the_commit_are_both_gone():
    count = 0

    def handle(batch, now):
        nonlocal count
        count += 1
        events.record([watered(None, "effect")], now=now)
        if count == 1:
            raise KeyboardInterrupt

    with transaction.atomic():
        events.record([watered(ANIA)], now=NOW)
    with only_subscription(handle) as subscription:
        events.join_subscriptions(now=NOW)
        with pytest.raises(KeyboardInterrupt):
            for _ in range(100):  # an ANALYZE of the server's own may hold delivery back for a moment
                _deliver_lane(subscription)
                time.sleep(0.05)
        assert LoggedEvent.objects.filter(data__plant="effect").count() == 0
        time.sleep(0.01)
        for _ in range(100):
            _deliver_lane(subscription)
            if count == 2:
                break
            time.sleep(0.05)

    assert LoggedEvent.objects.filter(data__plant="effect").count() == 1


def _record_at_random(seed: int, transactions: int) -> None:
    """Record for a handful of customers, in transactions that overlap, wait, and sometimes roll back."""
    chance = random.Random(seed)
    try:
        for number in range(transactions):
            with transaction.atomic():
                customers = [derived_id("customer", chance.randrange(5)) for _ in range(chance.randrange(1, 8))]
                events.record([watered(customer, f"{seed}-{number}") for customer in customers], now=NOW)
                time.sleep(chance.random() * 0.02)
                transaction.set_rollback(chance.random() < 0.1)
    finally:
        close_old_connections()
        connection.close()


def _start_worker(seed: int, ends: IO[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "wracam.events.tests.mortal_worker", str(seed)],
        env={**os.environ, "DATABASE_URL": url_of_test_database()},
        stdout=ends,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _effects() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT effect.event_id, event.customer_id, event.txid, event.position "
            "FROM effect JOIN event ON event.id = effect.event_id ORDER BY effect.number"
        )
        return list(cursor.fetchall())


def test_workers_killed_at_random_handle_every_event_once_and_each_customers_in_order(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE effect (number bigserial, event_id uuid)")
    recorders = [threading.Thread(target=_record_at_random, args=(seed, 60)) for seed in range(3)]
    for recorder in recorders:
        recorder.start()
    notes = [tmp_path / "first", tmp_path / "second"]
    workers = [_start_worker(seed, note.open("w")) for seed, note in enumerate(notes)]
    ends: list[str] = []
    ends_at = time.monotonic() + 60
    try:
        while time.monotonic() < ends_at and all(worker.poll() is None for worker in workers):
            ends = [end for note in notes for end in note.read_text("utf-8").split()]
            is_recorded = not any(recorder.is_alive() for recorder in recorders)
            if is_recorded and len(ends) >= 4 and len(_effects()) >= LoggedEvent.objects.count():
                break
            time.sleep(0.1)
    finally:
        for worker in workers:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        for recorder in recorders:
            recorder.join()
        effects = _effects()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE effect")

    assert len(ends) >= 4
    assert set(ends) == {str(-signal.SIGKILL)}
    assert len(effects) == LoggedEvent.objects.count() > 300
    assert len({effect[0] for effect in effects}) == len(effects)
    for customer in {effect[1] for effect in effects}:
        places = [effect[2:] for effect in effects if effect[1] == customer]
        assert places == sorted(places)


def test_a_worker_delivers_what_is_recorded_while_it_runs_and_outlives_the_loss_of_its_connection():
    seen: list[str] = []
    stop = threading.Event()

    def wait_for(count: int) -> None:
        ends_at = time.monotonic() + 20
        while len(seen) < count and time.monotonic() < ends_at:
            time.sleep(0.02)

    def see(batch: Sequence[RecordedEvent], now: datetime) -> None:
        transaction.on_commit(lambda: seen.extend(item.data["plant"] for item in batch))

    with only_subscription(see):
        worker = threading.Thread(target=tasks.run_deliveries, args=(stop,))
        worker.start()
        try:
            with transaction.atomic():
                events.record([watered(ANIA, "before")], now=NOW)
            wait_for(1)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            with transaction.atomic():
                events.record([watered(ANIA, "after")], now=NOW)
            wait_for(2)
        finally:
            stop.set()
            worker.join(20)

    assert seen == ["before", "after"]
    assert not worker.is_alive()


def test_a_delivery_that_waits_for_one_that_waits_for_it_is_begun_again(other_connection):
    attempts: list[int] = []
    seen: list[str] = []
    lock = "SELECT pg_advisory_xact_lock(%s)"

    def cross() -> None:
        time.sleep(0.3)  # PostgreSQL ends the one that waited first
        other_connection.execute(lock, [1])
        other_connection.commit()

    crossing = threading.Thread(target=cross)

    def handler(batch, now) -> None:
        attempts.append(len(batch))
        with connection.cursor() as cursor:
            cursor.execute(lock, [1])
            if len(attempts) == 1:
                crossing.start()
            cursor.execute(lock, [2])
        seen.extend(item.data["plant"] for item in batch)

    with only_subscription(handler) as subscription:
        events.join_subscriptions(now=NOW)
        with transaction.atomic():
            events.record([watered(ANIA, "monstera")], now=NOW)
        other_connection.execute(lock, [2])
        _deliver_lane(subscription)
        crossing.join()

    assert attempts == [1, 1]
    assert seen == ["monstera"]
