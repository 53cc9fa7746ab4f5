"""How long pricing a cart takes over HTTP from the hot process, alone and at 70 % of what it can.

`python -m benchmarks.cart_http [--seconds 3]`. A cart of 10 lines against 100 live promotions of all kinds, of which
some match, some ask about the customer (name, language, what was bought: read from PostgreSQL) or the cart, some count
uses, and some want a code, which one cart in ten presents. Each of 5,000 carts is another one, of one of 10,000
customers, and every answer is checked. Rates are per core of the server: one process, its processor time measured
beside the wall clock, since the load comes from the same machine; the database's is printed beside it. Goals: p99 <= 3
ms alone, <= 10 ms at 70 % load, >= 1,500 carts a second per core.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.clients import Connection, begin, in_processes, wait_until
from benchmarks.processes import processor_time, server_process
from benchmarks.scratch import scratch_database
from benchmarks.serving import HOT, served
from wracam.foundation import compiled

ALONE_P99_MS = 3.0
LOADED_P99_MS = 10.0
PER_CORE = 1_500
LOAD = 0.7
CUSTOMERS = 10_000
CARTS = 5_000
CODED_ONE_IN = 10
LINES = 10
PROMOTIONS = 100
WARM_UP = 400
KEYS = 8
CAMPAIGN, CODE = "spring", "SPRING10"
AUDIENCES: tuple[dict[str, Any], ...] = (
    {"attribute": "customer.first_name", "is": "equals", "value": "Ania"},
    {"attribute": "customer.language", "is": "is_known"},
    {"count": "customer.orders", "within_days": 365, "is": "at_least", "value": 3},
)
CLIENTS = 4
Requests = list[tuple[bytes, int]]


def main() -> int:
    """Run the benchmark, print its figures, and return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--no-fail", action="store_true", help="print only")
    arguments = parser.parse_args()
    with scratch_database() as url:
        shop_id, secrets = _shop()
        _publish()
        requests = _requests(_customers(shop_id), secrets)
        with served(url, HOT) as port:
            alone, cpu, database_cpu = _alone(port, requests, arguments.seconds)
            most = _flood(port, requests, arguments.seconds)
            loaded = _scheduled(port, requests, arguments.seconds, most * LOAD)
    per_core = 1 / cpu
    print(f"{os.cpu_count()} cores, {os.getloadavg()[0]:.1f} processes wanting one in the last minute")
    form = "compiled" if compiled.is_in_use() else "plain Python"
    print(f"{PROMOTIONS} live promotions, carts of {LINES} lines, {CUSTOMERS:,} customers; the engine is {form}")
    met = _said("one connection", alone, ALONE_P99_MS)
    met = _said(f"at {most * LOAD:.0f} carts/s ({LOAD:.0%} of {most:.0f})", loaded, LOADED_P99_MS) and met
    is_fast = per_core >= PER_CORE
    print(
        f"{cpu * 1e6:.0f} µs of processor time a cart: {per_core:.0f} carts/s per core, "
        f"goal {PER_CORE}: {'met' if is_fast else 'MISSED'}; the database: {database_cpu * 1e6:.0f} µs"
    )
    return 0 if (met and is_fast) or arguments.no_fail else 1


def _shop() -> tuple[int, list[str]]:
    from wracam.foundation import clock
    from wracam.shops import actions as shops
    from wracam.shops.contracts import SYSTEM, KeyKind

    shop = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=clock.now())
    return shop.id, [
        shops.create_key(
            shop_id=shop.id, kind=KeyKind.SERVER, name=f"benchmark {number}", scopes=["carts:evaluate"], actor=SYSTEM,
            now=clock.now(),
        ).secret
        for number in range(KEYS)
    ]  # fmt: skip


