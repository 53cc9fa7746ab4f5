"""What is in force, what is being edited, and how it came to be so.

What is live is read by every decision of the product, so it is kept in memory and checked against one tiny row:
outside a transaction at most every 250 ms, inside one at each call, so that a transaction sees its own changes.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, Min
from django.db.models.functions import Coalesce, Greatest

from wracam.definitions import ports
from wracam.definitions.contracts import (
    Body,
    ChangeKind,
    DefinitionState,
    Difference,
    EditableDefinition,
    FileCheck,
    FileOutcome,
    HistoryEntry,
    LiveVersion,
    Problem,
    UnknownDefinitionError,
)
from wracam.definitions.core import differences, documents, files, yaml_text
from wracam.definitions.models import Definition, DefinitionChange, DefinitionVersion
from wracam.foundation import transactions
from wracam.foundation.questions import Question

FRESH_SECONDS = 0.0 if settings.IS_TEST else 0.25
SNAPSHOTS_MAX = 4
VERSIONS_MAX = 10_000
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
NOTHING_PUBLISHED = UUID(int=0)
"""The token of an installation in which nothing was ever published."""
TOKEN = Question("SELECT token FROM definition_token", tuple[UUID])
"""Asks for the token beside other things; `note_token` takes the answer."""


@dataclass(slots=True)
class _Snapshot:
    """All versions that may be in force under one token, newest first within each definition."""

    by_kind: dict[str, dict[str, list[LiveVersion]]]
    whole: dict[str, tuple[LiveVersion, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A step in the log of one definition, with the version it put in force, if any."""

    key: str
    at: datetime
    what: str
    version: LiveVersion | None


@dataclass(slots=True)
class _Cache:
    token: UUID | None = None
    checked_at: float = float("-inf")
    snapshots: OrderedDict[UUID, _Snapshot] = field(default_factory=OrderedDict)
    versions: OrderedDict[UUID, LiveVersion] = field(default_factory=OrderedDict)


_cache = _Cache()


def live(kind: str, at: datetime | None = None) -> tuple[LiveVersion, ...]:
    """Return the versions of *kind* in force at the moment *at* (about now), in the order of their keys.

    Of each live definition that is the newest version whose start has come, unless its end has come too.
    Without *at* schedules are ignored and the newest version counts. The same tuple is returned as long as nothing
    was published, so that callers may keep what they compiled from it.
    """
    return _live(_snapshot(), kind, at)


def live_of(kinds: Sequence[str], at: datetime | None = None) -> list[tuple[LiveVersion, ...]]:
    """Return what `live` does for several kinds, in their order, asking once whether anything was published."""
    snapshot = _snapshot()
    return [_live(snapshot, kind, at) for kind in kinds]


def _live(snapshot: _Snapshot, kind: str, at: datetime | None) -> tuple[LiveVersion, ...]:
    versions = snapshot.by_kind.get(kind)
    if versions is None:
        return ()
    whole = snapshot.whole.get(kind)
    if whole is None:
        whole = snapshot.whole[kind] = tuple(candidates[0] for candidates in versions.values())
    if at is None or not _is_scheduled(versions):
        return whole
    return tuple(found for candidates in versions.values() if (found := _in_force(candidates, at)))


def live_one(kind: str, key: str, at: datetime | None = None) -> LiveVersion | None:
    """Return the version of one definition in force at the moment *at*, or None."""
    candidates = _snapshot().by_kind.get(kind, {}).get(key)
    if not candidates:
        return None
    return candidates[0] if at is None else _in_force(candidates, at)


def token() -> UUID:
    """Return a token that changes whenever anything is published or archived; cheap enough for a hot path."""
    _snapshot()
    return _current_token()


def note_token(told: UUID | None) -> UUID:
    """Take note of the token that another statement read (`TOKEN`), and return it."""
    found = told or NOTHING_PUBLISHED
    if not transactions.is_open():
        _cache.token, _cache.checked_at = found, time.monotonic()
    return found


def look_again() -> None:
    """Read the token anew at the next question; called when this process has published something."""
    _cache.checked_at = float("-inf")


def version(version_id: UUID) -> LiveVersion:
    """Return the version that once decided something; raises `UnknownDefinitionError`."""
    known = _cache.versions.get(version_id)
    if known is not None:
        return known
    row = DefinitionVersion.objects.select_related("definition").filter(id=version_id).first()
    if row is None:
        raise UnknownDefinitionError(f"there is no definition version {version_id}")
    found = as_version(row)
    _cache.versions[version_id] = found
    if len(_cache.versions) > VERSIONS_MAX:
        _cache.versions.popitem(last=False)
    return found


