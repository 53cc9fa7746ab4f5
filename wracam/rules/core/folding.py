"""One way to disregard case, the same in Python and in SQL.

`str.lower` and PostgreSQL's `lower` disagree on some letters and on locales, so both sides use the same table:
ASCII, Latin, Greek and Cyrillic capitals that have a single small letter.
"""

from __future__ import annotations

_RANGES = ((0xC0, 0x17F), (0x218, 0x21B), (0x386, 0x3AB), (0x400, 0x42F), (0x1E9E, 0x1EF9))


def _is_capital(letter: str) -> bool:
    return len(letter.lower()) == 1 and letter.lower() != letter


CAPITALS = "".join(chr(code) for start, end in _RANGES for code in range(start, end + 1) if _is_capital(chr(code)))
"""Capitals beyond ASCII, for SQL's `translate`."""
SMALL = "".join(letter.lower() for letter in CAPITALS)
_TABLE = str.maketrans(CAPITALS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ", SMALL + "abcdefghijklmnopqrstuvwxyz")


def fold(text: str) -> str:
    """Return *text* with its capitals made small."""
    return text.lower() if text.isascii() else text.translate(_TABLE)
