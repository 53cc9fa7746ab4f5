"""The nightly run of points: every member's pending points become active and one of their lots ends.

`python -m benchmarks.nightly [--members 50000]`, each with three lots: one pending and due, one ended today, one that
goes on. Goals: 1,000,000 members in under 5 minutes, so at least 3,334 members a second, and under 1.5 GB of memory
in this process and its server process together (of the latter, shared buffers included).
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.scratch import scratch_database

MEMBERS_PER_SECOND_MIN = 1_000_000 / 300
MEMORY_MB_MAX = 1_500.0
FILL_AT_ONCE = 50_000


def main() -> int:
    """Run the benchmark, print its figures, and return 1 when a goal is missed."""
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
        memory_mb = _memory_mb()
        broken = [finding for finding in queries.verify() if not finding.is_met]
        if broken or (run.activated, run.expired) != (arguments.members, arguments.members):
            raise SystemExit(f"the run went wrong: {run} {broken}")
    rate = arguments.members / seconds
    met = rate >= MEMBERS_PER_SECOND_MIN and memory_mb < MEMORY_MB_MAX
    print(
        f"{arguments.members:,} members, {run.activated:,} active, {run.expired:,} expired, {run.sealed:,} sealed "
        f"in {seconds:.1f} s: {rate:,.0f} members/s, a million in {1_000_000 / rate:,.0f} s, peak memory "
        f"{memory_mb:.0f} MB (goal 300 s, {MEMORY_MB_MAX:.0f} MB): {'met' if met else 'MISSED'}; books: right"
    )
    return 0 if met or arguments.no_fail else 1


def _memory_mb() -> float:
    """Return the peak of this process and, where the system tells it, of the server process that works for it."""
    from django.db import connection

    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    status = Path(f"/proc/{connection.connection.info.backend_pid}/status")
    peaks = [line.split() for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return own + sum(int(words[1]) for words in peaks) / 1024


def _fill(members: int) -> None:
    """Give each member three lots with their transfers and balance, as `point_earn` would; the books are checked."""
    from wracam.foundation.bulk import execute

    for first in range(1, members + 1, FILL_AT_ONCE):
        last = min(first + FILL_AT_ONCE - 1, members)
        for statement in (_MEMBERS, _LOTS, _BALANCES):
            execute(statement, first, last)
    execute("ANALYZE")


_MEMBERS = """
INSERT INTO loyalty_member (id, shop_id, customer_id, program, state, joined_at, last_active_at, nickname)
SELECT md5(n::text)::uuid, 1, md5('c' || n)::uuid, 'club', 'active', now() - interval '1 year', now(), ''
FROM generate_series(%s::int, %s) AS n
"""
_LOTS = """
WITH given AS (
    INSERT INTO point_transfer (shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount, at,
        happened_at, activates_at, expires_at, reason)
    SELECT 1, 'b:' || n || ':' || k, '\\x00', gen_random_uuid(), md5(n::text)::uuid, 'points', 'issued',
           CASE k WHEN 1 THEN 'pending' ELSE 'active' END, 40, now() - interval '30 days', now() - interval '30 days',
           CASE k WHEN 1 THEN now() - interval '1 hour' ELSE now() - interval '30 days' END,
           CASE k WHEN 2 THEN now() - interval '1 hour' END, 'earned'
    FROM generate_series(%s::int, %s) AS n, generate_series(1, 3) AS k
    RETURNING *
)
INSERT INTO point_lot (id, shop_id, member_id, point_kind, amount, remaining, is_active, moves, earned_at,
    activates_at, expires_at)
SELECT id, 1, member_id, point_kind, amount, amount, credit = 'active', 0, happened_at, activates_at, expires_at
FROM given
"""
_BALANCES = """
INSERT INTO point_balance (member_id, point_kind, shop_id, active, pending, earned, transfers)
SELECT md5(n::text)::uuid, 'points', 1, 80, 40, 120, 3 FROM generate_series(%s::int, %s) AS n
"""


if __name__ == "__main__":
    sys.exit(main())
