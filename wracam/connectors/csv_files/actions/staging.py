"""The rows of a file put into a table, grouped into orders, customers and chunks of work.

Rows of one order may stand anywhere in a file, and a return must meet all earlier purchases of its customer; the
database sorts better than memory does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wracam.connectors.csv_files import models
from wracam.connectors.csv_files.contracts import ImportState
from wracam.connectors.csv_files.core.columns import ColumnMapping
from wracam.connectors.csv_files.core.problems import Reason
from wracam.connectors.csv_files.core.profile import Evidence
from wracam.connectors.csv_files.core.rows import CODE_LENGTH_MAX, cached_text, whole_code
from wracam.connectors.csv_files.queries.files import UNREADABLE, OpenedFile, opened
from wracam.connectors.csv_files.queries.imports import CELL_SEPARATOR
from wracam.foundation import transactions
from wracam.foundation.bulk import copy_rows, execute, fetch
from wracam.shops.contracts import Shop

CHUNK_ROWS = 5_000
"""About how many rows one transaction takes; a customer is never split."""

GROUP = """
WITH numbered AS (
    SELECT order_key, COALESCE(MIN(NULLIF(customer_key, '') COLLATE "C"), '') AS customer_key, COUNT(*) AS row_count
    FROM csv_import_row WHERE import_id = %s AND order_key <> '' GROUP BY order_key
), placed AS (
    SELECT order_key, customer_key, (SUM(row_count) OVER (
        ORDER BY (CASE WHEN customer_key = '' THEN 'o:' || order_key ELSE customer_key END) COLLATE "C"
    ) - 1)::bigint / %s AS place
    FROM numbered
)
INSERT INTO csv_import_order (import_id, chunk, order_key, customer_key, outcome, external_id)
SELECT %s, DENSE_RANK() OVER (ORDER BY place) - 1, order_key, customer_key, '', '' FROM placed
"""
NUMBERLESS = """
INSERT INTO csv_import_problem (import_id, line_number, order_key, reason, "column", value, cells)
SELECT import_id, line_number, '', CASE WHEN left(cells, 1) = %s THEN %s ELSE %s END, '', '', cells
FROM csv_import_row WHERE import_id = %s AND order_key = ''
"""


def stage(row: models.Import, shop: Shop) -> None:
    """Read the whole file into the table of rows, find out how to read it, and lay out the chunks; one transaction."""
    mapping = ColumnMapping(fields=tuple(row.fields), layout=row.layout, source=row.source)
    with transactions.action(), opened(Path(row.file_path)) as file:
        locked = models.Import.objects.select_for_update().get(id=row.id)
        if locked.state != ImportState.WAITING:
            return
        evidence = Evidence(mapping)
        copy_rows(
            models.ImportRow._meta.db_table,
            ("import_id", "line_number", "order_key", "customer_key", "cells"),
            _staged(locked, file, mapping, evidence),
        )
        execute("ANALYZE csv_import_row")
        execute(GROUP, row.id, CHUNK_ROWS, row.id)
        execute(NUMBERLESS, UNREADABLE, Reason.ROW_UNREADABLE, Reason.NUMBER_MISSING, row.id)
        locked.decimal_mark = evidence.decimal_mark(locked.delimiter)
        locked.date_order = evidence.date_order(shop.currency)
        locked.row_count = int(fetch("SELECT COUNT(*) FROM csv_import_row WHERE import_id = %s", row.id)[0][0])
        chunks = "SELECT COALESCE(MAX(chunk) + 1, 0) FROM csv_import_order WHERE import_id = %s"
        locked.chunk_count = int(fetch(chunks, row.id)[0][0])
        locked.state = ImportState.RUNNING
        locked.save()


def _staged(
    row: models.Import, file: OpenedFile, mapping: ColumnMapping, evidence: Evidence
) -> Iterator[tuple[object, ...]]:
    number = mapping.position("order.number")
    customer_positions = [
        (mark, position)
        for mark, field in (("a:", "customer.id"), ("e:", "customer.email"), ("p:", "customer.phone"))
        if (position := mapping.position(field)) is not None
    ]
    for item in file.rows:
        cells = item.cells
        evidence.see(cells)
        order_key = whole_code(cached_text(cells[number], CODE_LENGTH_MAX)) if number is not None else ""
        customer_key = ""
        for mark, position in customer_positions:
            if cells[position] and cells[position] != "0":
                customer_key = mark + whole_code(cells[position].lower())[:CODE_LENGTH_MAX]
                break
        yield row.id, item.line_number, order_key, customer_key, CELL_SEPARATOR.join(cells)
