"""The operators of the condition language: which types they compare, what value they take, what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wracam.kernel.language import Words
from wracam.rules.contracts import ValueType

TEXT, NUMBER, MONEY = ValueType.TEXT, ValueType.NUMBER, ValueType.MONEY
DATE, MOMENT = ValueType.DATE, ValueType.MOMENT
BOOLEAN, CHOICE, TEXTS = ValueType.BOOLEAN, ValueType.CHOICE, ValueType.TEXTS


class Shape(StrEnum):
    """What the value of a leaf looks like; also decides the editor's widget."""

    NONE = "none"
    ONE = "one"
    """One value of the attribute's type."""
    MANY = "many"
    """A list of such values."""
    RANGE = "range"
    """`[from, to]`, both included."""
    DURATION = "duration"
    """`{"days": 90}`: one unit of minutes, hours, days, weeks, months, years."""
    DAYS = "days"
    """`{"days": 7}`."""
    WEEKDAYS = "weekdays"
    """A list of `monday` … `sunday`."""
    MONTHS = "months"
    """A list of 1 … 12."""
    HOURS = "hours"
    """`["18:00", "22:00"]`, the end excluded; may run past midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One way to compare. `title` follows the attribute in the editor."""

    name: str
    types: frozenset[ValueType]
    shape: Shape
    title: Words


def _operator(name: str, types: set[ValueType], shape: Shape, pl: str, en: str) -> tuple[str, Operator]:
    return name, Operator(name=name, types=frozenset(types), shape=shape, title=Words(pl=pl, en=en))


OPERATORS: dict[str, Operator] = dict(
    [
        _operator("equals", {TEXT, NUMBER, MONEY, BOOLEAN, CHOICE}, Shape.ONE, "to", "is"),
        _operator("not_equals", {TEXT, NUMBER, MONEY, CHOICE}, Shape.ONE, "to nie", "is not"),
        _operator("at_least", {NUMBER, MONEY}, Shape.ONE, "co najmniej", "is at least"),
        _operator("more_than", {NUMBER, MONEY}, Shape.ONE, "więcej niż", "is more than"),
        _operator("at_most", {NUMBER, MONEY}, Shape.ONE, "co najwyżej", "is at most"),
        _operator("less_than", {NUMBER, MONEY}, Shape.ONE, "mniej niż", "is less than"),
        _operator("between", {NUMBER, MONEY, DATE, MOMENT}, Shape.RANGE, "od–do", "is between"),
        _operator("is_one_of", {TEXT, CHOICE, NUMBER}, Shape.MANY, "to jedno z", "is one of"),
        _operator("is_not_one_of", {TEXT, CHOICE, NUMBER}, Shape.MANY, "to żadne z", "is none of"),
        _operator("contains", {TEXT}, Shape.ONE, "zawiera", "contains"),
        _operator("starts_with", {TEXT}, Shape.ONE, "zaczyna się od", "starts with"),
        _operator("ends_with", {TEXT}, Shape.ONE, "kończy się na", "ends with"),
        _operator("has_any", {TEXTS}, Shape.MANY, "ma którekolwiek z", "has any of"),
        _operator("has_all", {TEXTS}, Shape.MANY, "ma wszystkie z", "has all of"),
        _operator("has_none", {TEXTS}, Shape.MANY, "nie ma żadnego z", "has none of"),
        _operator("on", {DATE, MOMENT}, Shape.ONE, "w dniu", "is on"),
        _operator("before", {DATE, MOMENT}, Shape.ONE, "przed", "is before"),
        _operator("after", {DATE, MOMENT}, Shape.ONE, "po", "is after"),
        _operator("within_last", {DATE, MOMENT}, Shape.DURATION, "w ciągu ostatnich", "is within the last"),
        _operator("not_within_last", {DATE, MOMENT}, Shape.DURATION, "nie w ciągu ostatnich", "is not within the last"),
        _operator("within_next", {DATE, MOMENT}, Shape.DURATION, "w ciągu najbliższych", "is within the next"),
        _operator(
            "anniversary_within",
            {DATE, MOMENT},
            Shape.DAYS,
            "ma rocznicę w ciągu najbliższych",
            "has its anniversary within the next",
        ),
        _operator("weekday", {DATE, MOMENT}, Shape.WEEKDAYS, "w dniu tygodnia", "is on a weekday"),
        _operator("month", {DATE, MOMENT}, Shape.MONTHS, "w miesiącu", "is in a month"),
        _operator("time_of_day", {MOMENT}, Shape.HOURS, "w godzinach", "is in the hours"),
        _operator("is_known", set(ValueType), Shape.NONE, "jest podane", "is known"),
        _operator("is_unknown", set(ValueType), Shape.NONE, "nie jest podane", "is unknown"),
    ]
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AGGREGATES = ("count", "sum", "highest", "lowest", "latest", "earliest")
QUANTIFIERS = ("any", "all", "none")
AGGREGATED_TYPES: dict[str, frozenset[ValueType]] = {
    "sum": frozenset({NUMBER, MONEY}),
    "highest": frozenset({NUMBER, MONEY}),
    "lowest": frozenset({NUMBER, MONEY}),
    "latest": frozenset({DATE, MOMENT}),
    "earliest": frozenset({DATE, MOMENT}),
}


def operators_of(kind: ValueType) -> list[Operator]:
    """Return the operators that compare values of this type, in the order of the table."""
    return [operator for operator in OPERATORS.values() if kind in operator.types]
