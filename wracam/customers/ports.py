"""Where higher floors add to what is known of a customer: the timeline, export and erasure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.kernel.language import Words
from wracam.kernel.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened to a customer, as a sentence.

    `key` is unique over the whole timeline and orders entries of one moment; `icon` names an icon of the console's
    set; `link` is a path in the console; `event_id` is the recorded event behind it, for "why?".
    """

    key: str
    moment: datetime
    icon: str
    sentence: Words
    link: str = ""
    detail: Words | None = None
    event_id: UUID | None = None


TimelineProvider = Callable[[Sequence[UUID], datetime | None, int], Sequence[TimelineEntry]]
"""Given all ids of one person (the living one first), a moment to end at (inclusive; None for the newest) and a
limit: the newest entries up to that moment, newest first."""

TIMELINE: Registry[TimelineProvider] = Registry("timeline provider")


def register_timeline(name: str) -> Callable[[TimelineProvider], TimelineProvider]:
    """Add a source of timeline entries: `@register_timeline("loyalty")`."""

    def register(provider: TimelineProvider) -> TimelineProvider:
        return TIMELINE.register(name, provider)

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What a feature holds about people: how to show it all, and how to erase what need not be kept.

    Both take all ids of one person. `export` returns JSON values; `erase` runs in the transaction of the erasure.
    """

    export: Callable[[Sequence[UUID]], Any]
    erase: Callable[[Sequence[UUID], datetime], None]


PERSONAL_DATA: Registry[PersonalData] = Registry("holder of personal data")


def register_personal_data(name: str, held: PersonalData) -> PersonalData:
    """Add a holder of personal data, usually in a feature's `privacy.py`."""
    return PERSONAL_DATA.register(name, held)
