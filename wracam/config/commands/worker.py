"""Hand events to their subscriptions and run jobs, until SIGTERM. Start as many on as many machines as you like."""

from __future__ import annotations

import argparse

from wracam.config import installation, working

HELP = "deliver events and run jobs"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--only", choices=["events", "jobs"], help="do only this; default: both")


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop."""
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    installation.set_up_django()
    return working.work(arguments.only)
