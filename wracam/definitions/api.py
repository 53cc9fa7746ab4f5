"""Definitions through the API: list, read, save a draft, validate, publish, compare, roll back, archive.

A draft may have problems; publishing lists them with their paths. `expected_revision` makes a change fail with
`conflict` when somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from django.db import transaction
from msgspec import UNSET, Meta, UnsetType

from wracam.definitions import actions, queries
from wracam.definitions.contracts import (
    DefinitionError,
    Difference,
    EditableDefinition,
    HistoryEntry,
    InvalidDefinitionError,
    LiveVersion,
    Problem,
    StaleRevisionError,
    UnknownDefinitionError,
)
from wracam.definitions.ports import KINDS
from wracam.faces.api import problems
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.problems import FieldError, not_found
from wracam.faces.api.values import Answer, Body, Moment
from wracam.foundation import clock
from wracam.shops.contracts import Actor
from wracam.shops.ports import register_scope

router = Router(tags=["Definitions"])
register_scope("definitions:read", pl="czytanie reguł i programów", en="read rules and programmes")
register_scope("definitions:write", pl="zapis szkiców", en="write drafts")
register_scope("definitions:publish", pl="publikowanie i przywracanie", en="publish and roll back")
Result = TypeVar("Result")
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Revision = Annotated[int, Meta(ge=0, description="The revision you read; 0 demands that the definition is new.")]
VersionNumber = Annotated[int, Meta(ge=1, le=2_000_000_000)]


class DraftBody(Body):
    """What the definition shall say. The form of `body` depends on the kind; see the reference of definitions."""

    name: Name
    body: dict[str, Any]
    expected_revision: Revision | None = None


class CheckBody(Body):
    """A document to look at without saving it."""

    name: Name
    body: dict[str, Any]


class PublishBody(Body):
    """When the draft comes into force (now, unless told otherwise), until when, and why."""

    expected_revision: Revision | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    note: Annotated[str, Meta(max_length=500)] = ""


class RollBackBody(Body):
    """The number of the version to publish again."""

    number: VersionNumber
    expected_revision: Revision | None = None


class ArchiveBody(Body):
    """Nothing but the revision you read."""

    expected_revision: Revision | None = None


class VersionAnswer(Answer):
    """A published, immutable version."""

    id: str
    number: int
    name: str
    body: dict[str, Any]
    published_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None


class DefinitionAnswer(Answer):
    """A definition: what is live, and the draft beside it."""

    kind: str
    key: str
    name: str
    state: str
    revision: int
    draft: dict[str, Any] | None
    draft_is_in_review: bool
    live: VersionAnswer | None
    updated_at: datetime
    updated_by: str


class DefinitionsAnswer(Answer):
    """All definitions, archived ones left out."""

    items: list[DefinitionAnswer]


class ProblemAnswer(Answer):
    """Something that keeps the document from being published."""

    path: str
    code: str
    message: str


class CheckAnswer(Answer):
    """Whether the document could be published."""

    is_valid: bool
    problems: list[ProblemAnswer]


class ChangeAnswer(Answer):
    """One step in the life of a definition."""

    what: str
    at: datetime
    actor: str
    note: str
    version: VersionAnswer | None


class HistoryAnswer(Answer):
    """The life of a definition, newest step first."""

    items: list[ChangeAnswer]


class DifferenceAnswer(Answer):
    """One place that differs; a side that has nothing there is left out."""

    path: str
    what: str
    old: Any | UnsetType = UNSET
    new: Any | UnsetType = UNSET


class DifferencesAnswer(Answer):
    """Every place where two versions differ."""

    items: list[DifferenceAnswer]


@router.endpoint("GET", "/definitions", scope="definitions:read")
def list_definitions(request: ApiRequest, kind: str = "") -> DefinitionsAnswer:
    """List definitions, of one kind if `kind` is given. They hold for all shops of the installation."""
    return DefinitionsAnswer(items=[_definition(item) for item in queries.listed(_known(kind) if kind else None)])


@router.endpoint("GET", "/definitions/{kind}/{key}", scope="definitions:read")
def show_definition(request: ApiRequest, kind: str, key: str) -> DefinitionAnswer:
    """Show one definition with its draft and its live version."""
    return _definition(_existing(kind, key))


@router.endpoint("PUT", "/definitions/{kind}/{key}/draft", scope="definitions:write")
def save_definition_draft(request: ApiRequest, kind: str, key: str, body: DraftBody) -> DefinitionAnswer:
    """Save a draft, creating the definition if its key is new. What is live does not change."""
    saved = _done(
        lambda: actions.save_draft(
            kind=_known(kind),
            key=key,
            name=body.name,
            body=body.body,
            expected_revision=body.expected_revision,
            actor=_actor(request),
            now=clock.now(),
        )
    )
    return _definition(saved)


@router.endpoint("POST", "/definitions/{kind}/{key}/validate", scope="definitions:read")
def validate_definition(request: ApiRequest, kind: str, key: str, body: CheckBody) -> CheckAnswer:
    """Say what would keep a document from being published. Nothing is saved; the key need not exist yet."""
    found = queries.problems(_known(kind), body.name, body.body)
    return CheckAnswer(is_valid=not found, problems=[_problem(problem) for problem in found])


@router.endpoint("POST", "/definitions/{kind}/{key}/publish", scope="definitions:publish")
def publish_definition(request: ApiRequest, kind: str, key: str, body: PublishBody) -> VersionAnswer:
    """Bring the draft into force as a new version. A draft with problems is refused with all of them."""
    published = _done(
        lambda: actions.publish(
            kind=_known(kind),
            key=key,
            expected_revision=body.expected_revision,
            actor=_actor(request),
            now=clock.now(),
            starts_at=body.starts_at,
            ends_at=body.ends_at,
            note=body.note,
        )
    )
    return _version(published)


@router.endpoint("POST", "/definitions/{kind}/{key}/roll-back", scope="definitions:publish")
def roll_back_definition(request: ApiRequest, kind: str, key: str, body: RollBackBody) -> VersionAnswer:
    """Publish the document of an earlier version again, as a new version. A draft beside it is kept."""
    published = _done(
        lambda: actions.roll_back(
            kind=_known(kind),
            key=key,
            number=body.number,
            expected_revision=body.expected_revision,
            actor=_actor(request),
            now=clock.now(),
        )
    )
    return _version(published)


@router.endpoint("POST", "/definitions/{kind}/{key}/archive", scope="definitions:publish")
def archive_definition(request: ApiRequest, kind: str, key: str, body: ArchiveBody) -> DefinitionAnswer:
    """Take a definition out of force. Its versions stay; saving and publishing a draft revives it."""
    _done(
        lambda: actions.archive(
            kind=_known(kind),
            key=key,
            expected_revision=body.expected_revision,
            actor=_actor(request),
            now=clock.now(),
        )
    )
    return _definition(_existing(kind, key))


@router.endpoint("GET", "/definitions/{kind}/{key}/history", scope="definitions:read")
def show_definition_history(request: ApiRequest, kind: str, key: str) -> HistoryAnswer:
    """Show who published, rolled back and archived a definition, and when."""
    _existing(kind, key)
    return HistoryAnswer(items=[_change(entry) for entry in queries.history(kind, key)])


@router.endpoint("GET", "/definitions/{kind}/{key}/diff", scope="definitions:read")
def compare_definition_versions(
    request: ApiRequest, kind: str, key: str, old: int = 0, new: int = 0
) -> DifferencesAnswer:
    """Compare two versions by their numbers, place by place; 0 means the draft, or what is live without one."""
    bodies = [_body(kind, key, number) for number in (old, new)]
    return DifferencesAnswer(items=[_difference(found) for found in queries.differences_between(*bodies)])


def _done(work: Callable[[], Result]) -> Result:
    """Do it, and turn the domain's refusals into the API's problems."""
    try:
        with transaction.atomic():  # a refusal must not spoil the transaction that remembers the idempotency key
            return work()
    except InvalidDefinitionError as error:
        errors = [
            FieldError(path=f"body.{found.path}".rstrip("."), code=found.code, message=found.message.en)
            for found in error.problems
        ]
        raise problems.Problem(problems.INVALID, "The definition has problems; see `errors`.", errors=errors) from None
    except UnknownDefinitionError:
        raise not_found("definition or version of this name") from None
    except (StaleRevisionError, DefinitionError) as error:
        raise problems.Problem(problems.CONFLICT, str(error)) from None


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise not_found("kind of definition of this name")
    return kind


def _existing(kind: str, key: str) -> EditableDefinition:
    found = queries.editable(_known(kind), key)
    if found is None:
        raise not_found("definition of this name")
    return found


def _body(kind: str, key: str, number: int) -> Any:
    existing = _existing(kind, key)
    if number == 0:
        return existing.body
    return _done(lambda: queries.version_by_number(kind, key, number)).body


def _actor(request: ApiRequest) -> Actor:
    return Actor(kind="key", id=str(request.auth.id), name=request.auth.name)


def _definition(item: EditableDefinition) -> DefinitionAnswer:
    return DefinitionAnswer(
        kind=item.kind,
        key=item.key,
        name=item.name,
        state=item.state.value,
        revision=item.revision,
        draft=None if item.draft is None else dict(item.draft),
        draft_is_in_review=item.draft_is_in_review,
        live=_version(item.live) if item.live else None,
        updated_at=item.updated_at,
        updated_by=item.updated_by,
    )


def _version(item: LiveVersion) -> VersionAnswer:
    return VersionAnswer(
        id=str(item.version_id),
        number=item.number,
        name=item.name,
        body=dict(item.body),
        published_at=item.published_at,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
    )


def _problem(item: Problem) -> ProblemAnswer:
    return ProblemAnswer(path=item.path, code=item.code, message=item.message.en)


def _change(item: HistoryEntry) -> ChangeAnswer:
    version = _version(item.version) if item.version else None
    return ChangeAnswer(what=item.what.value, at=item.at, actor=item.actor, note=item.note, version=version)


def _difference(item: Difference) -> DifferenceAnswer:
    return DifferenceAnswer(
        path=item.path,
        what=item.what.value,
        old=UNSET if item.what.value == "added" else item.old,
        new=UNSET if item.what.value == "removed" else item.new,
    )
