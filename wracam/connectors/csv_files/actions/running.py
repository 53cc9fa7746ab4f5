"""Running an import: chunk by chunk, each one transaction that also moves the cursor, so that a kill loses nothing.

1. `stage` puts the rows into a table and lays out chunks of whole customers.
2. Each chunk: lock the import, read the chunk's rows, decide (pure), hand the orders to commerce, note what became of
   each order number, move `chunks_done`. A second runner finds the cursor moved and goes on after it.
3. When all chunks are done the rows and the file are dropped; the rows to correct stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import InvalidSnapshotError, OrderSnapshot, TakenOrder
from wracam.connectors.csv_files import models, queries
from wracam.connectors.csv_files.actions.staging import stage
from wracam.connectors.csv_files.contracts import ImportReport, ImportState, Outcome, ProgressCallback
from wracam.connectors.csv_files.core.columns import ColumnMapping
from wracam.connectors.csv_files.core.drafts import Draft, DraftReader, Row
from wracam.connectors.csv_files.core.problems import Problem, Reason, RowError
from wracam.connectors.csv_files.core.rows import Reading
from wracam.connectors.csv_files.core.snapshots import snapshots_of
from wracam.connectors.csv_files.core.values import DateOrder, DecimalMark
from wracam.connectors.csv_files.queries.files import FileError
from wracam.connectors.csv_files.queries.imports import CELL_SEPARATOR
from wracam.foundation import transactions
from wracam.foundation.bulk import as_json, copy_rows, execute, fetch
from wracam.kernel.language import Words
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop

ERROR_LENGTH_MAX = 500
ONE_TICK = timedelta(microseconds=1)

NOTE_OUTCOMES = """
UPDATE csv_import_order AS o
SET outcome = said.outcome, external_id = said.external_id, order_id = said.order_id, modified_at = said.modified_at
FROM jsonb_to_recordset(%s::jsonb)
    AS said(order_key text, outcome text, external_id text, order_id uuid, modified_at timestamptz)
WHERE o.import_id = %s AND o.order_key = said.order_key
"""
CHUNK = """
SELECT o.order_key, o.customer_key, r.line_number, r.cells
FROM csv_import_order o JOIN csv_import_row r USING (import_id, order_key)
WHERE o.import_id = %s AND o.chunk = %s ORDER BY o.order_key COLLATE "C", r.line_number
"""
WITHDRAWN = """
SELECT o.external_id, MAX(o.modified_at) FROM csv_import_order o JOIN csv_import i ON i.id = o.import_id
WHERE o.outcome = 'withdrawn' AND o.external_id = ANY(%s) AND i.shop_id = %s AND i.source = %s GROUP BY 1
"""


def run(*, import_id: UUID, now: datetime, progress: ProgressCallback | None = None) -> ImportReport:
    """Import the file, or go on where a killed run stopped; a finished import changes nothing. Returns what it did."""
    row = models.Import.objects.get(id=import_id)
    shop = shops.shop(row.shop_id)
    if shop is None:
        raise LookupError(f"shop {row.shop_id} of import {import_id} is gone")
    if row.state == ImportState.WAITING:
        try:
            stage(row, shop)
        except FileError as error:
            return _fail(import_id, error.words, now)
        except OSError as error:
            return _fail(import_id, Words(pl=f"Nie da się odczytać pliku: {error}", en=str(error)), now)
        row.refresh_from_db()
    reader = _reader(row, shop)
    while row.state == ImportState.RUNNING:
        row = _advance(row, reader, now)
        if progress:
            progress(_report(import_id))
    return _report(import_id)


def rehearse(*, import_id: UUID, progress: ProgressCallback | None = None) -> tuple[ImportReport, int, int]:
    """Read the whole file and decide, but hand nothing to commerce: a dry run. `discard` must follow.

    Returns the report (bad rows, orders held back) and how many orders and returns it would give.
    """
    row = models.Import.objects.get(id=import_id)
    shop = shops.shop(row.shop_id)
    if shop is None:
        raise LookupError(f"shop {row.shop_id} of import {import_id} is gone")
    stage(row, shop)
    row.refresh_from_db()
    reader = _reader(row, shop)
    sales = returns = 0
    for chunk in range(row.chunk_count):
        with transactions.action():
            decided = _decide(row.id, chunk, reader)
            _keep_problems(row.id, decided)
        sales += sum(1 for item in decided.drafts.values() if not item.is_return)
        returns += sum(1 for item in decided.drafts.values() if item.is_return)
        if progress:
            progress(_report(import_id))
    return _report(import_id), sales, returns


class _Reader:
    """What it takes to decide about rows of one import."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.drafts = DraftReader(reading)


