"""Kinds, caps, hints, gifts and the merchant's order, each with exact figures."""

from __future__ import annotations

from wracam.promotions.contracts import (
    Cart,
    CartLine,
    Combination,
    Policy,
    Quote,
    Reason,
    Shortfall,
)
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.engine import evaluate
from wracam.promotions.core.offers import (
    Bundle,
    BuyGet,
    Effect,
    Filter,
    GiftOption,
    Give,
    GrantReward,
    Measure,
    MultiplyPoints,
    NthUnit,
    Offer,
    Pick,
    Reduction,
    SetPrice,
    Stage,
    Threshold,
)

POTS = Filter(categories=frozenset({"pots"}))
PLANTS = Filter(categories=frozenset({"plants"}))


def line(sku: str, unit_minor: int, quantity: int = 1, category: str = "pots", **more) -> CartLine:
    return CartLine(id=sku, sku=sku, quantity=quantity, unit_minor=unit_minor, categories=(category,), **more)


def quote(
    cart_lines, *effects: Effect, policy: Policy | None = None, more: tuple[Offer, ...] = (), **situation
) -> Quote:
    cart = Cart(
        currency="PLN",
        lines=tuple(cart_lines),
        shipping_minor=1_500,
        prices_include_tax=situation.pop("prices_include_tax", True),
        gift_picks=situation.pop("gift_picks", ()),
    )
    offers = [Offer(key=f"o{number}", effects=(effect,)) for number, effect in enumerate(effects)]
    return evaluate(cart, Catalog([*offers, *more]), policy or Policy(), **situation)


def test_the_second_pot_of_a_kind_costs_one_zloty():
    answer = quote(
        [line("a", 4_000, 3), line("b", 2_000)],
        NthUnit(units=POTS, group_size=2, price_minor=100, is_same_product=True),
    )

    assert answer.discount_minor == 3_900


def test_a_set_with_a_percentage_and_a_gift_line_price():
    box = Bundle(parts=((POTS, 1), (PLANTS, 2)), percent_ppm=150_000)
    answer = quote([line("a", 4_000), line("p", 1_000, 2, "plants")], box)

    assert answer.discount_minor == 900


def test_an_amount_per_line_comes_off_once_however_the_cart_splits_it():
    split = [line("a", 1_000, 2), CartLine(id="a2", sku="a", quantity=3, unit_minor=1_000, categories=("pots",))]

    answer = quote([*split, line("b", 500)], Reduction(stage=Stage.AMOUNT, amount_minor=300, is_per_line=True))

    assert answer.discount_minor == 600


def test_caps_on_a_line_on_an_effect_on_a_promotion_and_on_all_discounts():
    lines = [line("a", 10_000), line("b", 2_000)]
    half = Reduction(stage=Stage.PERCENT, percent_ppm=500_000)

    assert (
        quote(lines, Reduction(stage=Stage.PERCENT, percent_ppm=500_000, line_cap_minor=1_500)).discount_minor == 2_500
    )
    assert quote(lines, Reduction(stage=Stage.PERCENT, percent_ppm=500_000, cap_minor=1_500)).discount_minor == 1_500
    assert quote(lines, half, policy=Policy(discount_max_bp=2_000)).discount_minor == 2_400
    ship = Reduction(stage=Stage.SHIPPING_PERCENT, percent_ppm=1_000_000)
    capped = quote(lines, more=(Offer(key="c", effects=(half, ship), cap_minor=6_500),))
    assert (capped.discount_minor, capped.shipping_discount_minor) == (6_000, 500)
    assert capped.applied[0].desired_minor == 7_500


def test_a_cap_that_includes_tax_bounds_the_gross_discount_of_net_prices():
    ten = Reduction(stage=Stage.PERCENT, percent_ppm=100_000, cap_minor=900, is_cap_gross=True)

    answer = quote([line("a", 10_000, tax_rate_bp=2_000)], ten, prices_include_tax=False)

    assert answer.discount_minor == 750
    assert answer.applied[0].desired_minor == 1_000


def test_a_budget_gives_what_is_left_and_then_nothing():
    half = Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=500_000)

    last = quote([line("a", 10_000)], half, budgets={"o0": 1_200})
    spent = quote([line("a", 10_000)], half, budgets={"o0": 0})

    assert (last.discount_minor, last.applied[0].desired_minor) == (1_200, 5_000)
    assert (spent.discount_minor, spent.refused[0].reason) == (0, Reason.BUDGET_SPENT)


def test_set_prices_look_at_each_unit_not_at_the_average():
    free = BuyGet(buy=POTS, buy_quantity=1, get=POTS, get_quantity=1)

    answer = quote([line("a", 10_000, 2)], free, SetPrice(units=POTS, price_minor=4_000))

    assert answer.discount_minor == 16_000


def test_the_whole_order_and_delivery_for_a_price_where_that_is_less():
    lines = [line("a", 3_000, 2), line("b", 1_000)]

    order = quote(lines, Reduction(stage=Stage.ORDER_PRICE, amount_minor=5_000))
    delivery = quote(lines, Reduction(stage=Stage.SHIPPING_PRICE, amount_minor=499))
    dearer = quote(lines, Reduction(stage=Stage.ORDER_PRICE, amount_minor=9_000))

    assert [one.discount_minor for one in order.lines] == [1_714, 286]
    assert (delivery.shipping_minor, delivery.shipping_discount_minor) == (499, 1_001)
    assert dearer.discount_minor == 0


def test_a_limit_of_units_counts_in_the_cart_or_on_each_line():
    lines = [line("a", 1_000, 3), line("b", 500, 3)]

    def off(**limit):
        return quote(lines, Reduction(stage=Stage.AMOUNT, amount_minor=100, unit_limit=2, **limit)).discount_minor

    assert (off(), off(is_limit_per_line=True)) == (200, 400)
    two_for = SetPrice(price_minor=300, unit_limit=2, pick=Pick.CHEAPEST)
    assert quote(lines, two_for).discount_minor == 400
    off_two = Reduction(stage=Stage.ORDER_AMOUNT, amount_minor=1_500, unit_limit=2, pick=Pick.CHEAPEST)
    assert [one.discount_minor for one in quote(lines, off_two).lines] == [0, 1_000]


def test_a_price_by_quantity_is_that_of_the_highest_step_reached():
    steps = SetPrice(units=POTS, price_minor=0, steps=((2, 900), (5, 800)))

    assert [quote([line("a", 1_000, count)], steps).discount_minor for count in (1, 2, 4, 5)] == [0, 200, 400, 1_000]


def test_three_for_two_of_each_group_or_with_the_cheapest_of_all_free():
    lines = [line("a", 4_000, 4), line("b", 2_000, 4)]

    def off(pick, times=None):
        return quote(lines, NthUnit(group_size=3, pick=pick, times_max=times)).discount_minor

    assert (off(Pick.DEAREST), off(Pick.CHEAPEST)) == (4_000 + 2_000, 2 * 2_000)
    assert (off(Pick.DEAREST, 1), off(Pick.CHEAPEST, 1)) == (4_000, 2_000)


def test_an_amount_off_the_second_unit_off_what_one_gets_and_off_a_set():
    lines = [line("a", 4_000, 2), line("p", 1_000, 1, "plants")]

    assert quote(lines, NthUnit(units=POTS, group_size=2, amount_minor=500)).discount_minor == 500
    got = BuyGet(buy=POTS, buy_quantity=1, get=PLANTS, get_quantity=1, amount_minor=2_500)
    assert quote(lines, got).discount_minor == 1_000
    assert quote(lines, Bundle(parts=((POTS, 1), (PLANTS, 1)), amount_minor=700)).discount_minor == 700


def test_a_gift_for_every_three_as_far_as_the_stock_goes():
    three = Give(options=(GiftOption(sku="mug", value_minor=900),), per_quantity=3, units=POTS)

    def given(count, **situation):
        return [(gift.quantity, gift.value_minor) for gift in quote([line("a", 100, count)], three, **situation).gifts]

    assert (given(2), given(3), given(75)) == ([], [(1, 900)], [(25, 22_500)])
    assert (given(75, stocks={"mug": 4}), given(75, stocks={"mug": 0})) == ([(4, 3_600)], [])


