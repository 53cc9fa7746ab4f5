"""The public language of definitions: kinds, problems found in a document, and versions that are live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

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


class InvalidDefinitionError(ValueError):
    """The document has problems and cannot be published; they are listed in `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message.en}" for problem in problems))
        self.problems = problems


class StaleRevisionError(RuntimeError):
    """Somebody else saved this definition in the meantime; reload it and repeat the change."""
