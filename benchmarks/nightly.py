"""The nightly run of points: every member's pending points become active and one of their lots ends.

`python -m benchmarks.nightly [--members 50000]`, each with three lots: one pending and due, one ended today, one that
goes on. Goal: 1,000,000 members in under 5 minutes, so at least 3,334 members a second.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from benchmarks.scratch import scratch_database

MEMBERS_PER_SECOND_MIN = 1_000_000 / 300


def main() -> int:
    """Run the benchmark, print its figures, and return 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=50_000)
    parser.add_argument("--no-fail", action="store_true", help="print only")
    arguments = parser.parse_args()
    with scratch_database():
        from wracam.loyalty import actions, queries

        now = datetime.now(UTC)
        _fill(arguments.members)
        started = time.perf_counter()
        run = actions.run_due(now=now)
        seconds = time.perf_counter() - started
        broken = [finding for finding in queries.verify() if not finding.is_met]
        rate = arguments.members / seconds
        met = rate >= MEMBERS_PER_SECOND_MIN
        print(
            f"{arguments.members:,} members, {run.activated:,} active, {run.expired:,} expired, {run.sealed:,} sealed "
            f"in {seconds:.1f} s: {rate:,.0f} members/s, a million in {1_000_000 / rate:,.0f} s "
            f"(goal 300 s): {'met' if met else 'MISSED'}; books: {broken or 'right'}"
        )
    return 0 if (met and not broken) or arguments.no_fail else 1


def _fill(members: int) -> None:
    """Give each member three lots through the ledger's own function."""
    from wracam.foundation.bulk import execute, fetch

    execute(
        """INSERT INTO loyalty_member (id, shop_id, customer_id, program, state, joined_at, last_active_at, nickname)
           SELECT md5(n::text)::uuid, 1, md5('c' || n)::uuid, 'club', 'active', now() - interval '1 year', now(), ''
           FROM generate_series(1, %s) AS n""",
        members,
    )
    fetch(
        """SELECT count(*) FROM generate_series(1, %s) AS n, generate_series(1, 3) AS k,
           LATERAL point_earn(1, 'b:' || n || ':' || k, '\\x00', gen_random_uuid(), md5(n::text)::uuid, 'points', 40,
               now() - interval '30 days', now() - interval '30 days',
               CASE k WHEN 1 THEN now() - interval '1 hour' ELSE now() - interval '30 days' END,
               CASE k WHEN 2 THEN now() - interval '1 hour' END, k <> 1, NULL, NULL, NULL, NULL)""",
        members,
    )
    execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
