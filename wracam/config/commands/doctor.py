"""Look whether everything is as it should be, and say how to mend what is not.

Exit code 0: no problems (there may be warnings); 1: at least one problem.
"""

from __future__ import annotations

import argparse
import dataclasses
import json

from wracam.config import checks, installation
from wracam.config.checks import Check, State

HELP = "check this installation and say how to mend it"
MARKS = {State.FINE: "ok  ", State.WARNING: "warn", State.PROBLEM: "FAIL"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Check and report."""
    found = checks.look(installation.current())
    if arguments.json:
        print(json.dumps([dataclasses.asdict(check) for check in found], indent=1, ensure_ascii=False))
    else:
        for check in found:
            print(_line(check))
    return int(any(check.state is State.PROBLEM for check in found))


def _line(check: Check) -> str:
    line = f"{MARKS[check.state]}  {check.name}: {check.finding}"
    return f"{line}\n      -> {check.fix}" if check.fix else line
