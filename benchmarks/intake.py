"""How many events a second one hot process takes in over HTTP, acknowledged after the commit, against plain COPY.

`python -m benchmarks.intake [--seconds 6]`. The limit is COPY of the same rows into the same table (with its indexes)
by one connection, in transactions of the same size, in the same run. Goal: >= 0.25 of it and >= 20,000 a second.
The load comes from this machine too, so on two cores the client costs the server something.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from typing import Any
from uuid import UUID

from benchmarks.clients import Connection
from benchmarks.scratch import scratch_database
from benchmarks.serving import served

RATIO_MIN = 0.25
EVENTS_PER_SECOND_MIN = 20_000
CLIENTS = 4
CUSTOMERS = 1_000
BATCH_SIZES = (20, 100)
NUMBER = "@@@@@@@@"
"""Stands in the template where the number of the batch comes; as long as it, so that the length stays."""


def main() -> int:
    """Run the benchmark, print its figures, and return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--no-fail", action="store_true", help="print only")
    arguments = parser.parse_args()
    with scratch_database() as url:
        secret, customers = _make_shop()
        is_met = True
        for size in BATCH_SIZES:
            limit = _copy_rate(url, customers, size, arguments.seconds / 2)
            with served(url) as port:
                rate, p99 = _http_rate(port, secret, customers, size, arguments.seconds)
            ratio = rate / limit
            met = ratio >= RATIO_MIN and rate >= EVENTS_PER_SECOND_MIN
            is_met = is_met and met
            print(
                f"batches of {size}: {rate:,.0f} events/s over HTTP (p99 {p99 * 1000:.1f} ms), COPY {limit:,.0f}/s, "
                f"ratio {ratio:.2f} (goal {RATIO_MIN}, {EVENTS_PER_SECOND_MIN:,}/s): {'met' if met else 'MISSED'}"
            )
        _check_counts(url)
    return 0 if is_met or arguments.no_fail else 1


def _make_shop() -> tuple[str, list[str]]:
    """Make a shop with a key and customers; return the key's secret and the customers' ids."""
    from wracam.customers import actions as customers
    from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
    from wracam.foundation import clock
    from wracam.shops import actions as shops
    from wracam.shops.contracts import SYSTEM, KeyKind

    now = clock.now()
    shop = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=now)
    people = [
        PersonSnapshot(identities=(Identity(kind=IdentityKind.EMAIL, value=f"p{n}@example.com"),), modified_at=now)
        for n in range(CUSTOMERS)
    ]
    ids = customers.identify_many(shop_id=shop.id, people=people, source="benchmark", now=now)
    key = shops.create_key(
        shop_id=shop.id, kind=KeyKind.SERVER, name="benchmark", scopes=["events:write"], actor=SYSTEM, now=now
    )
    return key.secret, [str(customer_id) for customer_id in ids]


def _copy_rate(url: str, customers: list[str], size: int, seconds: float) -> float:
    """Return events a second by COPY of rows like those the intake stores, `size` in each transaction."""
    import psycopg

    from wracam.events.core.lanes import lane_of
    from wracam.foundation import clock
    from wracam.kernel.ids import new_id

    ids = [UUID(customer) for customer in customers]
    columns = "id, lane, name, shop_id, customer_id, occurred_at, recorded_at, data, source, source_id"
    count, started = 0, time.perf_counter()
    with psycopg.connect(url, autocommit=True) as raw:
        while time.perf_counter() - started < seconds:
            now = clock.now()
            with raw.cursor().copy(f"COPY event ({columns}) FROM STDIN") as copy:
                for number in range(size):
                    event_id, customer = new_id(now), ids[(count + number) % CUSTOMERS]
                    lane = lane_of(customer, event_id)
                    data = f'{{"plant": "monstera", "liters": {number}, "room": "kitchen", "note": "twice a week"}}'
                    source_id = f"copy-{size}-{count + number}"
                    copy.write_row(
                        (event_id, lane, "plant.watered", 1, customer, now, now, data, "copy", source_id)
                    )  # fmt: skip
            count += size
    return count / (time.perf_counter() - started)


def _http_rate(port: int, secret: str, customers: list[str], size: int, seconds: float) -> tuple[float, float]:
    """Return acknowledged events a second over all clients, and the 99th percentile of a request's time."""
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        tasks = [(port, secret, customers, size, seconds, number) for number in range(CLIENTS)]
        outcomes = pool.starmap(send_batches, tasks)
    times = sorted(moment for _, moments, _ in outcomes for moment in moments)
    return sum(count / elapsed for count, _, elapsed in outcomes), times[int(len(times) * 0.99)]


def send_batches(
    port: int, secret: str, customers: list[str], size: int, seconds: float, number: int
) -> tuple[int, list[float], float]:
    """Post batches for a while; return acknowledged events, the time of each request, and the time in all."""
    requests = _Requests(secret, customers, size, number)
    connection = Connection(port)
    count, moments, started = 0, [], time.perf_counter()
    while time.perf_counter() - started < seconds:
        request = requests.next()
        sent = time.perf_counter()
        head, content = connection.answer_to(request)
        moments.append(time.perf_counter() - sent)
        recorded = content.count(b'"recorded"')
        if not head.startswith(b"HTTP/1.1 200") or recorded != size:
            raise SystemExit(f"the intake answered {head!r} {content[:300]!r}")
        count += recorded
    return count, moments, time.perf_counter() - started


class _Requests:
    """Requests prepared cheaply, so that the client takes little of the machine: one template, new ids each time."""

    def __init__(self, secret: str, customers: list[str], size: int, number: int) -> None:
        items: list[dict[str, Any]] = [
            {
                "id": f"{number}-{size}-{NUMBER}-{n}",
                "name": "plant.watered",
                "occurred_at": "2026-11-20T10:00:00Z",
                "customer": {"id": customers[(n * 7 + number) % CUSTOMERS]},
                "data": {"plant": "monstera", "liters": n, "room": "kitchen", "note": "twice a week"},
            }
            for n in range(size)
        ]
        body = json.dumps({"events": items})
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._template = (head + body).encode()
        self._count = 0

    def next(self) -> bytes:
        """Return a request with ids never sent before."""
        self._count += 1
        return self._template.replace(NUMBER.encode(), b"%08d" % self._count)


def _check_counts(url: str) -> None:
    """Every acknowledged event has its key, and the other way round."""
    import psycopg

    with psycopg.connect(url) as raw:
        row = raw.execute(
            "SELECT (SELECT count(*) FROM event_intake_key), (SELECT count(*) FROM event WHERE source = 'api')"
        ).fetchone()
    if row is None or row[0] != row[1]:
        raise SystemExit(f"keys and events differ: {row}")
    print(f"{row[0]:,} events taken in, each with its key")


if __name__ == "__main__":
    sys.exit(main())
