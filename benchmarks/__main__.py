"""Run the benchmarks one after another: `python -m benchmarks [name …] [--option …]`; options go to each benchmark.

Each prints its figures beside its raw limit and says whether the goal was met. A missed goal is a figure, not an error:
only a benchmark that could not be run makes this fail.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import takewhile

NAMES = (
    "cart_engine",
    "cart_http",
    "ledger",
    "intake",
    "delivery",
    "import_history",
    "balance",
    "nightly",
    "redeem",
    "ranking",
    "codes",
)


def main(given: list[str]) -> int:
    """Run the named benchmarks, or all; return 1 when one could not be run and 2 for an unknown name."""
    names = list(takewhile(lambda word: not word.startswith("-"), given))
    options = given[len(names) :]
    unknown = [name for name in names if name not in NAMES]
    if unknown or {"-h", "--help"} & set(options):
        print(f"{__doc__}\nBenchmarks: {', '.join(NAMES)}", file=sys.stderr if unknown else sys.stdout)
        return 2 if unknown else 0
    broken = [name for name in names or NAMES if not _is_run(name, options)]
    if broken:
        print(f"could not be run: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


def _is_run(name: str, options: list[str]) -> bool:
    print(f"== {name}", flush=True)
    return (
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--no-fail", *options], check=False).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
