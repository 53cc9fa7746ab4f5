"""From facts to progress: what somebody has, which goals they reached and when, recomputed from all facts every time.

A *fact* is one countable thing with the amount of it that still stands. A return makes the amount smaller, and the
same function then says which goals no longer hold. So progress always equals what the facts say, whatever the order
in which they came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wracam.challenges.core.challenge import Challenge, Count, Unit

WHOLE = "all"
"""The name of the period of a challenge without periods."""
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that counts: when it happened, and how much of it stands. `value` is what must differ."""

    key: str
    at: datetime
    amount: int
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A goal reached: in which period, as its how-manieth, and by the fact of which moment."""

    period: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One period of somebody's challenge. `amount` is all that counted; `last_at` when it last did."""

    period: str
    amount: int
    last_at: datetime | None
    reached: tuple[Reached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What a member sees at a moment: what counts towards the next goal, and their run of days (weeks, months)."""

    period: str
    amount: int
    completed: int
    streak: int = 0
    best_streak: int = 0
    ends_at: datetime | None = None


def progress(challenge: Challenge, facts: Iterable[Fact], zone: ZoneInfo) -> list[Progress]:
    """Return every period in which something counted, the earliest first."""
    standing = sorted((fact for fact in facts if fact.amount > 0), key=lambda fact: (fact.at, fact.key))
    periods: dict[str, list[Fact]] = {}
    for fact in standing:
        periods.setdefault(period_of(challenge, fact.at, zone), []).append(fact)
    return [_one_period(challenge, name, mine, zone) for name, mine in periods.items()]


def now_of(challenge: Challenge, facts: Sequence[Fact], now: datetime, zone: ZoneInfo) -> Now:
    """Return what counts at *now*."""
    period = period_of(challenge, now, zone)
    found = next((one for one in progress(challenge, facts, zone) if one.period == period), None)
    completed = len(found.reached) if found else 0
    if challenge.streak:
        run, best = runs(challenge, facts, now, zone)
        amount = min(run, challenge.goal) if not challenge.repeats else run
        return Now(period=period, amount=amount, completed=completed, streak=run, best_streak=best)
    if challenge.window.rolling_days:
        return Now(period=period, amount=_rolling_now(challenge, facts, found, now, zone), completed=completed)
    return Now(
        period=period,
        amount=found.amount if found else 0,
        completed=completed,
        ends_at=period_end(challenge, now, zone),
    )


def period_of(challenge: Challenge, at: datetime, zone: ZoneInfo) -> str:
    """Return the name of the period that contains a moment: the day on which it starts, or `all`."""
    if challenge.window.period is None:
        return WHOLE
    return unit_start(at.astimezone(zone).date(), challenge.window.period).isoformat()


def period_end(challenge: Challenge, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the current period ends (exclusive): its midnight, or the challenge's own end if that is sooner."""
    ends_at = challenge.window.ends_at
    if challenge.window.period is None:
        return ends_at
    start = unit_start(now.astimezone(zone).date(), challenge.window.period)
    midnight = datetime.combine(next_unit(start, challenge.window.period), time.min, zone)
    return min(midnight, ends_at) if ends_at else midnight


def runs(challenge: Challenge, facts: Iterable[Fact], now: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Return the run that is still going (it may lack today) and the longest one, in units of the streak."""
    unit = challenge.streak or Unit.DAY
    lengths = _runs(_full_units(challenge, facts, zone, unit), unit)
    today = unit_start(now.astimezone(zone).date(), unit)
    going = next((length for start, length in lengths if _unit_after(start, length, unit) >= today), 0)
    return going, max((length for _start, length in lengths), default=0)


def unit_start(day: date, unit: Unit) -> date:
    """Return the first day of the day's unit; weeks begin on Monday."""
    if unit is Unit.DAY:
        return day
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_unit(start: date, unit: Unit) -> date:
    """Return the first day of the unit after the one that begins at *start*."""
    if unit in (Unit.DAY, Unit.WEEK):
        return start + timedelta(days=1 if unit is Unit.DAY else 7)
    index = start.year * 12 + start.month - 1 + _MONTHS[unit]
    return date(index // 12, index % 12 + 1, 1)


def _one_period(challenge: Challenge, name: str, facts: Sequence[Fact], zone: ZoneInfo) -> Progress:
    if challenge.streak:
        steps = _streak_steps(challenge, facts, zone)
    elif challenge.window.rolling_days:
        steps = _rolling_steps(challenge, facts, zone)
    else:
        steps = _plain_steps(challenge, facts, zone)
    amounts = _growth(challenge, facts, zone)
    return Progress(
        period=name,
        amount=amounts[-1][1] if amounts else 0,
        last_at=amounts[-1][0] if amounts else None,
        reached=tuple(
            Reached(period=name, number=number, at=at)
            for number, at in enumerate(steps[: challenge.times_max], start=1)
        ),
    )


def _growth(challenge: Challenge, facts: Sequence[Fact], zone: ZoneInfo) -> list[tuple[datetime, int]]:
    """Return how the amount grew: after each fact that added something, when and how much there was in all."""
    seen: set[str] = set()
    total, grown = 0, []
    for fact in facts:
        added = _adds(challenge, fact, seen, zone)
        if added:
            total += added
            grown.append((fact.at, total))
    return grown


def _adds(challenge: Challenge, fact: Fact, seen: set[str], zone: ZoneInfo) -> int:
    if challenge.count not in (Count.DISTINCT, Count.DAYS):
        return fact.amount
    value = fact.value if challenge.count is Count.DISTINCT else fact.at.astimezone(zone).date().isoformat()
    if value in seen:
        return 0
    seen.add(value)
    return 1


def _plain_steps(challenge: Challenge, facts: Sequence[Fact], zone: ZoneInfo) -> list[datetime]:
    """Return when each goal was reached: every level once, or the one goal again and again."""
    steps: list[datetime] = []
    for at, total in _growth(challenge, facts, zone):
        if challenge.repeats:
            steps += [at] * min(total // challenge.goal - len(steps), challenge.times_max - len(steps))
        else:
            steps += [at] * (sum(total >= level.goal for level in challenge.levels) - len(steps))
    return steps


def _rolling_steps(challenge: Challenge, facts: Sequence[Fact], zone: ZoneInfo) -> list[datetime]:
    """Return when each goal was reached within the rolling days; a goal reached again starts from nothing."""
    if challenge.repeats:
        return _rolling_repeats(challenge, facts, zone)
    steps: list[datetime] = []
    within: deque[Fact] = deque()
    for fact in facts:
        _slide(challenge, within, fact, zone)
        total = _total(challenge, within, zone)
        steps += [fact.at] * (sum(total >= level.goal for level in challenge.levels) - len(steps))
    return steps


def _rolling_repeats(challenge: Challenge, facts: Sequence[Fact], zone: ZoneInfo) -> list[datetime]:
    steps: list[datetime] = []
    within: deque[Fact] = deque()
    for fact in facts:
        _slide(challenge, within, fact, zone)
        if _total(challenge, within, zone) >= challenge.goal:
            steps.append(fact.at)
            within.clear()
    return steps


def _slide(challenge: Challenge, within: deque[Fact], fact: Fact, zone: ZoneInfo) -> None:
    """Take in a fact, and let those go that are more local days away than the window has."""
    within.append(fact)
    first = fact.at.astimezone(zone).date() - timedelta(days=challenge.window.rolling_days - 1)
    while within[0].at.astimezone(zone).date() < first:
        within.popleft()


def _total(challenge: Challenge, facts: Iterable[Fact], zone: ZoneInfo) -> int:
    seen: set[str] = set()
    return sum(_adds(challenge, fact, seen, zone) for fact in facts)


def _rolling_now(
    challenge: Challenge, facts: Sequence[Fact], found: Progress | None, now: datetime, zone: ZoneInfo
) -> int:
    first = now.astimezone(zone).date() - timedelta(days=challenge.window.rolling_days - 1)
    after = found.reached[-1].at if found and found.reached and challenge.repeats else None
    return _total(
        challenge,
        (
            fact
            for fact in sorted(facts, key=lambda fact: (fact.at, fact.key))
            if fact.amount > 0 and fact.at.astimezone(zone).date() >= first and (after is None or fact.at > after)
        ),
        zone,
    )


def _full_units(challenge: Challenge, facts: Iterable[Fact], zone: ZoneInfo, unit: Unit) -> dict[date, datetime]:
    """Return the units with enough in them, in order, and when each had it."""
    by_unit: dict[date, list[Fact]] = {}
    for fact in sorted((one for one in facts if one.amount > 0), key=lambda one: (one.at, one.key)):
        by_unit.setdefault(unit_start(fact.at.astimezone(zone).date(), unit), []).append(fact)
    full = {}
    for start, mine in sorted(by_unit.items()):
        at = next((at for at, total in _growth(challenge, mine, zone) if total >= challenge.enough), None)
        if at is not None:
            full[start] = at
    return full


def _runs(full: Iterable[date], unit: Unit) -> list[tuple[date, int]]:
    """Return the runs of neighbouring units, each with its first day and length."""
    found: list[tuple[date, int]] = []
    for start in full:
        if found and _unit_after(*found[-1], unit) == start:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((start, 1))
    return found


def _unit_after(start: date, length: int, unit: Unit) -> date:
    for _ in range(length):
        start = next_unit(start, unit)
    return start


def _streak_steps(challenge: Challenge, facts: Sequence[Fact], zone: ZoneInfo) -> list[datetime]:
    """Return when runs were long enough: for each level once, or each time a run is as long as the goal again."""
    unit = challenge.streak or Unit.DAY
    full = _full_units(challenge, facts, zone, unit)
    steps: list[datetime] = []
    length, previous = 0, None
    for start, at in full.items():
        length = length + 1 if previous is not None and next_unit(previous, unit) == start else 1
        previous = start
        if challenge.repeats:
            steps += [at] * (length % challenge.goal == 0)
        else:
            steps += [at] * (sum(length >= level.goal for level in challenge.levels) - len(steps))
    return steps
