"""Start everything with the sample shop zielnik: two years of a plant shop's life.

Lives in a folder of its own (wracam-demo) unless --data-folder names another; delete that folder to be rid of it.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import datetime
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from wracam.config import installation, options, terminal
from wracam.config.commands import up
from wracam.config.errors import CommandError
from wracam.foundation import clock
from wracam.foundation.configuration import FLAGS_VARIABLE

if TYPE_CHECKING:
    from wracam.demo.core.life import ShopLife, Size

HELP = "start everything with the sample shop"
FOLDER = "wracam-demo"
SEE = """The sample shop with its cart:  {url}/demo/shop/
Its e-mails stay here; read them in the console under Settings, Outbox."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    options.add_address(parser)
    parser.add_argument("--hot-port", dest="setting_hot_port", type=int, help="port of the hot process (8801)")
    parser.add_argument("--customers", type=int, metavar="N", help="how many customers (20000)")
    parser.add_argument("--products", type=int, metavar="N", help="how many products (500)")
    parser.add_argument("--seed", type=int, metavar="N", help="another seed lives another life")
    parser.add_argument("--fill-only", action="store_true", help="fill, and do not start the pages")


def run(arguments: argparse.Namespace) -> int:
    """Fill the installation with the demo, then serve it."""
    _use_own_folder()
    loaded = installation.current()
    is_new = installation.prepare_data_folder(loaded.data_folder)
    installation.require_data_folder(loaded.data_folder)
    wish = _wish(arguments)
    fill = partial(_fill, wish, _Planning(wish) if is_new else None)
    return up.start(loaded, fill=fill, serves=not arguments.fill_only, more=SEE)


def _use_own_folder() -> None:
    """Keep the demo apart from the data of a real installation."""
    loaded = installation.current()
    if loaded.values["data_folder"].origin == "default":
        flags = json.loads(os.environ.get(FLAGS_VARIABLE, "{}"))
        flags["data_folder"] = str(loaded.data_folder.with_name(FOLDER))
        os.environ[FLAGS_VARIABLE] = json.dumps(flags)


def _hands() -> int:
    """How many processes fill the shop: one for each core, at most four."""
    return max(1, min(os.cpu_count() or 1, 4))


class _Wish(NamedTuple):
    """What shop is wanted, as of when."""

    size: Size
    seed: int
    now: datetime


def _wish(arguments: argparse.Namespace) -> _Wish:
    from wracam.demo.core.life import SEED_DEFAULT, Size

    default = Size()
    size = Size(customers=arguments.customers or default.customers, products=arguments.products or default.products)
    return _Wish(size, arguments.seed if arguments.seed is not None else SEED_DEFAULT, clock.now())


class _Planning:
    """The life of a new shop, planned while its database is made, most of which is waiting."""

    def __init__(self, wish: _Wish) -> None:
        self._lives: list[ShopLife] = []
        self._thread = Thread(target=self._plan, args=(wish,), daemon=True)
        self._thread.start()

    def take(self) -> ShopLife | None:
        """Return the life, once: it is too large to be kept. None if planning failed; filling says why then."""
        self._thread.join()
        return self._lives.pop() if self._lives else None

    def _plan(self, wish: _Wish) -> None:
        from wracam.demo.core.life import live

        self._lives.append(live(shop_id=0, seed=wish.seed, now=wish.now, size=wish.size))


def _fill(wish: _Wish, planning: _Planning | None) -> None:
    from wracam.demo import actions
    from wracam.demo.contracts import Progress

    bar = terminal.Progress("orders")

    def show(progress: Progress) -> None:
        bar.show(progress.done, progress.total)

    installation.say("Living two years of the sample shop …")
    planned = planning.take() if planning else None
    try:
        filled = actions.fill(
            now=wish.now, size=wish.size, seed=wish.seed, hands=_hands(), progress=show, planned=planned
        )  # fmt: skip
    except actions.DemoTakenError as error:
        raise CommandError(str(error)) from error
    bar.end()
    installation.say(f"zielnik: {filled.customers} customers, {filled.orders} orders, {filled.products} products.")
