"""`python -m tests.torture`: the long form, with its negative controls."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.torture import kills
from tests.torture.battery import torture
from tests.torture.world import Prepared, begin, prepare

KILLS_DEFAULT = 200
CONTROL_KILLS = 10


def main() -> int:
    """Run the battery and its controls; exit code 1 if anything was lost, or if a control found nothing."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS_DEFAULT)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--no-controls", action="store_true", help="skip the controls that must fail")
    arguments = parser.parse_args()
    say(f"seed {arguments.seed}")
    with tempfile.TemporaryDirectory(prefix="wracam-torture-") as place:
        return int(not _run_all(prepare(Path(place)), arguments))


def _run_all(prepared: Prepared, arguments: argparse.Namespace) -> bool:
    seed = arguments.seed
    is_good = _run(prepared, "the product as it is", arguments.kills, seed, is_clean_expected=True)
    if not arguments.no_controls:
        only = [kills.postgresql]
        is_good &= _run(prepared, "control: synchronous_commit off", CONTROL_KILLS, seed, only=only, is_lossy=True)
        is_good &= _run(prepared, "control: the lock removed", 0, seed, seconds=10, is_locked=False)
    return is_good


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _run(prepared, title, count, seed, *, is_clean_expected=False, only=None, seconds=0.5, **switches) -> bool:
    say(f"\n== {title}")
    with tempfile.TemporaryDirectory(prefix="wracam-torture-") as place:
        world = begin(prepared, Path(place), **switches)
        try:
            run = torture(
                world,
                kills=count,
                seed=seed,
                only=only,
                seconds_quiet=seconds,
                say=say,
            )
        finally:
            world.stop()
    say(run.report())
    is_as_expected: bool = run.verdict.is_clean == is_clean_expected
    say("as expected" if is_as_expected else "NOT as expected")
    return is_as_expected


if __name__ == "__main__":
    sys.exit(main())
