"""Serve the hot paths (intake, carts, balances) until SIGTERM. Needs a running database; `wracam up` starts all."""

from __future__ import annotations

import argparse

from wracam.config import installation, options, programs, serving

THREADS = 4
"""While one waits for its commit, the others read and write."""
HELP = "serve the hot paths (intake, carts, balances)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    options.add_address(parser)
    parser.add_argument("--workers", dest="setting_hot_workers", type=int, metavar="N", help="processes")


def run(arguments: argparse.Namespace) -> int:
    """Serve."""
    del arguments
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    programs.require_free(loaded["bind"], loaded["hot_port"], "hot_port")
    serving.serve(
        "wracam.config.hot:application",
        bind=loaded["bind"],
        port=loaded["hot_port"],
        workers=loaded["hot_workers"],
        log_level=loaded["log_level"],
        threads=THREADS,
    )
    return 0
