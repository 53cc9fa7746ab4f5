"""Changing definitions: one life cycle for every kind.

Draft → (review) → live → archived. What is in force changes only by publishing a new immutable version, so a roll
back is the publication of an old body. Every step is logged, audited and announced in its own transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction

from wracam.definitions import queries
from wracam.definitions.contracts import (
    Body,
    ChangeKind,
    DefinitionArchived,
    DefinitionError,
    DefinitionPublished,
    DefinitionState,
    EditableDefinition,
    FileCheck,
    FileOutcome,
    InvalidDefinitionError,
    LiveVersion,
    NothingToPublishError,
    StaleRevisionError,
    UnknownDefinitionError,
)
from wracam.definitions.core import differences, documents
from wracam.definitions.models import Definition, DefinitionChange, DefinitionVersion
from wracam.definitions.ports import KINDS
from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.kernel.ids import new_id
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

EVERY_SHOP = 0
"""Definitions hold for the whole installation; their events name no single shop."""
NOTE_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What is being done to a definition, by whom and when."""

    what: ChangeKind
    actor: Actor
    now: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""


def save_draft(
    *, kind: str, key: str, name: str, body: Body, expected_revision: int | None, actor: Actor, now: datetime
) -> EditableDefinition:
    """Store *body* as the draft of a definition, creating it if the key is new. The draft may still have problems.

    *expected_revision* is the revision the editor loaded; 0 demands that the definition is new; None does not look.
    Raises `StaleRevisionError`, or `InvalidDefinitionError` for a body or name that cannot even be stored.
    """
    KINDS.get(kind)
    if not documents.is_key(key):
        raise DefinitionError(f"{key!r} cannot be a key; use lower-case letters, digits, - and _, at most 64")
    unstorable = documents.check_name(name) + documents.check_body(body)
    if unstorable:
        raise InvalidDefinitionError(unstorable)
    with transactions.action():
        row, is_new = _locked_or_new(kind, key, name, actor, now)
        _demand_revision(row, 0 if is_new else row.revision, expected_revision)
        row.name = name.strip()
        row.draft = body
        row.draft_is_in_review = False
        if row.state != DefinitionState.LIVE:
            row.state = DefinitionState.DRAFT
        _store(row, actor, now)
    return queries.as_editable(row)


def discard_draft(
    *, kind: str, key: str, expected_revision: int | None, actor: Actor, now: datetime
) -> EditableDefinition:
    """Throw the draft of a published definition away; what is live stays."""
    with transactions.action():
        row = _locked(kind, key, expected_revision)
        if row.live_version is None:
            raise DefinitionError(f"{kind} {key!r} was never published; archive it instead")
        row.draft = None
        row.draft_is_in_review = False
        row.name = row.live_version.name
        _store(row, actor, now)
    return queries.as_editable(row)


def submit_for_review(
    *, kind: str, key: str, expected_revision: int | None, actor: Actor, now: datetime
) -> EditableDefinition:
    """Hand the draft to a colleague; it must be free of problems."""
    with transactions.action():
        row = _locked(kind, key, expected_revision)
        _demand_valid(row, _draft_of(row))
        row.draft_is_in_review = True
        if row.state != DefinitionState.LIVE:
            row.state = DefinitionState.IN_REVIEW
        _store(row, actor, now)
        _audit(actor, "definition.submitted", row, row.name, now)
    return queries.as_editable(row)


def publish(
    *,
    kind: str,
    key: str,
    expected_revision: int | None,
    actor: Actor,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    note: str = "",
) -> LiveVersion:
    """Bring the draft into force as a new immutable version, and return it.

    With *starts_at* the previous version stays in force until then; from *ends_at* on nothing is. A draft that says
    what is live already makes no new version. Raises `InvalidDefinitionError`, `NothingToPublishError`,
    `StaleRevisionError`.
    """
    with transactions.action():
        row = _locked(kind, key, expected_revision)
        body = _draft_of(row)
        _demand_valid(row, body)
        if _says_what_is_live(row, body, starts_at, ends_at):
            row.draft = None
            row.draft_is_in_review = False
            _store(row, actor, now)
            return _live_of(row)
        step = _Step(what=ChangeKind.PUBLISHED, actor=actor, now=now, starts_at=starts_at, ends_at=ends_at, note=note)
        return _bring_into_force(row, body, step)


