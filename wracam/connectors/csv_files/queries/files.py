"""Opening files of orders, text in any encoding and spreadsheets alike, as rows of text with line numbers."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path

import python_calamine

from wracam.connectors.csv_files.core.columns import SECRET_COLUMNS, SHEET_COLUMNS_MAX
from wracam.connectors.csv_files.core.drafts import Row
from wracam.connectors.csv_files.core.text import (
    NUL_SIGN,
    SAMPLE_BYTES,
    Format,
    best_one_byte_encoding,
    detect_delimiter,
    detect_encoding,
)
from wracam.kernel.language import SaidError, number_text

FILE_BYTES_MAX = 500_000_000
UNPACKED_BYTES_MAX = 1_500_000_000
"""How much a spreadsheet may grow when it is unpacked."""
ROWS_MAX = 5_000_000
BLOCK_BYTES = 1_000_000
SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
UNREADABLE = "\ufffd"
"""The only cell of a row that the CSV reader could not make sense of."""


class FileError(SaidError):
    """The file as a whole cannot be imported; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """A file ready to be read once: its header, its rows, and how it is written."""

    header: tuple[str, ...]
    rows: Iterator[Row]
    format: Format


@contextmanager
def opened(path: Path) -> Iterator[OpenedFile]:
    """Open a file of orders; raises `FileError` for one that is empty, too large or no table.

    Cells of columns that hold passwords or tokens come empty; they are never stored.
    """
    if not path.is_file():
        raise FileError(pl=f"Nie ma pliku {path}.", en=f"There is no file {path}.")
    if path.stat().st_size > FILE_BYTES_MAX:
        raise FileError(
            pl=f"Plik jest większy niż {FILE_BYTES_MAX // 1_000_000} MB; podziel go.",
            en=f"The file is larger than {FILE_BYTES_MAX // 1_000_000} MB; split it.",
        )
    if path.suffix.lower() in SPREADSHEETS or _is_spreadsheet(path):
        yield _table(_spreadsheet_rows(path), Format(encoding="", delimiter=""))
        return
    written = text_format(path)
    with path.open(encoding=written.encoding, errors="replace", newline="") as file:
        yield _table(_text_rows(file, written), written)


def _is_spreadsheet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def text_format(path: Path) -> Format:
    """Find out encoding and delimiter; the whole file must be UTF-8 to be taken for it."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    encoding = detect_encoding(sample, is_whole=len(sample) < SAMPLE_BYTES)
    if encoding == "utf-8" and (offender := _first_block_not_utf8(path)) is not None:
        encoding = best_one_byte_encoding(offender)
    text = sample.decode(encoding, "replace")
    delimiter, skipped_lines = detect_delimiter(text)
    return Format(encoding=encoding, delimiter=delimiter, skipped_lines=skipped_lines)


def _first_block_not_utf8(path: Path) -> bytes | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return block
    return None


def _text_rows(file: Iterable[str], written: Format) -> Iterator[Row]:
    lines = (line.replace("\x00", NUL_SIGN) if "\x00" in line else line for line in file)
    for _ in range(written.skipped_lines):
        next(lines, None)
    reader = csv.reader(lines, delimiter=written.delimiter)
    while True:
        line_number = reader.line_num + 1 + written.skipped_lines
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = [UNREADABLE]
        yield Row(line_number=line_number, cells=[cell.strip() for cell in cells])


def _spreadsheet_rows(path: Path) -> Iterator[Row]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_BYTES_MAX:
                raise FileError(
                    pl="Arkusz po rozpakowaniu jest za duży; zapisz go jako CSV.",
                    en="The spreadsheet is too large when unpacked; save it as CSV.",
                )
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = workbook.get_sheet_by_index(0)
        for number, values in enumerate(sheet.iter_rows(), start=1 + (sheet.start[0] if sheet.start else 0)):
            yield Row(line_number=number, cells=[_cell_text(value) for value in values])
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise FileError(
            pl=f"Nie da się odczytać arkusza: {error}", en=f"The spreadsheet cannot be read: {error}"
        ) from error


def _cell_text(value: object) -> str:
    """Write a spreadsheet's value as text: whole numbers without `.0`, dates in ISO."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value).replace("\x00", NUL_SIGN).strip()


def _table(rows: Iterator[Row], written: Format) -> OpenedFile:
    first = next((row for row in rows if any(row.cells)), None)
    if first is None:
        raise FileError(pl="Plik jest pusty.", en="The file is empty.")
    header = tuple(cell.lstrip("\ufeff") for cell in first.cells)
    while header and not header[-1]:
        header = header[:-1]
    if len(header) < 2:
        raise FileError(
            pl="Pierwszy wiersz pliku nazywa mniej niż dwie kolumny; pierwszy wiersz musi zawierać nazwy kolumn.",
            en="The file's first row names fewer than two columns; the first row must name the columns.",
        )
    if len(header) > SHEET_COLUMNS_MAX:
        raise FileError(
            pl=f"Plik ma więcej niż {SHEET_COLUMNS_MAX} kolumn.",
            en=f"The file has more than {SHEET_COLUMNS_MAX} columns.",
        )
    return OpenedFile(header=header, rows=_full_rows(rows, header), format=written)


def _full_rows(rows: Iterator[Row], header: tuple[str, ...]) -> Iterator[Row]:
    """Pad short rows to the header, empty secret columns, leave out blank rows, and stop at `ROWS_MAX`."""
    width = len(header)
    secret = [position for position, name in enumerate(header) if SECRET_COLUMNS.search(name)]
    count = 0
    for row in rows:
        cells = row.cells
        if not any(cells):
            continue
        count += 1
        if count > ROWS_MAX:
            raise FileError(
                pl=f"Plik ma więcej niż {number_text(ROWS_MAX, 'pl')} wierszy; podziel go.",
                en=f"The file has more than {number_text(ROWS_MAX, 'en')} rows; split it.",
            )
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        for position in secret:
            cells[position] = ""
        yield row


def peeked(file: OpenedFile, count: int) -> tuple[list[Row], OpenedFile]:
    """Return the first *count* rows, and the file as if they had not been read."""
    first = list(islice(file.rows, count))
    return first, OpenedFile(header=file.header, rows=chain(first, file.rows), format=file.format)
