"""Counting tries in the shared cache, so that nobody can guess by trying often, whichever process answers."""

from __future__ import annotations

import base64
import hashlib
import pickle
from collections.abc import Iterable

from django.core.cache import cache

from wracam.foundation.bulk import array_text
from wracam.foundation.questions import Asked, Question

_COUNTED = Question(
    """SELECT cache_key, value FROM cache_entry
       WHERE cache_key = ANY(%(throttle_keys)s::text[]) AND expires >= statement_timestamp()""",
    tuple[str, str],
)
"""Reads the table of Django's cache itself: many counts in one statement, on any connection."""


def is_throttled(name: str, key: str, *, limit: int, seconds: int) -> bool:
    """Count one try of *key* and say whether it was one too many in the current window of *seconds*.

    The window starts with the first try; *key* is hashed, so that no address is kept in the cache.
    """
    entry = _entry(name, key)
    if cache.add(entry, 1, timeout=seconds):
        return limit < 1
    try:
        return cache.incr(entry) > limit
    except ValueError:
        cache.add(entry, 1, timeout=seconds)
        return limit < 1


class Tries:
    """How often each *name* and *key* was tried in its current window, asked without counting: one question for all."""

    __slots__ = ("_entries",)

    def __init__(self, tries: Iterable[tuple[str, str]]) -> None:
        self._entries = {cache.make_key(_entry(name, key)): (name, key) for name, key in tries}

    @property
    def question(self) -> Asked:
        """What to ask beside other things."""
        return _COUNTED.with_values(throttle_keys=array_text(self._entries))

    def counts(self, rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the count of each from the rows of the question."""
        found = {self._entries[entry]: _number(value) for entry, value in rows}
        return {one: found.get(one, 0) for one in self._entries.values()}


def forget(name: str, key: str) -> None:
    """Start counting anew, after a success."""
    cache.delete(_entry(name, key))


def _entry(name: str, key: str) -> str:
    return f"throttle:{name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _number(value: str) -> int:
    """Read a number as Django's cache stores it."""
    return int(pickle.loads(base64.b64decode(value)))  # noqa: S301  this program wrote it
