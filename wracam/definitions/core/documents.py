"""Checking that a document is one we can hold: JSON values, within limits, safe for the database."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wracam.definitions.contracts import Problem
from wracam.kernel.language import Words

BODY_BYTES_MAX = 256_000
BODY_DEPTH_MAX = 40
NAME_LENGTH_MAX = 200
KEY_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
NUMBER_MAX = 2**63
_UNSAFE = re.compile("[\x00\ud800-\udfff]")


def check_body(body: object) -> list[Problem]:
    """Return what keeps *body* from being stored as a document, before its kind looks at it."""
    if not isinstance(body, Mapping):
        return [_problem("", "body.not_an_object", "Dokument musi być obiektem.", "The document must be an object.")]
    problems = list(_check(body, "", 0))
    if not problems and len(json.dumps(body, ensure_ascii=False).encode()) > BODY_BYTES_MAX:
        problems.append(
            _problem("", "body.too_large", "Dokument jest większy niż 256 kB.", "The document is larger than 256 kB.")
        )
    return problems


def check_name(name: str) -> list[Problem]:
    """Return what is wrong with a definition's name."""
    if name.strip() and len(name) <= NAME_LENGTH_MAX and not _UNSAFE.search(name):
        return []
    return [
        _problem("name", "name.invalid", "Podaj nazwę do 200 znaków.", "Give a name of at most 200 characters."),
    ]


def is_key(key: str) -> bool:
    """Say whether *key* can name a definition: lower-case letters, digits, `-` and `_`, at most 64."""
    return KEY_PATTERN.fullmatch(key) is not None


def _check(value: Any, path: str, depth: int) -> Iterator[Problem]:
    if depth > BODY_DEPTH_MAX:
        yield _problem(
            path, "body.too_deep", "Dokument jest zbyt głęboko zagnieżdżony.", "The document nests too deep."
        )
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if not isinstance(key, str) or _UNSAFE.search(key):
                yield _problem(path, "body.bad_key", "Nazwa pola nie jest tekstem.", "A field's name is not text.")
            else:
                yield from _check(member, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from _check(member, f"{path}[{index}]", depth + 1)
    elif not _is_plain(value):
        yield _problem(path, "body.bad_value", "Tej wartości nie można zapisać.", "This value cannot be stored.")


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return not _UNSAFE.search(value)
    if isinstance(value, bool) or value is None:
        return True
    # the database gives a whole float back as a whole number, so both have the same limit
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) < NUMBER_MAX


def _problem(path: str, code: str, pl: str, en: str) -> Problem:
    return Problem(path=path, code=code, message=Words(pl=pl, en=en))