def version_by_number(kind: str, key: str, number: int) -> LiveVersion:
    """Return one version of a definition by its number; raises `UnknownDefinitionError`."""
    row = (
        DefinitionVersion.objects.select_related("definition")
        .filter(definition__kind=kind, definition__key=key, number=number)
        .first()
    )
    if row is None:
        raise UnknownDefinitionError(f"there is no version {number} of {kind} {key!r}")
    return as_version(row)


def editable(kind: str, key: str) -> EditableDefinition | None:
    """Return a definition with its draft and what is live, or None if there is none of this key."""
    row = Definition.objects.select_related("live_version").filter(kind=kind, key=key).first()
    return as_editable(row) if row else None


def listed(kind: str | None = None, *, archived: bool = False) -> list[EditableDefinition]:
    """Return all definitions (of one kind), archived ones only when asked for, in the order of kind and key."""
    rows = Definition.objects.select_related("live_version").order_by("kind", "key")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if not archived:
        rows = rows.exclude(state=DefinitionState.ARCHIVED)
    return [as_editable(row) for row in rows]


def history(kind: str, key: str) -> list[HistoryEntry]:
    """Return the life of a definition, newest step first."""
    rows = DefinitionChange.objects.select_related("version__definition").filter(
        definition__kind=kind, definition__key=key
    )
    return [
        HistoryEntry(
            what=ChangeKind(row.what),
            at=row.at,
            actor=row.actor_name,
            note=row.note,
            version=as_version(row.version) if row.version else None,
        )
        for row in rows.order_by("-id")
    ]


def versions_at(kind: str, at: datetime) -> tuple[LiveVersion, ...]:
    """Return what was in force at a past moment *at*, from the log: for replays and questions about then."""
    return versions_at_each(kind, [at])[0]


def versions_at_each(kind: str, moments: Sequence[datetime]) -> list[tuple[LiveVersion, ...]]:
    """Return what was in force at each of these past moments, as `versions_at` does, reading the log once."""
    rows = DefinitionChange.objects.select_related("version__definition", "definition").filter(
        definition__kind=kind, at__lte=max(moments, default=LONG_AGO)
    )
    log = [
        _Step(
            key=row.definition.key, at=row.at, what=row.what, version=as_version(row.version) if row.version else None
        )
        for row in rows.order_by("definition__key", "id")
    ]
    return [_log_at(log, at) for at in moments]


def _log_at(log: Iterable[_Step], at: datetime) -> tuple[LiveVersion, ...]:
    """Return what the steps of a log up to *at* put in force then, in the order of keys."""
    versions: dict[str, list[LiveVersion]] = {}
    for step in log:
        if step.at > at:
            continue
        mine = versions.setdefault(step.key, [])
        if step.what == ChangeKind.ARCHIVED or (step.version and step.version.starts_at is None):
            mine.clear()
        if step.what != ChangeKind.ARCHIVED and step.version:
            mine.insert(0, step.version)
    return tuple(found for newest_first in versions.values() if (found := _in_force(newest_first, at)))


def in_force_since(kind: str) -> dict[str, datetime]:
    """Return when each definition of a kind came into force for the first time, by key; a future moment is planned."""
    rows = DefinitionChange.objects.filter(definition__kind=kind, version__isnull=False).values_list("definition__key")
    return dict(rows.annotate(since=Min(Greatest("at", Coalesce("version__starts_at", "at")))))


def logged_versions(kind: str, until: datetime) -> list[tuple[datetime, LiveVersion | None]]:
    """Return every step of a kind's log up to a moment, oldest first: when, and the version it put in force, if any."""
    rows = DefinitionChange.objects.select_related("version__definition").filter(definition__kind=kind, at__lte=until)
    return [(row.at, as_version(row.version) if row.version else None) for row in rows.order_by("id")]


def problems(kind: str, name: str, body: object) -> list[Problem]:
    """Return everything that keeps a body of *kind* from being published; empty when it is fine."""
    found = documents.check_name(name) + documents.check_body(body)
    return found or ports.KINDS.get(kind).validate(body)  # type: ignore[arg-type]  # check_body proved the mapping


def differences_between(old: Body | None, new: Body | None) -> list[Difference]:
    """Return every place where two bodies differ, in document order."""
    return differences.compare(old, new)


