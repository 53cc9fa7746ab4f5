"""A ladder in words: what each tier asks, over which window, and what becomes of those who fall short."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wracam.kernel.language import POINTS, CountedNoun, Language, money_text
from wracam.loyalty.core.benefits import DAYS, sentences
from wracam.loyalty.core.ladders import LiveLadder, Measure, TierTexts
from wracam.loyalty.core.tiers import Downgrade, Ladder
from wracam.loyalty.core.windows import Window, WindowKind

ORDERS = CountedNoun(pl=("zamówienie", "zamówienia", "zamówień", "zamówienia"), en=("order", "orders"))
MONTHS = CountedNoun(pl=("miesiąc", "miesiące", "miesięcy", "miesiąca"), en=("month", "months"))
Say = Callable[[Mapping[str, Any]], str]


def amount_words(ladder: LiveLadder, amount: int, language: Language, currency: str = "PLN") -> str:
    """Return an amount of what the ladder measures: points, money or orders."""
    if ladder.measure is Measure.SPEND:
        return money_text(amount, currency, language)
    return (ORDERS if ladder.measure is Measure.ORDERS else POINTS).say(amount, language)


def tier_asks(ladder: LiveLadder, tier: TierTexts, language: Language, say: Say, currency: str = "PLN") -> str:
    """Return what a tier asks for: `from 500 points and if ...`; nothing for the first."""
    threshold = ladder.steps.tiers[ladder.steps.position(tier.key)].threshold
    parts = []
    if threshold:
        word = "od" if language == "pl" else "from"
        parts.append(f"{word} {amount_words(ladder, threshold, language, currency)}")
    if tier.condition:
        parts.append(f"{'jeśli' if language == 'pl' else 'if'} {say(tier.condition)}")
    return " ".join(parts)


def ladder_sentence(ladder: LiveLadder, language: Language, say: Say, currency: str = "PLN") -> str:
    """Say a whole ladder in one paragraph."""
    steps = [_step(ladder, text, language, say, currency) for text in ladder.texts]
    return "; ".join(steps) + ". " + " ".join([window_words(ladder.window, language), *fall_words(ladder, language)])


def _step(ladder: LiveLadder, text: TierTexts, language: Language, say: Say, currency: str) -> str:
    asks = tier_asks(ladder, text, language, say, currency)
    gives = ", ".join(one.say(language) for one in sentences(text.benefits))
    head = text.title.say(language) + (f" {asks}" if asks else "")
    return f"{head} ({gives})" if gives else head


def window_words(window: Window, language: Language) -> str:
    """Say over which time things count."""
    is_polish = language == "pl"
    if window.kind is WindowKind.EVER:
        return "Liczy się wszystko od początku." if is_polish else "Everything counts, for ever."
    if window.kind is WindowKind.ANNIVERSARY:
        return (
            "Liczą się kolejne lata od dołączenia; wynik roku obowiązuje też przez następny."
            if is_polish
            else "Years since joining count; the result of one holds through the next."
        )
    if window.kind is WindowKind.CALENDAR:
        unit = _UNITS[window.unit][0 if is_polish else 1]
        return (
            f"Liczy się {unit}; jego wynik obowiązuje też przez następny okres."
            if is_polish
            else f"The {unit} counts; its result holds through the next one."
        )
    parts = [MONTHS.say(window.months, language)] * bool(window.months) + [DAYS.say(window.days, language)] * bool(
        window.days
    )
    length = (" i " if is_polish else " and ").join(parts)
    return f"Liczy się ostatnie {length}." if is_polish else f"The last {length} count."


_UNITS = {
    "month": ("miesiąc kalendarzowy", "calendar month"),
    "quarter": ("kwartał", "quarter"),
    "half_year": ("półrocze", "half-year"),
    "year": ("rok kalendarzowy", "calendar year"),
}


def fall_words(ladder: LiveLadder, language: Language) -> list[str]:
    """Say what a review does to those who fall short."""
    is_polish = language == "pl"
    if ladder.steps.downgrade is Downgrade.NEVER:
        return ["Raz zdobytego poziomu się nie traci." if is_polish else "A tier once reached is never lost."]
    said = []
    if ladder.steps.downgrade is Downgrade.ONE_STEP:
        said.append("Spada się o jeden poziom." if is_polish else "Members fall by one tier.")
    if ladder.steps.has_grace:
        said.append(_grace_words(ladder.steps, language))
    return said


def _grace_words(steps: Ladder, language: Language) -> str:
    """Say how long a tier is kept after falling short."""
    is_polish = language == "pl"
    spans = [MONTHS.say(steps.grace_months, language)] if steps.grace_months else []
    spans += [DAYS.say(steps.grace_days, language)] if steps.grace_days else []
    span = (" i " if is_polish else " and ").join(spans)
    until = ""
    if steps.grace_round_up_to:
        until = _ENDS[steps.grace_round_up_to][0 if is_polish else 1]
        until = f"do końca {until}" if is_polish else f"until the end of the {until}"
    if not span:
        return f"Poziom zostaje jeszcze {until}." if is_polish else f"They keep the tier {until}."
    said = f"Na utrzymanie poziomu jest jeszcze {span}" if is_polish else f"They have {span} more to keep the tier"
    return f"{said}, {until}." if until else f"{said}."


_ENDS = {
    "month": ("miesiąca", "month"),
    "quarter": ("kwartału", "quarter"),
    "half_year": ("półrocza", "half-year"),
    "year": ("roku", "year"),
}
