"""The programme in plain words, from its definitions: rules as sentences, in Polish and English."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from wracam.kernel.language import POINTS, CountedNoun, Language, date_text, money_text, number_text
from wracam.kernel.money import to_minor
from wracam.loyalty.core.program import (
    Joining,
    PendingUntil,
    Program,
    Round,
    Shortage,
    Validity,
    ValidityKind,
)
from wracam.loyalty.core.rule import Cap, CapPeriod, Each, EarningRule, GiveKind

WEEKDAYS = {
    "pl": ("poniedziałki", "wtorki", "środy", "czwartki", "piątki", "soboty", "niedziele"),
    "en": ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"),
}
MONTHS = CountedNoun(pl=("miesiąc", "miesiące", "miesięcy", "miesiąca"), en=("month", "months"))
DAYS = CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days"))
PERIODS = {
    CapPeriod.EVENT: ("jednorazowo", "at a time"),
    CapPeriod.DAY: ("dziennie", "a day"),
    CapPeriod.WEEK: ("tygodniowo", "a week"),
    CapPeriod.MONTH: ("miesięcznie", "a month"),
    CapPeriod.QUARTER: ("kwartalnie", "a quarter"),
    CapPeriod.YEAR: ("rocznie", "a year"),
    CapPeriod.EVER: ("łącznie", "in all"),
}
_ENDS = {
    "": ("dnia", "day"),
    "month": ("miesiąca", "month"),
    "quarter": ("kwartału", "quarter"),
    "half_year": ("półrocza", "half-year"),
    "year": ("roku", "year"),
}
_NAMED_ENDS = (
    ("stycznia", "January"), ("lutego", "February"), ("marca", "March"), ("kwietnia", "April"), ("maja", "May"),
    ("czerwca", "June"), ("lipca", "July"), ("sierpnia", "August"), ("września", "September"),
    ("października", "October"), ("listopada", "November"), ("grudnia", "December"),
)  # fmt: skip
_EVENTS = {
    "order.paid": ("za opłacone zamówienie", "for a paid order"),
    "member.joined": ("za dołączenie do programu", "for joining the programme"),
    "customer.registered": ("za założenie konta", "for opening an account"),
    "order.delivered": ("za dostarczone zamówienie", "for a delivered order"),
}


def rule_sentence(
    rule: EarningRule,
    condition: str,
    lines: str,
    language: Language,
    *,
    currency: str = "PLN",
    noun: CountedNoun = POINTS,
    event_title: str = "",
) -> str:
    """Say an earning rule in one sentence; *condition* and *lines* are already words."""
    parts = [_gives(rule, language, currency, noun, event_title)]
    if lines:
        parts.append(("na pozycjach, gdzie " if language == "pl" else "on lines where ") + lines)
    if condition:
        parts.append(("gdy " if language == "pl" else "when ") + condition)
    parts += _calendar(rule, language)
    sentence = ", ".join(parts)
    limits = [_limit(cap, language, noun) for cap in rule.caps]
    if limits:
        sentence += " (" + ", ".join(limits) + ")"
    return sentence[:1].upper() + sentence[1:] + "."


def program_sentence(program: Program, language: Language) -> str:
    """Say the programme's own settings in a few sentences."""
    return " ".join(program_sentences(program, language))


def program_sentences(program: Program, language: Language, *, currency: str = "PLN") -> list[str]:
    """Say who takes part, when points become active, how long they live, and what happens with returns."""
    sentences = [
        _joining(program.joining, language),
        _pending(program, language),
        _validity(program.validity, language),
        _shortage(program.shortage, language),
    ]
    if program.value_points and program.value_minor:
        points = POINTS.say(program.value_points, language)
        worth = money_text(program.value_minor, currency, language)
        sentences.append(f"{points} to {worth}." if language == "pl" else f"{points} are worth {worth}.")
    return sentences


def _gives(rule: EarningRule, language: Language, currency: str, noun: CountedNoun, event_title: str) -> str:
    give = rule.give
    pl = language == "pl"
    if give.kind is GiveKind.MULTIPLIER:
        factor = number_text(_as_decimal(give.factor), language)
        return f"{factor} razy więcej punktów za zakupy" if pl else f"{factor} times the points for purchases"
    if give.kind is GiveKind.PER_AMOUNT:
        per = money_text(to_minor(give.per, currency), currency, language)
        points = noun.say(give.points, language)
        return f"{points} za każde {per}" if pl else f"{points} for every {per}"
    if give.kind is GiveKind.TABLE:
        return _table(rule, language, currency, noun)
    occasion = event_title or _EVENTS.get(rule.event, (rule.event, rule.event))[0 if pl else 1]
    each = {Each.EVENT: occasion, Each.LINE: "za każdą pozycję", Each.UNIT: "za każdą sztukę"}[give.each]
    if not pl:
        each = {Each.EVENT: occasion, Each.LINE: "for each line", Each.UNIT: "for each item"}[give.each]
    return f"{noun.say(give.points, language)} {each}"


