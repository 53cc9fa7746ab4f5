"""Offers for which the cart holds too few units: they give nothing, say what is missing, and change nothing else."""

from __future__ import annotations

import pytest

from wracam.promotions.contracts import Combination, Policy, Reason
from wracam.promotions.core.engine import Catalog, evaluate
from wracam.promotions.core.offers import ALL, Bundle, BuyGet, Measure, NthUnit, Offer, Threshold

from .crowds import crowd
from .test_core_kinds import POTS, line, quote

TOO_FEW = {
    "group": NthUnit(group_size=100),
    "purchase": BuyGet(buy=ALL, buy_quantity=100, get=POTS, get_quantity=1),
    "round": BuyGet(buy=ALL, buy_quantity=99, get=ALL, get_quantity=1),
    "set": Bundle(parts=((ALL, 1), (ALL, 100)), price_minor=1),
}


@pytest.mark.parametrize("effect", TOO_FEW.values(), ids=TOO_FEW)
def test_an_offer_that_cannot_be_filled_changes_nothing_for_the_others(effect):
    for seed in range(40):
        cart, offers, policy = crowd(seed)
        without = evaluate(cart, Catalog(offers), policy)

        answer = evaluate(cart, Catalog([*offers, Offer(key="hopeless", effects=(effect,))]), policy)

        assert (answer.applied, answer.lines, answer.gap_minor) == (without.applied, without.lines, without.gap_minor)
        assert [one for one in answer.refused if one.key != "hopeless"] == list(without.refused)


def test_what_is_missing_is_named():
    answer = quote(
        [line("a", 1_000, 2)], NthUnit(group_size=3), BuyGet(buy=POTS, buy_quantity=2, get=POTS, get_quantity=1)
    )

    assert [one.reason for one in answer.refused] == [Reason.NOT_ENOUGH_ITEMS] * 2
    assert [(one.shortfalls[0].required, one.shortfalls[0].measured) for one in answer.refused] == [(3, 2), (3, 2)]
    assert [hint.key for hint in answer.nearly] == [one.key for one in answer.refused]


def test_in_the_merchants_order_a_condition_that_fails_is_named_first():
    condition = Threshold(measure=Measure.DISCOUNTED_TOTAL, required=900)
    half = Offer(key="a", effects=(NthUnit(group_size=1, percent_ppm=500_000),))
    late = Offer(key="b", effects=(NthUnit(group_size=9),), conditions=(condition,), phase=1)

    answer = quote([line("a", 1_000)], more=(half, late), policy=Policy(combination=Combination.PRIORITY))

    assert [(one.key, one.reason) for one in answer.refused] == [("b", Reason.CONDITION_NOT_MET)]
