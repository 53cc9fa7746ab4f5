"""How long a ranking's page and one's own place take among a million customers.

`python -m benchmarks.ranking [--customers 1000000]`. The first page, a page from the middle, and the places of somebody
at the top, in the middle and at the end, each measured many times; every answer is checked against what was seeded. The
raw limit beside it is the same index read without names. Goal: each under 100 ms.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from benchmarks.scratch import scratch_database

GOAL_MS = 100.0
TIMES = 15
PAGE = 50
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEED = """
INSERT INTO challenge_progress (challenge, period, customer_id, shop_id, amount, last_at, is_listed)
SELECT 'green', 'all', md5(n::text)::uuid, %(shop)s, (%(customers)s - n) / 10 + 1,
       %(now)s::timestamptz + n * interval '1 second', true
FROM generate_series(0, %(customers)s - 1) AS n ORDER BY md5(n::text)
"""
PLAYERS = """
INSERT INTO challenge_player (customer_id, shop_id, nickname, is_listed)
SELECT md5(n::text)::uuid, %(shop)s, 'player ' || n, true FROM generate_series(0, %(customers)s - 1, 3) AS n
"""
RAW = """
SELECT customer_id FROM challenge_progress
WHERE challenge = 'green' AND shop_id = %s AND period = 'all' AND is_listed AND amount > 0
ORDER BY amount DESC, last_at, customer_id LIMIT %s
"""


def main() -> int:
    """Run the benchmark, print its figures, and return 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--no-fail", action="store_true", help="print only")
    arguments = parser.parse_args()
    with scratch_database():
        worst = _measure(arguments.customers)
    print(f"goal {GOAL_MS:.0f} ms each: {'met' if worst <= GOAL_MS else 'MISSED'}")
    return 0 if worst <= GOAL_MS or arguments.no_fail else 1


def _measure(customers: int) -> float:
    from wracam.challenges import queries
    from wracam.challenges.queries.rankings import PLACE_COUNTED_MAX
    from wracam.foundation.bulk import fetch

    shop_id = _seed(customers)
    asked: dict[str, Any] = {"challenge": "green", "shop_id": shop_id, "period": "all"}

    def customer(number: int) -> UUID:
        return UUID(fetch("SELECT md5(%s::text)::uuid::text", str(number))[0][0])

    number = customers // 2
    amount, last_at = fetch("SELECT amount, last_at FROM challenge_progress WHERE customer_id = %s", customer(number))[
        0
    ]
    after = queries.Place(amount=amount, last_at=last_at, customer_id=customer(number), place=number + 1)

    def page(start: queries.Place | None, first: int) -> None:
        lines = queries.ranking(**asked, after=start, limit=PAGE).lines
        assert [line.place for line in lines] == list(range(first, first + PAGE))
        assert [line.customer_id for line in lines[:2]] == [customer(first - 1), customer(first)]

    def place(number: int) -> None:
        found = queries.place_of(**asked, customer_id=customer(number))
        assert found is not None
        assert found.place == min(number, PLACE_COUNTED_MAX) + 1

    worst = [
        _timed("first page of 50", lambda: page(None, 1)),
        _timed("page of 50 from the middle", lambda: page(after, customers // 2 + 2)),
        _timed("place of the first", lambda: place(0)),
        _timed("place in the middle", lambda: place(customers // 2)),
        _timed("place of the last", lambda: place(customers - 1)),
    ]
    _timed("raw: the index alone, 50 rows", lambda: fetch(RAW, shop_id, PAGE))
    return max(worst)


def _seed(customers: int) -> int:
    from wracam.definitions import actions as definitions
    from wracam.foundation.bulk import execute
    from wracam.shops import actions as shops
    from wracam.shops.contracts import SYSTEM

    shop = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOW)
    body = {"title": {"en": "Green"}, "goal": 1_000, "ranking": True}
    definitions.save_draft(
        kind="challenge", key="green", name="Green", body=body, expected_revision=None, actor=SYSTEM, now=NOW
    )
    definitions.publish(kind="challenge", key="green", expected_revision=None, actor=SYSTEM, now=NOW)
    for statement in (SEED, PLAYERS):
        _run(statement, {"shop": shop.id, "customers": customers, "now": NOW})
    execute("VACUUM ANALYZE challenge_progress")
    return shop.id


def _run(statement: str, parameters: dict[str, Any]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _timed(name: str, work: Callable[[], object]) -> float:
    """Return the 95th percentile in ms, and print it with the median."""
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1_000)
    took.sort()
    worst = took[int(len(took) * 0.95)]
    print(f"{name}: median {took[len(took) // 2]:.1f} ms, p95 {worst:.1f} ms", flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