def _table(rule: EarningRule, language: Language, currency: str, noun: CountedNoun) -> str:
    steps = []
    for at_least, points in rule.give.rows:
        amount = money_text(to_minor(at_least, currency), currency, language)
        steps.append(f"{'od' if language == 'pl' else 'from'} {amount}: {noun.say(points, language)}")
    return ("zależnie od kwoty: " if language == "pl" else "by the amount: ") + "; ".join(steps)


def _calendar(rule: EarningRule, language: Language) -> list[str]:
    said, calendar, pl = [], rule.calendar, language == "pl"
    if calendar.weekdays:
        names = [WEEKDAYS[language][day - 1] for day in sorted(calendar.weekdays)]
        said.append(("w " if pl else "on ") + _listed(names, language))
    if (calendar.from_hour, calendar.to_hour) != (0, 24):
        said.append(f"{'w godzinach' if pl else 'between'} {calendar.from_hour}:00–{calendar.to_hour}:00")
    if calendar.period.starts_at:
        said.append(("od " if pl else "from ") + date_text(calendar.period.starts_at.date(), language))
    if calendar.period.ends_at:
        said.append(("do " if pl else "until ") + date_text(calendar.period.ends_at.date(), language))
    return said


def _listed(names: list[str], language: Language) -> str:
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + (" i " if language == "pl" else " and ") + names[-1]


def _limit(cap: Cap, language: Language, noun: CountedNoun) -> str:
    period = PERIODS[cap.per][0 if language == "pl" else 1]
    points = noun.say(cap.points, language)
    if cap.is_budget:
        return f"budżet {points} {period}" if language == "pl" else f"budget {points} {period}"
    return f"najwyżej {points} {period}" if language == "pl" else f"at most {points} {period}"


def _joining(joining: Joining, language: Language) -> str:
    said = {
        Joining.REGISTERED: ("Należy każdy, kto ma konto w sklepie.", "Everybody with a shop account is a member."),
        Joining.EVERYBODY: ("Należy każdy, kto kupi w sklepie.", "Everybody who buys is a member."),
        Joining.EXPLICIT: ("Do programu trzeba dołączyć.", "Members join the programme themselves."),
    }[joining]
    return said[0 if language == "pl" else 1]


def _pending(program: Program, language: Language) -> str:
    pending, pl = program.pending, language == "pl"
    if not pending.waits:
        return "Punkty są aktywne od razu." if pl else "Points are active at once."
    days = DAYS.say(pending.days, language)
    if pending.until is PendingUntil.PAID:
        return f"Punkty są aktywne {days} po zapłacie." if pl else f"Points are active {days} after payment."
    if not pending.days:
        return "Punkty są aktywne po dostawie." if pl else "Points are active after delivery."
    return f"Punkty są aktywne {days} po dostawie." if pl else f"Points are active {days} after delivery."


def _validity(validity: Validity, language: Language) -> str:
    pl = language == "pl"
    if validity.kind is ValidityKind.NEVER:
        return "Punkty nie wygasają." if pl else "Points do not expire."
    if validity.kind is ValidityKind.FIXED:
        day = f"{validity.day:02d}.{validity.month:02d}" if pl else f"{validity.day}/{validity.month}"
        return f"Punkty są ważne do najbliższego {day}." if pl else f"Points are valid until the next {day}."
    span = _span(validity, language)
    if validity.kind is ValidityKind.INACTIVITY:
        return f"Punkty wygasają po {span} bez zakupów." if pl else f"Points expire after {span} without a purchase."
    ends = [f"do końca {_end(validity, 0)}" if pl else f"until the end of {_end(validity, 1)}"]
    if validity.months + validity.days:
        ends = [span if pl else f"for {span}", *(ends if validity.round_up_to else [])]
    return f"Punkty są ważne {', '.join(ends)}." if pl else f"Points are valid {', '.join(ends)}."


def _end(validity: Validity, language: int) -> str:
    """Name the end to which a validity is rounded up, or that of the day itself."""
    if validity.round_up_to == Round.NAMED_MONTH:
        return _NAMED_ENDS[validity.month - 1][language]
    return _ENDS[validity.round_up_to][0] if language == 0 else f"the {_ENDS[validity.round_up_to][1]}"


def _span(validity: Validity, language: Language) -> str:
    parts = [MONTHS.say(validity.months, language)] if validity.months else []
    if validity.days:
        parts.append(DAYS.say(validity.days, language))
    return _listed(parts, language) if parts else DAYS.say(0, language)


def _shortage(shortage: Shortage, language: Language) -> str:
    said = {
        Shortage.CLAMP: (
            "Po zwrocie cofamy punkty za zwrócone rzeczy, ale saldo nie spada poniżej zera.",
            "After a return the points of the returned items are taken back, but the balance never goes below zero.",
        ),
        Shortage.CARRY: (
            "Po zwrocie cofamy punkty za zwrócone rzeczy; brakujące pokryją następne zakupy.",
            "After a return the points of the returned items are taken back; missing ones come off the next earnings.",
        ),
        Shortage.ALLOW: (
            "Po zwrocie cofamy punkty za zwrócone rzeczy; saldo może być ujemne.",
            "After a return the points of the returned items are taken back; the balance may go below zero.",
        ),
    }[shortage]
    return said[0 if language == "pl" else 1]


def _as_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
