"""Conditions of the rules that do not hold, leaf by leaf, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from wracam.kernel.language import Words
from wracam.kernel.money import Money, to_minor
from wracam.promotions.contracts import Requirement
from wracam.rules import queries as rules
from wracam.rules.contracts import Condition, Facts, LeafVerdict

COUNTED = frozenset({"at_least", "more_than"})


def requirements_of(condition: Condition, facts: Facts, at: datetime, currency: str) -> tuple[Requirement, ...]:
    """Return every leaf that does not hold with what it requires and what was found."""
    verdict = rules.judge(condition, facts, at)
    polish, english = (rules.explain(condition, facts, at, language, currency) for language in ("pl", "en"))
    return tuple(
        _requirement(leaf, Words(pl=pl.line, en=en.line), currency)
        for leaf, pl, en in zip(verdict.leaves, polish, english, strict=True)
        if leaf.truth is not True
    )


def _requirement(leaf: LeafVerdict, sentence: Words, currency: str) -> Requirement:
    is_money = isinstance(leaf.measured, Money)
    return Requirement(
        what=leaf.name,
        required=_text(leaf.required),
        measured=_text(leaf.measured),
        is_met=leaf.truth,
        missing=_missing(leaf, currency),
        is_money=is_money,
        sentence=sentence,
    )


def _missing(leaf: LeafVerdict, currency: str) -> int | None:
    """How much more is needed: minor units or pieces; None where that is not a matter of more."""
    if leaf.operator not in COUNTED or leaf.measured is None or isinstance(leaf.required, Mapping):
        return None
    try:
        if isinstance(leaf.measured, Money):
            required, measured = to_minor(leaf.required, currency), leaf.measured.amount_minor
        else:
            required, measured = int(Decimal(str(leaf.required))), int(leaf.measured)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return max(0, required - measured + (leaf.operator == "more_than"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Money):
        return str(value.amount_minor)
    if isinstance(value, frozenset | set | list | tuple):
        return ", ".join(sorted(map(str, value)))
    return value.isoformat() if isinstance(value, datetime) else str(value)