class _Decided:
    """One chunk after the decision: drafts, the orders to take by number, and problems with their rows."""

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}
        self.snapshots: dict[str, OrderSnapshot] = {}
        self.problems: dict[str, list[Problem]] = {}
        self.rows: dict[str, list[Row]] = {}


def _reader(row: models.Import, shop: Shop) -> _Reader:
    return _Reader(
        Reading(
            header=tuple(row.header),
            mapping=ColumnMapping(fields=tuple(row.fields), layout=row.layout, source=row.source),
            decimal_mark=DecimalMark(row.decimal_mark),
            date_order=DateOrder(row.date_order),
            zone=shop.zone,
            currency=shop.currency,
            shop_id=shop.id,
            source=row.source,
            now=row.created_at,
        )
    )


def _advance(row: models.Import, reader: _Reader, now: datetime) -> models.Import:
    """Do the next chunk, or finish; return the import as it is then."""
    with transactions.action():
        locked = models.Import.objects.select_for_update().get(id=row.id)
        if locked.state != ImportState.RUNNING:
            return locked
        if locked.chunks_done == locked.chunk_count:
            _finish(locked, now)
            return locked
        decided = _decide(locked.id, locked.chunks_done, reader)
        decided.snapshots = _after_undo(decided.snapshots, reader.reading)
        taken = _take(decided, now)
        _note_outcomes(locked.id, decided, taken)
        _keep_problems(locked.id, decided)
        locked.chunks_done += 1
        locked.save(update_fields=["chunks_done"])
        return locked


def _decide(import_id: UUID, chunk: int, reader: _Reader) -> _Decided:
    """Load a chunk's rows and decide: drafts per order number, snapshots per customer."""
    decided = _Decided()
    customers: dict[str, str] = {}
    for order_key, customer_key, line_number, cells in fetch(CHUNK, import_id, chunk):
        customers[order_key] = customer_key or f"o:{order_key}"
        row = Row(line_number=line_number, cells=cells.split(CELL_SEPARATOR))
        decided.rows.setdefault(order_key, []).append(row)
    by_customer: dict[str, list[Draft]] = defaultdict(list)
    for order_key, rows in decided.rows.items():
        found = reader.drafts.draft(order_key, rows)
        if isinstance(found, Draft):
            decided.drafts[order_key] = found
            by_customer[customers[order_key]].append(found)
        else:
            decided.problems[order_key] = found
    held_back = _products_held_back(decided, customers, reader)
    for customer_key, drafts in by_customer.items():
        going = [draft for draft in drafts if not _must_wait(decided, draft, held_back[customer_key])]
        decided.snapshots |= snapshots_of(going, reader.reading)
    return decided


def _products_held_back(decided: _Decided, customers: Mapping[str, str], reader: _Reader) -> dict[str, set[str]]:
    """Return, by customer, the products in orders that need correcting."""
    position = reader.reading.mapping.position("line.sku")
    found: dict[str, set[str]] = defaultdict(set)
    if position is not None:
        for order_key in decided.problems:
            rows = decided.rows[order_key]
            found[customers[order_key]] |= {row.cells[position].casefold() for row in rows if row.cells[position]}
    return found


def _must_wait(decided: _Decided, draft: Draft, products: set[str]) -> bool:
    """Hold a return back while an order of the same customer and product, which it may take back, needs correcting."""
    if not draft.is_return or not any(item.line.sku.casefold() in products for item in draft.lines):
        return False
    waits = RowError(Reason.RETURN_WAITS)
    decided.problems[draft.key] = [waits.at(row.line_number) for row in decided.rows[draft.key]]
    del decided.drafts[draft.key]
    return True


