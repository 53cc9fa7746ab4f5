"""What each operator means for a known value, in Python. `core/sql.py` says the same in SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from wracam.kernel.money import Money, to_minor
from wracam.rules.contracts import Truth, ValueType
from wracam.rules.core import calendar
from wracam.rules.core.calendar import Clock
from wracam.rules.core.folding import fold
from wracam.rules.core.values import Duration, Limit

Comparison = Callable[[Any, Clock], Truth]
NO_CURRENCY = "XXX"
"""ISO 4217's code for no currency: that of an empty sum, comparable with any."""


def comparison(kind: ValueType, operator: str, value: Any) -> Comparison:
    """Return the function that compares a known fact of type *kind* with *value* (from `read_value`)."""
    if kind is ValueType.MONEY:
        return _money(operator, value)
    if kind is ValueType.TEXT:
        return _texts_folded(operator, value)
    if kind is ValueType.TEXTS:
        return _set(operator, value)
    if kind in (ValueType.DATE, ValueType.MOMENT):
        return _time(kind, operator, value)
    return _PLAIN[operator](value)


def is_within_days(value: Any, clock: Clock, days: int) -> bool:
    """Say whether a date or moment lies within the last *days* days of the calendar, today included."""
    if value is None:
        return False
    return _within_last(isinstance(value, datetime), Duration(days, "days"))(value, clock) is True


_PLAIN: dict[str, Callable[[Any], Comparison]] = {
    "equals": lambda limit: lambda value, _: bool(value == limit),
    "not_equals": lambda limit: lambda value, _: bool(value != limit),
    "at_least": lambda limit: lambda value, _: bool(value >= limit),
    "more_than": lambda limit: lambda value, _: bool(value > limit),
    "at_most": lambda limit: lambda value, _: bool(value <= limit),
    "less_than": lambda limit: lambda value, _: bool(value < limit),
    "between": lambda limits: lambda value, _: bool(limits[0] <= value <= limits[1]),
    "is_one_of": lambda limits: lambda value, _: value in limits,
    "is_not_one_of": lambda limits: lambda value, _: value not in limits,
}


def _money(operator: str, value: Any) -> Comparison:
    """Compare in minor units of the fact's own currency, worked out once per currency."""
    low, high = value if isinstance(value, tuple) else (value, value)
    by_currency: dict[str, Comparison | None] = {}

    def limited(currency: str) -> Comparison | None:
        if low.currency is not None and currency not in (low.currency, NO_CURRENCY):
            return None
        pair = (_minor(low, currency), _minor(high, currency))
        return _PLAIN[operator](pair if operator == "between" else pair[0])

    def compare(fact: Money, clock: Clock) -> Truth:
        currency = fact.currency
        if currency not in by_currency:
            by_currency[currency] = limited(currency)
        inner = by_currency[currency]
        return None if inner is None else inner(fact.amount_minor, clock)

    return compare


def _minor(limit: Limit, currency: str) -> int:
    return to_minor(limit.amount, currency)


def _texts_folded(operator: str, value: Any) -> Comparison:
    if operator == "contains":
        return lambda fact, _: value in fold(fact)
    if operator == "starts_with":
        return lambda fact, _: fold(fact).startswith(value)
    if operator == "ends_with":
        return lambda fact, _: fold(fact).endswith(value)
    plain = _PLAIN[operator](value)
    return lambda fact, clock: plain(fold(fact), clock)


def _set(operator: str, wanted: frozenset[str]) -> Comparison:
    if operator == "has_any":
        return lambda fact, _: not wanted.isdisjoint(fact)
    if operator == "has_all":
        return lambda fact, _: wanted.issubset(fact)
    return lambda fact, _: wanted.isdisjoint(fact)


def _time(kind: ValueType, operator: str, value: Any) -> Comparison:
    is_moment = kind is ValueType.MOMENT
    if operator == "within_last":
        return _within_last(is_moment, value)
    if operator == "not_within_last":
        inner = _within_last(is_moment, value)
        return lambda fact, clock: not inner(fact, clock)
    if operator == "within_next":
        return _within_next(is_moment, value)
    if operator == "time_of_day":
        return _time_of_day(value)
    if isinstance(value, datetime):
        return _against_moment(operator, value)
    by_day = _BY_DAY[operator](value)
    if is_moment:
        return lambda fact, clock: by_day(clock.day_of(fact), clock)
    return by_day


def _against_moment(operator: str, value: datetime) -> Comparison:
    if operator == "before":
        return lambda fact, _: bool(fact < value)
    if operator == "after":
        return lambda fact, _: bool(fact > value)
    return lambda fact, _: bool(fact == value)


_BY_DAY: dict[str, Callable[[Any], Callable[[date, Clock], bool]]] = {
    "on": lambda value: lambda day, _: day == value,
    "before": lambda value: lambda day, _: day < value,
    "after": lambda value: lambda day, _: day > value,
    "between": lambda value: lambda day, _: value[0] <= day <= value[1],
    "weekday": lambda value: lambda day, _: day.weekday() in value,
    "month": lambda value: lambda day, _: day.month in value,
    "anniversary_within": lambda days: lambda day, clock: calendar.has_anniversary(day, clock.today, days),
}


def _within_last(is_moment: bool, duration: Duration) -> Comparison:
    if duration.is_exact:
        span = calendar.exact(duration)
        return lambda fact, clock: clock.now - span <= fact <= clock.now
    if is_moment:
        return lambda fact, clock: fact <= clock.now and clock.day_of(fact) >= calendar.shift(clock.today, duration, -1)
    return lambda fact, clock: calendar.shift(clock.today, duration, -1) <= fact <= clock.today


def _within_next(is_moment: bool, duration: Duration) -> Comparison:
    if duration.is_exact:
        span = calendar.exact(duration)
        return lambda fact, clock: clock.now <= fact <= clock.now + span
    if is_moment:
        return lambda fact, clock: fact >= clock.now and clock.day_of(fact) <= calendar.shift(clock.today, duration, 1)
    return lambda fact, clock: clock.today <= fact <= calendar.shift(clock.today, duration, 1)


def _time_of_day(hours: tuple[int, int]) -> Comparison:
    start, end = hours

    def compare(fact: datetime, clock: Clock) -> bool:
        local = fact.astimezone(clock.zone)
        minute = local.hour * 60 + local.minute
        return start <= minute < end if start < end else minute >= start or minute < end

    return compare
