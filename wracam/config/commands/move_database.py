"""Move the embedded database to a PostgreSQL of your own (15 or newer) and use that one from then on.

Wracam must be stopped. The target must be empty. Everything is compared before wracam.toml is changed; the embedded
database stays in the data folder, unused, until you delete it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from pathlib import Path

import psycopg

from wracam.config import installation
from wracam.config.backups import dumps, figures
from wracam.config.errors import CommandError
from wracam.foundation import configuration
from wracam.foundation.files import write_private

HELP = "move from the embedded PostgreSQL to your own"
SERVER_VERSION_MIN = 15
_KEY = re.compile(r"^\s*database_url\s*=.*$", re.MULTILINE)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--to", metavar="URL", help="postgresql://…; default: the variable DATABASE_URL")


def run(arguments: argparse.Namespace) -> int:
    """Dump, restore, compare, switch."""
    target = arguments.to or os.environ.pop("DATABASE_URL", "")
    if not target:
        raise CommandError("Name the new database: --to postgresql://user:password@host/name, or set DATABASE_URL.")
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    if loaded["database_url"]:
        origin = loaded.values["database_url"].origin
        raise CommandError(f"This installation does not use the embedded database: {origin} names another already.")
    _require_usable(target)
    cluster = installation.cluster(loaded, say=installation.say)
    assert cluster is not None
    cluster.start()
    try:
        with tempfile.TemporaryDirectory(prefix=".move-", dir=loaded.data_folder) as scratch:
            rows = _copy(cluster.application_url(), target, Path(scratch) / "database.dump")
    finally:
        cluster.stop()
    path = configuration.file_path()
    write_private(path, with_database_url(path.read_text("utf-8") if path.exists() else "", target))
    print(f"Moved {rows} rows; all figures agree. {path} names the new database now.")
    print(f"Once you are content, delete {cluster.folder} and {loaded.data_folder}/postgres*.")
    return 0


def with_database_url(text: str, url: str) -> str:
    """Return the text of a wracam.toml with its `database_url` set to *url*, everything else as it was."""
    line = f"database_url = {json.dumps(url)}"
    if _KEY.search(text):
        return _KEY.sub(lambda _: line, text, count=1)
    return f"{line}\n{text}"


def _copy(source: str, target: str, dump: Path) -> int:
    installation.say("Dumping the embedded database …")
    expected = dumps.dump(url=source, path=dump)
    installation.say("Filling the new one …")
    dumps.restore(url=target, path=dump)
    wrong = figures.differences(expected, figures.figures_of(target))
    if wrong:
        raise CommandError(f"The new database differs, so nothing was switched: {'; '.join(wrong[:5])}")
    return sum(table.rows for table in expected.values())


def _require_usable(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
            encoding = (connection.execute("SHOW server_encoding").fetchone() or ("",))[0]
    except psycopg.OperationalError as error:
        raise CommandError(f"The new database cannot be reached: {error}") from error
    if version < SERVER_VERSION_MIN:
        raise CommandError(f"The new server is PostgreSQL {version}; Wracam needs {SERVER_VERSION_MIN} or newer.")
    if encoding != "UTF8":
        raise CommandError(f"The new database has encoding {encoding}; create it with ENCODING 'UTF8'.")
    if not figures.is_empty(url):
        raise CommandError("The new database is not empty. Give an empty one; nothing is ever overwritten.")
