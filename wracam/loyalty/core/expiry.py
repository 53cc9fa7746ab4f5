"""When points become active and when they end.

Points are good through the whole of their last day in the shop's time zone: `expires_at` is the midnight after
it. The validity counts from the day on which points become active.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wracam.loyalty.core import calendar
from wracam.loyalty.core.program import Pending, Round, Validity, ValidityKind


def activates_at(pending: Pending, happened_at: datetime, delivered_at: datetime | None) -> datetime | None:
    """Return when points of an event at *happened_at* become active; None: it waits for the delivery."""
    if not pending.waits:
        return happened_at
    start = delivered_at if pending.after_delivery else happened_at
    return None if start is None else start + timedelta(days=pending.days)


def expires_at(validity: Validity, active_from: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the end of points that become active at *active_from*; None: they do not end by themselves."""
    last = last_day(validity, calendar.local_day(active_from, zone))
    return None if last is None else calendar.midnight(last + timedelta(days=1), zone)


def last_day(validity: Validity, start: date) -> date | None:
    """Return the last day on which points active from *start* can be used."""
    if validity.kind is ValidityKind.NEVER:
        return None
    if validity.kind is ValidityKind.FIXED:
        return _next_fixed_day(validity, start)
    day = calendar.add_months(start, validity.months) + timedelta(days=validity.days)
    if validity.round_up_to == Round.NAMED_MONTH:
        return _end_of_named_month(validity.month, day)
    return calendar.period_last_day(day, validity.round_up_to) if validity.round_up_to else day


def _end_of_named_month(month: int, day: date) -> date:
    """Return the last day of the next month of this number that has not ended before *day*."""
    year = day.year + (month < day.month)
    return calendar.period_last_day(date(year, month, 1), "month")


def _next_fixed_day(validity: Validity, start: date) -> date:
    """Return the next yearly day (month, day) not before *start*; 29 Feb falls on the 28th in other years."""
    for year in (start.year, start.year + 1):
        first = date(year, validity.month, 1)
        day = min(first + timedelta(days=validity.day - 1), calendar.period_last_day(first, "month"))
        if day >= start:
            return day
    raise AssertionError("a yearly day comes every year")
