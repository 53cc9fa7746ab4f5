"""Where features register the kinds of documents they understand, and with what they read them.

A `Reader` stands on one JSON object of a body. It hands out values of the asked type or the default, notes what is
wrong with its path, and `finish` complains of fields that nobody asked for (a misspelt field must not be silently
ignored). Nothing is raised: every problem of a body is collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from wracam.definitions.contracts import DefinitionKind, Problem
from wracam.kernel.language import Words
from wracam.kernel.registry import Registry
from wracam.shops.ports import register_audit_kinds

KINDS: Registry[DefinitionKind] = Registry("kind of definition")
Choice = TypeVar("Choice", bound=StrEnum)
NUMBER_MAX = 10**12
LIST_LENGTH_MAX = 200


def register_kind(kind: DefinitionKind) -> DefinitionKind:
    """Add a kind of definition; a second kind of the same name is an error at start."""
    register_audit_kinds({kind.name: kind.title})
    return KINDS.register(kind.name, kind)


class Reader:
    """One JSON object of a body, at *path*, noting problems into a list shared with its parts."""

    def __init__(self, value: object, path: str = "", problems: list[Problem] | None = None) -> None:
        self.problems: list[Problem] = [] if problems is None else problems
        self._path = path
        self._asked: set[str] = set()
        self._value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            self.note("", "not_an_object", "musi być obiektem", "must be an object")

    def __contains__(self, name: str) -> bool:
        self._asked.add(name)
        return self._value.get(name) is not None

    def note(self, name: str, code: str, pl: str, en: str) -> None:
        """Note a problem of the field *name*."""
        path = ".".join(part for part in (self._path, name) if part)
        self.problems.append(Problem(path=path, code=code, message=Words(pl=pl, en=en)))

    def raw(self, name: str) -> Any:
        """Return the field as it is, or None."""
        self._asked.add(name)
        return self._value.get(name)

    def text(self, name: str, default: str = "", *, length_max: int = 200, is_required: bool = False) -> str:
        """Return a text."""
        value = self.raw(name)
        if value is None:
            if is_required:
                self.note(name, "missing", "podaj tekst", "write a text")
            return default
        if not isinstance(value, str) or len(value) > length_max or (is_required and not value.strip()):
            self.note(name, "not_a_text", f"tekst do {length_max} znaków", f"a text of up to {length_max} characters")
            return default
        return value

    def integer(
        self, name: str, default: int = 0, *, least: int = 0, most: int = NUMBER_MAX, is_required: bool = False
    ) -> int:
        """Return a whole number between *least* and *most*."""
        value = self.raw(name)
        if value is None and not is_required:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.note(
                name,
                "not_a_whole_number",
                f"liczba całkowita od {least} do {most}",
                f"a whole number from {least} to {most}",
            )
            return default
        return value

    def decimal(
        self, name: str, default: Decimal = Decimal(0), *, is_positive: bool = True, is_required: bool = False
    ) -> Decimal:
        """Return an exact decimal, written as text ("1.50") or as a whole number."""
        value = self.raw(name)
        if value is None and not is_required:
            return default
        try:
            if isinstance(value, bool | float) or value is None:
                raise InvalidOperation
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) > NUMBER_MAX or (is_positive and number <= 0):
            self.note(name, "not_an_amount", 'dodatnia kwota, np. "1.50"', 'a positive amount such as "1.50"')
            return default
        return number

    def flag(self, name: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.note(name, "not_yes_or_no", "tak lub nie (true, false)", "true or false")
            return default
        return value

    def choice(self, name: str, choices: type[Choice], default: Choice) -> Choice:
        """Return one of the codes of *choices*."""
        value = self.raw(name)
        if value is None:
            return default
        try:
            return choices(value)
        except ValueError:
            known = ", ".join(choices)
            self.note(name, "unknown_choice", f"jedno z: {known}", f"one of: {known}")
            return default

    def moment(self, name: str) -> datetime | None:
        """Return an aware moment written as ISO 8601, or None."""
        value = self.raw(name)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            found = None
        if found is None or found.tzinfo is None:
            self.note(
                name, "not_a_moment", "czas ISO 8601 ze strefą, np. 2026-12-01T00:00:00+01:00",
                "an ISO 8601 time with its zone, such as 2026-12-01T00:00:00+01:00",
            )  # fmt: skip
            return None
        return found

    def day(self, name: str) -> date | None:
        """Return a date written as ISO 8601, or None."""
        value = self.raw(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.note(name, "not_a_date", "data, np. 2026-12-31", "a date such as 2026-12-31")
            return None

    def items(self, name: str) -> list[Any]:
        """Return a list."""
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > LIST_LENGTH_MAX:
            self.note(name, "not_a_list", f"lista do {LIST_LENGTH_MAX} pozycji", f"a list of up to {LIST_LENGTH_MAX}")
            return []
        return value

    def part(self, name: str) -> Reader:
        """Return a reader of the object in the field *name* (an empty one if it is absent)."""
        value = self.raw(name)
        return self._inner(name, {} if value is None else value)

    def parts(self, name: str) -> list[Reader]:
        """Return readers of the objects of a list."""
        return [self._inner(f"{name}[{index}]", item) for index, item in enumerate(self.items(name))]

    def finish(self, also: Iterable[str] = ()) -> None:
        """Note every field that was not asked for."""
        for name in sorted(set(map(str, self._value)) - self._asked - set(also)):
            self.note(name, "unknown_field", "nieznane pole", "unknown field")

    def _inner(self, name: str, value: object) -> Reader:
        path = ".".join(part for part in (self._path, name) if part)
        return Reader(value, path, self.problems)
