"""A challenge in words: what counts, how much, over which time, and what it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wracam.challenges.core.challenge import Challenge, Count, Unit, Window
from wracam.kernel.language import CountedNoun, Language, Words, money_text, number_text

TIMES = CountedNoun(pl=("raz", "razy", "razy", "raza"), en=("time", "times"))
UNITS = CountedNoun(pl=("sztuka", "sztuki", "sztuk", "sztuki"), en=("unit", "units"))
DIFFERENT = CountedNoun(pl=("różny", "różne", "różnych", "różnego"), en=("different one", "different ones"))
ORDERS = CountedNoun(pl=("zamówienie", "zamówienia", "zamówień", "zamówienia"), en=("order", "orders"))
NOUNS = {
    Unit.DAY: CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days")),
    Unit.WEEK: CountedNoun(pl=("tydzień", "tygodnie", "tygodni", "tygodnia"), en=("week", "weeks")),
    Unit.MONTH: CountedNoun(pl=("miesiąc", "miesiące", "miesięcy", "miesiąca"), en=("month", "months")),
    Unit.QUARTER: CountedNoun(pl=("kwartał", "kwartały", "kwartałów", "kwartału"), en=("quarter", "quarters")),
    Unit.YEAR: CountedNoun(pl=("rok", "lata", "lat", "roku"), en=("year", "years")),
}
EVERY = {
    Unit.DAY: Words(pl="każdego dnia od nowa", en="anew every day"),
    Unit.WEEK: Words(pl="co tydzień od nowa", en="anew every week"),
    Unit.MONTH: Words(pl="co miesiąc od nowa", en="anew every month"),
    Unit.QUARTER: Words(pl="co kwartał od nowa", en="anew every quarter"),
    Unit.YEAR: Words(pl="co rok od nowa", en="anew every year"),
}
WEEKDAYS = {
    "pl": ("poniedziałki", "wtorki", "środy", "czwartki", "piątki", "soboty", "niedziele"),
    "en": ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"),
}
Say = Callable[[Mapping[str, Any]], str]


def amount_words(challenge: Challenge, amount: int, currency: str) -> Words:
    """Return an amount of what the challenge counts, in both languages."""
    return Words(pl=_amount(challenge, amount, currency, "pl"), en=_amount(challenge, amount, currency, "en"))


def sentence(challenge: Challenge, language: Language, say: Say, event_title: str, currency: str = "PLN") -> str:
    """Say the whole challenge."""
    polish = language == "pl"
    parts = [f"{'Liczy się' if polish else 'What counts'}: {event_title}"]
    if challenge.condition:
        parts.append(("jeśli " if polish else "if ") + say(challenge.condition))
    if challenge.lines:
        parts.append(("pozycje, w których " if polish else "lines where ") + say(challenge.lines))
    said = ", ".join(parts) + ". "
    goals = ", ".join(_amount(challenge, level.goal, currency, language) for level in challenge.levels)
    said += f"{'Cel' if polish else 'Goal'}: {goals}"
    if challenge.streak:
        said += " z rzędu" if polish else " in a row"
    said += "".join(f", {part}" for part in window_words(challenge.window, language))
    if challenge.repeats:
        said += ", za każdym razem" if polish else ", every time again"
    return said + "."


def window_words(window: Window, language: Language) -> list[str]:
    """Say over which time the goal must be reached."""
    polish = language == "pl"
    said = []
    if window.period:
        said.append(EVERY[window.period].say(language))
    if window.rolling_days:
        days = NOUNS[Unit.DAY].say(window.rolling_days, language)
        said.append(f"w ciągu {days}" if polish else f"within {days}")
    if window.weekdays:
        names = [WEEKDAYS[language][day - 1] for day in sorted(window.weekdays)]
        listed = " ".join([", ".join(names[:-1]), "i" if polish else "and", names[-1]]) if names[1:] else names[0]
        said.append(f"{'w' if polish else 'on'} {listed}")
    if (window.from_hour, window.to_hour) != (0, 24):
        said.append(f"{window.from_hour}:00–{window.to_hour}:00")
    return said


def _amount(challenge: Challenge, amount: int, currency: str, language: Language) -> str:
    if challenge.streak:
        return NOUNS[challenge.streak].say(amount, language)
    if challenge.is_money:
        return money_text(amount, currency, language)
    if challenge.count is Count.VALUE:
        return number_text(amount, language)
    if challenge.count is Count.EVENTS:
        return (ORDERS if challenge.is_of_orders else TIMES).say(amount, language)
    return _NOUNS[challenge.count].say(amount, language)


_NOUNS = {Count.UNITS: UNITS, Count.DISTINCT: DIFFERENT, Count.DAYS: NOUNS[Unit.DAY]}