def export_yaml(*, kinds: Collection[str] | None = None) -> dict[str, str]:
    """Return every live definition as `kind/key.yaml` → text, written canonically: the same state, the same bytes."""
    wanted = [kind for kind in ports.KINDS.names() if kinds is None or kind in kinds]
    return {f"{kind}/{found.key}.yaml": _written(found) for kind in wanted for found in live(kind)}


def check_files(*, texts: Mapping[str, str]) -> list[FileCheck]:
    """Compare files (`kind/key.yaml` → text) with what is live: what applying each would do, and what is wrong."""
    return [_checked(path, text) for path, text in sorted(texts.items())]


def _checked(path: str, text: str) -> FileCheck:
    read = files.read_file(path, text)
    if read.outcome is FileOutcome.WRONG or read.kind not in ports.KINDS:
        return read if read.outcome is FileOutcome.WRONG else files.wrong(path, *files.UNKNOWN_KIND)
    found = problems(read.kind, read.name, read.body)
    if found:
        return replace(read, outcome=FileOutcome.WRONG, problems=tuple(found))
    known = live_one(read.kind, read.key)
    old = _written(known) if known else ""
    new = files.write_file(read, ports.KINDS.get(read.kind).schema)
    places = differences.compare(files.document_of(known) if known else None, files.document_of(read))
    return replace(
        read,
        outcome=(FileOutcome.CHANGED if places else FileOutcome.UNCHANGED) if known else FileOutcome.NEW,
        differences=tuple(places),
        text=yaml_text.text_difference(old, new, name=path) if places else "",
    )


def _written(version: LiveVersion) -> str:
    return files.write_file(version, ports.KINDS.get(version.kind).schema)


def as_version(row: DefinitionVersion) -> LiveVersion:
    """Turn a stored version (with its definition loaded) into its contract."""
    return LiveVersion(
        kind=row.definition.kind,
        key=row.definition.key,
        name=row.name,
        version_id=row.id,
        number=row.number,
        body=row.body,
        published_at=row.published_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def as_editable(row: Definition) -> EditableDefinition:
    """Turn a stored definition into its contract."""
    return EditableDefinition(
        kind=row.kind,
        key=row.key,
        name=row.name,
        state=DefinitionState(row.state),
        revision=row.revision,
        draft=row.draft,
        draft_is_in_review=row.draft_is_in_review,
        live=_live_version(row),
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


def _live_version(row: Definition) -> LiveVersion | None:
    if row.live_version is None:
        return None
    row.live_version.definition = row
    return as_version(row.live_version)


def _is_scheduled(versions: dict[str, list[LiveVersion]]) -> bool:
    return any(candidate.starts_at or candidate.ends_at for candidates in versions.values() for candidate in candidates)


def _in_force(newest_first: Iterable[LiveVersion], at: datetime) -> LiveVersion | None:
    for candidate in newest_first:
        if candidate.starts_at is None or candidate.starts_at <= at:
            return candidate if candidate.ends_at is None or at < candidate.ends_at else None
    return None


def _snapshot() -> _Snapshot:
    current = _current_token()
    found = _cache.snapshots.get(current)
    if found is None:
        found = _cache.snapshots[current] = _load()
        while len(_cache.snapshots) > SNAPSHOTS_MAX:
            _cache.snapshots.popitem(last=False)
    return found


def _current_token() -> UUID:
    if transactions.is_open():
        return _read_token()
    elapsed = time.monotonic()
    if _cache.token is None or elapsed - _cache.checked_at > FRESH_SECONDS:
        _cache.token = _read_token()
        _cache.checked_at = elapsed
    return _cache.token


def _read_token() -> UUID:
    with connection.cursor() as cursor:
        cursor.execute(TOKEN.text)
        row = cursor.fetchone()
    if row is None:
        return NOTHING_PUBLISHED
    value: UUID = row[0]
    return value


def _load() -> _Snapshot:
    rows = (
        DefinitionVersion.objects.select_related("definition")
        .filter(definition__state=DefinitionState.LIVE)
        .filter(number__gte=F("definition__live_from_number"))
        .order_by("definition__kind", "definition__key", "-number")
    )
    by_kind: dict[str, dict[str, list[LiveVersion]]] = {}
    for row in rows:
        by_kind.setdefault(row.definition.kind, {}).setdefault(row.definition.key, []).append(as_version(row))
    return _Snapshot(by_kind=by_kind)
