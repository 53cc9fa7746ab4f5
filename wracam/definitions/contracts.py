"""The public language of definitions: kinds, problems found in a document, and versions that are live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wracam.events.contracts import Event, event
from wracam.kernel.language import Language, Words

Body = Mapping[str, Any]
"""What a definition says, as JSON values."""


class DefinitionState(StrEnum):
    """Where a definition stands. A live one may have a newer draft beside it."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LIVE = "live"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in a document: where (`rules[0].per`), a stable code, and a sentence that helps."""

    path: str
    code: str
    message: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionKind:
    """A kind of document that merchants write. Registered by its feature in `definitions.py`.

    `validate` returns every problem of a body (never raises on any JSON); `sentence` says a valid body in words.
    `schema` is a JSON Schema for editors and the reference.
    """

    name: str
    title: Words
    validate: Callable[[Body], list[Problem]]
    sentence: Callable[[Body, Language], str]
    schema: Mapping[str, Any]
    example: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveVersion:
    """A published version: immutable, so anything compiled from it may be cached by `version_id` for ever."""

    kind: str
    key: str
    name: str
    version_id: UUID
    number: int
    body: Body
    published_at: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditableDefinition:
    """A definition as editors see it: what is live, and the draft beside it (None: nothing to publish).

    `revision` grows with every change; pass it back as `expected_revision` to notice somebody else's save.
    """

    kind: str
    key: str
    name: str
    state: DefinitionState
    revision: int
    draft: Body | None
    draft_is_in_review: bool
    live: LiveVersion | None
    updated_at: datetime
    updated_by: str

    @property
    def body(self) -> Body:
        """What an editor opens: the draft, else what is or was live, else an empty document."""
        if self.draft is not None:
            return self.draft
        return self.live.body if self.live else {}


class ChangeKind(StrEnum):
    """What happened to a definition."""

    PUBLISHED = "published"
    ROLLED_BACK = "rolled_back"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One step in the life of a definition: what, when, by whom, which version came out of it."""

    what: ChangeKind
    at: datetime
    actor: str
    note: str
    version: LiveVersion | None


class DifferenceKind(StrEnum):
    """How a place in a document differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place that differs between two documents; `old` or `new` is None where there is nothing."""

    path: str
    what: DifferenceKind
    old: Any
    new: Any


class FileOutcome(StrEnum):
    """What applying a file would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"
    """The file cannot be read or has problems; nothing is applied as long as there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """A definition's file compared with what is live. `path` is `kind/key.yaml`."""

    path: str
    outcome: FileOutcome
    problems: tuple[Problem, ...] = ()
    differences: tuple[Difference, ...] = ()
    text: str = ""
    """The difference as a unified diff of the YAML texts."""
    kind: str = ""
    key: str = ""
    name: str = ""
    body: Body | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@event("definition.published", pl="opublikowano definicję", en="definition published")
@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionPublished(Event):
    """A version of a definition came into force (from `starts_at`, if set). Concerns every shop (`shop_id` 0)."""

    kind: str
    key: str
    version_id: UUID
    number: int


@event("definition.archived", pl="zarchiwizowano definicję", en="definition archived")
@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionArchived(Event):
    """A definition went out of force. Concerns every shop (`shop_id` 0)."""

    kind: str
    key: str
    version_id: UUID | None


class DefinitionError(ValueError):
    """The definition cannot be changed like this; the message says why."""


class UnknownDefinitionError(LookupError):
    """There is no such definition or version."""


class InvalidDefinitionError(ValueError):
    """The document has problems and cannot be published; they are listed in `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message.en}" for problem in problems))
        self.problems = problems


class StaleRevisionError(RuntimeError):
    """Somebody else saved this definition in the meantime; reload it and repeat the change."""


class NothingToPublishError(DefinitionError):
    """There is no draft to publish; save one first."""
