"""Making a backup, and proving it by a restore into a scratch database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg

from wracam.config.backups import archive, dumps
from wracam.config.backups.archive import Manifest
from wracam.config.backups.figures import differences, figures_of
from wracam.config.commands.version import installed_version
from wracam.config.errors import CommandError
from wracam.foundation.postgres import FOR_TESTS, Cluster

SCRATCH = FOR_TESTS
"""A scratch database is thrown away, so it need not survive anything."""


def make(
    *, url: str, data_folder: Path, secret_key: str, target: Path, now: datetime, say: Callable[[str], None]
) -> Manifest:
    """Write a backup to *target* and return its manifest."""
    if target.exists():
        raise CommandError(f"{target} exists already; choose another name with --output.")
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".backup-", dir=target.parent))
    try:
        say("Dumping the database …")
        tables = dumps.dump(url=url, path=staging / archive.DUMP)
        (staging / archive.SECRET_KEY).write_text(secret_key + "\n", "utf-8")
        if (data_folder / archive.FILES).is_dir():
            shutil.copytree(data_folder / archive.FILES, staging / archive.FILES)
        server_version, migrations = _origin(url)
        manifest = Manifest(
            wracam=installed_version(),
            created_at=now,
            server_version=server_version,
            migrations=migrations,
            tables=tables,
            members=archive.members_of(staging),
        )
        archive.pack(target=target, staging=staging, manifest=manifest)
    finally:
        shutil.rmtree(staging)
    return manifest


def verify(*, source: Path, say: Callable[[str], None]) -> Manifest:
    """Restore *source* into a scratch database beside it and compare all figures; raises `CommandError`."""
    say("Restoring it once into a scratch database, to be sure …")
    scratch = Path(tempfile.mkdtemp(prefix=".verify-", dir=source.parent))
    cluster = Cluster(data_folder=scratch, profile=SCRATCH)
    try:
        manifest = archive.unpack(source=source, folder=_made(scratch / "archive"))
        cluster.start()
        fill(url=cluster.application_url(), dump=scratch / "archive" / archive.DUMP, manifest=manifest)
    finally:
        cluster.stop()
        shutil.rmtree(scratch)
    return manifest


def fill(*, url: str, dump: Path, manifest: Manifest) -> None:
    """Restore *dump* into the empty database at *url* and compare its figures with the manifest's."""
    dumps.restore(url=url, path=dump)
    wrong = differences(manifest.tables, figures_of(url))
    if wrong:
        raise CommandError("The restored database differs from the one backed up: " + "; ".join(wrong[:5]))


def _origin(url: str) -> tuple[str, tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        version = connection.execute("SHOW server_version").fetchone() or ("",)
        rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return str(version[0]), tuple(str(row[0]) for row in rows)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder
