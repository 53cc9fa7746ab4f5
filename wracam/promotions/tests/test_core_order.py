"""The settings of a price policy: rounding, tax, and the merchant's order with its phases, each with exact figures."""

from __future__ import annotations

from wracam.promotions.contracts import Combination, PerProduct, Policy, Reason, RoundingMode, TaxRounding
from wracam.promotions.core.offers import Filter, GiftOption, Give, Measure, Offer, Reduction, Stage, Threshold

from .test_core_kinds import PLANTS, POTS, line, quote


def test_percentages_are_rounded_the_way_the_policy_says():
    half = Reduction(stage=Stage.PERCENT, percent_ppm=500_000)

    def off(mode, unit_minor=25):
        return quote([line("a", unit_minor)], half, policy=Policy(rounding_mode=mode)).discount_minor

    assert [off(mode) for mode in RoundingMode] == [12, 13, 12, 12, 13]
    assert [off(mode, 27) for mode in RoundingMode] == [13, 14, 14, 13, 14]


def test_tax_is_rounded_per_rate_per_line_or_per_unit():
    lines = [line("a", 1_000, 2, tax_rate_bp=2_000), line("b", 3_499, tax_rate_bp=1_000)]
    lines += [line("c", 255, 4, tax_rate_bp=1_000)]
    offers = [
        Reduction(stage=Stage.PERCENT, units=Filter(price_from_minor=1_000, price_to_minor=1_000), percent_ppm=150_000),
        Reduction(stage=Stage.ORDER_AMOUNT, amount_minor=500),
    ]

    def net(rounding):
        answer = quote(lines, *offers, policy=Policy(tax_rounding=rounding))
        assert sum(one.tax_minor for one in answer.lines) == answer.tax_minor
        assert answer.gross_minor == 5_719 + 1_500
        return answer.gross_minor - answer.tax_minor - 1_500

    assert [net(rounding) for rounding in TaxRounding] == [5_080, 5_080, 5_082]


def test_a_line_of_no_units_has_no_tax_whatever_is_rounded():
    empty = line("a", 1_000, 0, tax_rate_bp=2_300)

    assert [quote([empty], policy=Policy(tax_rounding=one)).tax_minor for one in TaxRounding] == [0, 0, 0]


def test_a_later_phase_sees_what_the_earlier_ones_left():
    shirts = Offer(key="z", effects=(Reduction(stage=Stage.PERCENT, units=POTS, percent_ppm=200_000),))
    distributed = Reduction(stage=Stage.AMOUNT, amount_minor=1_000, is_per_line=True)
    lines = [line("a", 3_000), line("p", 4_000, 1, "plants")]

    def off(required, phase):
        condition = Threshold(measure=Measure.DISCOUNTED_TOTAL, required=required)
        after = Offer(key="a", effects=(distributed,), conditions=(condition,), phase=phase)
        policy = Policy(combination=Combination.PRIORITY)
        return quote(lines, more=(shirts, after), policy=policy).discount_minor

    assert (off(6_400, 1), off(6_401, 1), off(6_401, 0)) == (2_600, 600, 2_400)


def test_no_more_promotions_lower_a_cart_than_the_policy_says():
    offers = (
        Offer(key="a", effects=(Reduction(stage=Stage.PERCENT, percent_ppm=100_000),)),
        Offer(key="b", effects=(Reduction(stage=Stage.ORDER_AMOUNT, amount_minor=500),), priority=2),
        Offer(key="c", effects=(Reduction(stage=Stage.SHIPPING_PERCENT, percent_ppm=1_000_000),), priority=1),
        Offer(key="gift", effects=(Give(options=(GiftOption(sku="mug", value_minor=900),)),)),
    )

    def applied(most, combination=Combination.BEST):
        policy = Policy(promotions_max=most, combination=combination)
        answer = quote([line("a", 10_000)], more=offers, policy=policy)
        assert answer.proved_optimal
        assert [gift.sku for gift in answer.gifts] == ["mug"]
        *keys, last = [one.key for one in answer.applied]
        assert last == "gift"
        return answer, keys

    assert [applied(most)[1] for most in (1, 2, 3)] == [["c"], ["a", "c"], ["a", "b", "c"]]
    assert [applied(most, Combination.PRIORITY)[1] for most in (1, 2)] == [["b"], ["b", "c"]]
    answer, _ = applied(2)
    (refused,) = answer.refused
    assert (refused.key, refused.reason, refused.displaced_by) == ("b", Reason.TOO_MANY, ("a", "c"))
    assert refused.difference_minor == 500


def test_only_the_best_promotion_on_each_product_where_the_policy_says_so():
    offers = (
        Offer(key="all", effects=(Reduction(stage=Stage.PERCENT, percent_ppm=100_000),), priority=5),
        Offer(key="pots", effects=(Reduction(stage=Stage.PERCENT, units=POTS, percent_ppm=200_000),)),
        Offer(key="order", effects=(Reduction(stage=Stage.ORDER_AMOUNT, amount_minor=500),)),
    )
    lines = [line("a", 3_000), line("p", 4_000, 1, "plants")]

    def given(per_product):
        policy = Policy(combination=Combination.PRIORITY, per_product=per_product)
        return {one.key: one.discount_minor for one in quote(lines, more=offers, policy=policy).applied}

    assert given(PerProduct.BEST) == {"all": 400, "pots": 600, "order": 500}
    assert given(PerProduct.FIRST) == {"all": 700, "order": 500}


def test_two_effects_of_one_promotion_never_take_off_more_than_a_product_costs():
    effects = tuple(Reduction(stage=Stage.PERCENT, percent_ppm=percent) for percent in (50_000, 1_000_000))
    policy = Policy(combination=Combination.PRIORITY, per_product=PerProduct.BEST)

    answer = quote([line("a", 333)], more=(Offer(key="a", effects=effects),), policy=policy)

    assert answer.discount_minor == 333


def test_a_promotion_that_stands_alone_comes_first_where_the_policy_says_so():
    ten = Offer(key="ten", effects=(Reduction(stage=Stage.ORDER_AMOUNT, amount_minor=1_000),), priority=5)
    alone = Offer(
        key="alone", effects=(Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=50_000),), priority=1, is_exclusive=True
    )

    def applied(is_exclusive_first):
        policy = Policy(combination=Combination.PRIORITY, is_exclusive_first=is_exclusive_first)
        return [one.key for one in quote([line("a", 10_000)], more=(ten, alone), policy=policy).applied]

    assert (applied(False), applied(True)) == (["ten"], ["alone"])


def test_in_the_merchants_order_an_offer_without_its_products_still_ships_for_less():
    both = Offer(
        key="both",
        effects=(
            Reduction(stage=Stage.PERCENT, units=PLANTS, percent_ppm=100_000),
            Reduction(stage=Stage.SHIPPING_PERCENT, percent_ppm=1_000_000),
        ),
    )

    answer = quote([line("a", 1_000)], more=(both,), policy=Policy(combination=Combination.PRIORITY))

    assert (answer.discount_minor, answer.shipping_minor) == (0, 0)
