"""Arguments that several verbs share."""

from __future__ import annotations

import argparse


def add_address(parser: argparse.ArgumentParser) -> None:
    """Let the verb say where to listen and what the world calls us."""
    parser.add_argument("--bind", dest="setting_bind", metavar="ADDRESS", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", dest="setting_port", type=int, help="port of console, member pages and API (8800)")
    parser.add_argument("--url", dest="setting_url", help="public address, when a proxy stands in front")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let a script read the result."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
