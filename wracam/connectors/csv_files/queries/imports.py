"""Where imports stand, and the rows they could not take."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from wracam.commerce import queries as commerce
from wracam.connectors.csv_files import models
from wracam.connectors.csv_files.contracts import BadRow, ImportReport, ImportState, Outcome, UndoForecast
from wracam.connectors.csv_files.core.problems import Problem, Reason
from wracam.connectors.csv_files.core.text import escaped_for_csv
from wracam.foundation.bulk import fetch
from wracam.kernel.language import Language, Words

CELL_SEPARATOR = "\x1f"
REPORTS_MAX = 50
UPLOAD_TOKEN = re.compile(r"[0-9a-f]{32}(\.[a-z0-9]{1,7})?")
ORDERS_READ_MAX = 500
BAD_ROWS_SHOWN_MAX = 100
REASON_COLUMN = "wracam: what to correct"
"""The last column of a corrections file; it is ignored when the file is imported again."""


def imports_folder() -> Path:
    """Return where the private copies of files are while they are imported."""
    return Path(settings.MEDIA_ROOT) / "imports"


def uploads_folder() -> Path:
    """Return where uploaded files wait for their columns to be mapped."""
    return imports_folder() / "uploads"


def upload_path(token: str) -> Path | None:
    """Return the uploaded file of *token*, or None for a token that is none."""
    path = uploads_folder() / token
    return path if UPLOAD_TOKEN.fullmatch(token) and path.is_file() else None


def report(import_id: UUID) -> ImportReport | None:
    """Return one import."""
    row = models.Import.objects.filter(id=import_id).first()
    return _reports([row])[0] if row else None


def reports(*, shop_id: int | None = None) -> tuple[ImportReport, ...]:
    """Return the newest imports, newest first."""
    rows = models.Import.objects.order_by("-created_at")
    rows = rows if shop_id is None else rows.filter(shop_id=shop_id)
    return tuple(_reports(list(rows[:REPORTS_MAX])))


def earlier_import_of(*, file_hash: str, shop_id: int) -> ImportReport | None:
    """Return the last finished import of the very same file into the shop, or None."""
    rows = models.Import.objects.filter(file_hash=file_hash, shop_id=shop_id, state=ImportState.DONE)
    row = rows.order_by("-created_at").first()
    return _reports([row])[0] if row else None


def undo_forecast(import_id: UUID) -> UndoForecast:
    """Return what undoing would do now: an order that something newer changed stays.

    The figures are of this moment; the undo itself looks again at each order.
    """
    known: list[tuple[UUID, datetime]] = fetch(
        "SELECT order_id, modified_at FROM csv_import_order WHERE import_id = %s AND outcome = %s",
        import_id,
        Outcome.CREATED.value,
    )
    same = 0
    for start in range(0, len(known), ORDERS_READ_MAX):
        told = dict(known[start : start + ORDERS_READ_MAX])
        same += sum(1 for order in commerce.orders(list(told)) if order.modified_at == told[order.id])
    return UndoForecast(withdrawn=same, kept=len(known) - same)


def bad_rows(import_id: UUID, *, limit: int = BAD_ROWS_SHOWN_MAX) -> tuple[BadRow, ...]:
    """Return the first rows that were not imported, in the order of the file."""
    rows = models.ImportProblem.objects.filter(import_id=import_id).order_by("line_number", "id")[:limit]
    return tuple(_bad_row(row) for row in rows)


def corrections_csv(import_id: UUID, language: Language) -> Iterator[str]:
    """Yield the text of the corrections file: the file's own columns, and what to correct in the last.

    All rows of an order that was held back are in it, so that the corrected file can simply be imported. A cell that a
    spreadsheet would run as a formula gets an apostrophe, which is dropped again on import.
    """
    header = models.Import.objects.values_list("header", flat=True).get(id=import_id)
    yield "\ufeff" + _csv_line([*header, REASON_COLUMN])
    rows = models.ImportProblem.objects.filter(import_id=import_id).order_by("line_number", "id")
    for row in rows.iterator(chunk_size=2_000):
        bad = _bad_row(row)
        cells = [*bad.cells, *[""] * (len(header) - len(bad.cells))]
        yield _csv_line([*cells[: len(header)], bad.sentence.say(language)])


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([escaped_for_csv(cell) for cell in cells])
    return line.getvalue()


def _bad_row(row: models.ImportProblem) -> BadRow:
    problem = Problem(line_number=row.line_number, reason=Reason(row.reason), column=row.column, value=row.value)
    return BadRow(
        line_number=row.line_number,
        order_key=row.order_key,
        sentence=problem.sentence(),
        cells=tuple(row.cells.split(CELL_SEPARATOR)),
    )


def _reports(rows: Sequence[models.Import]) -> list[ImportReport]:
    ids = [row.id for row in rows]
    outcomes: dict[UUID, Counter[str]] = {import_id: Counter() for import_id in ids}
    for import_id, outcome, count in fetch(
        "SELECT import_id, outcome, COUNT(*) FROM csv_import_order WHERE import_id = ANY(%s) GROUP BY 1, 2", ids
    ):
        outcomes[import_id][outcome] = count
    bad: dict[UUID, int] = dict(
        fetch("SELECT import_id, COUNT(*) FROM csv_import_problem WHERE import_id = ANY(%s) GROUP BY 1", ids)
    )
    return [_report(row, outcomes[row.id], bad.get(row.id, 0)) for row in rows]


def _report(row: models.Import, outcomes: Counter[str], bad: int) -> ImportReport:
    return ImportReport(
        id=row.id,
        shop_id=row.shop_id,
        source=row.source,
        layout=row.layout,
        file_name=row.file_name,
        state=ImportState(row.state),
        rows=row.row_count,
        bad_rows=bad,
        orders=outcomes.total(),
        created=outcomes[Outcome.CREATED],
        changed=outcomes[Outcome.CHANGED],
        unchanged=outcomes[Outcome.UNCHANGED],
        stale=outcomes[Outcome.STALE],
        refunds=outcomes[Outcome.REFUND],
        held_back=outcomes[Outcome.HELD_BACK],
        withdrawn=outcomes[Outcome.WITHDRAWN],
        kept=outcomes[Outcome.KEPT],
        chunks=row.chunk_count,
        chunks_done=row.chunks_done,
        actor_name=row.actor_name,
        created_at=row.created_at,
        finished_at=row.finished_at,
        error=Words(pl=row.error_pl, en=row.error_en) if row.error_en else None,
    )
