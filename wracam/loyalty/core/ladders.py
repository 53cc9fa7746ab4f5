"""A ladder of tiers, read from its definition: what is measured, over which window, and the tiers themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.definitions.contracts import Problem
from wracam.kernel.language import Words
from wracam.loyalty.core import calendar, tiers
from wracam.loyalty.core.benefits import Benefits, read_benefits
from wracam.loyalty.core.program import KEY, POINTS_KIND
from wracam.loyalty.core.reading import Reader
from wracam.loyalty.core.windows import WARN_DAYS, Spans, Window, WindowKind


class Measure(StrEnum):
    """What a ladder measures within its window."""

    POINTS = "points"
    """Points of one kind that orders and activity gave, less what returns took back."""
    SPEND = "spend"
    """What paid orders were worth less refunds, in the shop's currency, counted on the day of the order."""
    ORDERS = "orders"
    """The number of paid orders that were not wholly returned."""
    CONDITION = "condition"
    """Nothing: the conditions of the tiers alone decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What a member gets once, when they first reach a tier."""

    points: int
    point_kind: str = POINTS_KIND


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTexts:
    """What people read about a tier, and what it brings."""

    key: str
    title: Words
    about: Words
    benefits: Benefits = field(default_factory=Benefits)
    gift: Gift | None = None
    condition: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLadder:
    """A ladder in force. Thresholds are points, minor units or orders, as `measure` says."""

    key: str
    version_id: UUID | None
    program: str
    title: Words
    measure: Measure
    point_kind: str
    window: Window
    warn_days: int
    steps: tiers.Ladder
    texts: tuple[TierTexts, ...]

    def text(self, tier: str) -> TierTexts:
        """Return the texts of a tier; those of the lowest for one that is no longer there."""
        return next((text for text in self.texts if text.key == tier), self.texts[0])

    @property
    def lowest(self) -> str:
        """The tier where everybody starts."""
        return self.steps.tiers[0].key

    @property
    def has_conditions(self) -> bool:
        """Say whether some tier asks more than its threshold."""
        return any(text.condition for text in self.texts)

    def spans(self, now: datetime, zone: ZoneInfo, joined_at: datetime) -> Spans:
        """Return a member's qualification spans at *now*."""
        return self.window.spans(now, zone, joined_at, self.warn_days)

    def is_soon(self, review_at: datetime | None, now: datetime) -> bool:
        """Say whether a review is near enough to speak of a risk."""
        return review_at is None or review_at - now <= timedelta(days=self.warn_days)

    def reviewing(self, now: datetime, zone: ZoneInfo, spans: Spans) -> tiers.Reviewing:
        """Return the dates of a review at *now*; grace ends at a midnight of the shop."""
        ends_on = grace_ends_on(self.steps, calendar.local_day(now, zone))
        return tiers.Reviewing(now=now, grace_ends_at=calendar.midnight(ends_on, zone), next_step_at=spans.next_step_at)


def grace_ends_on(steps: tiers.Ladder, fell_short_on: date) -> date:
    """Return the first day without grace for who falls short on a day; rounded up it is the first of a period."""
    day = calendar.add_months(fell_short_on, steps.grace_months) + timedelta(days=steps.grace_days)
    if not steps.grace_round_up_to:
        return day
    return calendar.period_last_day(day, steps.grace_round_up_to) + timedelta(days=1)


