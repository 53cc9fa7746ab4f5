"""Restore a backup into an empty installation: the same rows, the same files, the same keys.

Refuses to touch an installation that holds anything. Everything is checked against the archive's manifest.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from wracam.config import installation, schema
from wracam.config.backups import archive, figures, making
from wracam.config.backups.archive import Manifest
from wracam.config.errors import CommandError
from wracam.foundation.configuration import Configuration
from wracam.foundation.files import write_private

HELP = "restore a backup into an empty installation"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("archive", type=Path, help="a file written by `wracam backup`")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Restore and compare."""
    loaded = installation.current()
    folder = loaded.data_folder
    _require_empty(loaded)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder.parent) as scratch:
        manifest = archive.unpack(source=arguments.archive, folder=Path(scratch))
        schema.require_known_names(manifest.migrations)
        _fill(loaded, Path(scratch), manifest)
    if arguments.json:
        print(json.dumps({"data_folder": str(folder), "tables": len(manifest.tables), "rows": manifest.rows}))
    else:
        print(f"Restored {manifest.rows} rows in {len(manifest.tables)} tables into {folder}; all figures agree.")
    return 0


def _fill(loaded: Configuration, scratch: Path, manifest: Manifest) -> None:
    folder = loaded.data_folder
    folder.mkdir(mode=0o700, exist_ok=True)
    write_private(folder / installation.RESTORING, "A restore was begun here.\n")
    write_private(folder / "secret_key", (scratch / archive.SECRET_KEY).read_text("utf-8"))
    installation.prepare_data_folder(folder)
    if (scratch / archive.FILES).is_dir():
        shutil.copytree(scratch / archive.FILES, folder / archive.FILES, dirs_exist_ok=True)
    with installation.running_database(loaded, say=installation.say):
        installation.say("Restoring the database …")
        making.fill(url=installation.database_url(loaded), dump=scratch / archive.DUMP, manifest=manifest)
        installation.set_up_django()
        schema.migrate()
    (folder / installation.RESTORING).unlink()


def _require_empty(loaded: Configuration) -> None:
    folder = loaded.data_folder
    if folder.exists() and any(folder.iterdir()):
        raise CommandError(
            f"{folder} is not empty. A restore never overwrites: move that folder away, or choose another "
            "with --data-folder."
        )
    if loaded["database_url"] and not figures.is_empty(loaded["database_url"]):
        raise CommandError(
            "The database of DATABASE_URL is not empty. A restore never overwrites: give it an empty one."
        )
