"""Passwords that are guessed first, recognised offline: common ones in disguise, rows of keys, few letters repeated.

Django's own validators know 20,000 leaked passwords and the person's name; this one sees through what people add to
them to reach twelve characters: digits and signs at the ends, letters written as digits, the same word twice.
"""

from __future__ import annotations

import re
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wracam.kernel.text import search_key

ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp")
RUN_LENGTH = 4
DISTINCT_MIN = 5
LEET = str.maketrans("014357@$!", "oiaestasi")
OURS = frozenset({"wracam", "haslo", "sklep", "admin", "polska", "qwerty", "password", "welcome", "witaj"})


class DisguiseValidator:
    """Refuses a password that is a common one with decoration."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` for a password that is guessed early."""
        del user
        if is_guessed_early(password):
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        """Return what to do instead."""
        return _("This password is guessed early. A few plain words that do not belong together are better.")


def is_guessed_early(password: str) -> bool:
    """Say whether what remains of *password* without decoration is common, a row of keys or nearly nothing."""
    folded = search_key(password).replace(" ", "")
    plain = re.sub(r"[^a-z]", "", folded.translate(LEET))
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    if len(set(folded)) < DISTINCT_MIN:
        return True
    cores = {_once(core) for core in (folded, plain, bare) if core}
    return any(core in _common() or len(_without_runs(core)) < RUN_LENGTH for core in cores)


def _once(text: str) -> str:
    """Return the part that *text* repeats, or *text* itself."""
    match = re.fullmatch(r"(.+?)\1+", text)
    return match.group(1) if match else text


def _without_runs(text: str) -> str:
    """Return *text* without runs of four or more neighbours on a row, either way."""
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for length in range(len(row), RUN_LENGTH - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "")
    return text


@cache
def _common() -> frozenset[str]:
    return OURS | frozenset(CommonPasswordValidator().passwords)
