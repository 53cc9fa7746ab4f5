"""`python -m tools.cases KIND FILE`: print what we decide for recorded cases."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from tools.cases import report

KINDS = ("loyalty", "promotion")


def main(arguments: list[str]) -> int:
    """Run the cases of FILE through the adapter of KIND; exit code 2 for a wrong call."""
    if len(arguments) != 2 or not all(arguments):
        print("usage: make cases KIND=promotion|loyalty FILE=path/to/cases.json", file=sys.stderr)
        return 2
    kind, path = arguments[0], Path(arguments[1])
    if kind not in KINDS:
        print(f"there is no adapter for cases of kind {kind!r}", file=sys.stderr)
        return 2
    if not path.is_file():
        print(f"there is no file {path}", file=sys.stderr)
        return 2
    adapter = importlib.import_module(f"tools.cases.{kind}")
    return report.print_report(report.run(report.load(path), adapter.judge))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
