"""Numbers and money as people write them, in the forms of Babel's tables.

Babel needs 30 to 70 µs for one number; a priced cart says dozens. So the form of a language's numbers and of each
currency is taken from Babel once, by looking at how it writes a sample, and filled in afterwards.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol

from wracam.kernel.money import exponent, to_major

SAMPLE = 1_234_567
FORMS_MAX = 1_024


class MoneyForm(NamedTuple):
    """How amounts of one currency are written in one locale, around their whole units."""

    unit: int
    """Minor units in one unit."""
    group: str
    before: str
    tails: tuple[str, ...]
    """What follows the whole units, for each number of minor units beside them: `,00\u00a0zł`, `,01\u00a0zł` …"""
    before_negative: str
    tails_negative: tuple[str, ...]


def written_number(number: int | Decimal, locale: str) -> str:
    """Write a number as Babel's `format_decimal` does."""
    if isinstance(number, int):
        return f"{number:,}".replace(",", _separators(locale)[0])
    return format_decimal(number, locale=locale)


def written_money(amount_minor: int, currency: str, locale: str) -> str:
    """Write an amount as Babel's `format_currency` does, with a no-break space after a code that stands in front."""
    form = _money_form(currency, locale)
    if form is None:
        return _by_babel(amount_minor, currency, locale)
    unit, group, before, tails, before_negative, tails_negative = form
    if amount_minor < 0:
        amount_minor, before, tails = -amount_minor, before_negative, tails_negative
    whole, rest = divmod(amount_minor, unit)
    if whole < 1_000:
        return f"{before}{whole}{tails[rest]}"
    return f"{before}{f'{whole:,}'.replace(',', group)}{tails[rest]}"


@lru_cache(maxsize=FORMS_MAX)
def _money_form(currency: str, locale: str) -> MoneyForm | None:
    """Return the form of a currency; None for one that Babel rounds, since it knows fewer decimals than we."""
    group, point = _separators(locale)
    digits = exponent(currency)
    unit = 10**digits
    figures = f"{SAMPLE:,}".replace(",", group) + (point + "0" * digits if digits else "")
    before, found, after = _by_babel(SAMPLE * unit, currency, locale).partition(figures)
    before_negative, found_negative, after_negative = _by_babel(-SAMPLE * unit, currency, locale).partition(figures)
    if not (found and found_negative) or any(mark.isdigit() for mark in after + after_negative):
        return None
    fractions = [f"{point}{rest:0{digits}}" if digits else "" for rest in range(unit)]
    tails, tails_negative = (tuple([part + end for part in fractions]) for end in (after, after_negative))
    return MoneyForm(unit, group, before, tails, before_negative, tails_negative)


def _by_babel(amount_minor: int, currency: str, locale: str) -> str:
    text: str = format_currency(to_major(amount_minor, currency), currency, locale=locale)
    return text.replace(currency, f"{currency}\u00a0", 1) if text.startswith(currency) else text


@lru_cache(maxsize=FORMS_MAX)
def _separators(locale: str) -> tuple[str, str]:
    return get_group_symbol(locale), get_decimal_symbol(locale)
