"""The price beside a reduction, against looking at every day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wracam.promotions.core.omnibus import PriceSpan, price_before_reduction

START = datetime(2026, 1, 1, tzinfo=UTC)


def spans(*prices: tuple[int, int]) -> list[PriceSpan]:
    """Build spans from (first day, price); each lasts until the next, the last one is open."""
    days = [day for day, _ in prices[1:]] + [None]
    return [
        PriceSpan(
            price_minor=price,
            starts_at=START + timedelta(days=day),
            ends_at=None if end is None else START + timedelta(days=end),
        )
        for (day, price), end in zip(prices, days, strict=True)
    ]


def on(day: int) -> datetime:
    return START + timedelta(days=day)


def test_the_lowest_price_of_thirty_days_before_the_reduction_is_shown_not_the_last_one():
    history = spans((0, 10_000), (20, 8_000), (25, 10_000), (40, 9_000))

    assert price_before_reduction(history, on(50)) == 8_000
    assert price_before_reduction(spans((0, 10_000), (3, 8_000), (5, 10_000), (40, 9_000)), on(50)) == 10_000


def test_a_reduction_that_grows_step_by_step_keeps_its_first_price_only_where_the_law_says_so():
    history = spans((0, 10_000), (40, 9_000), (45, 7_500), (50, 6_000))

    assert price_before_reduction(history, on(55), is_progressive=True) == 10_000
    assert price_before_reduction(history, on(55)) == 7_500


def test_a_rise_or_a_gap_ends_a_progressive_reduction():
    risen = spans((0, 10_000), (40, 7_000), (45, 8_000), (50, 6_000))
    first, second = spans((0, 10_000), (40, 9_000))
    third = PriceSpan(price_minor=8_000, starts_at=on(60))
    gap = [first, PriceSpan(price_minor=9_000, starts_at=second.starts_at, ends_at=on(50)), third]

    assert price_before_reduction(risen, on(55), is_progressive=True) == 7_000
    assert price_before_reduction(gap, on(61), is_progressive=True) is None


def test_goods_on_sale_for_a_short_time_show_the_lowest_since_they_came():
    assert price_before_reduction(spans((0, 5_000), (10, 4_000)), on(12)) == 5_000


def test_without_a_reduction_there_is_nothing_to_show():
    assert price_before_reduction([], on(1)) is None
    assert price_before_reduction(spans((0, 5_000)), on(12)) is None
    assert price_before_reduction(spans((0, 5_000), (10, 6_000)), on(12)) is None


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 50)), min_size=1, max_size=8, unique_by=lambda p: p[0]))
def test_it_agrees_with_looking_at_every_day(prices):
    told = sorted(prices)
    history = spans(*told)
    today = told[-1][0] + 1

    shown = price_before_reduction(history, on(today))

    changes = [later for earlier, later in pairwise(told) if later[1] != earlier[1]]
    before = {day: [price for since, price in told if since <= day][-1:] for day in range(today)}
    if not changes or before[changes[-1][0] - 1][0] < changes[-1][1]:
        assert shown is None
    else:
        began = changes[-1][0]
        assert shown == min(price for day in range(max(0, began - 30), began) for price in before[day])
