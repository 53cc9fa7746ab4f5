"""A challenge, read from its definition: what is counted, over which time, how much is the goal, and what it brings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from wracam.definitions.contracts import Problem
from wracam.definitions.ports import Reader
from wracam.kernel.language import Words

EVENT_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+")
LEVELS_MAX = 20
TIMES_MAX = 1_000
GOAL_MAX = 10**9


class Count(StrEnum):
    """What one happening adds."""

    EVENTS = "events"
    """One, for every event; of an order for as long as something of it is kept."""
    UNITS = "units"
    """The units of the order's matching lines that were not returned."""
    VALUE = "value"
    """Money: of the matching lines, or the order, less what was returned; or a number in the event."""
    DISTINCT = "distinct"
    """Different values: products, categories, or a field of the event."""
    DAYS = "days"
    """Different days on which something happened, in the shop's time zone."""


class Unit(StrEnum):
    """A stretch of the shop's calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Joining(StrEnum):
    """Who takes part."""

    EVERYBODY = "everybody"
    OPT_IN = "opt_in"
    """Those who join; what happened before does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """An effect that a goal brings, with its parameters; who offers the effect knows what they mean."""

    effect: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One goal of a challenge, what it is called, and what it brings."""

    goal: int
    title: Words
    badge: Words
    icon: str
    rewards: tuple[Reward, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Over which time the goal must be reached; all None: as long as the challenge lasts."""

    period: Unit | None = None
    """Every day, week, month … begins anew."""
    rolling_days: int = 0
    """Within so many consecutive days, today included."""
    weekdays: frozenset[int] = frozenset()
    """Only these count (1 Monday … 7 Sunday)."""
    from_hour: int = 0
    to_hour: int = 24
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def includes(self, at: datetime, local: datetime) -> bool:
        """Say whether something at *at*, which is *local* in the shop, counts."""
        return (
            (self.starts_at is None or at >= self.starts_at)
            and (self.ends_at is None or at < self.ends_at)
            and (not self.weekdays or local.isoweekday() in self.weekdays)
            and self.from_hour <= local.hour < self.to_hour
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A challenge as it counts. `streak` asks for that many days (weeks, months) in a row, each with enough."""

    key: str
    version_id: UUID | None
    title: Words
    about: Words
    event: str
    condition: Mapping[str, Any] | None
    lines: Mapping[str, Any] | None
    audience: Mapping[str, Any] | None
    count: Count
    of: str
    window: Window
    streak: Unit | None
    enough: int
    levels: tuple[Level, ...]
    repeats: bool
    times_max: int
    joining: Joining
    is_ranked: bool
    shows_stamps: bool
    near: int = 0
    """Who lacks at most so much is told so, once per window; 0: nobody."""

    @property
    def goal(self) -> int:
        """The first goal."""
        return self.levels[0].goal

    @property
    def is_opt_in(self) -> bool:
        """Say whether only those who join take part."""
        return self.joining is Joining.OPT_IN

    @property
    def is_of_orders(self) -> bool:
        """Say whether orders are counted, whose returns undo what they added."""
        return self.event.startswith("order.")

    @property
    def is_money(self) -> bool:
        """Say whether amounts are minor units of the shop's currency."""
        return self.count is Count.VALUE and self.is_of_orders

    def level(self, number: int) -> Level:
        """Return the level whose completion has this number; repeats have only one."""
        return self.levels[min(number, len(self.levels)) - 1]


def read_challenge(
    body: Mapping[str, Any], *, key: str = "", version_id: UUID | None = None
) -> tuple[Challenge, list[Problem]]:
    """Read a body; the challenge is usable only when there is no problem. Conditions are checked by the caller."""
    reader = Reader(body)
    event = reader.text("when", "order.paid")
    count = reader.choice("count", Count, Count.EVENTS)
    streak = reader.choice("streak", Unit, Unit.DAY) if "streak" in reader else None
    is_money = count is Count.VALUE and event.startswith("order.") and streak is None
    challenge = Challenge(
        key=key,
        version_id=version_id,
        title=_words(reader, "title"),
        about=_words(reader, "about"),
        event=event,
        condition=reader.raw("if") or None,
        lines=reader.raw("lines") or None,
        audience=reader.raw("audience") or None,
        count=count,
        of=reader.text("of", "sku" if event.startswith("order.") else ""),
        window=_window(reader.part("window")),
        streak=streak,
        enough=_amount(reader, "enough", 1, is_money=count is Count.VALUE and event.startswith("order.")),
        levels=_levels(reader, is_money=is_money),
        repeats=reader.flag("repeats"),
        times_max=reader.integer("times", TIMES_MAX, least=1, most=TIMES_MAX),
        joining=reader.choice("joining", Joining, Joining.EVERYBODY),
        is_ranked=reader.flag("ranking"),
        shows_stamps=reader.flag("stamps"),
        near=_amount(reader, "near", 0, is_money=is_money) if "near" in reader else 0,
    )
    _check(reader, challenge)
    reader.finish()
    return challenge, reader.problems


def challenge_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an automatic reward ("spend 500 in 90 days") as the challenge that it is; shares every other field."""
    said = {name: value for name, value in body.items() if name not in ("spend", "within_days", "period")}
    window = {"period": body["period"]} if body.get("period") else {"rolling_days": body.get("within_days", 90)}
    return {**said, "when": "order.paid", "count": "value", "goal": body.get("spend", "0"), "window": window}


def _levels(reader: Reader, *, is_money: bool) -> tuple[Level, ...]:
    found = [_level(part, is_money=is_money) for part in reader.parts("levels")]
    if not found:
        found = [
            Level(
                goal=_amount(reader, "goal", 1, is_money=is_money),
                title=Words(pl="", en=""),
                badge=_words(reader, "badge"),
                icon=reader.text("icon", "award", length_max=40),
                rewards=_rewards(reader),
            )
        ]
    goals = [level.goal for level in found]
    if goals != sorted(set(goals)) or len(found) > LEVELS_MAX:
        reader.note("levels", "not_rising", "cele poziomów muszą rosnąć", "the goals of levels must rise")
    return tuple(found)


def _level(part: Reader, *, is_money: bool) -> Level:
    level = Level(
        goal=_amount(part, "goal", 1, is_money=is_money),
        title=_words(part, "title"),
        badge=_words(part, "badge"),
        icon=part.text("icon", "award", length_max=40),
        rewards=_rewards(part),
    )
    part.finish()
    return level


def _rewards(reader: Reader) -> tuple[Reward, ...]:
    rewards = []
    for item in reader.items("rewards"):
        said = dict(item) if isinstance(item, Mapping) else {}
        effect = said.pop("effect", None)
        if not isinstance(effect, str):
            reader.note("rewards", "no_effect", "każda nagroda ma pole effect", "every reward has a field effect")
            continue
        rewards.append(Reward(effect=effect, parameters=said))
    return tuple(rewards)


def _amount(reader: Reader, name: str, default: int, *, is_money: bool) -> int:
    if is_money:
        return int(reader.decimal(name, Decimal(default)) * 100)
    return reader.integer(name, default, least=1, most=GOAL_MAX)


def _window(reader: Reader) -> Window:
    weekdays = reader.items("weekdays")
    if not all(isinstance(day, int) and not isinstance(day, bool) and 1 <= day <= 7 for day in weekdays):
        reader.note("weekdays", "not_weekdays", "dni od 1 (pon.) do 7 (niedz.)", "days from 1 (Mon) to 7 (Sun)")
        weekdays = []
    window = Window(
        period=reader.choice("period", Unit, Unit.MONTH) if "period" in reader else None,
        rolling_days=reader.integer("rolling_days", 0, most=3650),
        weekdays=frozenset(weekdays),
        from_hour=reader.integer("from_hour", 0, most=23),
        to_hour=reader.integer("to_hour", 24, least=1, most=24),
        starts_at=reader.moment("starts_at"),
        ends_at=reader.moment("ends_at"),
    )
    if window.period and window.rolling_days:
        reader.note("rolling_days", "two_windows", "albo okres, albo ostatnie dni", "either a period or rolling days")
    if window.starts_at and window.ends_at and window.ends_at <= window.starts_at:
        reader.note("ends_at", "ends_before_start", "koniec przed początkiem", "ends before it starts")
    if window.from_hour >= window.to_hour:
        reader.note("to_hour", "ends_before_start", "koniec przed początkiem", "ends before it starts")
    reader.finish()
    return window


def _check(reader: Reader, challenge: Challenge) -> None:
    if not EVENT_NAME.fullmatch(challenge.event):
        reader.note("when", "not_an_event", "nazwa zdarzenia, np. order.paid", "an event's name such as order.paid")
    if challenge.lines is not None and not challenge.is_of_orders:
        reader.note("lines", "needs_an_order", "pozycje ma tylko zamówienie", "only orders have lines")
    if challenge.count is Count.UNITS and not challenge.is_of_orders:
        reader.note("count", "needs_an_order", "sztuki ma tylko zamówienie", "only orders have units")
    needs_field = challenge.count in (Count.DISTINCT, Count.VALUE) and not challenge.is_of_orders
    if needs_field and not challenge.of:
        reader.note("of", "missing", "podaj pole zdarzenia", "name a field of the event")
    if challenge.count is Count.DISTINCT and challenge.is_of_orders and challenge.of not in ("sku", "category"):
        reader.note("of", "unknown_choice", "sku lub category", "sku or category")
    if challenge.repeats and len(challenge.levels) > 1:
        reader.note("repeats", "levels_repeat", "poziomy się nie powtarzają", "levels do not repeat")
    if challenge.is_ranked and (challenge.window.rolling_days or challenge.streak):
        reader.note(
            "ranking", "cannot_be_ranked", "ranking ma wyzwanie z okresem lub bez okna",
            "a ranking needs a challenge with a period or without a window",
        )  # fmt: skip
    if challenge.streak and (challenge.window.rolling_days or challenge.window.period):
        reader.note("streak", "two_windows", "seria nie ma innego okna", "a streak has no other window")


def _words(reader: Reader, name: str) -> Words:
    part = reader.part(name)
    english, polish = part.text("en"), part.text("pl")
    part.finish()
    return Words(pl=polish or english, en=english or polish)
