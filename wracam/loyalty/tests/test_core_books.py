"""Books by their cores: IFRS 15 with published vectors, breakage from a triangle, and a roll-forward that adds up."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.loyalty.contracts import BookFlow
from wracam.loyalty.core import books, breakage, ifrs15
from wracam.loyalty.core.breakage import Exit


def price(points: int, used_bp: int, value_points: int = 1, value_minor: int = 100) -> Fraction:
    return ifrs15.stand_alone_price(points, value_points=value_points, value_minor=value_minor, used_bp=used_bp)


def test_the_example_of_the_standard_ie52_in_whole_units():
    """IE52: sales of 100 000, 10 000 points worth 1 each, 95 % used: 91 324 / 8 676, then 4 110 and 3 493."""
    sale = ifrs15.allocate(100_000, price(10_000, 9_500, value_minor=1))
    first = ifrs15.recognize(allocated_minor=sale.points_minor, used=4_500, expected=9_500, recognized_minor=0)
    second = ifrs15.recognize(allocated_minor=sale.points_minor, used=8_500, expected=9_700, recognized_minor=first)

    assert (sale.goods_minor, sale.points_minor, first, second) == (91_324, 8_676, 4_110, 3_493)


@pytest.mark.parametrize(("expected_total", "third_year"), [(9_900, 3_552), (9_200, 4_140)])
def test_the_handbook_example_with_97_percent_and_a_changed_expectation(expected_total, third_year):
    """KPMG, IFRS 15 handbook, examples 10A and 10B: 9 000 allocated (their rounding), 4 175, then 3 552 or 4 140."""
    assert price(10_000, 9_700, value_minor=1) == 9_700
    assert ifrs15.allocate(10_000_000, price(10_000, 9_700)).points_minor == 884_230

    first = ifrs15.recognize(allocated_minor=9_000, used=4_500, expected=9_700, recognized_minor=0)
    second = ifrs15.recognize(allocated_minor=9_000, used=8_500, expected=expected_total, recognized_minor=first)

    assert (first, second) == (4_175, third_year)


def test_use_is_measured_against_the_points_expected_to_be_used_not_against_all():
    """2 000 points worth 0.10, 85 % used, with a sale of 2 000: half of the points used is 92.94 of 158, not 79.

    The published split 1 842 / 158 is rounded on its way; 2 000 × 170 / 2 170 is 156.68.
    """
    assert price(2_000, 8_500, value_points=1, value_minor=10) == 170_00
    assert ifrs15.allocate(2_000_00, price(2_000, 8_500, value_points=1, value_minor=10)).points_minor == 156_68
    assert ifrs15.recognize(allocated_minor=158_00, used=1_000, expected=1_700, recognized_minor=0) == 92_94


@given(
    st.integers(0, 10**12), st.integers(0, 10**9), st.integers(0, 10_000), st.integers(1, 1_000), st.integers(0, 10**6)
)
def test_an_allocation_adds_up_and_never_takes_more_than_the_sale(sale, points, used_bp, value_points, value_minor):
    allocated = ifrs15.allocate(sale, price(points, used_bp, value_points, value_minor))

    assert allocated.goods_minor + allocated.points_minor == sale
    assert 0 <= allocated.points_minor <= sale


@given(st.integers(0, 10**9), st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 2_000)), min_size=1))
def test_recognition_sums_to_the_allocation_when_nothing_more_is_expected(allocated, years):
    used = recognized = 0
    for more, still_expected in years:
        used += more
        recognized += ifrs15.recognize(
            allocated_minor=allocated, used=used, expected=used + still_expected, recognized_minor=recognized
        )
        assert 0 <= recognized <= allocated

    recognized += ifrs15.recognize(allocated_minor=allocated, used=used, expected=used, recognized_minor=recognized)
    assert recognized == allocated


def test_breakage_is_what_expired_of_cohorts_that_lived_through_their_validity():
    exits = [
        Exit(cohort=0, age=0, used=300), Exit(cohort=0, age=1, used=350), Exit(cohort=0, age=2, expired=350),
        Exit(cohort=1, age=0, used=30), Exit(cohort=1, age=1, used=35), Exit(cohort=1, age=2, expired=35),
    ]  # fmt: skip

    found = breakage.estimate({0: 1_000, 1: 100}, exits, 4)

    assert found.new_bp == 6_500


def test_a_young_cohort_is_not_counted_as_unused_and_nothing_known_is_everything_used():
    grown = {0: 1_000}
    seen = [Exit(cohort=0, age=0, used=500), Exit(cohort=0, age=1, expired=500)]

    alone = breakage.estimate(grown, seen, 2)
    with_young = breakage.estimate({**grown, 2: 9_000}, seen, 2)

    assert (alone.new_bp, with_young.new_bp) == (5_000, 5_000)
    assert with_young.outstanding_bp == 5_000
    assert breakage.estimate({5: 100}, [], 5) == breakage.UNKNOWN


def test_points_taken_back_neither_count_as_used_nor_as_lost():
    exits = [Exit(cohort=0, age=0, removed=600, used=200), Exit(cohort=0, age=1, expired=200)]

    assert breakage.estimate({0: 1_000}, exits, 2).new_bp == 5_000


@given(
    st.dictionaries(st.integers(0, 12), st.integers(1, 10_000), min_size=1),
    st.lists(
        st.builds(
            Exit,
            cohort=st.integers(0, 12),
            age=st.integers(0, 12),
            used=st.integers(0, 9_000),
            expired=st.integers(0, 9_000),
            removed=st.integers(-500, 9_000),
        )
    ),
    st.integers(0, 20),
)
def test_an_estimate_is_always_a_share(issued, exits, month):
    found = breakage.estimate(issued, exits, month)

    assert 0 <= found.new_bp <= 10_000
    assert 0 <= found.outstanding_bp <= 10_000


flows = st.builds(BookFlow, **{name: st.integers(-(10**9), 10**9) for name in BookFlow.__dataclass_fields__})


@given(st.integers(0, 10**9), st.dictionaries(st.integers(0, 60), flows), st.integers(0, 60))
def test_the_roll_forward_always_adds_up_and_every_day_opens_as_the_one_before_closed(opening, by_offset, length):
    first = date(2026, 2, 20)
    by_day = {first + timedelta(days=offset): flow for offset, flow in by_offset.items()}

    rolled = list(books.roll(opening, by_day, first=first, last=first + timedelta(days=length)))

    assert [one.day for one in rolled] == [first + timedelta(days=n) for n in range(length + 1)]
    assert [one.opening for one in rolled[1:]] == [one.closing for one in rolled[:-1]]
    whole = books.add([one.flow for one in rolled])
    assert rolled[-1].closing == opening + books.net(whole)
    assert books.net(whole) == (
        whole.issued + whole.corrected + whole.moved - whole.spent - whole.expired - whole.reversed
    )
