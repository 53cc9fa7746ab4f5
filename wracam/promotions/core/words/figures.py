"""Amounts, percentages and lists as people write them; what is said often is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from wracam.kernel.language import LOCALES, CountedNoun, Language, Words, money_text, number_text
from wracam.kernel.numerals import written_money

PIECES = CountedNoun(pl=("sztuka", "sztuki", "sztuk", "sztuki"), en=("unit", "units"))
BOUND_PIECES = CountedNoun(pl=("sztuki", "sztuk", "sztuk", "sztuki"), en=("unit", "units"))
MORE_PIECES = CountedNoun(pl=("sztukę", "sztuki", "sztuk", "sztuki"), en=("unit", "units"))
DIFFERENT = CountedNoun(
    pl=("różnego produktu", "różnych produktów", "różnych produktów", "różnych produktów"),
    en=("different product", "different products"),
)
TIMES = CountedNoun(pl=("raz", "razy", "razy", "razu"), en=("time", "times"))
REMEMBERED = 16_384
_PL, _EN = LOCALES["pl"], LOCALES["en"]
MONTHS_PL = ("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września",
             "października", "listopada", "grudnia")  # fmt: skip
MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December")  # fmt: skip
LISTED_MAX = 5


@lru_cache(maxsize=REMEMBERED)
def money(amount_minor: int, currency: str, language: Language) -> str:
    """Write an amount: the explanation of a cart says most of its amounts several times."""
    return money_text(amount_minor, currency, language)


@lru_cache(maxsize=REMEMBERED)
def money_words(amount_minor: int, currency: str) -> Words:
    """Write an amount in both languages."""
    return Words(pl=written_money(amount_minor, currency, _PL), en=written_money(amount_minor, currency, _EN))


@lru_cache(maxsize=REMEMBERED)
def pieces_words(number: int) -> Words:
    """Write a number of units as an object, in both languages."""
    return Words(pl=MORE_PIECES.say(number, "pl"), en=MORE_PIECES.say(number, "en"))


@lru_cache(maxsize=REMEMBERED)
def pieces(number: int, language: Language) -> str:
    """Write a number of units as an object: `2 sztuki`."""
    return MORE_PIECES.say(number, language)


def percent(ppm: int, language: Language) -> str:
    """Write a percentage of parts per million: `33,333%`."""
    whole, rest = divmod(ppm, 10_000)
    if not rest:
        return f"{whole}%"
    return f"{whole}{',' if language == 'pl' else '.'}{rest:04d}".rstrip("0") + "%"


def times(multiplier_bp: int, language: Language) -> str:
    """Write a multiplier: `1,5`."""
    whole, rest = divmod(multiplier_bp, 10_000)
    fraction = f"{rest:04d}".rstrip("0")
    return number_text(whole, language) + (f"{',' if language == 'pl' else '.'}{fraction}" if fraction else "")


def listed(names: Iterable[str], language: Language, last: Words) -> str:
    """Join names: `Nasiona, Zioła lub Donice`; beyond a few, count the rest."""
    ordered = sorted(names)
    if len(ordered) > LISTED_MAX:
        rest = len(ordered) - LISTED_MAX + 1
        ordered = [*ordered[: LISTED_MAX - 1], {"pl": f"{rest} innych", "en": f"{rest} others"}[language]]
    if len(ordered) < 2:
        return "".join(ordered)
    return f"{', '.join(ordered[:-1])} {last.say(language)} {ordered[-1]}"


OR = Words(pl="lub", en="or")
AND = Words(pl="i", en="and")


def day(moment: datetime, language: Language, *, with_year: bool = True) -> str:
    """Write a day in words: `30 maja 2026`, `30 May 2026`."""
    months: Sequence[str] = MONTHS_PL if language == "pl" else MONTHS_EN
    text = f"{moment.day} {months[moment.month - 1]}"
    return f"{text} {moment.year}" if with_year else text


def capitalised(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]