def roll_back(
    *, kind: str, key: str, number: int, expected_revision: int | None, actor: Actor, now: datetime
) -> LiveVersion:
    """Publish the body of an earlier version again, as a new version; a draft beside it is kept."""
    with transactions.action():
        row = _locked(kind, key, expected_revision)
        old = DefinitionVersion.objects.filter(definition=row, number=number).first()
        if old is None:
            raise UnknownDefinitionError(f"there is no version {number} of {kind} {key!r}")
        _demand_valid(row, old.body)
        step = _Step(what=ChangeKind.ROLLED_BACK, actor=actor, now=now, note=f"#{number}")
        return _publish_beside_draft(row, old.name, old.body, step)


def apply_files(*, texts: Mapping[str, str], actor: Actor, now: datetime, note: str = "") -> list[FileCheck]:
    """Publish every file (`kind/key.yaml` → text) that says something else than what is live; all or none.

    Returns what was done with each. Drafts that somebody is working on stay drafts. Applying the same files again
    changes nothing; definitions without a file are left alone. Raises `InvalidDefinitionError` for a wrong file.
    """
    with transactions.action():
        checks = queries.check_files(texts=texts)
        problems = [replace(found, path=f"{check.path}: {found.path}") for check in checks for found in check.problems]
        if problems:
            raise InvalidDefinitionError(problems)
        for check in checks:
            if check.outcome in (FileOutcome.NEW, FileOutcome.CHANGED):
                _apply(check, actor, now, note)
    return checks


def _apply(check: FileCheck, actor: Actor, now: datetime, note: str) -> None:
    row, _ = _locked_or_new(check.kind, check.key, check.name, actor, now)
    step = _Step(
        what=ChangeKind.PUBLISHED,
        actor=actor,
        now=now,
        starts_at=check.starts_at,
        ends_at=check.ends_at,
        note=note or check.path,
    )
    _publish_beside_draft(row, check.name, check.body or {}, step)


def archive(*, kind: str, key: str, expected_revision: int | None, actor: Actor, now: datetime) -> None:
    """Take a definition out of force and out of the lists; its versions and history stay, a new draft revives it."""
    with transactions.action():
        row = _locked(kind, key, expected_revision)
        if row.state == DefinitionState.ARCHIVED:
            return
        version = row.live_version if row.state == DefinitionState.LIVE else None
        row.state = DefinitionState.ARCHIVED
        row.draft_is_in_review = False
        _store(row, actor, now)
        _log(row, version, _Step(what=ChangeKind.ARCHIVED, actor=actor, now=now))
        _audit(actor, "definition.archived", row, row.name, now)
        if version is not None:
            _change_token()
            archived = DefinitionArchived(
                shop_id=EVERY_SHOP, customer_id=None, occurred_at=now, kind=kind, key=key, version_id=version.id
            )
            events.record([archived], now=now)


def _locked(kind: str, key: str, expected_revision: int | None) -> Definition:
    row = (
        Definition.objects.select_for_update(of=("self",))
        .select_related("live_version")
        .filter(kind=kind, key=key)
        .first()
    )
    if row is None:
        raise UnknownDefinitionError(f"there is no {kind} {key!r}")
    _demand_revision(row, row.revision, expected_revision)
    return row


def _locked_or_new(kind: str, key: str, name: str, actor: Actor, now: datetime) -> tuple[Definition, bool]:
    """Lock the row of a definition, made first if there is none; safe when two editors make it at once."""
    fresh = Definition(
        id=new_id(now),
        kind=kind,
        key=key,
        name=name,
        state=DefinitionState.DRAFT,
        revision=0,
        created_at=now,
        updated_at=now,
        updated_by=actor.name,
    )
    Definition.objects.bulk_create([fresh], ignore_conflicts=True)
    row = _locked(kind, key, None)
    return row, row.id == fresh.id


def _demand_revision(row: Definition, actual: int, expected: int | None) -> None:
    if expected is not None and expected != actual:
        raise StaleRevisionError(
            f"{row.kind} {row.key!r} was changed by {row.updated_by} in the meantime; reload it and repeat the change"
        )


