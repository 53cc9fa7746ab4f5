"""Reading what a case says: every key is taken by a name or one of its synonyms, and what is left over is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tools.cases.report import NotUnderstoodError
from wracam.kernel.money import to_minor
from wracam.loyalty.core import calendar
from wracam.loyalty.core.program import Shortage

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
CURRENCY = "PLN"
REMARKS = {"note", "notes", "comment", "description", "name"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Compared = dict[str, tuple[object, object]]
_UNITS = ("second", "minute", "hour", "day", "week")


class Said:
    """One object of a case. Keys are taken; `finish` refuses those that nobody took."""

    def __init__(self, where: str, found: Any) -> None:
        if not isinstance(found, Mapping):
            raise NotUnderstoodError(f"{where}: {found!r} is not an object")
        self.where, self._found, self._taken = where, found, set(REMARKS)

    def __contains__(self, name: str) -> bool:
        return self._found.get(name) is not None

    def has(self, *names: str) -> bool:
        """Say whether one of these names is there."""
        return any(name in self for name in names)

    def take(self, *names: str, default: Any = None) -> Any:
        """Return what stands under one of these synonyms; two of them at once are not understood."""
        self._taken.update(names)
        there = [name for name in names if name in self]
        if len(there) > 1 and len({str(self._found[name]) for name in there}) > 1:
            raise NotUnderstoodError(f"{self.where}: both {' and '.join(there)}")
        return self._found[there[0]] if there else default

    def number(self, *names: str, default: Any = None) -> Decimal:
        """Return an exact number."""
        value = self.take(*names, default=default)
        if isinstance(value, bool):
            raise NotUnderstoodError(f"{self.where}: {names[0]} is {value}, not a number")
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise NotUnderstoodError(f"{self.where}: {names[0]} is {value!r}, not a number") from error

    def whole(self, *names: str, default: Any = None) -> int:
        """Return a whole number."""
        value = self.number(*names, default=default)
        if value != int(value):
            raise NotUnderstoodError(f"{self.where}: {names[0]} is {value}, not whole")
        return int(value)

    def minor(self, *names: str, default: Any = None) -> int:
        """Return an amount of money, said in major units, in minor ones."""
        return to_minor(str(self.number(*names, default=default)), CURRENCY)

    def flag(self, *names: str, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self.take(*names, default=default)
        if not isinstance(value, bool):
            raise NotUnderstoodError(f"{self.where}: {names[0]} is {value!r}, not true or false")
        return value

    def items(self, *names: str) -> list[Any]:
        """Return a list; one value alone is a list of it."""
        value = self.take(*names, default=[])
        return list(value) if isinstance(value, list | tuple | set) else [value]

    def moment(self, *names: str, default: Any = None) -> datetime | None:
        """Return a moment, or None where none is said."""
        value = self.take(*names, default=default)
        return None if value is None else moment(value)

    def finish(self) -> None:
        """Refuse what nobody took: it could change the result."""
        left = sorted(str(name) for name in self._found if name not in self._taken)
        if left:
            raise NotUnderstoodError(f"{self.where}: {', '.join(left)}")


def events(case: Mapping[str, Any]) -> list[Said]:
    """Return the events of a case."""
    found = case.get("events", [])
    return [Said("event", one) for one in (found if isinstance(found, list) else [found])]


def moment(value: Any) -> datetime:
    """Read a date, a moment, `now`, or a distance from it such as `+1 day` and `-3 months`."""
    said = str(value).strip()
    if said == "now":
        return NOW
    words = said.split()
    if said[:1] in "+-" and len(words) == 2 and words[0][1:].isdigit():
        return _distance(int(words[0]), words[1].rstrip("s"), said)
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise NotUnderstoodError(f"the time {said!r}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _distance(number: int, unit: str, said: str) -> datetime:
    if unit in _UNITS:
        return NOW + timedelta(**{f"{unit}s": number})
    if unit in ("month", "year"):
        months = number * (12 if unit == "year" else 1)
        return datetime.combine(calendar.add_months(NOW.date(), months), NOW.time(), UTC)
    raise NotUnderstoodError(f"the time {said!r}")


def day_of(value: Any) -> date:
    """Read a calendar day."""
    return moment(value).date()


def shortage_of(program: Said, *, default: Shortage = Shortage.CARRY) -> Shortage:
    """Return our policy for points that are to be taken and were used already."""
    said = program.take(
        "refund_policy", "negative_balance", "clawback_policy", "negative", "shortage", "balance_policy", default=None
    )
    if said is None:
        return default
    policies = {
        Shortage.CLAMP: {"clamp_to_zero", "clamp", "prevent_negative", "prevent", "forbid", "zero", "false"},
        Shortage.ALLOW: {"allow_negative", "allow", "negative", "unlimited", "true"},
        Shortage.CARRY: {"carry", "carry_deficit", "deficit", "arrears", "debt"},
    }
    wanted = str(said).lower().replace(" ", "_").replace("-", "_")
    for ours, words in policies.items():
        if wanted in words:
            return ours
    raise NotUnderstoodError(f"program: the policy {said!r} for points already used")


def plain(value: Any) -> Any:
    """Return a value in a form in which equal things are equal: whole and decimal numbers, also written as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return int(number) if number == int(number) else number.normalize()


MOVEMENTS = {
    "clawback", "clawed_back", "expired", "redeemed", "spent", "taken_back", "expired_points", "expire_points",
}  # fmt: skip
"""Figures that some tell as the amount, and some as the change of the balance, which is negative."""


def compared(expected: Any, ours: Mapping[str, object]) -> Compared:
    """Put what is expected beside what we say; an expectation without an answer is not understood."""
    if not isinstance(expected, Mapping) or not expected:
        raise NotUnderstoodError("the case expects nothing that we can compare")
    unknown = sorted(str(what) for what in expected if what not in ours and what not in REMARKS)
    if unknown:
        raise NotUnderstoodError(f"expected: {', '.join(unknown)}")
    return {
        what: (plain(theirs), _told_alike(what, plain(theirs), plain(ours[what])))
        for what, theirs in expected.items()
        if what not in REMARKS
    }


def _told_alike(what: str, theirs: Any, ours: Any) -> Any:
    tells_change = what in MOVEMENTS and isinstance(theirs, int) and theirs < 0
    return -ours if tells_change and isinstance(ours, int) else ours