def test_an_amount_that_includes_tax_comes_off_net_prices_without_it():
    lines = [line("a", 10_000, tax_rate_bp=1_500), line("b", 10_000), line("c", 10_000)]
    off = Reduction(stage=Stage.ORDER_AMOUNT, amount_minor=28_850, is_amount_gross=True)

    answer = quote(lines, off, prices_include_tax=False)
    each = Reduction(stage=Stage.AMOUNT, units=POTS, amount_minor=2_300, is_amount_gross=True)

    assert answer.gross_minor - answer.shipping_minor == 2_650
    assert quote(lines[:1], each, prices_include_tax=False).discount_minor == 2_000


def test_the_first_unit_at_its_price_and_something_off_each_further_one():
    first = Reduction(stage=Stage.AMOUNT, amount_minor=113, unit_limit=1, is_limit_per_line=True)
    further = Reduction(stage=Stage.AMOUNT, amount_minor=211, unit_skip=1, unit_limit=4, is_limit_per_line=True)

    def off(count, *effects):
        return quote([line("a", 1_000, count)], *effects).discount_minor

    assert [off(count, first, further) for count in (1, 2, 5, 10)] == [113, 324, 957, 957]
    assert off(3, Reduction(stage=Stage.PERCENT, percent_ppm=100_000, unit_skip=1)) == 200


def test_steps_on_delivery_count_the_products():
    steps = Reduction(stage=Stage.SHIPPING_PERCENT, steps=((0, 100_000), (2_000, 500_000)), are_steps_by_value=True)

    assert quote([line("a", 1_000)], steps).shipping_minor == 1_350
    assert quote([line("a", 1_000, 2)], steps).shipping_minor == 750


def test_hints_say_what_is_missing_and_only_when_it_is_near():
    free_delivery = Offer(
        key="ship",
        effects=(Reduction(stage=Stage.SHIPPING_PERCENT, percent_ppm=1_000_000),),
        conditions=(Threshold(measure=Measure.ITEMS_TOTAL, required=15_000),),
    )
    second = NthUnit(units=POTS, group_size=2, percent_ppm=500_000)

    answer = quote([line("a", 13_760)], second, more=(free_delivery,))

    assert [(hint.key, hint.shortfalls[0].missing, hint.is_applied) for hint in answer.nearly] == [
        ("o0", 1, False),
        ("ship", 1_240, False),
    ]
    assert {refusal.reason for refusal in answer.refused} == {Reason.NOT_ENOUGH_ITEMS, Reason.CONDITION_NOT_MET}


def test_the_way_to_free_delivery_is_shown_from_the_first_product_and_the_nearest_first():
    def from_total(key, required, **effect):
        condition = Threshold(measure=Measure.ITEMS_TOTAL, required=required)
        return Offer(key=key, effects=(Reduction(percent_ppm=1_000_000, **effect),), conditions=(condition,))

    free = [from_total(f"ship{number}", 10_000 * number, stage=Stage.SHIPPING_PERCENT) for number in range(1, 6)]
    much = from_total("much", 15_000, stage=Stage.ORDER_PERCENT)

    answer = quote([line("a", 1_000)], more=(*free, much))

    assert [(hint.key, hint.shortfalls[0].missing) for hint in answer.nearly] == [
        ("ship1", 9_000), ("ship2", 19_000), ("ship3", 29_000),
    ]  # fmt: skip
    wider = quote([line("a", 1_000)], more=(*free, much), policy=Policy(nearly_share_bp=500))
    assert "much" in {hint.key for hint in wider.nearly}


def test_the_next_step_of_an_applied_promotion_is_a_hint():
    steps = Reduction(stage=Stage.PERCENT, units=POTS, steps=((2, 50_000), (3, 100_000)))

    (hint,) = quote([line("a", 1_000, 2)], steps).nearly

    assert hint.is_applied
    assert hint.shortfalls == (Shortfall(measure="quantity", required=3, measured=2),)


