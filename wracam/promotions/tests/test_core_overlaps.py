"""Where promotions meet: same lane, same time, same products; and whether they add up or compete there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.promotions.core.body import read_promotion
from wracam.promotions.core.offers import Filter
from wracam.promotions.core.overlaps import Lane, Meeting, meets, overlaps

MAY = datetime(2026, 5, 1, tzinfo=UTC)


def promotion(key: str, *, units: dict | None = None, days: tuple[int, int] | None = None, **body):
    effect = {"kind": "percent", "percent": "10", **({"units": units} if units else {})}
    dates = {}
    if days:
        dates = {"starts_at": (MAY + timedelta(days=days[0])).isoformat(),
                 "ends_at": (MAY + timedelta(days=days[1])).isoformat()}  # fmt: skip
    found, problems = read_promotion({"effects": [effect], **dates, **body}, key=key, name=key)
    assert problems == []
    return found


def pairs(*promotions):
    return [(one.first, one.second, one.meeting) for one in overlaps(promotions)]


def test_two_promotions_of_one_category_add_up_and_say_where():
    seeds = promotion("a", units={"categories": ["Nasiona", "Zioła"]})
    also = promotion("b", units={"categories": ["Zioła", "Pnącza"]})

    [found] = overlaps([also, seeds])

    assert (found.first, found.second, found.lane, found.meeting) == ("a", "b", Lane.PRODUCTS, Meeting.ADD_UP)
    assert found.on == ("Zioła",)


@pytest.mark.parametrize(
    "stacking", [{"exclusive": True}, {"group": "wiosna"}, {"excludes": ["b"]}], ids=["alone", "group", "excludes"]
)
def test_promotions_that_cannot_stand_together_compete(stacking):
    first = promotion("a", stacking=stacking)
    second = promotion("b", stacking={"group": "wiosna"})

    assert pairs(first, second) == [("a", "b", Meeting.COMPETE)]


def test_other_products_other_times_other_shops_and_other_lanes_do_not_meet():
    seeds = promotion("a", units={"categories": ["Nasiona"]}, days=(0, 10), shops=["zielnik"])
    pots = promotion("b", units={"categories": ["Doniczki"]})
    later = promotion("c", units={"categories": ["Nasiona"]}, days=(10, 20))
    elsewhere = promotion("d", units={"categories": ["Nasiona"]}, days=(0, 10), shops=["hurt"])
    delivery = promotion("e", effects=[{"kind": "percent", "on": "shipping", "percent": "100"}])
    gift = promotion("f", effects=[{"kind": "gift", "options": [{"sku": "Z"}]}])

    assert pairs(seeds, pots, delivery, gift) == []
    assert pairs(seeds, later) == []
    assert pairs(seeds, elsewhere) == []


def test_the_time_in_which_they_meet_is_told_and_its_end_is_exclusive():
    [found] = overlaps([promotion("a", days=(0, 10)), promotion("b", days=(9, 20))])

    assert (found.starts_at, found.ends_at) == (MAY + timedelta(days=9), MAY + timedelta(days=10))


def test_only_what_is_reduced_counts_not_what_must_be_bought():
    free_pot = promotion("a", effects=[{"kind": "buy_get", "buy": {"categories": ["Nasiona"]},
                                        "get": {"categories": ["Doniczki"]}}])  # fmt: skip
    seeds = promotion("b", units={"categories": ["Nasiona"]})
    pots = promotion("c", units={"categories": ["Doniczki"]})

    assert pairs(free_pot, seeds, pots) == [("a", "c", Meeting.ADD_UP)]


def test_two_discounts_of_the_order_and_two_of_delivery_meet_in_their_lanes():
    order = [promotion(key, effects=[{"kind": "amount", "amount": "5.00"}]) for key in "ab"]
    delivery = [promotion(key, effects=[{"kind": "amount", "on": "shipping", "amount": "5.00"}]) for key in "cd"]

    assert [one.lane for one in overlaps([*order, *delivery])] == [Lane.ORDER, Lane.SHIPPING]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Filter(), Filter(skus=frozenset({"A"})), True),
        (Filter(skus=frozenset({"A"})), Filter(skus=frozenset({"B"})), False),
        (Filter(skus=frozenset({"A"})), Filter(categories=frozenset({"x"})), True),
        (Filter(excluded_categories=frozenset({"x"})), Filter(categories=frozenset({"x"})), False),
        (Filter(excluded_skus=frozenset({"A"})), Filter(skus=frozenset({"A", "B"})), True),
        (Filter(price_to_minor=999), Filter(price_from_minor=1_000), False),
        (Filter(price_to_minor=1_000), Filter(price_from_minor=1_000), True),
        (Filter(attributes=frozenset({("color", "red")})), Filter(attributes=frozenset({("color", "blue")})), False),
        (Filter(attributes=frozenset({("color", "red")})), Filter(attributes=frozenset({("size", "L")})), True),
    ],
)
def test_filters_meet_when_one_unit_may_pass_both(one, other, expected):
    assert meets(one, other) is meets(other, one) is expected


names = st.frozensets(st.sampled_from("ABC"), max_size=2)
filters = st.builds(Filter, skus=names, categories=names, excluded_skus=names, excluded_categories=names)


@given(one=filters, other=filters, sku=st.sampled_from("ABC"), category=st.sampled_from("ABC"))
def test_whatever_unit_passes_both_filters_they_are_said_to_meet(one, other, sku, category):
    def passes(units: Filter) -> bool:
        named = not (units.skus or units.categories) or sku in units.skus or category in units.categories
        both = (not units.skus or sku in units.skus) and (not units.categories or category in units.categories)
        return named and both and sku not in units.excluded_skus and category not in units.excluded_categories

    if passes(one) and passes(other):
        assert meets(one, other)


def test_hundreds_of_promotions_of_separate_categories_meet_nowhere():
    many = [promotion(f"p{number}", units={"categories": [f"c{number}"]}) for number in range(300)]

    assert overlaps(many) == []
