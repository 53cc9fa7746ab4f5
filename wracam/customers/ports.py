"""Where higher floors add to what is known of a customer: the timeline, export and erasure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from wracam.events.contracts import RecordedEvent
from wracam.kernel.language import Language, Words
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
class Telling:
    """How a feature tells one of its events in a timeline: a sentence, an icon, a link, a quieter detail."""

    sentence: Words
    icon: str = "circle"
    link: str = ""
    detail: Words | None = None


Teller = Callable[[Sequence[RecordedEvent]], Mapping[UUID, Telling | None]]
"""Tells a batch of events by their ids; None hides one, an event left out is told by its plain title."""

TELLERS: Registry[Teller] = Registry("teller of events")


def register_teller(*names: str) -> Callable[[Teller], Teller]:
    """Say how events of these names read in a timeline: `@register_teller("points.earned")`."""

    def register(teller: Teller) -> Teller:
        for name in names:
            TELLERS.register(name, teller)
        return teller

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the customer page that another feature owns: its heading, template and what the template needs."""

    title: Words
    template: str
    context: Mapping[str, Any]


PanelProvider = Callable[[Sequence[UUID], int, Language, datetime], Panel | None]
"""`(all ids of the person, shop_id, language, now)` → the panel, or None where there is nothing to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPlace:
    """A panel and where it stands: `is_side` in the narrow column, smaller `order` higher up."""

    provide: PanelProvider
    order: int
    is_side: bool


PANELS: Registry[PanelPlace] = Registry("panel of the customer page")


def register_panel(name: str, *, order: int = 100, is_side: bool = False) -> Callable[[PanelProvider], PanelProvider]:
    """Add a panel to the customer page: `@register_panel("loyalty", order=10)`."""

    def register(provide: PanelProvider) -> PanelProvider:
        PANELS.register(name, PanelPlace(provide=provide, order=order, is_side=is_side))
        return provide

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumn:
    """A column that a higher feature adds to the list of customers; `kind` as the console's tables know it."""

    name: str
    title: Words
    kind: Literal["text", "number", "points", "money", "moment", "day"]


ColumnValues = Callable[[Sequence[UUID], int], Mapping[UUID, Mapping[str, Any]]]
"""`(customer ids of one page, shop_id)` → values by customer and column name, in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumns:
    """Columns of one feature, and where their values come from."""

    columns: tuple[ListColumn, ...]
    values: ColumnValues


LIST_COLUMNS: Registry[ListColumns] = Registry("columns of the list of customers")


def register_columns(name: str, *columns: ListColumn) -> Callable[[ColumnValues], ColumnValues]:
    """Add columns to the list of customers: `@register_columns("loyalty", ListColumn(…))`."""

    def register(values: ColumnValues) -> ColumnValues:
        LIST_COLUMNS.register(name, ListColumns(columns=columns, values=values))
        return values

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
