"""Conditions that bound the discounted total from above: what is given before can switch a promotion on."""

from __future__ import annotations

from wracam.promotions.contracts import Combination, Policy, Reason, Shortfall
from wracam.promotions.core.offers import Measure, Offer, Reduction, Stage, Threshold
from wracam.promotions.tests.test_core_kinds import line, quote

FIVE_OFF = Reduction(stage=Stage.ORDER_AMOUNT, amount_minor=500)


def at_most(required: int, **more) -> Threshold:
    return Threshold(measure=Measure.DISCOUNTED_TOTAL, required=required, is_upper=True, **more)


def percent(ppm: int, key: str = "percent", **more) -> Offer:
    return Offer(key=key, effects=(Reduction(stage=Stage.PERCENT, percent_ppm=ppm),), **more)


def test_a_promotion_for_small_carts_applies_once_others_have_made_the_cart_small():
    small = Offer(key="small", effects=(FIVE_OFF,), conditions=(at_most(8_000),))

    assert quote([line("a", 10_000)], more=(percent(200_000), small)).discount_minor == 2_500
    assert quote([line("a", 10_001)], more=(percent(200_000), small)).discount_minor == 2_000


def test_one_that_does_not_apply_says_how_much_is_too_much():
    small = Offer(key="small", effects=(FIVE_OFF,), conditions=(at_most(8_000, is_strict=True),))

    (refusal,) = quote([line("a", 10_000)], more=(percent(200_000), small)).refused

    assert (refusal.key, refusal.reason) == ("small", Reason.CONDITION_NOT_MET)
    assert refusal.shortfalls == (
        Shortfall(measure="discounted_total", required=7_999, measured=8_000, is_upper=True),
    )  # fmt: skip


def test_the_smaller_discount_is_taken_where_it_opens_a_larger_one():
    """Ten percent alone give less than twelve, but only they stand beside the five that small carts get."""
    ten, twelve = percent(100_000, "ten", excludes=frozenset({"twelve"})), percent(120_000, "twelve")
    small = Offer(key="small", effects=(FIVE_OFF,), conditions=(at_most(9_000),), excludes=frozenset({"twelve"}))

    answer = quote([line("a", 10_000)], more=(ten, twelve, small))

    assert [offer.key for offer in answer.applied] == ["small", "ten"]
    assert answer.discount_minor == 1_500
    assert answer.proved_optimal


def test_both_bounds_of_the_discounted_total_hold_in_the_merchants_order_too():
    window = (Threshold(measure=Measure.DISCOUNTED_TOTAL, required=5_000), at_most(8_000))
    small = Offer(key="small", effects=(FIVE_OFF,), conditions=window)
    policy = Policy(combination=Combination.PRIORITY)

    given = [
        quote([line("a", price)], more=(percent(200_000), small), policy=policy).discount_minor
        for price in (6_000, 6_250, 10_000, 10_010)
    ]

    assert given == [1_200, 1_750, 2_500, 2_002]


def test_a_promotion_on_products_is_judged_by_the_prices_it_meets():
    small = percent(100_000, "small", conditions=(at_most(9_000),))

    assert quote([line("a", 10_000)], more=(percent(200_000), small)).discount_minor == 2_000
