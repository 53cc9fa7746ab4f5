"""Import an order history from a CSV or Excel file.

The same file twice changes nothing. A killed import goes on where it stopped with --resume. Rows that could not be
read are listed by line, and written to a file to correct with --corrections.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from wracam.config import installation, terminal
from wracam.config.errors import CommandError

HELP = "import an order history from a file"
BAD_ROWS_PRINTED = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("what", choices=["orders"], help="what the file holds")
    parser.add_argument("file", nargs="?", type=Path, help="a CSV or Excel file")
    parser.add_argument("--shop", metavar="KEY", help="the shop's short name; needed when there are several")
    parser.add_argument("--source", help="whose order numbers these are (woocommerce, shopify, …); found out by itself")
    parser.add_argument(
        "--column", action="append", default=[], metavar="HEADER=FIELD", help="what a column holds; may be repeated"
    )
    parser.add_argument("--dry-run", action="store_true", help="read and check everything, change nothing")
    parser.add_argument("--corrections", type=Path, metavar="FILE", help="write rows that need correcting to FILE")
    parser.add_argument("--resume", type=UUID, metavar="IMPORT", help="go on with an import that was interrupted")
    parser.add_argument("--undo", type=UUID, metavar="IMPORT", help="take back what an import created")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Import, resume or undo; exit code 1 when the file as a whole could not be read."""
    given = [arguments.file, arguments.resume, arguments.undo]
    if sum(one is not None for one in given) != 1:
        raise CommandError("Name a file, or an import to --resume or to --undo.")
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    is_alone = not installation.database_is_up(loaded)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        with _told_in_a_sentence():
            code = _work(arguments)
        if is_alone and not arguments.dry_run:
            installation.say("Giving points …")
            _deliver()
    return code


def _work(arguments: argparse.Namespace) -> int:
    from wracam.connectors.csv_files import actions, queries
    from wracam.connectors.csv_files.contracts import ImportState
    from wracam.foundation import clock
    from wracam.shops.contracts import SYSTEM

    now, progress = clock.now(), terminal.Progress("orders")
    if arguments.undo:
        report = actions.undo(import_id=arguments.undo, actor=SYSTEM, now=now, progress=progress.show_import)
    elif arguments.resume:
        report = actions.run(import_id=arguments.resume, now=now, progress=progress.show_import)
    else:
        started = actions.start_import(
            file=arguments.file,
            shop_id=terminal.chosen_shop(arguments.shop).id,
            actor=SYSTEM,
            now=now,
            mapping=_mapping(arguments.column),
            source=arguments.source,
        )
        if arguments.dry_run:
            report, sales, returns = actions.rehearse(import_id=started.id, progress=progress.show_import)
            installation.say(f"This file would give {sales} orders and {returns} returns.")
        else:
            installation.say(
                f"Import {started.id} (should it be interrupted: wracam import orders --resume {started.id})"
            )
            report = actions.run(import_id=started.id, now=now, progress=progress.show_import)
    progress.end()
    bad = queries.bad_rows(report.id, limit=BAD_ROWS_PRINTED)
    if arguments.corrections and report.bad_rows:
        arguments.corrections.write_text("".join(queries.corrections_csv(report.id, "en")), "utf-8")
    if arguments.json:
        print(json.dumps(dataclasses.asdict(report), default=str))
    else:
        print(
            f"{report.state}: {report.rows} rows; orders: {report.created} new, {report.changed} changed, "
            f"{report.unchanged + report.stale} known already, {report.refunds} returns, {report.held_back} held back, "
            f"{report.withdrawn} taken back"
        )
        for row in bad:
            print(f"  line {row.line_number}: {row.sentence.en}")
        if report.bad_rows > len(bad):
            print(f"  … and {report.bad_rows - len(bad)} more rows; --corrections FILE writes all of them to correct.")
        if report.error:
            print(report.error.en, file=sys.stderr)
    if arguments.dry_run:
        actions.discard(import_id=report.id)
    return int(report.state is ImportState.FAILED)


def _mapping(columns: list[str]) -> dict[str, str]:
    pairs = dict(column.rpartition("=")[::2] for column in columns)
    if any(not header or not field for header, field in pairs.items()):
        raise CommandError("Write --column as HEADER=FIELD, for example --column 'Order no.=order_id'.")
    return pairs


@contextmanager
def _told_in_a_sentence() -> Iterator[None]:
    from wracam.connectors.csv_files.actions import ImportRefusedError
    from wracam.connectors.csv_files.core.columns import MappingError
    from wracam.connectors.csv_files.queries import FileError

    try:
        yield
    except (ImportRefusedError, MappingError, FileError) as error:
        raise CommandError(str(error)) from error
    except LookupError as error:
        raise CommandError(f"There is no such import: {error}") from error


def _deliver() -> None:
    """Hand the new orders to their subscriptions: no worker runs that would."""
    from wracam.events import actions as events
    from wracam.foundation import clock

    events.deliver_all(now=clock.now())