def test_a_gift_is_the_first_in_stock_or_the_one_picked():
    options = (GiftOption(sku="mug", value_minor=900), GiftOption(sku="seeds", value_minor=500))
    lines = [line("a", 1_000)]

    given = quote(lines, Give(options=options), stocks={"mug": 0})
    open_choice = quote(lines, Give(options=options, is_picked=True), stocks={"mug": 0})
    picked = quote(lines, Give(options=options, is_picked=True), gift_picks=(("o0", "mug"),))
    gone = quote(lines, Give(options=options), stocks={"mug": 0, "seeds": 0})

    assert [gift.sku for gift in given.gifts] == ["seeds"]
    assert (open_choice.gifts, open_choice.gift_choices[0].skus, open_choice.gift_choices[0].picked) == (
        (),
        ("seeds",),
        "",
    )
    assert ([gift.sku for gift in picked.gifts], picked.gift_choices[0].picked) == (["mug"], "mug")
    assert (gone.gifts, gone.refused[0].reason) == ((), Reason.GIFT_OUT_OF_STOCK)


def test_rewards_and_points_multipliers_are_in_the_answer():
    answer = quote(
        [line("a", 1_000), line("p", 500, 1, "plants")],
        GrantReward(reward="mug", quantity=2),
        MultiplyPoints(multiplier_bp=20_000, units=PLANTS),
        MultiplyPoints(multiplier_bp=15_000),
    )

    assert [(reward.reward, reward.quantity) for reward in answer.rewards] == [("mug", 2)]
    assert answer.points_multiplier_bp == 15_000
    assert {one.id: one.points_multiplier_bp for one in answer.lines} == {"a": 15_000, "p": 30_000}


def test_a_promotion_in_the_merchants_order_comes_before_the_best_combination():
    weak = Offer(
        key="weak",
        effects=(Reduction(stage=Stage.PERCENT, percent_ppm=50_000),),
        group="g",
        combination=Combination.PRIORITY,
    )
    strong = Offer(key="strong", effects=(Reduction(stage=Stage.PERCENT, percent_ppm=500_000),), group="g")
    other = Offer(key="other", effects=(Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=100_000),))

    answer = quote([line("a", 10_000)], more=(weak, strong, other))

    assert [offer.key for offer in answer.applied] == ["other", "weak"]
    assert answer.total_minor == 8_550 + 1_500
    (refusal,) = answer.refused
    assert (refusal.key, refusal.reason, refusal.displaced_by) == ("strong", Reason.DISPLACED, ("weak",))


def test_a_displaced_promotion_says_by_what_and_how_much_worse_it_is():
    offers = tuple(
        Offer(key=key, effects=(Reduction(stage=Stage.PERCENT, units=POTS, percent_ppm=percent),), group="g")
        for key, percent in (("ten", 100_000), ("twenty", 200_000))
    )
    order = Offer(key="order", effects=(Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=500_000),))

    (refusal,) = quote([line("a", 10_000)], more=(*offers, order)).refused

    assert (refusal.key, refusal.displaced_by, refusal.difference_minor) == ("ten", ("twenty",), 500)


def test_a_search_that_is_cut_short_names_the_gap():
    offers = tuple(
        Offer(
            key=f"n{number}",
            effects=(NthUnit(units=POTS, group_size=2, percent_ppm=100_000 + 100 * number, times_max=1),),
        )
        for number in range(8)
    )
    lines = [line(f"s{number}", 1_000 + number * 111) for number in range(6)]

    cut, whole = (quote(lines, more=offers, policy=Policy(search_work_max=most)) for most in (2, 5_000))

    assert whole.proved_optimal
    assert not cut.proved_optimal
    assert cut.discount_minor <= whole.discount_minor <= cut.discount_minor + cut.gap_minor


def test_upper_bounds_and_distinct_products_are_conditions():
    few = Threshold(measure=Measure.QUANTITY, required=2, is_upper=True)
    mixed = Threshold(measure=Measure.DISTINCT_PRODUCTS, required=2)
    half = Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=500_000)

    def with_conditions(lines) -> Quote:
        return quote(lines, more=(Offer(key="o", effects=(half,), conditions=(few, mixed)),))

    assert with_conditions([line("a", 1_000), line("b", 1_000)]).discount_minor == 1_000
    assert [short.is_upper for short in with_conditions([line("a", 1_000, 3)]).refused[0].shortfalls] == [True, False]


def test_a_third_of_the_price_is_exact_to_a_ten_thousandth_of_a_percent():
    third = Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=333_333)

    assert quote([line("a", 30_000_00)], third).discount_minor == 9_999_99
    assert quote([line("a", 3_00)], third).discount_minor == 1_00
