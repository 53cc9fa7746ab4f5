"""The archive: one tar file with a manifest first. Everything in it is listed there with its size and checksum."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from wracam.config.backups.figures import TableFigures
from wracam.config.errors import CommandError

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
SECRET_KEY = "secret_key"  # noqa: S105  the name of the file that holds it
FILES = "files"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive holds: who made it when, the figures of its database, and its members with their checksums."""

    wracam: str
    created_at: datetime
    server_version: str
    migrations: tuple[str, ...]
    tables: dict[str, TableFigures]
    members: dict[str, str]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(table.rows for table in self.tables.values())


def pack(*, target: Path, staging: Path, manifest: Manifest) -> None:
    """Write the archive *target* from the files under *staging*; it appears whole or not at all, private."""
    (staging / MANIFEST).write_text(_encoded(manifest), "utf-8")
    draft = target.with_name(f".{target.name}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name in [MANIFEST, *sorted(manifest.members)]:
                tar.add(staging / name, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def unpack(*, source: Path, folder: Path) -> Manifest:
    """Extract the archive into *folder* and check it against its manifest; raises `CommandError` for any flaw."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            names = tar.getnames()
            _require_plain_names(names, source)
            tar.extractall(folder, filter="data")
        manifest = _decoded((folder / MANIFEST).read_text("utf-8"))
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{source} is no backup of Wracam, or is damaged: {error}") from error
    if set(names) != set(manifest.members) | {MANIFEST}:
        raise CommandError(f"{source} is damaged: its contents are not those of its manifest.")
    for name, checksum in manifest.members.items():
        if checksum_of(folder / name) != checksum:
            raise CommandError(f"{source} is damaged: {name} does not match its checksum. Use another backup.")
    return manifest


def members_of(staging: Path) -> dict[str, str]:
    """Return the checksum of every file under *staging*, by its name in the archive."""
    return {
        path.relative_to(staging).as_posix(): checksum_of(path) for path in sorted(staging.rglob("*")) if path.is_file()
    }


def checksum_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _require_plain_names(names: list[str], source: Path) -> None:
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or path.parts[0] not in {MANIFEST, DUMP, SECRET_KEY, FILES}:
            raise CommandError(f"{source} holds {name!r}, which no backup of Wracam holds.")


def _encoded(manifest: Manifest) -> str:
    return json.dumps(dataclasses.asdict(manifest), indent=1, default=datetime.isoformat)


def _decoded(text: str) -> Manifest:
    raw: dict[str, Any] = json.loads(text)
    if raw["format"] > FORMAT:
        raise CommandError(f"This backup has format {raw['format']}, made by a newer Wracam; install that version.")
    return Manifest(
        wracam=raw["wracam"],
        created_at=datetime.fromisoformat(raw["created_at"]),
        server_version=raw["server_version"],
        migrations=tuple(raw["migrations"]),
        tables={name: TableFigures(**table) for name, table in raw["tables"].items()},
        members=dict(raw["members"]),
    )
