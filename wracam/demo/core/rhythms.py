"""How often people come back: individual rates and regularity, and the day each of them stops.

Each customer has a gamma-distributed rate, a regularity of their own (gaps are gamma-distributed too, as in the
Pareto/GGG model of Platzer & Reutterer, 2016) and stops after an order with a probability of their own (as in the
BG/NBD model of Fader, Hardie & Lee, 2005). Gaps run in season time (see `calendar`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log
from random import Random

from wracam.demo.core.calendar import SeasonClock, moment_on, shifted_to_weekday
from wracam.demo.core.chance import happens

SHARE_KNOWN_BEFORE = 0.16
"""Customers whose first order lies before the story begins."""
SHARE_ONCE = 0.365
"""People who come for one thing, a present or a single pot, and never return."""
GROWTH_A_YEAR = 1.22
RATE_SHAPE, RATE_MEAN_A_YEAR = 1.3, 5.0
STOP_ALPHA, STOP_BETA = 1.1, 6.2
ORDERS_MAX = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The time that the demo tells: from `start` up to `now`."""

    start: date
    now: datetime
    clock: SeasonClock

    @property
    def days(self) -> int:
        """How many days the story has."""
        return (self.now.date() - self.start).days


def story(now: datetime, days: int) -> Story:
    """Return the story of the last *days* days before *now*."""
    start = now.date() - timedelta(days=days)
    return Story(start=start, now=now, clock=SeasonClock(start, days))


def order_moments(random: Random, told: Story, *, is_firm: bool) -> list[datetime]:
    """Return when one customer orders, in the order of time; at least once."""
    rate = random.gammavariate(RATE_SHAPE, RATE_MEAN_A_YEAR / RATE_SHAPE) / 365 * (1.8 if is_firm else 1.0)
    regularity = random.choice((1, 1, 2, 3, 6))
    stops = 1.0 if happens(random, SHARE_ONCE) and not is_firm else random.betavariate(STOP_ALPHA, STOP_BETA)
    moments: list[datetime] = []
    reading = _first_reading(random, told, 1 / rate)
    while len(moments) < ORDERS_MAX:
        moment = _moment(random, told, reading, is_firm=is_firm)
        if moment is None:
            break
        moments.append(moment)
        if happens(random, stops):
            break
        reading += max(random.gammavariate(regularity, 1 / (rate * regularity)), 0.5)
    return sorted(moments) or [_somewhere(random, told, is_firm=is_firm)]


def _first_reading(random: Random, told: Story, mean_gap: float) -> float:
    """Draw the season time of the first order: a growing shop wins more people each year."""
    end = told.clock.reading(told.days)
    if happens(random, SHARE_KNOWN_BEFORE):
        return min(random.expovariate(1 / mean_gap), end * 0.95)
    years = told.days / 365
    share = random.random()
    growth: float = GROWTH_A_YEAR**years
    return float(end * _grown(share, growth))


def _grown(share: float, growth: float) -> float:
    """Turn an even share into one of exponential growth from 1 to *growth*."""
    return log(1 + share * (growth - 1)) / log(growth)


def _moment(random: Random, told: Story, reading: float, *, is_firm: bool) -> datetime | None:
    """Return the calendar moment of a season time, or None when it lies outside of the story."""
    offset = told.clock.day_at(reading)
    if offset > told.days:
        return None
    day = shifted_to_weekday(random, told.start + timedelta(days=offset), is_firm=is_firm)
    moment = moment_on(random, max(day, told.start), is_firm=is_firm)
    return moment if moment <= told.now else None


def _somewhere(random: Random, told: Story, *, is_firm: bool) -> datetime:
    """Return a moment for somebody whose only order fell out of the story: a week before its end."""
    day = told.now.date() - timedelta(days=random.randrange(7, 60))
    return moment_on(random, shifted_to_weekday(random, day, is_firm=is_firm), is_firm=is_firm)


def known_moments(key: str, random: Random, told: Story) -> list[datetime]:
    """Return when the four known people order, whatever the seed: loyal, new, lapsing, VIP."""
    gaps, first_days_ago, last_days_ago = {
        "ania": (21, told.days - 12, 5),
        "bartek": (30, 4, 4),
        "celina": (26, told.days - 40, 155),
        "daria": (13, told.days - 25, 2),
    }[key]
    days_ago = [*range(last_days_ago, first_days_ago + 1, gaps)]
    days = [told.now.date() - timedelta(days=max(ago + random.randrange(-2, 3), 1)) for ago in days_ago]
    return sorted(moment_on(random, day, is_firm=False) for day in days)
