"""Codes that people type: an alphabet without look-alikes, a check character, and what a typed text means.

The alphabet has 31 characters, a prime number, so that a weighted sum modulo 31 notices every single wrong character
and every two characters that changed places (Damm and Luhn need more than one to do the same; cf. ISO/IEC 7064).
"""

from __future__ import annotations

import itertools
import math
import operator
import unicodedata
from dataclasses import dataclass

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capital letters without 0, 1, I, L and O."""
BASE = len(ALPHABET)
LENGTH_DEFAULT = 12
LENGTH_MIN, LENGTH_MAX = 6, 24
PREFIX_LENGTH_MAX = 12
GROUP = 4
TYPED_LENGTH_MAX = 64
GUESSES_PER_SECOND = 10
_BLOCKS = ["".join(letters) for letters in itertools.product(ALPHABET, repeat=3)]
_LETTERS = frozenset(ALPHABET)
_TRANSLATION = bytes(ALPHABET.find(chr(byte)) % 256 for byte in range(256))
WEIGHTS = tuple(pow(3, place, BASE) for place in range(1, BASE))
"""Powers of 3, a primitive root modulo 31, from the right: they differ for up to 30 places."""
_LOOK_ALIKES = str.maketrans("OIL", "011", "".join(chr(byte) for byte in range(128) if not chr(byte).isalnum()))
UNWANTED = ("HUJ", "KURW", "JEB", "PEDA", "FUCK", "CUNT", "TWAT", "FAG", "NAZ", "SEX", "GAS", "KKK", "666")
"""No generated code has one of these in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFormat:
    """How generated codes look: a prefix, so many random characters, and a check character."""

    prefix: str = ""
    length: int = LENGTH_DEFAULT
    has_check: bool = True

    @property
    def bits(self) -> float:
        """The entropy of a code: what somebody who knows the format has to guess."""
        return self.length * math.log2(BASE)

    @property
    def possible(self) -> int:
        """How many codes there can be."""
        return int(BASE**self.length)

    def guessing_years(self, live_codes: int, per_second: int = GUESSES_PER_SECOND) -> float:
        """How long a guesser of so many tries a second needs for one hit on average."""
        seconds = self.possible / max(1, live_codes) / per_second
        return seconds / (365.25 * 24 * 3600)


def fold(typed: str) -> str:
    """Return what counts of a typed code: its letters and digits as capitals, look-alikes made equal (O=0, I=L=1).

    Stored codes are folded in the same way before they are hashed, so that the merchant's own `WIOSNA20` is found
    however it is typed. Empty for a text that is too long to be a code.
    """
    if len(typed) > 2 * TYPED_LENGTH_MAX:
        return ""
    if not typed.isascii():
        typed = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed).upper()))
    plain = typed.upper().translate(_LOOK_ALIKES)
    return "" if len(plain) > TYPED_LENGTH_MAX else plain


def spell(number: int, length: int) -> str:
    """Return *number* in our alphabet, padded to *length* characters."""
    blocks = []
    for _ in range(0, length, 3):
        number, block = divmod(number, len(_BLOCKS))
        blocks.append(_BLOCKS[block])
    return "".join(reversed(blocks))[-length:]


def check_character(body: str) -> str:
    """Return the character that makes the weighted sum of *body* and itself divisible by 31."""
    values = body.encode("ascii")[::-1].translate(_TRANSLATION)
    return ALPHABET[-sum(map(operator.mul, WEIGHTS, values)) % BASE]


def is_whole(body: str) -> bool:
    """Say whether *body*, its check character last, is free of typing mistakes."""
    if not body or not _LETTERS.issuperset(body):
        return False
    return check_character(body[:-1]) == body[-1]


def make(number: int, form: CodeFormat) -> str | None:
    """Return the code that *number* (0 up to `form.possible`) stands for, as it is shown; None for a rude one."""
    body = spell(number, form.length)
    if any(word in body for word in UNWANTED):
        return None
    return show(body + check_character(body) if form.has_check else body, form.prefix)


def show(body: str, prefix: str = "") -> str:
    """Return a code as people read it: the prefix and groups of four; a last single character joins its group."""
    groups = [body[start : start + GROUP] for start in range(0, len(body), GROUP)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    return "-".join([prefix, *groups] if prefix else groups)


def has_shape(folded: str, form: CodeFormat) -> bool:
    """Say whether a folded text has the prefix and the length of generated codes of *form*."""
    prefix = fold(form.prefix)
    return folded.startswith(prefix) and len(folded) == len(prefix) + form.length + form.has_check


def is_typo(folded: str, form: CodeFormat) -> bool:
    """Say whether a folded text of this form's shape cannot be one of its codes."""
    body = folded[len(fold(form.prefix)) :]
    return not is_whole(body) if form.has_check else not _LETTERS.issuperset(body)