def read_ladder(
    body: Mapping[str, Any], *, key: str = "", version_id: UUID | None = None
) -> tuple[LiveLadder | None, list[Problem]]:
    """Read a body; there is a ladder only when there is no problem."""
    reader = Reader(body)
    title = _words(reader, "title", "")
    program, point_kind = reader.text("program"), reader.text("point_kind", POINTS_KIND)
    measure = reader.choice("by", Measure, Measure.POINTS)
    window = _window(reader.part("window"))
    warn_days = reader.integer("warn_days", WARN_DAYS, most=366)
    found = [_tier(part, measure) for part in reader.parts("tiers")]
    found.sort(key=lambda pair: pair[0].threshold)
    steps = tiers.Ladder(
        tiers=tuple(step for step, _texts in found),
        downgrade=reader.choice("downgrade", tiers.Downgrade, tiers.Downgrade.TO_EARNED),
        grace_days=reader.integer("grace_days", 0, most=366),
        grace_months=reader.integer("grace_months", 0, most=24),
        grace_round_up_to=reader.text("grace_round_up_to"),
    )
    if steps.grace_round_up_to not in ("", *calendar.MONTHS_IN):
        reader.note(
            "grace_round_up_to", "unknown_choice", "month, quarter, half_year lub year",
            "month, quarter, half_year or year",
        )  # fmt: skip
    if not _is_ladder(steps):
        reader.note(
            "tiers", "not_a_ladder", "różne poziomy z rosnącymi progami, pierwszy od 0 i bez warunku",
            "different tiers with rising thresholds, the first from 0 and without a condition",
        )  # fmt: skip
    reader.finish()
    if reader.problems:
        return None, reader.problems
    ladder = LiveLadder(
        key=key, version_id=version_id, program=program, title=title, measure=measure, point_kind=point_kind,
        window=window, warn_days=warn_days, steps=steps, texts=tuple(texts for _step, texts in found),
    )  # fmt: skip
    return ladder, []


def _window(reader: Reader) -> Window:
    days = reader.integer("days", 0, most=3650)
    window = Window(
        kind=reader.choice("kind", WindowKind, WindowKind.EVER),
        months=reader.integer("months", 0 if days else 12, most=120),
        days=days,
        unit=reader.text("unit", "year"),
    )
    if window.unit not in calendar.MONTHS_IN:
        reader.note("unit", "unknown_choice", "month, quarter, half_year lub year", "month, quarter, half_year or year")
    if window.kind is WindowKind.ROLLING and not window.months + window.days:
        reader.note("months", "missing", "podaj liczbę miesięcy lub dni", "give a number of months or days")
    reader.finish()
    return window


def _tier(part: Reader, measure: Measure) -> tuple[tiers.Tier, TierTexts]:
    key = part.text("key", "", is_required=True)
    if not KEY.fullmatch(key):
        part.note("key", "not_a_key", "małe litery, cyfry i _", "small letters, digits and _")
    condition = part.raw("if") or None
    step = tiers.Tier(
        key=key,
        threshold=_threshold(part, measure),
        is_conditional=condition is not None,
        is_lifetime=part.flag("lifetime"),
    )
    texts = TierTexts(
        key=key,
        title=_words(part, "title", key),
        about=_words(part, "about", ""),
        benefits=read_benefits(part.part("benefits")),
        gift=_gift(part.part("gift")) if "gift" in part else None,
        condition=condition,
    )
    part.finish()
    return step, texts


def _threshold(part: Reader, measure: Measure) -> int:
    if measure is Measure.SPEND:
        return int(part.decimal("from", Decimal(0), is_positive=False) * 100)
    return part.integer("from", 0)


def _gift(reader: Reader) -> Gift:
    gift = Gift(
        points=reader.integer("points", 0, least=1, is_required=True),
        point_kind=reader.text("point_kind", POINTS_KIND),
    )
    reader.finish()
    return gift


def _is_ladder(steps: tiers.Ladder) -> bool:
    """Say whether the first step is open to everybody and every further one asks for more."""
    if not steps.tiers or steps.tiers[0].threshold or steps.tiers[0].is_conditional:
        return False
    if len({tier.key for tier in steps.tiers}) < len(steps.tiers):
        return False
    pairs = zip(steps.tiers, steps.tiers[1:], strict=False)
    return all(higher.threshold > lower.threshold or higher.is_conditional for lower, higher in pairs)


def _words(reader: Reader, name: str, default: str) -> Words:
    part = reader.part(name)
    english = part.text("en", default)
    words = Words(pl=part.text("pl", english), en=english)
    part.finish()
    return words