def _after_undo(snapshots: Mapping[str, OrderSnapshot], reading: Reading) -> dict[str, OrderSnapshot]:
    """Let orders that an undone import withdrew come back: told a moment later than their withdrawal."""
    ids = [snapshot.external_id for snapshot in snapshots.values()]
    withdrawn: dict[str, datetime] = dict(fetch(WITHDRAWN, ids, reading.shop_id, reading.source))
    return {
        key: replace(snapshot, modified_at=withdrawn[snapshot.external_id] + ONE_TICK)
        if withdrawn.get(snapshot.external_id, snapshot.modified_at - ONE_TICK) >= snapshot.modified_at
        else snapshot
        for key, snapshot in snapshots.items()
    }


def _take(decided: _Decided, now: datetime) -> dict[str, TakenOrder]:
    """Hand the orders to commerce; one that it refuses becomes rows to correct, the others go on."""
    keys = list(decided.snapshots)
    try:
        taken = commerce.take_orders(snapshots=[decided.snapshots[key] for key in keys], now=now)
    except InvalidSnapshotError as error:
        for index, sentence in error.problems:
            key = keys[index]
            refused = RowError(Reason.REFUSED, "", sentence)
            decided.problems[key] = [refused.at(decided.rows[key][0].line_number)]
            decided.snapshots.pop(key, None)
            decided.drafts.pop(key, None)
        return _take(decided, now)
    return dict(zip(keys, taken, strict=True))


def _note_outcomes(import_id: UUID, decided: _Decided, taken: Mapping[str, TakenOrder]) -> None:
    records: list[dict[str, object]] = [
        {
            "order_key": key,
            "outcome": answer.outcome.value,
            "external_id": decided.snapshots[key].external_id,
            "order_id": answer.order_id,
            "modified_at": decided.snapshots[key].modified_at,
        }
        for key, answer in taken.items()
    ]
    matched = decided.drafts.keys() - taken.keys()
    records += [{"order_key": key, "outcome": Outcome.REFUND, "external_id": ""} for key in matched]
    records += [{"order_key": key, "outcome": Outcome.HELD_BACK, "external_id": ""} for key in decided.problems]
    execute(NOTE_OUTCOMES, as_json(records), import_id)


def _keep_problems(import_id: UUID, decided: _Decided) -> None:
    """Keep every row of an order that was held back, each with its own reason or with that of its order."""
    rows: list[tuple[object, ...]] = []
    for order_key, problems in decided.problems.items():
        reasons = {problem.line_number: problem for problem in problems}
        for row in decided.rows[order_key]:
            problem = reasons.get(row.line_number) or RowError(Reason.SAME_ORDER).at(row.line_number)
            cells = CELL_SEPARATOR.join(row.cells)
            rows.append(
                (import_id, row.line_number, order_key, problem.reason.value, problem.column, problem.value, cells)
            )
    if rows:
        columns = ("import_id", "line_number", "order_key", "reason", '"column"', "value", "cells")
        copy_rows(models.ImportProblem._meta.db_table, columns, rows)


def _finish(locked: models.Import, now: datetime) -> None:
    models.ImportRow.objects.filter(import_id=locked.id).delete()
    locked.state = ImportState.DONE
    locked.finished_at = now
    locked.save(update_fields=["state", "finished_at"])
    Path(locked.file_path).unlink(missing_ok=True)


def _fail(import_id: UUID, error: Words, now: datetime) -> ImportReport:
    with transactions.action():
        locked = models.Import.objects.select_for_update().get(id=import_id)
        locked.state = ImportState.FAILED
        locked.error_pl, locked.error_en = error.pl[:ERROR_LENGTH_MAX], error.en[:ERROR_LENGTH_MAX]
        locked.finished_at = now
        locked.save(update_fields=["state", "error_pl", "error_en", "finished_at"])
    return _report(import_id)


def _report(import_id: UUID) -> ImportReport:
    found = queries.report(import_id)
    if found is None:
        raise LookupError(f"there is no import {import_id}")
    return found
