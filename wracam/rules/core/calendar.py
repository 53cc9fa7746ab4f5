"""The decision's clock, and arithmetic with days, months and anniversaries as PostgreSQL does it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta, tzinfo

from wracam.rules.core.values import Duration


class Clock:
    """The moment of a decision and the shop's time zone; the local day is worked out once."""

    __slots__ = ("_today", "now", "zone")

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self.now = now
        self.zone = zone
        self._today: date | None = None

    @property
    def today(self) -> date:
        """The day in the shop's zone."""
        if self._today is None:
            self._today = self.now.astimezone(self.zone).date()
        return self._today

    def day_of(self, moment: datetime) -> date:
        """Return the day of *moment* in the shop's zone."""
        return moment.astimezone(self.zone).date()


def shift(day: date, duration: Duration, sign: int) -> date:
    """Move *day* by days, weeks, months or years; a day that the month lacks becomes its last (31 Jan → 28 Feb)."""
    count = sign * duration.count
    if duration.unit == "days":
        return day + timedelta(days=count)
    if duration.unit == "weeks":
        return day + timedelta(weeks=count)
    return add_months(day, count if duration.unit == "months" else 12 * count)


def add_months(day: date, count: int) -> date:
    """Move *day* by whole months, staying within the month it lands in."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def exact(duration: Duration) -> timedelta:
    """Return an exact duration (minutes, hours) as a time span."""
    return timedelta(minutes=duration.count) if duration.unit == "minutes" else timedelta(hours=duration.count)


def has_anniversary(day: date, today: date, days: int) -> bool:
    """Say whether an anniversary of *day* falls on one of the *days* after *today*, or today.

    The first anniversary is a year later. 29 February is kept on 28 February in common years.
    """
    last = today + timedelta(days=days)
    for year in range(max(today.year, day.year + 1), last.year + 1):
        if today <= add_months(day, 12 * (year - day.year)) <= last:
            return True
    return False
