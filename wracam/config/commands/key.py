"""Make an API key for a program. Its secret is printed once and stored nowhere in the clear."""

from __future__ import annotations

import argparse
import json

from wracam.config import installation, terminal
from wracam.config.errors import CommandError

HELP = "make an API key"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="add")
    adding = deeds.add_parser("add", help="make a key")
    adding.add_argument("name", help="who uses it: 'till in Poznań'")
    adding.add_argument("--shop", metavar="KEY", help="the shop's short name; needed when there are several")
    adding.add_argument("--kind", choices=["server", "publishable"], default="server")
    adding.add_argument("--scope", action="append", default=[], help="may be repeated, for example events:write")
    adding.add_argument("--origin", action="append", default=[], help="web address that may use a publishable key")
    adding.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Make the key and print its secret."""
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        _add(arguments)
    return 0


def _add(arguments: argparse.Namespace) -> None:
    from wracam.foundation import clock
    from wracam.shops import actions
    from wracam.shops.contracts import SYSTEM, KeyKind, ShopsError

    shop = terminal.chosen_shop(arguments.shop)
    try:
        made = actions.create_key(
            shop_id=shop.id,
            kind=KeyKind(arguments.kind),
            name=arguments.name,
            actor=SYSTEM,
            now=clock.now(),
            scopes=arguments.scope,
            origins=arguments.origin,
        )
    except ShopsError as error:
        raise CommandError(str(error)) from error
    if arguments.json:
        print(json.dumps({"shop": shop.key, "name": made.key.name, "secret": made.secret}))
    else:
        print(f"{made.secret}\nThis is shown once. Scopes: {', '.join(made.key.scopes) or 'none'}.")
