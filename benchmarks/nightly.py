"""The night of a programme: every step of `run_due` and the books of its day, for every member of a shop.

`python -m benchmarks.nightly [--members 50000]`; see `population` for who the members are. Every member has points that
become active and points that end; all are looked at for inactivity and measured on a ladder with a rolling window; what
was posted is sealed; then the night is run again, which must change nothing, and the books of the day are closed. The
history before the night is sealed and closed beforehand, as it is in any installation that ran the day before.

Goals: 1,000,000 members in under 5 minutes, so at least 3,334 members a second, and under 1.5 GB: the memory of this
process and of all server processes at the same moment, with the shared buffers once. The server has 1 GB of these, as
on a machine with 8 GB.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks import population
from benchmarks.processes import Watch
from benchmarks.scratch import scratch_database

MEMBERS_PER_SECOND_MIN = 1_000_000 / 300
MEMORY_MB_MAX = 1_500.0
ZONE = ZoneInfo("Europe/Warsaw")
SERVER = {"shared_buffers": "1024MB"}


def main() -> int:
    """Run the benchmark, print its figures, and return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=50_000, help="a multiple of 100")
    parser.add_argument("--hands", type=int, default=2, help="connections that work at the same time")
    parser.add_argument("--no-fail", action="store_true", help="print only")
    arguments = parser.parse_args()
    with scratch_database(**SERVER):
        midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        _prepare(arguments.members, midnight)
        with Watch() as watch:
            _night(midnight, arguments.members, arguments.hands, watch)
        _verify()
    rate = arguments.members / watch.seconds
    met = rate >= MEMBERS_PER_SECOND_MIN and watch.memory_mb < MEMORY_MB_MAX
    print(
        f"{arguments.members:,} members in {watch.seconds:.1f} s: {rate:,.0f} members/s, a million in "
        f"{1_000_000 / rate:,.0f} s, peak memory {watch.memory_mb:,.0f} MB, of it {watch.shared_mb:,.0f} MB shared "
        f"buffers (goal 300 s, {MEMORY_MB_MAX:,.0f} MB): {'met' if met else 'MISSED'}"
    )
    return 0 if met or arguments.no_fail else 1


def _prepare(members: int, midnight: datetime) -> None:
    """Fill the shop, and seal and close what happened before the night."""
    from wracam.loyalty import actions
    from wracam.loyalty.queries import ladders

    started = time.perf_counter()
    population.open_shop(midnight)
    [ladder] = ladders.live_ladders(midnight)
    population.fill(members, midnight=midnight, window=ladder.spans(midnight, ZONE, midnight).current)
    filled = time.perf_counter()
    sealed = actions.seal(now=midnight)
    closed = actions.close_books(now=midnight)
    print(
        f"prepared: {members:,} members in {filled - started:.0f} s; {sealed:,} transfers sealed and {closed} days "
        f"closed before the night in {time.perf_counter() - filled:.0f} s",
        flush=True,
    )


def _night(midnight: datetime, members: int, hands: int, watch: Watch) -> None:
    """Run the night, run it again, and close the books of the day; each step is timed."""
    from wracam.loyalty import actions

    now = midnight.astimezone(UTC) + timedelta(minutes=5)
    run = asdict(actions.run_due(now=now, hands=hands, tell=watch.step))
    expected = {step: members * share // 100 for step, share in population.EXPECTED.items()}
    if {step: run[step] for step in expected} != expected:
        raise SystemExit(f"the run went wrong: {run} instead of {expected}")
    again = actions.run_due(now=now + timedelta(minutes=5), hands=hands)
    if any(asdict(again).values()):
        raise SystemExit(f"the second run of one night did something: {again}")
    watch.step("the whole night again, with nothing to do", 0)
    watch.step("books", actions.close_books(now=now + timedelta(days=1)))


def _verify() -> None:
    from wracam.loyalty import queries

    started = time.perf_counter()
    broken = [finding for finding in queries.verify() if not finding.is_met]
    if broken:
        raise SystemExit(f"the books are wrong: {broken}")
    print(f"books: every invariant holds (checked in {time.perf_counter() - started:.0f} s)")


if __name__ == "__main__":
    sys.exit(main())
