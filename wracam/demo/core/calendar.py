"""When a garden shop sells: the year, the week and the day of its buyers.

A *season clock* runs fast in spring and slow in January. Customers live by it: their gaps between orders are drawn in
season time and turned into calendar days, which bends every rhythm to the year without losing its regularity.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from wracam.demo.core.chance import Choice

WARSAW = ZoneInfo("Europe/Warsaw")
MONTHS = (0.62, 0.80, 1.30, 1.62, 1.58, 1.15, 0.82, 0.75, 0.95, 0.90, 0.88, 1.10)
"""How busy each month's middle is, January first; days between are interpolated."""
WEEKDAYS = (1.12, 1.05, 1.02, 1.00, 0.88, 0.82, 1.11)
"""Monday to Sunday: online shops sell most on Mondays and Sunday evenings, least on Saturdays."""
WEEKDAYS_FIRMS = (1.25, 1.2, 1.15, 1.1, 0.9, 0.05, 0.02)
HOURS = (
    0.35, 0.18, 0.10, 0.07, 0.08, 0.18, 0.45, 0.80, 1.15, 1.40, 1.50, 1.45,
    1.35, 1.30, 1.25, 1.25, 1.25, 1.30, 1.45, 1.75, 2.00, 1.95, 1.50, 0.85,
)  # fmt: skip
HOURS_FIRMS = tuple(1.0 if 8 <= hour < 16 else 0.04 for hour in range(24))
_HOUR = {
    False: Choice([(hour, weight) for hour, weight in enumerate(HOURS)]),
    True: Choice([(hour, weight) for hour, weight in enumerate(HOURS_FIRMS)]),
}

_WEEKDAY = {False: Choice(list(enumerate(WEEKDAYS))), True: Choice(list(enumerate(WEEKDAYS_FIRMS)))}


def day_weight(day: date) -> float:
    """Return how busy *day* is in the year, weekdays left aside; an average day is near 1."""
    return _month_curve(day) * _special(day)


def _month_curve(day: date) -> float:
    """Interpolate between the middles of two months."""
    place = (day.day - 15.5) / 30.5
    this, other = MONTHS[day.month - 1], MONTHS[(day.month - (0 if place > 0 else 2)) % 12]
    return this + (other - this) * abs(place)


def _special(day: date) -> float:
    """Black Friday, gifts before Christmas, quiet holidays, the first warm weeks of May."""
    if day.month == 11 and 20 <= day.day <= 30:
        return 1.55
    if day.month == 12:
        return 1.45 if 1 <= day.day <= 19 else 0.35 if day.day <= 26 else 0.6
    if (day.month, day.day) in {(1, 1), (5, 3), (11, 1)}:
        return 0.45
    return 1.12 if day.month == 5 and 4 <= day.day <= 20 else 1.0


class SeasonClock:
    """Season time from *start*: one unit is an average day; `reading` and `day_at` are inverse to each other."""

    def __init__(self, start: date, days: int) -> None:
        self.start = start
        self.readings = [0.0]
        for offset in range(days + 1):
            self.readings.append(self.readings[-1] + day_weight(start + timedelta(days=offset)))

    def reading(self, offset: int) -> float:
        """Return the season time at the start of the day *offset* days after the start."""
        return self.readings[min(offset, len(self.readings) - 1)]

    def day_at(self, reading: float) -> int:
        """Return the day, counted from the start, in which the clock shows *reading*; one past the end if later."""
        return bisect_right(self.readings, reading) - 1


def shifted_to_weekday(random: Random, day: date, *, is_firm: bool) -> date:
    """Move *day* within its week, so that weekdays are as busy as they should be."""
    return day + timedelta(days=_WEEKDAY[is_firm].draw(random) - day.weekday())


def moment_on(random: Random, day: date, *, is_firm: bool) -> datetime:
    """Return a moment of *day* by the shop's clock, at an hour when people buy, in UTC."""
    clock_time = time(_HOUR[is_firm].draw(random), random.randrange(60), random.randrange(60))
    return datetime.combine(day, clock_time, WARSAW).astimezone(UTC)
