"""Reads text of a file all the way to orders, without a database."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from wracam.commerce.contracts import OrderSnapshot
from wracam.connectors.csv_files.core.columns import guess_mapping
from wracam.connectors.csv_files.core.drafts import Draft, DraftReader, Row
from wracam.connectors.csv_files.core.problems import Problem
from wracam.connectors.csv_files.core.profile import Evidence
from wracam.connectors.csv_files.core.rows import Reading
from wracam.connectors.csv_files.core.snapshots import snapshots_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rows_of(text: str, delimiter: str = ",") -> tuple[tuple[str, ...], list[Row]]:
    table = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    width = len(table[0])
    rows = [
        Row(line_number=number, cells=[cell.strip() for cell in cells] + [""] * (width - len(cells)))
        for number, cells in enumerate(table[1:], start=2)
    ]
    return tuple(table[0]), rows


def reading_of(header: tuple[str, ...], rows: list[Row], *, delimiter: str = ",", currency: str = "PLN") -> Reading:
    mapping = guess_mapping(header)
    evidence = Evidence(mapping)
    for row in rows:
        evidence.see(row.cells)
    return Reading(
        header=header,
        mapping=mapping,
        decimal_mark=evidence.decimal_mark(delimiter),
        date_order=evidence.date_order(currency),
        zone=ZoneInfo("Europe/Warsaw"),
        currency=currency,
        shop_id=1,
        source=mapping.source,
        now=NOW,
    )


def orders_of(
    text: str, *, delimiter: str = ",", currency: str = "PLN"
) -> tuple[dict[str, OrderSnapshot], list[Problem]]:
    header, rows = rows_of(text, delimiter)
    return orders_of_rows(header, rows, delimiter=delimiter, currency=currency)


def orders_of_rows(
    header: tuple[str, ...], rows: list[Row], *, delimiter: str = ",", currency: str = "PLN"
) -> tuple[dict[str, OrderSnapshot], list[Problem]]:
    reading = reading_of(header, rows, delimiter=delimiter, currency=currency)
    number = reading.mapping.position("order.number")
    assert number is not None
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_key[row.cells[number]].append(row)
    reader = DraftReader(reading)
    by_customer: dict[object, list[Draft]] = defaultdict(list)
    problems: list[Problem] = []
    for key, order_rows in sorted(by_key.items()):
        found = reader.draft(key, order_rows)
        if isinstance(found, Draft):
            by_customer[found.person.identities if found.person else key].append(found)
        else:
            problems += found
    snapshots: dict[str, OrderSnapshot] = {}
    for drafts in by_customer.values():
        snapshots |= snapshots_of(drafts, reading)
    return snapshots, problems
