"""A member's tier in words, for the member pages and the console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wracam.kernel.language import Language
from wracam.loyalty.core.benefits import sentences
from wracam.loyalty.core.history import last_day_text
from wracam.loyalty.core.ladder_words import amount_words, tier_asks
from wracam.loyalty.core.ladders import LiveLadder, TierTexts
from wracam.loyalty.queries.ladders import TierStanding, live_ladders
from wracam.rules import queries as rules

PERCENT_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TierWords:
    """What a member reads about one ladder; empty texts have nothing to say."""

    ladder: str
    title: str
    tier: str
    gives: tuple[str, ...]
    next_tier: str
    missing: str
    condition: str
    next_gives: tuple[str, ...]
    percent: int
    at_risk: bool
    to_keep: str
    keep_by: str


def tier_words(one: TierStanding, language: Language, zone: ZoneInfo) -> TierWords:
    """Say a standing in *language*, days in the shop's *zone*."""
    progress = one.progress
    return TierWords(
        ladder=one.ladder.key,
        title=_title(one.ladder, language),
        tier=one.tier.title.say(language),
        gives=_gives(one.tier, language),
        next_tier=one.next_tier.title.say(language) if one.next_tier else "",
        missing=amount_words(one.ladder, progress.missing, language, one.currency) if progress.missing else "",
        condition=_condition(one, language),
        next_gives=_gives(one.next_tier, language) if one.next_tier else (),
        percent=min(PERCENT_MAX, one.amount * PERCENT_MAX // one.to_next),
        at_risk=progress.at_risk,
        to_keep=amount_words(one.ladder, progress.to_keep, language, one.currency),
        keep_by=last_day_text(progress.keep_by, zone, language) if progress.keep_by else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTold:
    """A tier as somebody reads it who is no member: what it asks for and what it gives."""

    title: str
    asks: str
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderTold:
    """A ladder as somebody reads it who is no member, its lowest tier first."""

    key: str
    title: str
    tiers: tuple[TierTold, ...]


def ladders_told(*, language: Language, currency: str, now: datetime) -> list[LadderTold]:
    """Say the live ladders in *language* to those who are no members yet."""

    def say(condition: Mapping[str, Any]) -> str:
        return rules.sentence(condition, language, currency)

    return [
        LadderTold(
            key=ladder.key,
            title=_title(ladder, language),
            tiers=tuple(
                TierTold(
                    title=tier.title.say(language),
                    asks=tier_asks(ladder, tier, language, say, currency),
                    gives=_gives(tier, language),
                )
                for tier in ladder.texts
            ),
        )
        for ladder in live_ladders(now)
    ]


def _title(ladder: LiveLadder, language: Language) -> str:
    return ladder.title.say(language) or ("Twój poziom" if language == "pl" else "Your tier")


def _gives(tier: TierTexts, language: Language) -> tuple[str, ...]:
    said = [one.say(language) for one in sentences(tier.benefits)]
    return tuple([*said, tier.about.say(language)] if tier.about.say(language) else said)


def _condition(one: TierStanding, language: Language) -> str:
    if not one.progress.needs_condition or one.next_tier is None or one.next_tier.condition is None:
        return ""
    return rules.sentence(one.next_tier.condition, language, one.currency)