def _publish() -> None:
    """Publish promotions of all kinds; one in ten is about what carts have."""
    from wracam.definitions import actions as definitions
    from wracam.foundation import clock
    from wracam.shops.contracts import SYSTEM

    bodies = {("promotion", f"promotion_{number:03}"): _body(number) for number in range(PROMOTIONS)}
    campaign = {"kind": "shared", "codes": [CODE], "limits": [{"uses": 1_000_000}]}
    for (kind, key), body in {("code_campaign", CAMPAIGN): campaign, **bodies}.items():
        definitions.save_draft(
            kind=kind, key=key, name=key, body=body, expected_revision=None, actor=SYSTEM, now=clock.now()
        )
        definitions.publish(kind=kind, key=key, expected_revision=None, actor=SYSTEM, now=clock.now())


def _body(number: int) -> dict[str, Any]:
    category = {"categories": [f"c{number % 10}" if number < PROMOTIONS // 10 else f"elsewhere{number}"]}
    kinds: list[dict[str, Any]] = [
        {"kind": "percent", "percent": "10", "units": category},
        {"kind": "amount", "on": "products", "amount": "1.00", "units": category},
        {"kind": "nth_unit", "group": 2, "percent": "50", "units": category},
        {"kind": "buy_get", "buy": category, "buy_quantity": 2, "get_quantity": 1},
        {"kind": "bundle", "parts": [{"units": category, "quantity": 3}], "price": "20.00"},
        {"kind": "set_price", "price": "9.99", "units": category},
        {"kind": "amount", "on": "order", "amount": "5.00"},
        {"kind": "percent", "on": "shipping", "percent": "100"},
        {"kind": "gift", "options": [{"sku": "GIFT", "value": "5.00"}]},
        {"kind": "points", "multiplier": "2"},
    ]
    body: dict[str, Any] = {"effects": [kinds[number % 10]]}
    if number % 10 >= 6:
        body["needs"] = [{"measure": "items_total", "at_least": f"{150 + 40 * number}.00"}]
    if number % 5 == 1:
        body["audience"] = AUDIENCES[number % len(AUDIENCES)]
    if number % 10 == 3:
        body["if"] = {"attribute": "cart.items_total", "is": "at_least", "value": {"amount": "200", "currency": "PLN"}}
    if number % 10 == 5:
        body["codes"] = {"campaigns": [CAMPAIGN]}
    if number % 7 == 2:
        body["limits"] = [{"uses": 3, "per": "day", "for": "customer"}]
    return body


def _customers(shop_id: int) -> list[str]:
    from wracam.customers import actions as customers
    from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
    from wracam.foundation import clock, transactions

    people = [
        PersonSnapshot(
            identities=(Identity(kind=IdentityKind.EMAIL, value=f"p{number}@zielnik.example"),),
            modified_at=clock.now(),
            first_name=("Ania", "Bartek")[number % 2],
        )
        for number in range(CUSTOMERS)
    ]
    found: list[str] = []
    for start in range(0, CUSTOMERS, 500):
        with transactions.action():
            ids = customers.identify_many(
                shop_id=shop_id, people=people[start : start + 500], source="api", now=clock.now()
            )
        found += [str(one) for one in ids]
    return found


def _requests(customers: list[str], secrets: list[str]) -> list[tuple[bytes, int]]:
    """Return whole HTTP requests, and what the items of each cost before promotions."""
    chance = random.Random(10)
    made = []
    for number in range(CARTS):
        lines: list[dict[str, Any]] = [
            {
                "sku": f"SKU-{chance.randrange(1_000)}", "quantity": chance.randrange(1, 4),
                "price": f"{chance.randrange(5, 90)}.{chance.randrange(10, 99)}",
                "tax_rate": chance.choice(["8", "23"]), "categories": [f"c{chance.randrange(60)}"],
            }
            for _ in range(LINES)
        ]  # fmt: skip
        body = json.dumps(
            {"lines": lines, "shipping": {"price": "12.99", "method": "inpost", "tax_rate": "23"},
             "customer_id": chance.choice(customers), "codes": [CODE] if number % CODED_ONE_IN == 0 else []}
        ).encode()  # fmt: skip
        total = sum(round(float(line["price"]) * 100) * line["quantity"] for line in lines)
        head = (
            f"POST /v1/carts/evaluate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {secrets[number % KEYS]}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append((head.encode() + body, total))
    return made


class _Client:
    """One kept connection; as little client as possible, since it runs on the same machine."""

    def __init__(self, port: int, requests: Requests, seed: int) -> None:
        self._connection = Connection(port)
        self._requests, self._turn = requests, seed

    def __call__(self) -> None:
        """Price one cart and check its answer."""
        self._turn += 1
        request, total = self._requests[self._turn % len(self._requests)]
        head, body = self._connection.answer_to(request)
        if not head.startswith(b"HTTP/1.1 200") or b'"items":%d,' % total not in body:
            raise SystemExit(f"the answer is wrong: {head!r} {body[:500]!r}")


def _alone(port: int, requests: Requests, seconds: float) -> tuple[list[float], float, float]:
    """Return the times of one connection, and the processor time a cart of the server and of the database."""
    client = _Client(port, requests, 0)
    for _ in range(WARM_UP):
        client()
    database = server_process()
    of_database, before = processor_time(database), _server_cpu()
    times, ends = [], time.perf_counter() + seconds
    while time.perf_counter() < ends:
        started = time.perf_counter()
        client()
        times.append(time.perf_counter() - started)
    of_database = processor_time(database) - of_database
    return times, (_server_cpu() - before) / len(times), of_database / len(times)


def _flood(port: int, requests: Requests, seconds: float) -> float:
    """Return the carts a second that several connections get when each sends as soon as it has an answer."""
    times = in_processes(price_at_once, [(port, requests, number * 97, seconds) for number in range(CLIENTS)])
    return len(times) / seconds


def price_at_once(port: int, requests: Requests, seed: int, seconds: float) -> list[float]:
    """Price one cart after another with one connection (a process of its own)."""
    client = _ready_client(port, requests, seed)
    times, ends = [], time.perf_counter() + seconds
    while (started := time.perf_counter()) < ends:
        client()
        times.append(time.perf_counter() - started)
    return times


def _scheduled(port: int, requests: Requests, seconds: float, rate: float) -> list[float]:
    """Return times counted from the moment when each request was due, so that waiting is not hidden."""
    shares = [(port, requests, number * 131, seconds, rate / CLIENTS, number / CLIENTS) for number in range(CLIENTS)]
    return in_processes(price_on_schedule, shares)


def price_on_schedule(
    port: int, requests: Requests, seed: int, seconds: float, rate: float, offset: float
) -> list[float]:
    """Price carts at fixed moments with one connection (a process of its own)."""
    client = _ready_client(port, requests, seed)
    times, started = [], time.perf_counter()
    for turn in range(int(seconds * rate)):
        begins = wait_until(started + (turn + offset) / rate)
        client()
        times.append(time.perf_counter() - begins)
    return times


def _ready_client(port: int, requests: Requests, seed: int) -> _Client:
    client = _Client(port, requests, seed)
    for _ in range(WARM_UP // CLIENTS):
        client()
    begin()
    return client


def _server_cpu() -> float:
    """Return the processor time of all our running children: the server and its worker."""
    tick, total, parents = os.sysconf("SC_CLK_TCK"), 0, {os.getpid()}
    for _ in range(4):
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and int(entry.name) not in parents:
                fields = _stat(entry.name)
                if fields and int(fields[1]) in parents and "granian" in _read(entry / "cmdline"):
                    parents.add(int(entry.name))
    for pid in parents - {os.getpid()}:
        if fields := _stat(str(pid)):
            total += int(fields[11]) + int(fields[12])
    return total / tick


def _stat(pid: str) -> list[str]:
    return _read(Path("/proc") / pid / "stat").rpartition(")")[2].split()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)] * 1000


def _said(name: str, times: list[float], goal: float) -> bool:
    met = _percentile(times, 0.99) <= goal
    print(
        f"{name}: p50 {_percentile(times, 0.5):.2f} ms, p99 {_percentile(times, 0.99):.2f} ms "
        f"({len(times):,} carts), goal p99 <= {goal:g} ms: {'met' if met else 'MISSED'}"
    )
    return met


if __name__ == "__main__":
    sys.exit(main())
