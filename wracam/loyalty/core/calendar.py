"""Days, months and period ends in the shop's own time zone. Ends are exclusive midnights."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS_IN = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of *moment* in *zone*."""
    return moment.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the start of *day* in *zone* (where a clock change skips midnight, the first moment after it)."""
    return datetime.combine(day, time.min, zone)


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later; in a shorter month its last day (31 Jan + 1 month = 28 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def period_start(day: date, unit: str) -> date:
    """Return the first day of the day's `day`, `week` (Monday), `month`, `quarter`, `half_year` or `year`."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    length = MONTHS_IN[unit]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def period_last_day(day: date, unit: str) -> date:
    """Return the last day of the same period."""
    if unit == "day":
        return day
    if unit == "week":
        return period_start(day, unit) + timedelta(days=6)
    return add_months(period_start(day, unit), MONTHS_IN[unit]) - timedelta(days=1)
