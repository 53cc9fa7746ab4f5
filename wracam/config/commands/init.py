"""Make the data folder, the secret key and the database, and print the link for the first sign-in.

Changes nothing that is already there. The link works once, for a day; --new-link makes a new one.
"""

from __future__ import annotations

import argparse

from wracam.config import installation, schema, welcome

HELP = "prepare a new installation"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--new-link", action="store_true", help="make a new link for the first sign-in")


def run(arguments: argparse.Namespace) -> int:
    """Prepare everything and print the setup link when it is new or asked for."""
    loaded = installation.current()
    is_new = installation.prepare_data_folder(loaded.data_folder)
    installation.require_data_folder(loaded.data_folder)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        schema.migrate()
        print(f"{'Ready' if is_new else 'Already prepared'}: {loaded.data_folder}")
        if is_new or arguments.new_link:
            link = welcome.setup_link()
            print(f"First sign-in (once, within seven days): {link}" if link else "There is an owner already; sign in.")
    print("Start with: wracam up")
    return 0
