"""Check the ledger of points: every invariant, and the hash chain over its whole history.

Exit code 0 when everything agrees; 1 with the places that do not.
"""

from __future__ import annotations

import argparse
import dataclasses
import json

from wracam.config import installation

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

        findings = loyalty.verify()
    if arguments.json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.is_met else 'FAIL'}  {finding.number:2d}. {finding.title.en}")
            if not finding.is_met:
                print(f"      {finding.broken} places, for example {', '.join(finding.examples)}")
    return int(not all(finding.is_met for finding in findings))
