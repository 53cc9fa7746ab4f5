"""Reading words of a case so that none is passed over: what is read is crossed out, what is left is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tools.cases.report import NotUnderstoodError

TALK = frozenset({"words", "name", "title", "note", "notes", "description", "comment", "id", "source", "label"})
"""Names of what only people read."""
NOTHING: Any = object()


class Said:
    """One object of a case. `synonyms` are other names for the words that are read; empty values count as unsaid."""

    def __init__(self, words: object, what: str, synonyms: Mapping[str, str] | None = None) -> None:
        if not isinstance(words, Mapping):
            raise NotUnderstoodError(f"{what} is {words!r}, not an object")
        self.what = what
        self.words: dict[str, Any] = {}
        for written, value in words.items():
            name = re.sub(r"[\s-]+", "_", str(written).strip().lower())
            name = (synonyms or {}).get(name, name)
            if value is None:
                continue
            if name in self.words and self.words[name] != value:
                raise NotUnderstoodError(f"{what} says {name} twice: {self.words[name]!r} and {value!r}")
            self.words[name] = value

    def __contains__(self, name: object) -> bool:
        return name in self.words

    def take(self, name: str, default: Any = None) -> Any:
        """Return what is said under *name* and cross it out."""
        return self.words.pop(name, default)

    def need(self, name: str) -> Any:
        """Return what must be said under *name*."""
        found = self.words.pop(name, NOTHING)
        if found is NOTHING:
            raise NotUnderstoodError(f"{self.what} does not say {name}")
        return found

    def first(self, names: Iterable[str]) -> tuple[str, Any] | None:
        """Return the first of *names* that is said, with its value."""
        found = next((name for name in names if name in self.words), None)
        return None if found is None else (found, self.words.pop(found))

    def left(self) -> list[str]:
        """Return the names that are not crossed out yet and are more than talk."""
        return [name for name in self.words if name not in TALK]

    def finish(self) -> None:
        """Refuse what nobody has read."""
        if unread := self.left():
            told = ", ".join(f"{name}: {self.words[name]!r}" for name in sorted(unread))
            raise NotUnderstoodError(f"{self.what} says {told}")


def number(value: object, what: str = "a number") -> Decimal:
    """Read a number however it is written: 5, "12.50", "12,50 zł", "$1,234.56", "15 %"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise NotUnderstoodError(f"{value!r} is not {what}")
    text = re.sub(r"[^\d.,+-]", "", str(value)) if isinstance(value, str) else str(value)
    if "," in text:
        is_decimal = "." not in text and re.search(r",\d{1,2}$", text)
        text = text.replace(",", "." if is_decimal else "")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotUnderstoodError(f"{value!r} is not {what}") from None


def whole(value: object, what: str = "a whole number") -> int:
    """Read a whole number."""
    found = number(value, what)
    if found != int(found):
        raise NotUnderstoodError(f"{value!r} is not {what}")
    return int(found)


def pieces(value: object) -> int:
    """Read how many pieces; at least one."""
    found = whole(value, "a number of pieces")
    if found < 1:
        raise NotUnderstoodError(f"{found} pieces")
    return found


def basis_points(percent: object) -> int:
    """Read a tax rate; finer than a hundredth of a percent is not understood."""
    points = number(percent, "a percentage") * 100
    if points != int(points):
        raise NotUnderstoodError(f"{percent} % is finer than a hundredth of a percent")
    return int(points)


def parts_per_million(percent: object) -> int:
    """Read a percentage that a promotion takes off; finer than a ten-thousandth of a percent is not understood."""
    parts = number(percent, "a percentage") * 10_000
    if parts != int(parts):
        raise NotUnderstoodError(f"{percent} % is finer than a ten-thousandth of a percent")
    return int(parts)


def listed(value: Any) -> list[Any]:
    """Return a list, also of a single thing."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def texts(value: Any) -> frozenset[str]:
    """Return the texts of a list, or of a single word."""
    return frozenset(str(one) for one in listed(value))


def flag(value: object) -> bool:
    """Read yes or no."""
    if isinstance(value, str) and value.strip().lower() in {"true", "yes", "false", "no"}:
        return value.strip().lower() in {"true", "yes"}
    if not isinstance(value, bool):
        raise NotUnderstoodError(f"{value!r} is neither yes nor no")
    return value
