"""Show every setting, its value (secrets masked) and where it came from.

Defaults are overruled by wracam.toml, that by WRACAM_* variables (or WRACAM_*_FILE), and those by flags.
"""

from __future__ import annotations

import argparse
import json

from wracam.config import installation

HELP = "show the settings and where each came from"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", nargs="?", help="only this setting")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the settings."""
    shown = installation.current().shown()
    if arguments.name:
        shown = [row for row in shown if row[0] == arguments.name]
        if not shown:
            print(f"There is no setting {arguments.name!r}; `wracam config` lists all.")
            return 1
    if arguments.json:
        rows = [dict(zip(("name", "value", "origin", "about"), row, strict=True)) for row in shown]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    widths = [max(len(row[column]) for row in shown) for column in range(3)]
    for name, value, origin, about in shown:
        print(f"{name:<{widths[0]}}  {value or '-':<{widths[1]}}  {origin:<{widths[2]}}  {about}")
    return 0
