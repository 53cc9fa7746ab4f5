"""Numbers, money and dates as people and programs write them into cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum

YEAR_MIN = 1990
FUTURE_MAX = timedelta(days=2)
UNIT_PRICE_MAX = Decimal(10) ** 9
QUANTITY_MAX = 1_000_000
EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC).replace(tzinfo=None)
EXCEL_SERIALS = (29_221, 73_050)
"""1 January 1980 to 31 December 2099 as Excel counts days."""
UNIX_SECONDS = (315_532_800, 4_102_444_800)
"""The same span in seconds since 1970."""
CURRENCY_SIGNS = {
    "zł": "PLN", "zl": "PLN", "€": "EUR", "$": "USD", "£": "GBP", "kč": "CZK", "₴": "UAH", "¥": "JPY", "₽": "RUB",
    "us$": "USD", "chf": "CHF", "sfr": "CHF", "ft": "HUF", "lei": "RON", "лв": "BGN",
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan stycznia styczeń sty", "february feb lutego luty lut", "march mar marca marzec",
            "april apr kwietnia kwiecień kwi", "may maja maj", "june jun czerwca czerwiec cze",
            "july jul lipca lipiec lip", "august aug sierpnia sierpień sie",
            "september sep sept września wrzesień wrz", "october oct października październik paź",
            "november nov listopada listopad lis", "december dec grudnia grudzień gru",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_TIME = r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_PARTS = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_DAY_NAMED = re.compile(rf"(\d{{1,2}})[ .-]+([^\W\d_]+)\.?[ ,-]+(\d{{4}}){_TIME}")
_MONTH_NAMED = re.compile(rf"([^\W\d_]+)\.? +(\d{{1,2}})(?:st|nd|rd|th)?,? +(\d{{4}}){_TIME}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’`]+")
_LETTERS = re.compile(r"[^\W\d_]+\$?|[€$£₴¥₽]")


class DateOrder(StrEnum):
    """Whether the day or the month comes first in dates such as 1/2/2026."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class DecimalMark(StrEnum):
    """What stands between whole and fraction when a cell alone does not tell."""

    POINT = "."
    COMMA = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number read from a cell, and the currency its sign names, if any."""

    value: Decimal
    currency: str | None


def parse_amount(text: str, mark: DecimalMark) -> Amount | None:
    """Read an amount such as `1 234,50 zł`, `$1,234.50`, `(12.00)` or `-5`; None when it is none.

    A lone separator before exactly three digits is ambiguous: then *mark*, found over the whole column, decides.
    """
    try:  # the plain case is nearly all cells
        if text.isascii() and "," not in text and (mark is DecimalMark.POINT or "." not in text[-4:-3]):
            return _finite(Decimal(text), None)
    except InvalidOperation:
        pass
    bare = _SPACES.sub("", text).replace("\u2212", "-")
    currency, bare = _without_currency(bare)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    if bare.endswith("-"):
        bare = f"-{bare[:-1]}"
    try:
        return _finite(Decimal(_with_point(bare, mark)), currency)
    except InvalidOperation:
        return None


def _finite(value: Decimal, currency: str | None) -> Amount | None:
    return Amount(value=value, currency=currency) if value.is_finite() else None


def _without_currency(bare: str) -> tuple[str | None, str]:
    signs = _LETTERS.findall(bare)
    if not signs:
        return None, bare
    sign = "".join(signs)
    currency = CURRENCY_SIGNS.get(sign.lower()) or (sign.upper() if re.fullmatch(r"[A-Za-z]{3}", sign) else None)
    return (currency, _LETTERS.sub("", bare).strip(".")) if currency else (None, bare)


def _with_point(bare: str, mark: DecimalMark) -> str:
    """Rewrite separators so that a point marks decimals and nothing marks thousands."""
    point, comma = bare.rfind("."), bare.rfind(",")
    if point >= 0 and comma >= 0:
        thousands, decimal = (",", ".") if point > comma else (".", ",")
        return bare.replace(thousands, "").replace(decimal, ".")
    separator = "." if point >= 0 else ","
    position = max(point, comma)
    if position < 0:
        return bare
    if bare.count(separator) > 1:
        return bare.replace(separator, "")
    is_ambiguous = len(bare) - position - 1 == 3 and bare.lstrip("-+")[:1] != "0"
    if is_ambiguous and separator != mark.value:
        return bare.replace(separator, "")
    return bare.replace(separator, ".")


def decimal_mark_evidence(text: str) -> DecimalMark | None:
    """Return the decimal mark that *text* proves on its own, or None when it proves nothing."""
    point, comma = text.rfind("."), text.rfind(",")
    if point < 0 and comma < 0:
        return None
    if point >= 0 and comma >= 0:
        return DecimalMark.POINT if point > comma else DecimalMark.COMMA
    separator, position = (".", point) if point >= 0 else (",", comma)
    mark, other = (DecimalMark.POINT, DecimalMark.COMMA) if separator == "." else (DecimalMark.COMMA, DecimalMark.POINT)
    if text.count(separator) > 1:
        return other
    digits = len(re.match(r"\d*", text[position + 1 :]).group())  # type: ignore[union-attr] # \d* always matches
    return mark if digits != 3 else None


def date_order_evidence(text: str) -> DateOrder | None:
    """Return the order of day and month that *text* proves: a part above 12 is a day; points mean day first."""
    match = _PARTS.match(text)
    if match is None:
        return None
    if match.group(2) == ".":
        return DateOrder.DAY_FIRST
    first, second = int(match.group(1)), int(match.group(3))
    if first > 12 >= second:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if second > 12 >= first else None


def parse_moment(text: str, order: DateOrder, zone: tzinfo) -> datetime | None:
    """Read a date with or without time as a moment in UTC; None when it is none.

    Without an offset of its own the moment is of *zone*. Understands ISO, `d.m.Y`, slashes by *order*, named months
    in Polish and English, Excel's day numbers and Unix seconds.
    """
    stripped = text.strip()
    try:
        return _read_moment(stripped, order, zone)
    except (ValueError, OverflowError):
        return None


def _read_moment(text: str, order: DateOrder, zone: tzinfo) -> datetime | None:
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups()[:3])
        return _moment(year, month, day, match.groups()[3:], zone)
    if match := _PARTS.fullmatch(text):
        day, month = int(match.group(1)), int(match.group(3))
        if match.group(2) != "." and order is DateOrder.MONTH_FIRST:
            day, month = month, day
        year = int(match.group(4))
        return _moment(year + 2000 if year < 100 else year, month, day, match.groups()[4:], zone)
    if match := _DAY_NAMED.fullmatch(text):
        month = MONTHS.get(match.group(2).lower(), 0)
        return _moment(int(match.group(3)), month, int(match.group(1)), match.groups()[3:], zone)
    if match := _MONTH_NAMED.fullmatch(text):
        month = MONTHS.get(match.group(1).lower(), 0)
        return _moment(int(match.group(3)), month, int(match.group(2)), match.groups()[3:], zone)
    return _from_number(text, zone)


def _moment(year: int, month: int, day: int, rest: tuple[str | None, ...], zone: tzinfo) -> datetime:
    hour, minute, second, half, offset = rest
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    moment = datetime(year, month, day, hours, int(minute or 0), int(second or 0), tzinfo=_zone(offset, zone))
    return moment.astimezone(UTC)


def _zone(offset: str | None, zone: tzinfo) -> tzinfo:
    if not offset:
        return zone
    if offset in {"Z", "UTC", "GMT"}:
        return UTC
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _from_number(text: str, zone: tzinfo) -> datetime | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    if EXCEL_SERIALS[0] <= number < EXCEL_SERIALS[1]:
        seconds = int((number * 86_400).quantize(Decimal(1)))
        return (EXCEL_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=zone).astimezone(UTC)
    if UNIX_SECONDS[0] <= number < UNIX_SECONDS[1]:
        return datetime.fromtimestamp(int(number), tz=UTC)
    return None


def is_believable(moment: datetime, now: datetime) -> bool:
    """Say whether an order may have happened at *moment*: since 1990, and at most two days ahead of us."""
    return moment.year >= YEAR_MIN and moment <= now + FUTURE_MAX
