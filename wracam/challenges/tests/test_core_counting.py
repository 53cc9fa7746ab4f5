"""Progress from facts: goals, periods, rolling days, streaks over clock changes, stamps, and undoing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.challenges.core import counting
from wracam.challenges.core.challenge import Challenge, read_challenge
from wracam.challenges.core.counting import Fact

WARSAW = ZoneInfo("Europe/Warsaw")


def challenge(**body: Any) -> Challenge:
    found, problems = read_challenge({"title": {"en": "Green"}, **body}, key="green")
    assert problems == []
    return found


def fact(at: datetime, amount: int = 1, value: str = "") -> Fact:
    return Fact(key=at.isoformat() + value, at=at, amount=amount, value=value)


def day(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=WARSAW)  # type: ignore[arg-type]  # year, month, day, hour …


def reached(found: Challenge, *facts: Fact) -> list[tuple[str, int]]:
    return [(one.period, one.number) for period in counting.progress(found, facts, WARSAW) for one in period.reached]


def test_every_tenth_is_reached_again_and_again_and_a_return_undoes_the_last():
    stamps = challenge(goal=10, repeats=True, count="units")
    bought = [fact(day(2026, 5, number), 7) for number in (1, 2, 3)]

    assert reached(stamps, *bought) == [("all", 1), ("all", 2)]
    assert counting.now_of(stamps, bought, day(2026, 5, 4), WARSAW).amount == 21
    assert reached(stamps, *bought[:2], replace(bought[2], amount=5)) == [("all", 1)]


def test_levels_are_reached_one_by_one_within_a_period_that_begins_anew():
    monthly = challenge(levels=[{"goal": 2}, {"goal": 3}], window={"period": "month"})

    found = reached(monthly, *(fact(day(2026, 5, number)) for number in (1, 2, 3)), fact(day(2026, 6, 1)))

    assert found == [("2026-05-01", 1), ("2026-05-01", 2)]


def test_a_month_turns_at_the_shops_midnight():
    monthly = challenge(goal=2, window={"period": "month"})

    assert reached(monthly, fact(day(2026, 5, 31, 23, 59)), fact(day(2026, 6, 1))) == []
    assert reached(monthly, fact(day(2026, 5, 1)), fact(day(2026, 5, 31, 23, 59))) == [("2026-05-01", 2 - 1)]


@pytest.mark.parametrize("changes_on", [day(2026, 3, 29), day(2026, 10, 25)])
def test_days_in_a_row_are_days_of_the_shop_also_when_clocks_change(changes_on):
    streak = challenge(streak="day", goal=3)
    late, early = timedelta(hours=23, minutes=30), timedelta(minutes=30)
    facts = [
        fact(changes_on - timedelta(days=1) + late),
        fact(changes_on + early),
        fact(changes_on + timedelta(days=1) + late),
    ]

    assert reached(streak, *facts) == [("all", 1)]
    assert counting.runs(streak, facts, changes_on + timedelta(days=2, hours=12), WARSAW) == (3, 3)
    assert counting.runs(streak, facts, changes_on + timedelta(days=3), WARSAW) == (0, 3)
    in_utc = [replace(one, at=one.at.astimezone(UTC)) for one in facts]
    assert reached(streak, *in_utc) == [("all", 1)]


def test_a_gap_of_one_day_begins_a_streak_anew_and_a_day_needs_enough():
    streak = challenge(streak="day", goal=2, enough=2)

    assert reached(streak, fact(day(2026, 5, 1), 2), fact(day(2026, 5, 2), 1), fact(day(2026, 5, 3), 2)) == []
    assert reached(streak, fact(day(2026, 5, 1), 2), fact(day(2026, 5, 2), 1), fact(day(2026, 5, 2, 9), 1)) == [
        ("all", 1)
    ]


def test_rolling_days_count_the_first_and_the_last_and_start_from_nothing_after_a_goal():
    rolling = challenge(goal="500.00", count="value", window={"rolling_days": 90}, repeats=True)
    spent = [fact(day(2026, 1, 1), 30_000), fact(day(2026, 3, 31), 20_000), fact(day(2026, 4, 1), 40_000)]

    assert reached(rolling, *spent) == [("all", 1)]
    assert counting.now_of(rolling, spent, day(2026, 4, 2), WARSAW).amount == 40_000
    late = replace(spent[1], at=day(2026, 4, 1, 0, 0))
    assert reached(rolling, spent[0], late) == []


def test_different_values_and_different_days_count_once():
    different = challenge(goal=2, count="distinct")
    days = challenge(goal=2, count="days")
    facts = [fact(day(2026, 5, 1, 8), value="a"), fact(day(2026, 5, 1, 9), value="a")]

    assert reached(different, *facts) == reached(days, *facts) == []
    assert reached(different, *facts, fact(day(2026, 5, 1, 10), value="b")) == [("all", 1)]
    assert reached(days, *facts, fact(day(2026, 5, 2), value="a")) == [("all", 1)]


def test_what_cannot_be_counted_is_a_problem_with_its_place():
    def problems(**body: Any) -> list[str]:
        return [one.path for one in read_challenge({"title": {"en": "Green"}, **body})[1]]

    assert problems(when="review.published", count="units") == ["count"]
    assert problems(streak="day", window={"period": "month"}) == ["streak"]
    assert problems(levels=[{"goal": 5}, {"goal": 3}]) == ["levels"]
    assert problems(goal=0) == ["goal"]
    assert problems(goall=3) == ["goall"]


CHALLENGES = st.sampled_from(
    [
        challenge(goal=4),
        challenge(goal=4, repeats=True, times=3),
        challenge(levels=[{"goal": 2}, {"goal": 5}, {"goal": 9}], window={"period": "week"}),
        challenge(goal=3, window={"rolling_days": 5}, repeats=True),
        challenge(goal=3, streak="day"),
        challenge(goal=2, streak="week", repeats=True),
        challenge(goal=3, count="distinct"),
    ]
)
FACTS = st.lists(
    st.builds(
        lambda number, hours, amount, value: Fact(
            key=f"{number}", at=day(2026, 3, 20) + timedelta(hours=hours), amount=amount, value=value
        ),
        st.integers(0, 10**6),
        st.integers(0, 24 * 40),
        st.integers(0, 3),
        st.sampled_from("abcd"),
    ),
    max_size=25,
    unique_by=lambda one: one.key,
)


@given(CHALLENGES, FACTS, st.randoms())
def test_the_order_in_which_facts_come_changes_nothing(found, facts, random):
    shuffled = list(facts)
    random.shuffle(shuffled)

    assert counting.progress(found, shuffled, WARSAW) == counting.progress(found, facts, WARSAW)


@given(CHALLENGES, FACTS)
def test_what_does_not_stand_is_as_if_it_never_was(found, facts):
    standing = [one for one in facts if one.amount]

    assert counting.progress(found, facts, WARSAW) == counting.progress(found, standing, WARSAW)


@given(CHALLENGES, FACTS)
def test_goals_are_numbered_in_time_and_never_more_than_allowed(found, facts):
    for period in counting.progress(found, facts, WARSAW):
        assert [one.number for one in period.reached] == list(range(1, len(period.reached) + 1))
        assert list(period.reached) == sorted(period.reached, key=lambda one: one.at)
        assert len(period.reached) <= (found.times_max if found.repeats else len(found.levels))
