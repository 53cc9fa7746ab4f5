"""From bytes to rows: which encoding and which delimiter a file uses, and how cells are written back safely."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

SAMPLE_BYTES = 2_000_000
"""How much of a file decides on its encoding among the one-byte ones."""
SAMPLE_ROWS = 50
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS_ONE_BYTE = ("cp1250", "cp1252", "iso8859_2")
NUL_SIGN = "\N{SYMBOL FOR NULL}"
"""What a NUL byte becomes when a file is read, so that the row can be refused and shown."""

_POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
_WESTERN = frozenset("äöüßéèêëàâçñîïôùûåæøÄÖÜÉÈÀÂÇÑÅÆØáíúÁÍÚ")
_CENTRAL = frozenset("čďěňřšťůýžľĺŕăâîșțőűČĎĚŇŘŠŤŮÝŽĽĹŔĂŐŰ")
_PUNCTUATION = frozenset("„”“’‘–—…€§°«»\u00a0©®™")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[-+]?\d[\d .,\u00a0\u202f]*%?")
_ESCAPED = re.compile(r"'(?=[=+\-@\t\r\d])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a text file is written. `skipped_lines` is 1 for Excel's `sep=;` line."""

    encoding: str
    delimiter: str
    skipped_lines: int = 0


def detect_encoding(sample: bytes, *, is_whole: bool = False) -> str:
    """Name the encoding of a file from its beginning: a mark, else UTF-16 by its zeros, else UTF-8, else one byte.

    `is_whole` says that *sample* is all of it, so that a cut-off last character is an error and not the cut.
    """
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    zeros_even, zeros_odd = sample[0:4096:2].count(0), sample[1:4096:2].count(0)
    half = max(1, min(len(sample), 4096) // 2)
    if zeros_odd > half * 0.6 and zeros_even < half * 0.2:
        return "utf-16-le"
    if zeros_even > half * 0.6 and zeros_odd < half * 0.2:
        return "utf-16-be"
    return "utf-8" if is_utf8(sample, is_whole=is_whole) else best_one_byte_encoding(sample)


def is_utf8(sample: bytes, *, is_whole: bool) -> bool:
    """Say whether *sample* decodes as UTF-8; unless it `is_whole`, its last character may be cut."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return not is_whole and error.end >= len(sample) - 3 and "unexpected end" in error.reason
    return True


def best_one_byte_encoding(sample: bytes) -> str:
    """Choose among the one-byte encodings by whose letters make words; Polish ones win a tie."""
    scores = {encoding: _plausibility(sample.decode(encoding, "replace")) for encoding in ENCODINGS_ONE_BYTE}
    return max(ENCODINGS_ONE_BYTE, key=lambda encoding: scores[encoding])


def _plausibility(text: str) -> float:
    """Score decoded text: letters of one language inside words count up, symbols inside words count down."""
    score = 0.0
    for match in re.finditer(r"(.?)([^\x00-\x7f])(?=(.?))", text):
        before, character, after = match.group(1), match.group(2), match.group(3)
        beside_letter = before.isalpha() or after.isalpha()
        if character in _POLISH:
            score += 2.0 if beside_letter else -1.0
        elif character in _WESTERN:
            score += 1.0 if beside_letter else -0.5
        elif character in _CENTRAL:
            score += 0.5 if beside_letter else -0.5
        elif character in _PUNCTUATION:
            score += 0.5
        elif character == "£" and after.isdigit():
            score += 1.5
        elif character < "\u00a0" or character == "\ufffd":
            score -= 5.0
        else:
            score -= 3.0 if beside_letter else 0.2
    return score


def detect_delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter and how many lines to skip (1 when the first line is Excel's `sep=;`)."""
    first = text.partition("\n")[0]
    declared = re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first)
    if declared:
        return declared.group(1), 1
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter)), 0


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """Score a delimiter by how many rows share the most common width, and by that width."""
    widths: Counter[int] = Counter()
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
            if number >= SAMPLE_ROWS:
                break
            if row:
                widths[len(row)] += 1
    except csv.Error:
        return (0.0, 0)
    if not widths:
        return (0.0, 0)
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (0.0, 0) if width < 2 else (rows / widths.total(), width)


def escaped_for_csv(cell: str) -> str:
    """Return *cell* as it may be written to CSV: what a spreadsheet would run as a formula gets an apostrophe."""
    if cell and _FORMULA.match(cell) and not _PLAIN_NUMBER.fullmatch(cell):
        return f"'{cell}"
    if _ESCAPED.match(cell):
        return f"'{cell}"
    return cell


def unescaped(cell: str) -> str:
    """Undo `escaped_for_csv`, and drop the apostrophe that spreadsheets and Shopify put before ids and phones."""
    return cell[1:] if _ESCAPED.match(cell) else cell
