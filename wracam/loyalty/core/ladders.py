"""A ladder of tiers, read from its definition: what is measured, over which window, and the tiers themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.definitions.contracts import Problem
from wracam.kernel.language import Words
from wracam.loyalty.core import calendar, tiers
from wracam.loyalty.core.program import KEY, POINTS_KIND
from wracam.loyalty.core.reading import Reader


class WindowKind(StrEnum):
    """Over which time points count towards a tier."""

    EVER = "ever"
    ROLLING = "rolling"
    """The last so many months."""
    CALENDAR = "calendar"
    """The current calendar year, half-year or quarter; the one before counts until the next review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A qualification window."""

    kind: WindowKind = WindowKind.EVER
    months: int = 12
    unit: str = "year"

    def starts_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return since when points count at *now*; None: since ever."""
        today = calendar.local_day(now, zone)
        if self.kind is WindowKind.EVER:
            return None
        if self.kind is WindowKind.ROLLING:
            return calendar.midnight(calendar.add_months(today, -self.months), zone)
        return calendar.midnight(calendar.period_start(today, self.unit), zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTexts:
    """What people read about a tier."""

    key: str
    title: Words
    benefits: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLadder:
    """A ladder in force: points of `point_kind` earned within the window decide, less what was taken back."""

    key: str
    version_id: UUID | None
    program: str
    title: Words
    point_kind: str
    window: Window
    steps: tiers.Ladder
    texts: tuple[TierTexts, ...]

    def text(self, tier: str) -> TierTexts:
        """Return the texts of a tier."""
        return next(text for text in self.texts if text.key == tier)


def read_ladder(
    body: Mapping[str, Any], *, key: str = "", version_id: UUID | None = None
) -> tuple[LiveLadder | None, list[Problem]]:
    """Read a body; there is a ladder only when there is no problem."""
    reader = Reader(body)
    window = reader.part("window")
    found = Window(
        kind=window.choice("kind", WindowKind, WindowKind.EVER),
        months=window.integer("months", 12, least=1, most=120),
        unit=window.text("unit", "year"),
    )
    if found.unit not in calendar.MONTHS_IN:
        window.note("unit", "unknown_choice", "month, quarter, half_year lub year", "month, quarter, half_year or year")
    window.finish()
    texts, thresholds = [], []
    for part in reader.parts("tiers"):
        tier = part.text("key", "", is_required=True)
        if not KEY.fullmatch(tier):
            part.note("key", "not_a_key", "małe litery, cyfry i _", "small letters, digits and _")
        texts.append(TierTexts(key=tier, title=_words(part, "title", tier), benefits=_words(part, "benefits", "")))
        thresholds.append((tier, part.integer("from", 0)))
        part.finish()
    title = _words(reader, "title", "")
    program, point_kind = reader.text("program"), reader.text("point_kind", POINTS_KIND)
    downgrade = reader.choice("downgrade", tiers.Downgrade, tiers.Downgrade.TO_EARNED)
    if not thresholds or len({at for _, at in thresholds}) < len(thresholds) or min(at for _, at in thresholds) > 0:
        reader.note(
            "tiers", "not_a_ladder", "poziomy z różnymi progami, pierwszy od 0",
            "tiers with different thresholds, the first from 0",
        )  # fmt: skip
    reader.finish()
    if reader.problems:
        return None, reader.problems
    steps = tiers.ladder(thresholds, downgrade)
    ladder = LiveLadder(
        key=key, version_id=version_id, program=program, title=title, point_kind=point_kind, window=found,
        steps=steps, texts=tuple(texts),
    )  # fmt: skip
    return ladder, []


def _words(reader: Reader, name: str, default: str) -> Words:
    part = reader.part(name)
    english = part.text("en", default)
    words = Words(pl=part.text("pl", english), en=english)
    part.finish()
    return words
