"""Start everything: PostgreSQL (unless you bring your own), the pages, the API and the workers.

Prepares a new installation by itself. Prints one address, and for an installation without an owner the link for the
first sign-in. Restarts what crashes. SIGTERM or Ctrl-C stops everything in order.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from wracam.config import installation, options, programs, schema, welcome
from wracam.config.supervisor import Supervisor
from wracam.foundation.configuration import Configuration

HELP = "start everything and print one address"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    options.add_address(parser)
    parser.add_argument("--hot-port", dest="setting_hot_port", type=int, help="port of the hot process (8801)")


def run(arguments: argparse.Namespace) -> int:
    """Start, supervise, stop."""
    del arguments
    loaded = installation.current()
    installation.prepare_data_folder(loaded.data_folder)
    installation.require_data_folder(loaded.data_folder)
    return start(loaded)


def start(
    loaded: Configuration, *, fill: Callable[[], None] = lambda: None, serves: bool = True, more: str = ""
) -> int:
    """Run the whole tree of a prepared installation; *fill* is called before any worker starts.

    When everything runs the addresses are printed, and *more* with `{url}` in it.
    """
    bind, port = loaded["bind"], loaded["port"]
    if serves:
        programs.require_free(bind, port, "port")
        programs.require_free(bind, loaded["hot_port"], "hot_port")
    cluster = installation.cluster(loaded, say=installation.say)
    try:
        if cluster is not None:
            cluster.start()
        link = _prepare_database(fill)
    except BaseException:
        if cluster is not None:
            cluster.stop()
        raise
    if not serves:
        if cluster is not None:
            cluster.stop()
        return 0
    installation.note_listening(loaded)
    url = loaded["url"] or f"http://{bind}:{port}"
    return Supervisor(
        programs=programs.all_programs(loaded),
        cluster=cluster,
        say=installation.say,
        is_up=partial(programs.listens, bind, port),
        when_up=lambda: print(welcome.announcement(url=url, link=link, more=more.format(url=url)), flush=True),
    ).run()


def _prepare_database(fill: Callable[[], None]) -> str:
    """Migrate, fill, collect static files; return the link for the first sign-in if nobody works here yet."""
    from django.core.management import call_command
    from django.db import connections

    installation.set_up_django()
    schema.migrate()
    fill()
    call_command("collectstatic", interactive=False, verbosity=0)
    link = welcome.setup_link()
    connections.close_all()
    return link
