"""Check the ledger of points: every invariant, and the hash chain over its whole history.

Exit code 0 when everything agrees; 1 with the places that do not.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from typing import TYPE_CHECKING

from wracam.config import installation

if TYPE_CHECKING:
    from wracam.loyalty.contracts import Finding

HELP = "check the ledger of points"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("deed", choices=["verify"], help="check all invariants")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Verify and report."""
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        from wracam.loyalty import queries as loyalty

        found: list[Finding] = []
        for finding in loyalty.findings(None if arguments.json else _Chain()):
            found.append(finding)
            if not arguments.json:
                _print(finding)
    if arguments.json:
        print(json.dumps([dataclasses.asdict(finding) for finding in found], ensure_ascii=False))
    return int(not all(finding.is_met for finding in found))


def _print(finding: Finding) -> None:
    """Say at once what a check found: over a large ledger the next one takes a while."""
    print(f"{'ok  ' if finding.is_met else 'FAIL'}  {finding.number:2d}. {finding.title.en}", flush=True)
    if not finding.is_met:
        print(f"      {finding.broken} places, for example {', '.join(finding.examples)}", flush=True)


class _Chain:
    """Tells how far the hash chain was checked, at every tenth of it."""

    def __init__(self) -> None:
        self._tenths = 0

    def __call__(self, done: int, total: int) -> None:
        """Print when another tenth is done."""
        tenths = 10 * done // total
        if tenths > self._tenths:
            print(f"      hash chain: {done:,} of {total:,} transfers", file=sys.stderr, flush=True)
        self._tenths = tenths
