"""Over which time a member qualifies for tiers: from a day of the shop's calendar to the end of another.

All windows begin and end at midnights of the shop's time zone, so they are exact on both days of a clock change.
A calendar or anniversary window is followed by one more: what was reached in one period holds through the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from wracam.loyalty.core import calendar

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
"""Before anything that a shop ever told."""
WARN_DAYS = 30
"""How many days ahead members are told that a tier is at risk, unless the ladder says otherwise."""


class WindowKind(StrEnum):
    """Over which time points, spending or orders count towards a tier."""

    EVER = "ever"
    ROLLING = "rolling"
    """The last so many months or days."""
    CALENDAR = "calendar"
    """A month, quarter, half-year or year of the calendar; its result holds through the next one."""
    ANNIVERSARY = "anniversary"
    """Years counted from the day of joining; the result of one holds through the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """A member's window at a moment: what counts is the greater of the current and the previous span.

    The current span is [`current`, …), the previous one [`previous`, `current`) and empty where there is none. At
    `review_at` only what happened since `later` will still count; None: no day takes anything away.
    """

    current: datetime
    previous: datetime
    later: datetime
    review_at: datetime | None
    next_step_at: datetime | None
    """When, after a fall by one step, the next one may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A qualification window. `months` and `days` add up for a rolling one; `unit` is of the calendar."""

    kind: WindowKind = WindowKind.EVER
    months: int = 12
    days: int = 0
    unit: str = "year"

    def spans(self, now: datetime, zone: ZoneInfo, joined_at: datetime, warn_days: int = WARN_DAYS) -> Spans:
        """Return the spans that count at *now* for a member who joined at *joined_at*."""
        today = calendar.local_day(now, zone)
        if self.kind is WindowKind.ROLLING:
            return self._rolling(today, zone, warn_days)
        if self.kind is WindowKind.CALENDAR:
            start = calendar.period_start(today, self.unit)
            before = calendar.period_start(start - timedelta(days=1), self.unit)
            return _periods(
                calendar.midnight(before, zone), start, calendar.period_last_day(today, self.unit) + _DAY, zone
            )
        if self.kind is WindowKind.ANNIVERSARY:
            return _years(calendar.local_day(joined_at, zone), today, zone)
        return Spans(current=BEGINNING, previous=BEGINNING, later=BEGINNING, review_at=None, next_step_at=None)

    def _rolling(self, today: date, zone: ZoneInfo, warn_days: int) -> Spans:
        horizon = today + timedelta(days=warn_days)
        current = calendar.midnight(self._back(today), zone)
        return Spans(
            current=current,
            previous=current,
            later=calendar.midnight(self._back(horizon), zone),
            review_at=calendar.midnight(horizon, zone),
            next_step_at=calendar.midnight(calendar.add_months(today, self.months) + self._days, zone),
        )

    @property
    def depends_on_joining(self) -> bool:
        """Say whether members have windows of their own."""
        return self.kind is WindowKind.ANNIVERSARY

    @property
    def _days(self) -> timedelta:
        return timedelta(days=self.days)

    def _back(self, day: date) -> date:
        return calendar.add_months(day, -self.months) - self._days


_DAY = timedelta(days=1)


def _periods(previous: datetime, start: date, following: date, zone: ZoneInfo) -> Spans:
    current, review_at = calendar.midnight(start, zone), calendar.midnight(following, zone)
    return Spans(current=current, previous=previous, later=current, review_at=review_at, next_step_at=review_at)


def _years(joined_on: date, today: date, zone: ZoneInfo) -> Spans:
    """Return the year of membership that contains today; what was before joining belongs to the first."""
    number = max(0, today.year - joined_on.year)
    if number and calendar.add_months(joined_on, 12 * number) > today:
        number -= 1
    starts = [calendar.add_months(joined_on, 12 * (number + step)) for step in (-1, 0, 1)]
    if number == 0:
        review_at = calendar.midnight(starts[2], zone)
        return Spans(
            current=BEGINNING, previous=BEGINNING, later=BEGINNING, review_at=review_at, next_step_at=review_at
        )
    previous = BEGINNING if number == 1 else calendar.midnight(starts[0], zone)
    return _periods(previous, starts[1], starts[2], zone)
