"""Start everything: PostgreSQL (unless you bring your own), the pages, the API and the workers.

Prepares a new installation by itself. Prints one address, and for an installation without an owner the link for the
first sign-in. Restarts what crashes. SIGTERM or Ctrl-C stops everything in order.
"""

from __future__ import annotations

import argparse
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


def start(loaded: Configuration) -> int:
    """Run the whole tree of a prepared installation."""
    bind, port = loaded["bind"], loaded["port"]
    programs.require_free(bind, port, "port")
    programs.require_free(bind, loaded["hot_port"], "hot_port")
    cluster = installation.cluster(loaded, say=installation.say)
    try:
        if cluster is not None:
            cluster.start()
        link = _prepare_database()
    except BaseException:
        if cluster is not None:
            cluster.stop()
        raise
    url = loaded["url"] or f"http://{bind}:{port}"
    return Supervisor(
        programs=programs.all_programs(loaded),
        cluster=cluster,
        say=installation.say,
        is_up=partial(programs.listens, bind, port),
        when_up=lambda: print(welcome.announcement(url=url, link=link), flush=True),
    ).run()


def _prepare_database() -> str:
    """Migrate, collect static files, and return the link for the first sign-in if nobody works here yet."""
    from django.core.management import call_command
    from django.db import connections

    installation.set_up_django()
    schema.migrate()
    call_command("collectstatic", interactive=False, verbosity=0)
    link = welcome.setup_link()
    connections.close_all()
    return link
