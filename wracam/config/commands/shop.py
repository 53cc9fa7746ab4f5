"""Add a shop (a sales channel), or list those there are."""

from __future__ import annotations

import argparse
import dataclasses
import json

from wracam.config import installation
from wracam.config.errors import CommandError

HELP = "add or list shops"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="add|list")
    adding = deeds.add_parser("add", help="open a sales channel; one that is there already stays as it is")
    adding.add_argument("key", help="short name for addresses: a-z, 0-9 and -")
    adding.add_argument("--name", help="what people call it")
    adding.add_argument("--currency", default="PLN", help="three letters (PLN)")
    adding.add_argument("--language", default="pl", choices=["pl", "en"])
    adding.add_argument("--url", default="", help="address of the shop")
    for deed in (adding, deeds.add_parser("list", help="list all shops")):
        deed.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Add or list."""
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        if arguments.deed == "add":
            _add(arguments)
        _list(is_json=arguments.json)
    return 0


def _add(arguments: argparse.Namespace) -> None:
    from wracam.foundation import clock
    from wracam.shops import actions, queries
    from wracam.shops.contracts import ShopsError

    if queries.shop_by_key(arguments.key):
        return
    try:
        actions.create_shop(
            key=arguments.key,
            name=arguments.name or arguments.key,
            currency=arguments.currency,
            language=arguments.language,
            url=arguments.url,
            now=clock.now(),
        )
    except ShopsError as error:
        raise CommandError(str(error)) from error


def _list(*, is_json: bool) -> None:
    from wracam.shops import queries

    shops = queries.shops()
    if is_json:
        print(json.dumps([dataclasses.asdict(shop) for shop in shops], default=str))
        return
    for shop in shops:
        print(f"{shop.key}  {shop.name}  {shop.currency}  {shop.url}")
