"""A definition's file: its document, its place `kind/key.yaml`, and reading it into something to compare."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wracam.definitions.contracts import FileCheck, FileOutcome, LiveVersion, Problem
from wracam.definitions.core import documents, yaml_text
from wracam.kernel.language import Words

UNKNOWN_KIND = ("kind", "kind.unknown", "Nie ma takiego rodzaju definicji.", "There is no such kind of definition.")


def document_of(item: LiveVersion | FileCheck) -> dict[str, Any]:
    """Return a version, or what a file says, as the document of a file."""
    return {
        "kind": item.kind,
        "key": item.key,
        "name": item.name,
        "starts_at": _written(item.starts_at),
        "ends_at": _written(item.ends_at),
        "body": dict(item.body or {}),
    }


def write_file(item: LiveVersion | FileCheck, schema: Mapping[str, Any]) -> str:
    """Write a version, or what a file says, as the canonical text of a file."""
    return yaml_text.write(document_of(item), schema)


def read_file(path: str, text: str) -> FileCheck:
    """Read a file; a wrong one comes back with its problems. The kind's own validation comes later."""
    try:
        document = yaml_text.read(text)
    except yaml_text.YamlError as error:
        return wrong(path, "", "file.unreadable", f"Nie można odczytać pliku: {error}", f"Cannot be read: {error}")
    kind, key, name = (document.get(part) for part in ("kind", "key", "name"))
    if not isinstance(kind, str) or not isinstance(key, str) or not documents.is_key(key):
        return wrong(
            path, "key", "file.head", "Plik nie ma poprawnych kind i key.", "The file lacks sound kind and key."
        )
    if path != f"{kind}/{key}.yaml":
        expected = f"{kind}/{key}.yaml"
        return wrong(path, "key", "file.place", f"Ten plik to {expected}.", f"This file belongs at {expected}.")
    if not isinstance(name, str):
        return wrong(
            path, "name", "name.invalid", "Podaj nazwę do 200 znaków.", "Give a name of at most 200 characters."
        )
    try:
        starts_at, ends_at = (_moment(document.get(part)) for part in ("starts_at", "ends_at"))
    except (TypeError, ValueError):
        pl = "Podaj chwilę ze strefą, na przykład 2026-11-27T00:00:00+01:00."
        return wrong(path, "starts_at", "file.moment", pl, "Give a moment with its zone: 2026-11-27T00:00:00+01:00.")
    return FileCheck(
        path=path,
        outcome=FileOutcome.NEW,
        kind=kind,
        key=key,
        name=name,
        body=document.get("body"),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def wrong(path: str, place: str, code: str, pl: str, en: str) -> FileCheck:
    """Return the check of a file with one problem."""
    problem = Problem(path=place, code=code, message=Words(pl=pl, en=en))
    return FileCheck(path=path, outcome=FileOutcome.WRONG, problems=(problem,))


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment
