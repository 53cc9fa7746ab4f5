"""Bring the database's tables to this version. Run by `wracam up` too; safe to repeat."""

from __future__ import annotations

import argparse

from wracam.config import installation, schema

HELP = "bring the database to this version"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 when something is to do")


def run(arguments: argparse.Namespace) -> int:
    """Migrate, or say what would be migrated."""
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        waiting = schema.waiting_migrations()
        if arguments.check:
            print("\n".join(waiting) or "Nothing to do.")
            return 1 if waiting else 0
        schema.migrate()
        print(f"Applied {len(waiting)} migrations." if waiting else "The database is up to date.")
    return 0
