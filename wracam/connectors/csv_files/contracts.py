"""The public language of file imports: where an import stands, what it did, and what a file would give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wracam.kernel.language import Words


class ImportState(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"
    """The file is here and its columns are mapped."""
    RUNNING = "running"
    """The rows are read; orders are taken chunk by chunk."""
    DONE = "done"
    FAILED = "failed"
    """The file as a whole could not be read; `error` says why."""
    UNDOING = "undoing"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What became of one order of a file."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    STALE = "stale"
    """We already knew something newer of this order."""
    REFUND = "refund"
    """A credit note that became refunds of the purchases it takes back."""
    HELD_BACK = "held_back"
    """A row of it needs correcting."""
    WITHDRAWN = "withdrawn"
    """Undone."""
    KEPT = "kept"
    """Not undone, because something newer changed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """An import as people see it. Counts are of orders but for `rows` and `bad_rows`."""

    id: UUID
    shop_id: int
    source: str
    layout: str
    file_name: str
    state: ImportState
    rows: int
    bad_rows: int
    orders: int
    created: int
    changed: int
    unchanged: int
    stale: int
    refunds: int
    held_back: int
    withdrawn: int
    kept: int
    chunks: int
    chunks_done: int
    actor_name: str
    created_at: datetime
    finished_at: datetime | None
    error: Words | None

    @property
    def percent(self) -> int:
        """How much of the work is done."""
        if self.state in {ImportState.DONE, ImportState.UNDONE, ImportState.FAILED}:
            return 100
        return 100 * self.chunks_done // self.chunks if self.chunks else 0

    @property
    def is_under_way(self) -> bool:
        """Say whether the import still waits or works."""
        return self.state in {ImportState.WAITING, ImportState.RUNNING, ImportState.UNDOING}


ProgressCallback = Callable[[ImportReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that was not imported: where it stands, what is wrong, and its cells."""

    line_number: int
    order_key: str
    sentence: Words
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewColumn:
    """A column of a file: its header, what we take it for ("" for nothing), and its first values."""

    header: str
    field: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewOrder:
    """One of the first orders of a file as it would be imported."""

    number: str
    placed_at: datetime
    customer: str
    items: int
    total_minor: int
    currency: str
    is_return: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What we make of a file before importing it."""

    layout: str
    source: str
    encoding: str
    delimiter: str
    columns: tuple[PreviewColumn, ...]
    missing: tuple[str, ...]
    orders: tuple[PreviewOrder, ...]
    bad_rows: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoForecast:
    """What undoing an import would do: orders taken out with their points, and orders that stay."""

    withdrawn: int
    kept: int
