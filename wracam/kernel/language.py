"""Words in two languages: text pairs, Polish plural forms, and numbers, money and dates as people write them.

Screens are translated by gettext; this module serves the pure cores, which build sentences from data
(rules in words, reasons, histories) without Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from babel.dates import format_date, format_datetime
from msgspec import Struct

from wracam.kernel.numerals import written_money, written_number

Language = Literal["pl", "en"]
LANGUAGES: tuple[Language, ...] = ("pl", "en")
LOCALES = {"pl": "pl_PL", "en": "en_GB"}


class Words(Struct, frozen=True, kw_only=True, gc=False):
    """The same thing said in Polish and in English."""

    pl: str
    en: str

    def say(self, language: Language) -> str:
        """Return the text in *language*."""
        return self.pl if language == "pl" else self.en


class SaidError(ValueError):
    """An error whose sentence a person reads on a screen: `words` in both languages, English as the text."""

    def __init__(self, *, pl: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(pl=pl, en=en)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedNoun:
    """A noun that follows a number: Polish one/few/many/fraction forms and English one/other.

    `CountedNoun(pl=("punkt", "punkty", "punktów", "punktu"), en=("point", "points"))`.
    """

    pl: tuple[str, str, str, str]
    en: tuple[str, str]

    def say(self, number: int | Decimal, language: Language) -> str:
        """Return number and noun, joined by a no-break space: `5 punktów`, `1,5 punktu`, `1 point`."""
        return f"{number_text(number, language)}\u00a0{self.form(number, language)}"

    def form(self, number: int | Decimal, language: Language) -> str:
        """Return the noun alone in the form that goes with *number*."""
        if language == "en":
            return self.en[0] if number in (1, -1) else self.en[1]
        return self.pl[polish_plural(number)]


POINTS = CountedNoun(pl=("punkt", "punkty", "punktów", "punktu"), en=("point", "points"))


def polish_plural(number: int | Decimal) -> int:
    """Return the Polish plural form of *number* (CLDR): 0 one, 1 few, 2 many, 3 fraction."""
    value = abs(Decimal(number))
    if value != value.to_integral_value():
        return 3
    whole = int(value)
    if whole == 1:
        return 0
    if whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14):
        return 1
    return 2


def number_text(number: int | Decimal, language: Language) -> str:
    """Write a number with the language's separators: `1 240` in Polish (no-break space), `1,240` in English."""
    return written_number(number, LOCALES[language])


def money_text(amount_minor: int, currency: str, language: Language) -> str:
    """Write money as people do: `1 234,50 zł` in Polish (no-break spaces), `PLN 1,234.50` in English."""
    return written_money(amount_minor, currency, LOCALES[language])


def date_text(day: date, language: Language) -> str:
    """Write a day: `22 lis 2026` in Polish, `22 Nov 2026` in English."""
    return format_date(day, format="d MMM y", locale=LOCALES[language])


def moment_text(moment: datetime, language: Language) -> str:
    """Write a moment in the zone it carries: `22 lis 2026, 14:05`."""
    return format_datetime(moment, format="d MMM y, HH:mm", locale=LOCALES[language])
