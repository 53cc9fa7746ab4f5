"""A member's tiers on their page in the console: where they stand, and the form that gives a tier by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wracam.faces.console.ports import ConsoleRequest
from wracam.foundation import clock
from wracam.kernel.language import Language, date_text
from wracam.loyalty import queries
from wracam.loyalty.contracts import Member
from wracam.loyalty.core.ladder_words import amount_words
from wracam.loyalty.queries import TierStanding
from wracam.rules.templatetags.conditions import language_of_screen

NOTHING = "-"
"""Stands for taking a gift back, where a tier is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the form says; None where a value is missing or wrong."""

    ladder: str
    tier: str | None
    until: datetime | None
    note: str
    problem: str = ""


def standings(member: Member) -> list[dict[str, Any]]:
    """Return where the member stands on each ladder, in words, with the tiers that may be given."""
    language = language_of_screen()
    return [_standing(one, language) for one in queries.tier_standings(member, now=clock.now())]


def read(request: ConsoleRequest) -> Given:
    """Read the form: which tier, until when and why; or what is wrong with it."""
    ladder, _colon, tier = request.POST.get("tier", "").partition(":")
    note = request.POST.get("tier_note", "").strip()
    day = request.POST.get("until", "").strip()
    until, problem = None, ""
    if not ladder or not tier or not note:
        problem = _("Choose a tier and write why.")
    elif day:
        until = _end_of(day)
        if until is None or until <= clock.now():
            problem = _("Choose a day to come, or none.")
    return Given(ladder=ladder, tier=None if tier == NOTHING else tier, until=until, note=note, problem=problem)


def _end_of(day: str) -> datetime | None:
    """Return the end of a day in the shop's time: a gift until 31 December holds through that day."""
    try:
        last = datetime.combine(date.fromisoformat(day), time(23, 59, 59))
    except ValueError:
        return None
    return timezone.make_aware(last)


def _standing(one: TierStanding, language: Language) -> dict[str, Any]:
    until = timezone.localtime(one.granted_until).date() if one.granted_until else None
    return {
        "key": one.ladder.key,
        "title": one.ladder.title.say(language) or _("Tier"),
        "tier": one.tier.title.say(language),
        "since": one.since,
        "next_tier": one.next_tier.title.say(language) if one.next_tier else "",
        "missing": amount_words(one.ladder, one.progress.missing, language, one.currency)
        if one.next_tier and one.progress.missing
        else "",
        "percent": min(100, 100 * one.amount // one.to_next) if one.next_tier else 100,
        "is_at_risk": one.progress.at_risk,
        "granted": one.ladder.text(one.granted).title.say(language) if one.granted else "",
        "granted_until": date_text(until, language) if until else "",
        "tiers": [(f"{one.ladder.key}:{text.key}", text.title.say(language)) for text in one.ladder.texts[1:]],
        "back": f"{one.ladder.key}:{NOTHING}",
    }
