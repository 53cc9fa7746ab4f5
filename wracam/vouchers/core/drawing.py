"""Many random codes at once, column by column: what `codes.make` does for one, for thousands in a few byte strings.

A batch is laid out as its columns (all first letters, all second letters …), each a byte string with one byte per code.
Python then does the work of a whole column in one call, where a loop would make each code by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wracam.vouchers.core.codes import ALPHABET, BASE, UNWANTED, WEIGHTS, CodeFormat, show

BYTE_VALUES = 256
EVEN_VALUES = BYTE_VALUES - BYTE_VALUES % BASE
"""31 goes into 248 evenly: bytes from 248 on are thrown away, so that no letter is likelier than another."""
_LETTERS = bytes(ord(ALPHABET[byte % BASE]) for byte in range(BYTE_VALUES))
_UNEVEN = bytes(range(EVEN_VALUES, BYTE_VALUES))
_REMAINDERS = bytes(byte % BASE for byte in range(BYTE_VALUES))
_CLOSING = bytes(ord(ALPHABET[-byte % BASE]) for byte in range(BYTE_VALUES))
_WEIGHED = tuple(
    bytes(max(0, ALPHABET.find(chr(byte))) * weight % BASE for byte in range(BYTE_VALUES)) for weight in WEIGHTS
)
_PLACEHOLDER = ALPHABET[0]


def draw(chance: bytes, form: CodeFormat) -> list[str]:
    """Return the codes that the random bytes *chance* stand for, as they are shown; two may be equal.

    Each letter takes one byte, 8 in 256 of which are thrown away; what is left over makes no code. Rude codes are
    left out. Ask again for those that are missing.
    """
    letters = chance.translate(_LETTERS, _UNEVEN)
    count = len(letters) // form.length
    letters = letters[: count * form.length]
    columns = [letters[place :: form.length] for place in range(form.length)]
    if form.has_check:
        columns.append(_check_column(columns))
    rude = set(_rude(letters, form.length))
    return [code for number, code in enumerate(_shown(columns, form.prefix)) if number not in rude]


def _check_column(columns: Sequence[bytes]) -> bytes:
    """Return the check characters of all codes (see `codes.check_character`)."""
    total = bytes(len(columns[0]))
    for weighed, column in zip(_WEIGHED, reversed(columns), strict=False):
        total = _added(total, column.translate(weighed)).translate(_REMAINDERS)
    return total.translate(_CLOSING)


def _added(left: bytes, right: bytes) -> bytes:
    """Add two columns byte by byte, as two large numbers: no sum of two remainders of 31 is carried over."""
    return (int.from_bytes(left, "big") + int.from_bytes(right, "big")).to_bytes(len(left), "big")


def _rude(letters: bytes, length: int) -> Iterable[int]:
    """Yield the numbers of codes with an unwanted word in them."""
    for word in UNWANTED:
        at = letters.find(word.encode("ascii"))
        while at >= 0:
            if at % length + len(word) <= length:
                yield at // length
            at = letters.find(word.encode("ascii"), at + 1)


def _shown(columns: Sequence[bytes], prefix: str) -> list[str]:
    """Return the codes as people read them (see `codes.show`)."""
    count, rest = len(columns[0]), iter(columns)
    pattern = show(_PLACEHOLDER * len(columns))
    table = bytearray(len(pattern) * count)
    for place, sign in enumerate(pattern):
        table[place :: len(pattern)] = next(rest) if sign == _PLACEHOLDER else sign.encode("ascii") * count
    text, heading = table.decode("ascii"), f"{prefix}-" if prefix else ""
    return [heading + text[start : start + len(pattern)] for start in range(0, len(text), len(pattern))]
