"""What random histories are made of: the programme's policies, and steps in any order (`life.py` lives them)."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .life import PEOPLE
from .street import REWARDS

SPRING, AUTUMN, YEAR_END = "2027-03-27", "2026-10-24", "2026-12-31"
"""The evenings before both clock changes and of the last day of a year."""
STORY_LENGTH_MAX = 16

which, people, forwards = st.integers(0, 3), st.sampled_from(PEOPLE), st.booleans()
hands = st.integers(-120, 120).filter(bool)
zero = st.just(0)


def _step(name: str, number: st.SearchStrategy[Any], more: st.SearchStrategy[Any] = zero) -> Any:
    return st.tuples(st.just(name), number, more)


pay = _step("pay", which, people)
step = st.one_of(
    pay,
    _step("place", which, people),
    _step("register", zero),
    _step("refund", which, st.integers(1, 2)),
    _step("refund", which, st.integers(1, 2)),
    _step("loose_refund", which, st.integers(1, 15_000)),
    _step("withdraw_refunds", which),
    _step("cancel", which),
    _step("restore", which),
    _step("deliver", which),
    _step("repeat", which),
    _step("late", which),
    _step("spend", st.integers(1, 300), people),
    _step("correct", hands, people),
    _step("ask", hands, people),
    _step("redeem", st.sampled_from(REWARDS), people),
    _step("settle", which, forwards),
    _step("reserve", st.integers(1, 200), people),
    _step("end_payment", which, forwards),
    _step("merge", zero),
    _step("days", st.integers(1, 45)),
    _step("edit_rules", st.integers(1, 3)),
    _step("jump", zero, st.sampled_from([AUTUMN, YEAR_END, SPRING])),
    _step("clock_back", st.integers(1, 90)),
)
stories = st.builds(
    lambda opening, rest: [*opening, *rest],
    st.lists(pay, min_size=1, max_size=3),
    st.lists(step, min_size=5, max_size=STORY_LENGTH_MAX - 3),
)
policies = st.fixed_dictionaries(
    {
        "shortage": st.sampled_from(["clamp", "carry", "allow"]),
        "pending": st.sampled_from([{"until": "nothing"}, {"until": "paid", "days": 14}, {"until": "delivered"}]),
        "validity": st.sampled_from(
            [{"kind": "never"}, {"kind": "never"}, {"kind": "rolling", "months": 1}, {"kind": "inactivity", "days": 40}]
        ),
    }
)
