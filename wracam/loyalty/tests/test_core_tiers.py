"""The pure decisions about tiers: windows at midnights and clock changes, grace, steps, lifetime, and what is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.loyalty.core import tiers
from wracam.loyalty.core.ladders import grace_ends_on
from wracam.loyalty.core.tiers import Counted, Downgrade, Ladder, Reviewing, Standing, Tier
from wracam.loyalty.core.windows import BEGINNING, Spans, Window, WindowKind

WARSAW = ZoneInfo("Europe/Warsaw")
STEPS = (Tier(key="green", threshold=0), Tier(key="silver", threshold=100), Tier(key="gold", threshold=300))
TODAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def warsaw(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=WARSAW)  # type: ignore[arg-type]  # year, month, day, hour …


def spans(window: Window, now: datetime, joined: datetime = TODAY) -> Spans:
    return window.spans(now, WARSAW, joined)


def dates(now: datetime = TODAY, grace_days: int = 0, next_step_at: datetime | None = None) -> Reviewing:
    return Reviewing(now=now, grace_ends_at=now + grace_days * DAY, next_step_at=next_step_at)


def test_a_calendar_window_turns_at_the_shops_midnight_and_not_at_that_of_utc():
    window = Window(kind=WindowKind.CALENDAR, unit="year")

    before, after = spans(window, warsaw(2026, 12, 31, 23, 59)), spans(window, warsaw(2027, 1, 1))

    assert (before.previous, before.current) == (warsaw(2025, 1, 1), warsaw(2026, 1, 1))
    assert (after.previous, after.current) == (warsaw(2026, 1, 1), warsaw(2027, 1, 1))
    assert before.review_at == warsaw(2027, 1, 1) == datetime(2026, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "starts", "hours"),
    [
        (warsaw(2026, 3, 29, 23, 30), warsaw(2026, 3, 28), 47),
        (warsaw(2026, 10, 25, 23, 30), warsaw(2026, 10, 24), 49),
        (warsaw(2026, 5, 2, 23, 30), warsaw(2026, 5, 1), 48),
    ],
)
def test_a_rolling_day_begins_at_midnight_on_both_days_of_a_clock_change(now, starts, hours):
    found = spans(Window(kind=WindowKind.ROLLING, months=0, days=1), now)

    assert found.current == starts
    midnight = warsaw(now.year, now.month, now.day) + DAY
    assert (midnight.astimezone(UTC) - starts.astimezone(UTC)) == timedelta(hours=hours)


def test_years_of_membership_begin_on_the_day_of_joining_and_the_first_holds_what_was_before():
    joined = warsaw(2024, 2, 29, 18)
    window = Window(kind=WindowKind.ANNIVERSARY)

    first, second = spans(window, warsaw(2024, 12, 1), joined), spans(window, warsaw(2025, 2, 28), joined)
    third = spans(window, warsaw(2026, 3, 1), joined)

    assert (first.current, first.review_at) == (BEGINNING, warsaw(2025, 2, 28))
    assert (second.previous, second.current, second.review_at) == (BEGINNING, warsaw(2025, 2, 28), warsaw(2026, 2, 28))
    assert (third.previous, third.current) == (warsaw(2025, 2, 28), warsaw(2026, 2, 28))


@pytest.mark.parametrize(
    ("grace", "ends_on"),
    [
        ({"grace_days": 10}, date(2026, 8, 4)),
        ({"grace_months": 1}, date(2026, 8, 25)),
        ({"grace_months": 1, "grace_round_up_to": "month"}, date(2026, 9, 1)),
        ({"grace_months": 1, "grace_days": 10, "grace_round_up_to": "quarter"}, date(2026, 10, 1)),
        ({"grace_round_up_to": "year"}, date(2027, 1, 1)),
    ],
)
def test_grace_of_days_and_months_may_be_rounded_up_to_the_end_of_a_period(grace, ends_on):
    steps = Ladder(tiers=STEPS, **grace)

    assert steps.has_grace
    assert grace_ends_on(steps, date(2026, 7, 25)) == ends_on


def test_grace_is_given_once_ends_by_qualifying_and_then_the_tier_falls():
    steps = Ladder(tiers=STEPS, grace_days=14)
    gold, short, enough = Standing(tier="gold"), Counted(now=120, later=120), Counted(now=300, later=300)

    waiting = tiers.review(steps, gold, short, dates(grace_days=14))
    assert waiting == Standing(tier="gold", kept_until=TODAY + 14 * DAY)
    assert tiers.review(steps, waiting, short, dates(TODAY + 13 * DAY, 14)) == waiting
    assert tiers.climb(steps, waiting, enough) == gold
    assert tiers.review(steps, waiting, short, dates(TODAY + 14 * DAY, 14)) == Standing(tier="silver")


def test_after_a_fall_by_one_step_the_next_one_waits_for_its_day():
    steps = Ladder(tiers=STEPS, downgrade=Downgrade.ONE_STEP)
    nothing, later = Counted(now=0, later=0), TODAY + 90 * DAY

    silver = tiers.review(steps, Standing(tier="gold"), nothing, dates(next_step_at=later))

    assert silver == Standing(tier="silver", kept_until=later)
    assert tiers.review(steps, silver, nothing, dates(TODAY + DAY)) == silver
    assert tiers.review(steps, silver, nothing, dates(later)).tier == "green"


def test_a_tier_for_life_and_a_tier_given_by_hand_are_never_lost():
    for_life = Ladder(tiers=(STEPS[0], Tier(key="silver", threshold=100, is_lifetime=True), STEPS[2]))
    nothing = Counted(now=0, later=0)

    assert tiers.review(for_life, Standing(tier="gold"), nothing, dates()).tier == "silver"
    by_hand = Standing(tier="green", floor="gold")
    assert tiers.review(Ladder(tiers=STEPS), by_hand, nothing, dates()).tier == "gold"


def test_a_condition_of_a_tier_must_hold_and_is_told_as_what_is_missing():
    steps = Ladder(tiers=(*STEPS[:2], Tier(key="gold", threshold=300, is_conditional=True)))
    rich = Counted(now=500, later=500)

    assert tiers.climb(steps, Standing(tier="green"), rich).tier == "silver"
    assert (
        tiers.climb(steps, Standing(tier="green"), Counted(now=500, later=500, met=frozenset({"gold"}))).tier == "gold"
    )
    told = tiers.progress(steps, Standing(tier="silver"), rich)
    assert (told.next_tier, told.missing, told.needs_condition) == ("gold", 0, True)


LADDERS = st.builds(
    Ladder,
    tiers=st.lists(st.booleans(), min_size=1, max_size=4).map(
        lambda life: tuple(
            Tier(key=f"t{index}", threshold=index * 100, is_lifetime=is_for_life and index > 0)
            for index, is_for_life in enumerate(life)
        )
    ),
    downgrade=st.sampled_from(list(Downgrade)),
)


@given(LADDERS, st.integers(0, 3), st.integers(0, 500), st.integers(0, 500))
def test_what_members_are_told_of_risk_is_what_the_review_then_does(steps, place, now, later):
    standing = Standing(tier=steps.tiers[min(place, len(steps.tiers) - 1)].key)
    counted = Counted(now=max(now, later), later=later)
    stays = tiers.review(steps, standing, counted, dates())

    told = tiers.progress(steps, stays, counted)
    then = tiers.review(steps, Standing(tier=stays.tier), Counted(now=later, later=later), dates(TODAY + DAY))

    assert (told.after or stays.tier) == then.tier
    kept = Counted(now=later + told.to_keep, later=later + told.to_keep)
    assert tiers.review(steps, Standing(tier=stays.tier), kept, dates(TODAY + DAY)).tier == stays.tier


@given(LADDERS, st.integers(0, 3), st.integers(0, 500))
def test_a_review_is_stable_and_a_climb_never_moves_down(steps, place, amount):
    standing = Standing(tier=steps.tiers[min(place, len(steps.tiers) - 1)].key)
    counted = Counted(now=amount, later=amount)

    climbed = tiers.climb(steps, standing, counted)
    settled = climbed
    for _ in steps.tiers:
        settled = tiers.review(steps, settled, counted, dates())

    assert steps.position(climbed.tier) >= steps.position(standing.tier)
    assert tiers.review(steps, settled, counted, dates()) == settled
