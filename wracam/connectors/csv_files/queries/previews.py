"""What we make of a file before importing it: its columns, its first orders, its first problems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from wracam.connectors.csv_files.contracts import BadRow, Preview, PreviewColumn, PreviewOrder
from wracam.connectors.csv_files.core.columns import ColumnMapping, chosen_mapping
from wracam.connectors.csv_files.core.drafts import Draft, DraftReader, Row
from wracam.connectors.csv_files.core.profile import Evidence
from wracam.connectors.csv_files.core.rows import Reading, cached_text, whole_code
from wracam.connectors.csv_files.queries.files import OpenedFile, opened, peeked
from wracam.shops.contracts import Shop

ROWS_READ_MAX = 300
ORDERS_SHOWN_MAX = 10
EXAMPLES_MAX = 3
EXAMPLE_LENGTH_MAX = 60


def preview(*, path: Path, shop: Shop, now: datetime, choice: Mapping[str, str] | None = None) -> Preview:
    """Read the beginning of a file as it would be imported; raises `FileError` or `MappingError`."""
    with opened(path) as file:
        mapping = chosen_mapping(file.header, choice or {})
        rows, _ = peeked(file, ROWS_READ_MAX)
        found = [] if mapping.missing() else _drafts(file, rows, mapping, shop, now)
        orders = [item for item in found if isinstance(item, Draft)]
        return Preview(
            layout=mapping.layout,
            source=mapping.source,
            encoding=file.format.encoding,
            delimiter=file.format.delimiter,
            columns=_columns(file, rows, mapping),
            missing=tuple(mapping.missing()),
            orders=tuple(_order(draft) for draft in orders[:ORDERS_SHOWN_MAX]),
            bad_rows=tuple(item for item in found if isinstance(item, BadRow)),
        )


def reading_of(
    *, mapping: ColumnMapping, header: Sequence[str], evidence: Evidence, delimiter: str, shop: Shop, now: datetime
) -> Reading:
    """Return how to read a file's rows, from its mapping and what its cells proved."""
    return Reading(
        header=tuple(header),
        mapping=mapping,
        decimal_mark=evidence.decimal_mark(delimiter),
        date_order=evidence.date_order(shop.currency),
        zone=shop.zone,
        currency=shop.currency,
        shop_id=shop.id,
        source=mapping.source,
        now=now,
    )


def _drafts(
    file: OpenedFile, rows: Sequence[Row], mapping: ColumnMapping, shop: Shop, now: datetime
) -> list[Draft | BadRow]:
    """Read the first orders; the last one may go on beyond the rows we read, so it is left out of a longer file."""
    evidence = Evidence(mapping)
    by_key: dict[str, list[Row]] = defaultdict(list)
    number = mapping.position("order.number")
    for row in rows:
        evidence.see(row.cells)
        by_key[whole_code(cached_text(row.cells[number], EXAMPLE_LENGTH_MAX)) if number is not None else ""].append(row)
    if len(rows) == ROWS_READ_MAX and len(by_key) > 1:
        by_key.popitem()
    reading = reading_of(
        mapping=mapping, header=file.header, evidence=evidence, delimiter=file.format.delimiter, shop=shop, now=now
    )
    reader = DraftReader(reading)
    result: list[Draft | BadRow] = []
    for key, order_rows in by_key.items():
        found = reader.draft(key, order_rows)
        if isinstance(found, Draft):
            result.append(found)
            continue
        cells = {row.line_number: tuple(row.cells) for row in order_rows}
        result += [
            BadRow(line_number=item.line_number, order_key=key, sentence=item.sentence(), cells=cells[item.line_number])
            for item in found
        ]
    return result


def _columns(file: OpenedFile, rows: Sequence[Row], mapping: ColumnMapping) -> tuple[PreviewColumn, ...]:
    columns = []
    for position, header in enumerate(file.header):
        values = dict.fromkeys(row.cells[position][:EXAMPLE_LENGTH_MAX] for row in rows if row.cells[position])
        examples = tuple(values)[:EXAMPLES_MAX]
        columns.append(PreviewColumn(header=header, field=mapping.fields[position], examples=examples))
    return tuple(columns)


def _order(draft: Draft) -> PreviewOrder:
    person = draft.person
    name = " ".join(part for part in (person.first_name, person.last_name) if part) if person else ""
    return PreviewOrder(
        number=draft.number,
        placed_at=draft.placed_at,
        customer=name or (person.identities[0].value if person else ""),
        items=len(draft.lines),
        total_minor=draft.total_minor,
        currency=draft.currency,
        is_return=draft.is_return,
    )
