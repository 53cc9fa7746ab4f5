"""Paid orders a second from the event log to balance and statistics, by worker processes on two cores.

`python -m benchmarks.delivery [--orders 12000] [--workers 2]`. Orders are taken first; then the workers start
together and every subscription of the product handles them, until nothing is left to read. The limit in the same run
is the log itself: the same events through a subscription that does nothing, cursors moving in durable transactions,
by one process. Goal: >= 3,000 orders a second. fsync and synchronous commit are on.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks.ledger import take_orders
from benchmarks.scratch import scratch_database

ORDERS_PER_SECOND_MIN = 3_000
SECONDS_MAX = 120.0


def main() -> int:
    """Run the benchmark, print its figures, and return 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=12_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-fail", action="store_true", help="print only")
    arguments = parser.parse_args()
    with scratch_database() as url:
        count = take_orders(arguments.orders, datetime.now(UTC))
        limit = _empty_rate()
        rate = count / _seconds_to_handle(url, arguments.workers)
        _verify(count)
    met = rate >= ORDERS_PER_SECOND_MIN
    print(
        f"{count:,} paid orders by {arguments.workers} workers: {rate:,.0f}/s, the empty log {limit:,.0f} events/s, "
        f"ratio {rate / limit:.3f} (goal {ORDERS_PER_SECOND_MIN:,}/s): {'met' if met else 'MISSED'}"
    )
    return 0 if met or arguments.no_fail else 1


def _empty_rate() -> float:
    """Return events a second through a subscription without any effect."""
    from wracam.events import actions as events
    from wracam.events import ports
    from wracam.events.queries.reading import pending_lanes
    from wracam.foundation import clock

    counted: list[int] = []
    subscription = ports.Subscription(
        name="benchmark.empty",
        event_names=lambda: frozenset({"order.placed", "order.paid"}),
        handler=lambda batch, now: counted.append(len(batch)),
        on_failure=ports.OnFailure.WAIT,
        batch_size=ports.BATCH_SIZE_DEFAULT,
        starts_from=ports.StartsFrom.BEGINNING,
    )
    ports.SUBSCRIPTIONS.register(subscription.name, subscription)
    events.join_subscriptions(now=clock.now())
    started = time.perf_counter()
    while lanes := pending_lanes([subscription]):
        events.deliver_lanes(subscription, [lane for _, lane in lanes], now=clock.now())
    return sum(counted) / (time.perf_counter() - started)


def _seconds_to_handle(url: str, workers: int) -> float:
    """Start the workers together and return how long they need for everything."""
    from wracam.events.ports import SUBSCRIPTIONS
    from wracam.events.queries.reading import pending_lanes

    mine = [item for item in SUBSCRIPTIONS if item.name != "benchmark.empty"]
    context = multiprocessing.get_context("spawn")
    start, stop, ready = context.Event(), context.Event(), context.Semaphore(0)
    processes = [context.Process(target=work, args=(url, ready, start, stop)) for _ in range(workers)]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire(timeout=30)
    start.set()
    started = time.perf_counter()
    while pending_lanes(mine):
        if time.perf_counter() - started > SECONDS_MAX:
            raise SystemExit(f"not done after {SECONDS_MAX:.0f} s")
        time.sleep(0.1)
    elapsed = time.perf_counter() - started
    stop.set()
    for process in processes:
        process.join(20)
    return elapsed


def work(url: str, ready: Any, start: Any, stop: Any) -> None:
    """One worker process: deliver from the starting shot until told to stop."""
    os.environ["DATABASE_URL"] = url
    import django

    django.setup()
    from wracam.events import tasks

    ready.release()
    start.wait()
    ending = threading.Event()

    def end() -> None:
        stop.wait()
        ending.set()

    threading.Thread(target=end, daemon=True).start()
    tasks.run_deliveries(ending)


def _verify(count: int) -> None:
    """Every paid order gave its points once, and nothing stands aside."""
    from django.db import connection

    from wracam.events import queries

    if found := queries.parked():
        raise SystemExit(f"{len(found)} events could not be handled: {found[0].error[-500:]}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT order_id) FROM point_transfer WHERE reason = 'earned'")
        row = cursor.fetchone()
    if row != (count, count):
        raise SystemExit(f"{count} orders, but {row} earnings and orders that earned")


if __name__ == "__main__":
    sys.exit(main())
