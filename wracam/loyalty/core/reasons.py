"""What became of a rule in a decision, in words: its name, and the figures behind a no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from wracam.kernel.language import POINTS, Language, Words, moment_text
from wracam.loyalty.contracts import Outcome
from wracam.loyalty.core.benefits import Benefits, sentences
from wracam.loyalty.core.ladders import LiveLadder
from wracam.loyalty.core.rule import CapPeriod
from wracam.loyalty.core.words import PERIODS

PERIOD_NAMES = frozenset(CapPeriod)
HERE = Words(pl="tu", en="here")
OTHER_TIER = Words(pl="to poziom innych członków", en="this is the tier of other members")


def tier_rule_title(ladder: LiveLadder, rule_key: str) -> Words:
    """Return the name of a tier's multiplier as people read it: `Złoty: 1,5 × punkty za zakupy`."""
    text = ladder.text(rule_key.rpartition(":")[2])
    said = sentences(Benefits(multiplier=text.benefits.multiplier))
    if not said:
        return text.title
    return Words(pl=f"{text.title.pl}: {said[0].pl}", en=f"{text.title.en}: {said[0].en}")


def because(
    outcome: Outcome,
    why: str,
    *,
    evidence: list[tuple[str, str]],
    titles: Mapping[str, str],
    language: Language,
    zone: ZoneInfo,
    is_of_tier: bool = False,
) -> str:
    """Return what stands behind an outcome: what was asked and found, the moment, the limit, or the winning rule."""
    if outcome is Outcome.OUT_OF_CALENDAR:
        return _moment(why, language, zone)
    if outcome is Outcome.DISPLACED:
        return titles.get(why, "")
    if is_of_tier:
        return OTHER_TIER.say(language) if outcome is Outcome.CONDITION_FALSE else ""
    if evidence:
        return "; ".join(f"{asked} ({HERE.say(language)}: {found})" for asked, found in evidence)
    points, _slash, per = why.partition("/")
    if points.isdigit() and per in PERIOD_NAMES:
        return f"{POINTS.say(int(points), language)} {PERIODS[CapPeriod(per)][0 if language == 'pl' else 1]}"
    return ""


def _moment(text: str, language: Language, zone: ZoneInfo) -> str:
    try:
        return moment_text(datetime.fromisoformat(text).astimezone(zone), language)
    except ValueError:
        return ""
