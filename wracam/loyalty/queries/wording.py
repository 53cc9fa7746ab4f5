"""The programme in plain words, from what is live."""

from __future__ import annotations

from dataclasses import dataclass

from wracam.kernel.language import POINTS, Language
from wracam.loyalty.core import words
from wracam.loyalty.core.multipliers import is_of_tier
from wracam.loyalty.core.rule import EarningRule
from wracam.loyalty.queries.programs import LiveProgram, live_program
from wracam.rules import queries as rules
from wracam.shops import queries as shops

CURRENCY_DEFAULT = "PLN"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramWords:
    """The programme as people read it."""

    key: str
    name: str
    sentences: tuple[str, ...]
    rules: tuple[str, ...]


def program_in_words(*, shop_id: int, language: Language, program: str | None = None) -> ProgramWords:
    """Return the live programme and its rules in words; raises `NoProgramError`."""
    live = live_program(program)
    currency = currency_of(shop_id)
    return ProgramWords(
        key=live.key,
        name=live.program.name,
        sentences=tuple(words.program_sentences(live.program, language, currency=currency)),
        rules=tuple(
            rule_in_words(rule, live, language, currency)
            for rule in sorted(live.rules, key=_specialness)
            if not is_of_tier(rule)
        ),
    )


def _specialness(rule: EarningRule) -> tuple[bool, bool, bool]:
    """Sort what holds for everybody first, then what has conditions."""
    calendar = rule.calendar
    return (rule.lines is not None, rule.condition is not None, calendar != type(calendar)())


def rule_in_words(rule: EarningRule, live: LiveProgram | None, language: Language, currency: str) -> str:
    """Return one earning rule as a sentence."""
    kind = live.program.kind(rule.point_kind) if live else None
    return words.rule_sentence(
        rule,
        rules.sentence(rule.condition, language, currency) if rule.condition else "",
        rules.sentence(rule.lines, language, currency) if rule.lines else "",
        language,
        currency=currency,
        noun=kind.noun if kind else POINTS,
    )


def currency_of(shop_id: int) -> str:
    """Return the currency of a shop."""
    shop = shops.shop(shop_id)
    return shop.currency if shop else CURRENCY_DEFAULT
