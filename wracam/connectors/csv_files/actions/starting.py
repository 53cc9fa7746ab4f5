"""Taking a file in: a private copy, its columns mapped, an import that waits to be run."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from wracam.connectors.csv_files import models, queries
from wracam.connectors.csv_files.contracts import ImportReport, ImportState
from wracam.connectors.csv_files.core.columns import FIELDS_BY_NAME, ColumnMapping, chosen_mapping
from wracam.connectors.csv_files.queries.files import FILE_BYTES_MAX, opened
from wracam.foundation import transactions
from wracam.foundation.files import PRIVATE_FILE
from wracam.kernel.ids import new_id
from wracam.kernel.language import SaidError
from wracam.kernel.text import clean_text
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

BLOCK_BYTES = 1_000_000
UPLOAD_KEPT_SECONDS = 86_400


class ImportRefusedError(SaidError):
    """This file cannot be imported; the message says what is missing or wrong."""


def start_import(
    *,
    file: Path,
    shop_id: int,
    actor: Actor,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    source: str | None = None,
    file_name: str = "",
) -> ImportReport:
    """Take *file* in and map its columns; `run` does the rest.

    Raises `FileError`, `MappingError` or `ImportRefusedError`.

    *mapping* gives field names by column header, over what we guess. *source* says whose order numbers these are
    (`"woocommerce"`, `"csv"`); orders of the same source, shop and id are the same orders.
    """
    import_id = new_id(now)
    with opened(file) as table:
        header, written = table.header, table.format
        chosen = chosen_mapping(header, mapping or {})
    _refuse_incomplete(chosen, header)
    copy, file_hash = _private_copy(file, import_id)
    with transactions.action():
        models.Import.objects.create(
            id=import_id,
            shop_id=shop_id,
            source=clean_text(source or chosen.source, length_max=40),
            layout=chosen.layout,
            file_name=clean_text(file_name or file.name, length_max=200),
            file_path=str(copy),
            file_hash=file_hash,
            header=list(header),
            fields=list(chosen.fields),
            delimiter=written.delimiter,
            state=ImportState.WAITING,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=clean_text(actor.name, length_max=120),
            created_at=now,
        )
        shops.audit(
            actor=actor,
            verb="import.started",
            object_kind="import",
            object_id=import_id,
            summary=clean_text(file_name or file.name, length_max=200),
            now=now,
        )
    started = queries.report(import_id)
    if started is None:
        raise LookupError(f"import {import_id} vanished")
    return started


def keep_upload(*, content: Iterable[bytes], file_name: str) -> str:
    """Keep an uploaded file until its columns are mapped; return its token. Raises `ImportRefusedError` when too large.

    Uploads that nobody imported are dropped after a day.
    """
    folder = queries.uploads_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _drop_old_uploads(folder)
    suffix = Path(file_name).suffix.lower()[:8]
    token = secrets.token_hex(16) + (suffix if suffix.removeprefix(".").isalnum() else "")
    size = 0
    descriptor = os.open(folder / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        for block in content:
            size += len(block)
            if size > FILE_BYTES_MAX:
                (folder / token).unlink()
                raise ImportRefusedError(
                    pl=f"Plik jest większy niż {FILE_BYTES_MAX // 1_000_000} MB; podziel go.",
                    en=f"The file is larger than {FILE_BYTES_MAX // 1_000_000} MB; split it.",
                )
            file.write(block)
    return token


def _drop_old_uploads(folder: Path) -> None:
    """Age is measured against the newest upload, so that no clock is read here."""
    ages = {path: path.stat().st_mtime for path in folder.iterdir()}
    newest = max(ages.values(), default=0.0)
    for path, written_at in ages.items():
        if newest - written_at > UPLOAD_KEPT_SECONDS:
            path.unlink(missing_ok=True)


def discard(*, import_id: UUID) -> None:
    """Forget an import that has changed nothing yet (a dry run): its rows, its file and itself."""
    with transactions.action():
        row = models.Import.objects.select_for_update().get(id=import_id)
        if row.chunks_done:
            raise ImportRefusedError(
                pl="Ten import przyjął już zamówienia; cofnij go.",
                en="This import has already taken orders; undo it instead.",
            )
        for table in (models.ImportRow, models.ImportOrder, models.ImportProblem):
            table.objects.filter(import_id=import_id).delete()
        row.delete()
    Path(row.file_path).unlink(missing_ok=True)


def _refuse_incomplete(chosen: ColumnMapping, header: tuple[str, ...]) -> None:
    missing = chosen.missing()
    if missing:
        polish = ", ".join(f"{name} ({FIELDS_BY_NAME[name].title.pl})" for name in missing)
        english = ", ".join(f"{name} ({FIELDS_BY_NAME[name].title.en})" for name in missing)
        raise ImportRefusedError(
            pl=f"Żadna kolumna nie daje: {polish}. Plik ma: {', '.join(header)}. Wskaż kolumnę przy znaczeniu kolumn.",
            en=f"No column gives {english}. The file has: {', '.join(header)}. Say which column it is in the mapping.",
        )


def _private_copy(file: Path, import_id: UUID) -> tuple[Path, str]:
    """Copy *file* where only we can read it; return the copy and the hash of its content."""
    folder = queries.imports_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{import_id}{file.suffix.lower()[:8]}"
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with file.open("rb") as original, os.fdopen(descriptor, "wb") as copy:
        while block := original.read(BLOCK_BYTES):
            digest.update(block)
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    return target, digest.hexdigest()
