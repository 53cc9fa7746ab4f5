"""Reading the values of a condition's leaves: from JSON to what both interpreters compare with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wracam.kernel.language import Words
from wracam.kernel.money import AMOUNT_MINOR_MAX, MoneyError, currency_code
from wracam.rules.contracts import Attribute, ValueType
from wracam.rules.core.folding import fold
from wracam.rules.core.operators import WEEKDAYS, Operator, Shape

TEXT_LENGTH_MAX = 500
LIST_LENGTH_MAX = 1_000
DECIMALS_MAX = 6
UNITS = {"minutes": 52_560_000, "hours": 876_000, "days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}
"""Units of durations and the most of each: about a hundred years."""
ANNIVERSARY_DAYS_MAX = 366
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class BadValueError(ValueError):
    """The value does not fit; `code` is stable and `message` says what would."""

    def __init__(self, code: str, *, pl: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.message = Words(pl=pl, en=en)


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of money in major units; without a currency it means the currency of what it is compared with."""

    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of minutes, hours, days, weeks, months or years."""

    count: int
    unit: str

    @property
    def is_exact(self) -> bool:
        """Say whether it is measured to the second; the longer units count days of the calendar."""
        return self.unit in ("minutes", "hours")


def read_value(attribute: Attribute, operator: Operator, raw: Any) -> Any:
    """Return the value of a leaf as the interpreters use it; raises `BadValueError`."""
    return _READERS[operator.shape](attribute, raw)


def _nothing(_attribute: Attribute, raw: Any) -> None:
    if raw is not None:
        raise BadValueError(
            "value.unexpected",
            pl="Ten operator nie ma wartości; usuń ją.",
            en="This operator takes no value; remove it.",
        )


def _one(attribute: Attribute, raw: Any) -> Any:
    return _SCALARS[attribute.type](attribute, raw)


def _many(attribute: Attribute, raw: Any) -> frozenset[Any]:
    if not isinstance(raw, list | tuple) or not raw:
        raise BadValueError("value.list", pl="Podaj co najmniej jedną wartość.", en="Give at least one value.")
    if len(raw) > LIST_LENGTH_MAX:
        raise BadValueError(
            "value.too_many",
            pl=f"Podaj najwyżej {LIST_LENGTH_MAX} wartości.",
            en=f"Give at most {LIST_LENGTH_MAX} values.",
        )
    return frozenset(_SCALARS[attribute.type](attribute, member) for member in raw)


def _range(attribute: Attribute, raw: Any) -> tuple[Any, Any]:
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise BadValueError("value.range", pl="Podaj dwie wartości: od i do.", en="Give two values: from and to.")
    low, high = (_SCALARS[attribute.type](attribute, member) for member in raw)
    if isinstance(low, datetime) or isinstance(high, datetime):
        raise BadValueError("value.range", pl="Podaj dwa dni: od i do.", en="Give two days: from and to.")
    if isinstance(low, Limit) and low.currency != high.currency:
        raise BadValueError(
            "value.currencies", pl="Obie kwoty muszą być w jednej walucie.", en="Both amounts must be in one currency."
        )
    if (low.amount if isinstance(low, Limit) else low) > (high.amount if isinstance(high, Limit) else high):
        raise BadValueError(
            "value.range_order", pl="Początek jest większy niż koniec; zamień je.", en="From is above to; swap them."
        )
    return low, high


def _duration(attribute: Attribute, raw: Any) -> Duration:
    if not isinstance(raw, Mapping) or len(raw) != 1 or next(iter(raw)) not in UNITS:
        raise BadValueError(
            "value.duration",
            pl='Podaj czas, na przykład {"days": 90}.',
            en='Give a length of time such as {"days": 90}.',
        )
    ((unit, count),) = raw.items()
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= UNITS[unit]:
        raise BadValueError(
            "value.duration_count",
            pl=f"Podaj liczbę całkowitą od 0 do {UNITS[unit]}.",
            en=f"Give a whole number from 0 to {UNITS[unit]}.",
        )
    duration = Duration(count, unit)
    if duration.is_exact and attribute.type is ValueType.DATE:
        raise BadValueError(
            "value.duration_unit",
            pl="Data nie ma godziny; użyj dni, tygodni, miesięcy lub lat.",
            en="A date has no hour; use days, weeks, months or years.",
        )
    return duration


def _days(attribute: Attribute, raw: Any) -> int:
    duration = _duration(attribute, raw)
    if duration.unit != "days" or duration.count > ANNIVERSARY_DAYS_MAX:
        raise BadValueError(
            "value.days",
            pl=f'Podaj dni, na przykład {{"days": 7}}, najwyżej {ANNIVERSARY_DAYS_MAX}.',
            en=f'Give days such as {{"days": 7}}, at most {ANNIVERSARY_DAYS_MAX}.',
        )
    return duration.count


def _weekdays(_attribute: Attribute, raw: Any) -> frozenset[int]:
    if not isinstance(raw, list | tuple) or not raw or any(member not in WEEKDAYS for member in raw):
        raise BadValueError(
            "value.weekdays",
            pl="Podaj dni tygodnia: monday … sunday.",
            en="Give weekdays: monday … sunday.",
        )
    return frozenset(WEEKDAYS.index(member) for member in raw)


def _months(_attribute: Attribute, raw: Any) -> frozenset[int]:
    if not isinstance(raw, list | tuple) or not raw or any(type(member) is not int for member in raw):
        raise BadValueError("value.months", pl="Podaj miesiące: 1 … 12.", en="Give months: 1 … 12.")
    if not all(1 <= member <= 12 for member in raw):
        raise BadValueError("value.months", pl="Podaj miesiące: 1 … 12.", en="Give months: 1 … 12.")
    return frozenset(raw)


def _hours(_attribute: Attribute, raw: Any) -> tuple[int, int]:
    found = [_HOUR.fullmatch(part) if isinstance(part, str) else None for part in raw] if _is_pair(raw) else []
    minutes = [int(match[1]) * 60 + int(match[2]) for match in found if match]
    if len(minutes) != 2 or minutes[0] == minutes[1]:
        raise BadValueError(
            "value.hours",
            pl='Podaj dwie różne godziny, na przykład ["18:00", "22:00"].',
            en='Give two different times such as ["18:00", "22:00"].',
        )
    return minutes[0], minutes[1]


def _is_pair(raw: Any) -> bool:
    return isinstance(raw, list | tuple) and len(raw) == 2


def _text(_attribute: Attribute, raw: Any) -> str:
    return fold(_exact_text(_attribute, raw))


def _exact_text(_attribute: Attribute, raw: Any) -> str:
    if not isinstance(raw, str) or not raw or len(raw) > TEXT_LENGTH_MAX or _UNSAFE.search(raw):
        raise BadValueError(
            "value.text",
            pl=f"Podaj tekst o długości od 1 do {TEXT_LENGTH_MAX} znaków.",
            en=f"Give a text of 1 to {TEXT_LENGTH_MAX} characters.",
        )
    return raw


def _choice(attribute: Attribute, raw: Any) -> str:
    text = _exact_text(attribute, raw)
    if not callable(attribute.choices) and attribute.choices:
        known = [choice.value for choice in attribute.choices]
        if text not in known:
            raise BadValueError(
                "value.choice", pl=f"Wybierz jedno z: {', '.join(known)}.", en=f"Choose one of: {', '.join(known)}."
            )
    return text


def _number(_attribute: Attribute, raw: Any) -> int | Decimal:
    value = _decimal(raw)
    return int(value) if value == value.to_integral_value() else value


def _money(_attribute: Attribute, raw: Any) -> Limit:
    if isinstance(raw, Mapping):
        if set(raw) != {"amount", "currency"} or not isinstance(raw["currency"], str):
            raise BadValueError(
                "value.money",
                pl='Podaj kwotę, na przykład "100.00" lub {"amount": "100.00", "currency": "PLN"}.',
                en='Give an amount such as "100.00" or {"amount": "100.00", "currency": "PLN"}.',
            )
        try:
            return Limit(_decimal(raw["amount"]), currency_code(raw["currency"]))
        except MoneyError as error:
            raise BadValueError("value.currency", pl="Podaj kod waluty, na przykład PLN.", en=str(error)) from error
    return Limit(_decimal(raw), None)


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise _not_a_number()
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        raise _not_a_number() from None
    if not value.is_finite() or abs(value) > AMOUNT_MINOR_MAX or value != round(value, DECIMALS_MAX):
        raise _not_a_number()
    return value


def _not_a_number() -> BadValueError:
    return BadValueError(
        "value.number",
        pl=f'Podaj liczbę, na przykład 12 lub "12.50", najwyżej z {DECIMALS_MAX} miejscami po kropce.',
        en=f'Give a number such as 12 or "12.50" with at most {DECIMALS_MAX} decimals.',
    )


def _date(_attribute: Attribute, raw: Any) -> date:
    try:
        day = date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise _not_a_date() from None
    if not 1000 <= day.year <= 9000:
        raise _not_a_date()
    return day


def _moment(attribute: Attribute, raw: Any) -> date | datetime:
    if isinstance(raw, str) and len(raw) <= 10:
        return _date(attribute, raw)
    try:
        moment = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise _not_a_date() from None
    if moment.tzinfo is None or not 1000 <= moment.year <= 9000:
        raise _not_a_date()
    return moment


def _not_a_date() -> BadValueError:
    return BadValueError(
        "value.date",
        pl='Podaj dzień "2026-11-22" albo chwilę ze strefą "2026-11-22T14:05:00+01:00".',
        en='Give a day "2026-11-22" or a moment with its zone "2026-11-22T14:05:00+01:00".',
    )


def _boolean(_attribute: Attribute, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise BadValueError("value.boolean", pl="Podaj true lub false.", en="Give true or false.")
    return raw


_SCALARS: dict[ValueType, Callable[[Attribute, Any], Any]] = {
    ValueType.TEXT: _text,
    ValueType.NUMBER: _number,
    ValueType.MONEY: _money,
    ValueType.DATE: _date,
    ValueType.MOMENT: _moment,
    ValueType.BOOLEAN: _boolean,
    ValueType.CHOICE: _choice,
    ValueType.TEXTS: _choice,
}
_READERS: dict[Shape, Callable[[Attribute, Any], Any]] = {
    Shape.NONE: _nothing,
    Shape.ONE: _one,
    Shape.MANY: _many,
    Shape.RANGE: _range,
    Shape.DURATION: _duration,
    Shape.DAYS: _days,
    Shape.WEEKDAYS: _weekdays,
    Shape.MONTHS: _months,
    Shape.HOURS: _hours,
}
