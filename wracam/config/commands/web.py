"""Serve console, member pages and API until SIGTERM. Needs a running database; `wracam up` starts all."""

from __future__ import annotations

import argparse

from wracam.config import installation, options, programs, serving

HELP = "serve console, member pages and API"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    options.add_address(parser)
    parser.add_argument(
        "--workers", dest="setting_web_workers", type=int, metavar="N", help="processes, one thread each"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve."""
    del arguments
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    programs.require_free(loaded["bind"], loaded["port"], "port")
    serving.serve(
        "wracam.config.front:application",
        bind=loaded["bind"],
        port=loaded["port"],
        workers=loaded["web_workers"],
        log_level=loaded["log_level"],
    )
    return 0