def _draft_of(row: Definition) -> Body:
    if row.draft is None:
        raise NothingToPublishError(f"{row.kind} {row.key!r} has no draft to publish; save one first")
    body: Body = row.draft
    return body


def _demand_valid(row: Definition, body: Body) -> None:
    found = queries.problems(row.kind, row.name, body)
    if found:
        raise InvalidDefinitionError(found)


def _says_what_is_live(row: Definition, body: Body, starts_at: datetime | None, ends_at: datetime | None) -> bool:
    live = row.live_version
    return (
        row.state == DefinitionState.LIVE
        and live is not None
        and (live.name, live.starts_at, live.ends_at) == (row.name, starts_at, ends_at)
        and differences.same(live.body, body)
    )


def _live_of(row: Definition) -> LiveVersion:
    live = queries.as_editable(row).live
    if live is None:
        raise UnknownDefinitionError(f"{row.kind} {row.key!r} is not live")
    return live


def _bring_into_force(row: Definition, body: Body, step: _Step) -> LiveVersion:
    if step.starts_at and step.ends_at and step.ends_at <= step.starts_at:
        raise DefinitionError("the end of the period comes before its start; swap them")
    version = DefinitionVersion.objects.create(
        id=new_id(step.now),
        definition=row,
        number=_next_number(row),
        name=row.name,
        body=body,
        starts_at=step.starts_at,
        ends_at=step.ends_at,
        published_at=step.now,
    )
    if step.starts_at is None or row.state != DefinitionState.LIVE:
        row.live_from_number = version.number
    row.live_version = version
    row.state = DefinitionState.LIVE
    row.draft = None
    row.draft_is_in_review = False
    _store(row, step.actor, step.now)
    _log(row, version, step)
    _audit(step.actor, f"definition.{step.what.value}", row, f"{row.name} #{version.number}", step.now)
    _change_token()
    _announce(row, version, step.now)
    return _live_of(row)


def _publish_beside_draft(row: Definition, name: str, body: Body, step: _Step) -> LiveVersion:
    """Bring a body into force that did not come from the draft; the draft stays for its author."""
    draft, in_review, draft_name = row.draft, row.draft_is_in_review, row.name
    row.name = name
    version = _bring_into_force(row, body, step)
    if draft is not None:
        row.draft, row.draft_is_in_review, row.name = draft, in_review, draft_name
        row.save(update_fields=["draft", "draft_is_in_review", "name"])
    return version


def _next_number(row: Definition) -> int:
    newest = DefinitionVersion.objects.filter(definition=row).order_by("-number").values_list("number", flat=True)
    return (newest.first() or 0) + 1


def _announce(row: Definition, version: DefinitionVersion, now: datetime) -> None:
    published = DefinitionPublished(
        shop_id=EVERY_SHOP,
        customer_id=None,
        occurred_at=now,
        kind=row.kind,
        key=row.key,
        version_id=version.id,
        number=version.number,
    )
    events.record([published], now=now)


def _store(row: Definition, actor: Actor, now: datetime) -> None:
    row.revision += 1
    row.updated_at = now
    row.updated_by = actor.name[:200]
    row.save()


def _log(row: Definition, version: DefinitionVersion | None, step: _Step) -> None:
    DefinitionChange.objects.create(
        definition=row,
        what=step.what,
        version=version,
        at=step.now,
        actor_kind=step.actor.kind,
        actor_id=step.actor.id,
        actor_name=step.actor.name[:200],
        note=step.note[:NOTE_LENGTH_MAX],
    )


def _audit(actor: Actor, verb: str, row: Definition, summary: str, now: datetime) -> None:
    shops.audit(actor=actor, verb=verb, object_kind=row.kind, object_id=row.key, summary=summary, now=now)


def _change_token() -> None:
    """Make every process notice, once this transaction commits, that something else is in force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO definition_token (id, token) VALUES (1, gen_random_uuid())"
            " ON CONFLICT (id) DO UPDATE SET token = excluded.token"
        )
    transaction.on_commit(queries.look_again)
