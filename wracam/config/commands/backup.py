"""Write one archive with the database, the uploaded files and the keys, and prove it by restoring it once.

The archive holds the secret key: keep it as safe as the installation itself. Wracam may run meanwhile.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wracam.config import installation
from wracam.config.backups import making
from wracam.config.errors import CommandError
from wracam.foundation import clock

HELP = "write one verified archive of everything"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: backups/ in the data folder")
    parser.add_argument("--keep", type=int, metavar="N", help="afterwards delete all but the N newest in its folder")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Back up, verify, tidy."""
    loaded = installation.current()
    folder = loaded.data_folder
    installation.require_data_folder(folder)
    now = clock.now()
    target = (arguments.output or folder / "backups" / f"wracam-{now:%Y%m%d-%H%M%S}.tar").absolute()
    if arguments.keep is not None and arguments.keep < 1:
        raise CommandError("--keep wants at least 1: the backup just made.")
    with installation.running_database(loaded, say=installation.say):
        making.make(
            url=installation.database_url(loaded),
            data_folder=folder,
            secret_key=installation.secret_key(loaded),
            target=target,
            now=now,
            say=installation.say,
        )
    try:
        manifest = making.verify(source=target, say=installation.say)
    except BaseException:
        target.rename(target.with_suffix(".failed.tar"))
        raise
    removed = _tidy(target.parent, arguments.keep) if arguments.keep else []
    if arguments.json:
        result = {"file": str(target), "bytes": target.stat().st_size, "tables": len(manifest.tables)}
        print(json.dumps(result | {"rows": manifest.rows, "removed": [str(path) for path in removed]}))
    else:
        print(
            f"{target}: {manifest.rows} rows in {len(manifest.tables)} tables, {target.stat().st_size} bytes, verified."
        )
    return 0


def _tidy(folder: Path, keep: int) -> list[Path]:
    """Delete all but the *keep* newest archives that this verb named itself."""
    archives = sorted(folder.glob("wracam-[0-9]*-[0-9]*.tar"))
    old = [path for path in archives if not path.name.endswith(".failed.tar")][:-keep]
    for path in old:
        path.unlink()
    return old
