"""Crowded carts: what the engine proves to be best is best, whatever competes."""

from __future__ import annotations

import gc
import itertools
import random

import pytest

from wracam.promotions.contracts import Cart, CartLine, Charge, Policy
from wracam.promotions.core import cases, partsearch
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.engine import evaluate
from wracam.promotions.core.offers import (
    Effect,
    Filter,
    GiftOption,
    Give,
    NthUnit,
    Offer,
    Reduction,
    SetPrice,
    Stage,
)
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Units
from wracam.promotions.tests import knots, tangles
from wracam.promotions.tests.carts import EXAMPLES
from wracam.promotions.tests.crowds import crowd, most_saved

POTS = Filter(categories=frozenset({"pots"}))
SEED_OF_EXAMPLES, SEED_OF_CHARGED = 30_000, 40_000


def saved_in(cart: Cart, offers: list[Offer], policy: Policy) -> int:
    answer = evaluate(cart, Catalog(offers), policy)
    assert answer.proved_optimal
    return answer.discount_minor + answer.shipping_discount_minor


def test_crowded_carts_cost_exactly_as_little_as_trying_everything_finds():
    for seed in range(SEED_OF_EXAMPLES, SEED_OF_EXAMPLES + EXAMPLES):
        cart, offers, policy = crowd(seed)

        assert saved_in(cart, offers, policy) == most_saved(cart, offers, policy), seed


def test_a_quote_leaves_nothing_for_the_garbage_collector_to_find():
    carts = [crowd(seed) for seed in range(40)] + [tangles.tangle(seed)[:3] for seed in range(40)]
    catalogs = [Catalog(offers) for _, offers, _ in carts]
    gc.collect()
    gc.disable()
    try:
        for (cart, _, policy), catalog in zip(carts, catalogs, strict=True):
            evaluate(cart, catalog, policy)

        assert not gc.collect()
    finally:
        gc.enable()


def test_charging_for_units_in_the_smallest_carts_too_changes_nothing(monkeypatch):
    for module in (cases, partsearch):
        monkeypatch.setattr(module, "CARE_FROM", 1)
    for seed in range(SEED_OF_CHARGED, SEED_OF_CHARGED + EXAMPLES // 4):
        cart, offers, policy = crowd(seed)

        assert saved_in(cart, offers, policy) == most_saved(cart, offers, policy), seed


@pytest.mark.parametrize(
    ("seed", "most"),
    [
        (41, 6),  # a percentage rounded for each unit, after a discount that does not divide by the units
        (1222, 6),  # offers with caps, and one that turns to other products when fewer units are left
        (21_670, 5),  # a percentage with a cap, of which little is left after using units up
        (63_564, 5),  # a coupon worth more than its products, so that a free offer costs a minor unit through rounding
        (10_350, 5),  # "the dearest unit" is another one without an offer that nothing stands against
    ],
)
def test_carts_that_were_once_proved_too_early(seed, most):
    cart, offers, policy = crowd(seed, most)

    assert saved_in(cart, offers, policy) == most_saved(cart, offers, policy)


def test_tangled_caps_and_budgets_cost_exactly_as_little_as_trying_everything_finds():
    for seed in range(EXAMPLES):
        cart, offers, policy, budgets = tangles.tangle(seed)

        answer = evaluate(cart, Catalog(offers), policy, budgets=budgets)

        assert answer.proved_optimal, seed
        saved = answer.discount_minor + answer.shipping_discount_minor + sum(gift.value_minor for gift in answer.gifts)
        assert saved == tangles.most_saved(cart, offers, policy, budgets), seed


def test_knotted_carts_cost_exactly_as_little_as_trying_everything_finds():
    for seed in range(EXAMPLES):
        check_knot(seed, knots.knot(seed))
        check_knot(seed, knots.calm_knot(seed))
        check_knot(seed, knots.picked_knot(seed))


def test_knotted_carts_with_a_free_product_too():
    for seed in range(EXAMPLES // 2):
        check_knot(seed, knots.with_a_free_product(knots.knot(seed), seed))
        check_knot(seed, knots.with_a_free_product(knots.picked_knot(seed), seed))


@pytest.mark.parametrize(
    "seed", [549, 1419, 2592, 4065, 5265, 5753, 6216, 7798, 8768, 9052, 11_081, 11_533, 12_738, 13_090, 14_003, 15_338]
)
def test_knotted_carts_that_were_once_proved_too_early(seed):
    check_knot(seed, knots.knot(seed))


@pytest.mark.parametrize("seed", [3007, 5775])
def test_carts_in_which_roundings_lead_astray_that_were_once_proved_too_early(seed):
    check_knot(seed, knots.calm_knot(seed))


@pytest.mark.parametrize("seed", [258, 455, 800, 986, 1133, 1972])
def test_picks_among_the_units_of_one_product_that_were_once_proved_too_early(seed):
    check_knot(seed, knots.picked_knot(seed))


def check_knot(seed: int, knot: knots.Knot) -> None:
    cart, offers, policy, budgets, stocks = knot

    answer = evaluate(cart, Catalog(offers), policy, budgets=budgets, stocks=stocks)

    assert answer.proved_optimal, seed
    saved = answer.discount_minor + answer.shipping_discount_minor + sum(gift.value_minor for gift in answer.gifts)
    assert saved == knots.most_saved(cart, offers, policy, budgets, stocks), seed


def test_an_offer_that_turns_to_other_lines_beside_others_is_tried_beside_them():
    lines = (
        CartLine(id="a", sku="a", quantity=1, unit_minor=1000),
        CartLine(id="b", sku="b", quantity=2, unit_minor=1100),
    )
    offers = [
        Offer(
            key="off-lines",
            effects=(Reduction(stage=Stage.AMOUNT, amount_minor=900, is_per_line=True, unit_limit=2),),
            group="g",
        ),
        Offer(key="all", effects=(Reduction(stage=Stage.PERCENT, percent_ppm=320_000),), group="g"),
        Offer(
            key="b-cheaper",
            effects=(Reduction(stage=Stage.PERCENT, units=Filter(skus=frozenset({"b"})), percent_ppm=100_000),),
        ),
    ]

    assert saved_in(Cart(currency="PLN", lines=lines), offers, Policy()) == 2_20 + 2 * 9_00


def test_an_amount_off_each_line_comes_off_once_also_where_its_units_were_used_up_otherwise():
    lines = (CartLine(id="a", sku="a", quantity=2, unit_minor=1000),)
    offers = [
        Offer(
            key="off-line", effects=(Reduction(stage=Stage.AMOUNT, amount_minor=300, is_per_line=True, unit_limit=2),)
        ),
        Offer(key="one-half", effects=(NthUnit(group_size=1, percent_ppm=500_000, times_max=1),)),
    ]

    assert saved_in(Cart(currency="PLN", lines=lines), offers, Policy()) == 5_00 + 3_00


def test_an_offer_that_takes_a_gift_out_of_the_stock_of_a_better_one_is_left_out():
    lines = (CartLine(id="a", sku="a", quantity=1, unit_minor=1000),)
    offers = [
        Offer(key=key, effects=(Give(options=(GiftOption(sku="seeds", value_minor=value),), quantity=count),))
        for key, value, count in (("one", 100, 1), ("two", 100, 2))
    ]

    answer = evaluate(Cart(currency="PLN", lines=lines), Catalog(offers), Policy(), stocks={"seeds": 2})

    assert answer.proved_optimal
    assert [(gift.sku, gift.quantity) for gift in answer.gifts] == [("seeds", 2)]


def picking_offers(sku: str) -> list[Offer]:
    """Offers on one product, one of which picks among units that others used up."""
    units = Filter(skus=frozenset({sku}))
    effects: tuple[Effect, ...] = (
        NthUnit(units=units, group_size=2, percent_ppm=500_000),
        NthUnit(units=units, group_size=3, percent_ppm=900_000),
        Reduction(stage=Stage.PERCENT, units=units, percent_ppm=150_000, unit_limit=2),
        Reduction(stage=Stage.PERCENT, units=units, percent_ppm=100_000),
        SetPrice(units=units, price_minor=1400),
    )
    return [Offer(key=f"{sku}{number}", effects=(effect,)) for number, effect in enumerate(effects)]


def test_picking_among_used_units_of_many_products_is_still_proved_product_by_product():
    lines = tuple(
        CartLine(id=sku, sku=sku, quantity=3, unit_minor=1500 + 137 * number) for number, sku in enumerate("abcdefgh")
    )
    offers = [offer for line in lines for offer in picking_offers(line.sku)]
    alone = [saved_in(Cart(currency="PLN", lines=(line,)), picking_offers(line.sku), Policy()) for line in lines]

    assert saved_in(Cart(currency="PLN", lines=lines), offers, Policy()) == sum(alone)


def test_so_is_it_where_the_shop_lets_only_one_promotion_lower_prices():
    lines = (CartLine(id="a", sku="a", quantity=1, unit_minor=1000),)
    offers = [
        Offer(key=key, effects=(Give(options=(GiftOption(sku="seeds", value_minor=value),), quantity=count),))
        for key, value, count in (("first", 1, 2), ("then", 300, 1))
    ]
    offers += [
        Offer(key=key, effects=(Reduction(stage=Stage.PERCENT, percent_ppm=percent),))
        for key, percent in (("five", 50_000), ("ten", 100_000))
    ]

    answer = evaluate(Cart(currency="PLN", lines=lines), Catalog(offers), Policy(promotions_max=1), stocks={"seeds": 2})

    assert answer.proved_optimal
    assert [one.key for one in answer.applied if one.discount_minor] == ["ten"]
    assert [(gift.sku, gift.value_minor) for gift in answer.gifts] == [("seeds", 3_00)]


def test_the_turn_of_offers_counts_that_share_a_cap_between_using_units_up_and_what_comes_later():
    lines = (CartLine(id="a", sku="a", quantity=2, unit_minor=999),)
    second_for_a_penny = NthUnit(group_size=2, price_minor=1)
    offers = [
        Offer(key=key, effects=(Reduction(stage=Stage.PERCENT, percent_ppm=percent), second_for_a_penny), cap_minor=700)
        for key, percent in (("five", 50_000), ("ten", 100_000))
    ]

    assert saved_in(Cart(currency="PLN", lines=lines), offers, Policy()) == 8_30


def test_a_set_price_that_a_cap_holds_back_leaves_used_units_as_dear_as_they_were():
    lines = (CartLine(id="a", sku="a", quantity=4, unit_minor=1000),)
    offers = [
        Offer(key="nearly-free", effects=(NthUnit(group_size=2, price_minor=1),)),
        Offer(key="set", effects=(SetPrice(price_minor=1),), cap_minor=2),
        Offer(key="dearest", effects=(Reduction(stage=Stage.PERCENT, percent_ppm=500_000, unit_limit=1),)),
    ]

    answer = evaluate(Cart(currency="PLN", lines=lines), Catalog(offers), Policy())

    assert {one.key: one.discount_minor for one in answer.applied} == {"nearly-free": 1998, "set": 2, "dearest": 499}


def test_a_gift_is_worth_more_than_the_cap_on_what_its_offer_takes_off():
    lines = (CartLine(id="a", sku="a", quantity=1, unit_minor=50_00, categories=("pots",)),)
    gift = Give(options=(GiftOption(sku="seeds", value_minor=10_00),))
    off = Reduction(stage=Stage.PERCENT, units=POTS, percent_ppm=100_000)
    offers = [
        Offer(key="gift", effects=(off, gift), cap_minor=1_00, group="g"),
        Offer(key="off", effects=(off, off), group="g"),
    ]

    answer = evaluate(Cart(currency="PLN", lines=lines), Catalog(offers), Policy())

    assert [gift.sku for gift in answer.gifts] == ["seeds"]


def test_a_second_set_price_takes_nothing_more_off_than_the_lower_of_both():
    lines = (CartLine(id="a", sku="a", quantity=2, unit_minor=10_00, categories=("pots",)),)
    offers = [
        Offer(key="half", effects=(NthUnit(units=POTS, group_size=1, percent_ppm=900_000, times_max=1),)),
        Offer(key="five", effects=(SetPrice(units=POTS, price_minor=5_00),)),
        Offer(key="also-five", effects=(SetPrice(units=POTS, price_minor=5_00),)),
    ]

    answer = evaluate(Cart(currency="PLN", lines=lines), Catalog(offers), Policy())

    assert answer.total_minor == 6_00


def test_a_coupon_worth_more_than_its_products_is_looked_at_without_offers_on_these_too():
    lines = tuple(
        CartLine(id=sku, sku=sku, quantity=quantity, unit_minor=unit_minor, categories=(category,))
        for sku, quantity, unit_minor, category in (
            ("s11", 2, 9_10, "decor"),
            ("s22", 2, 13_21, "soil"),
            ("s29", 3, 10_28, "decor"),
            ("s38", 2, 129_38, "pots"),
            ("s4", 3, 25_03, "soil"),
        )
    )
    decor = Filter(categories=frozenset({"decor"}))
    effects: tuple[Effect, ...] = (
        Reduction(stage=Stage.AMOUNT, units=decor, amount_minor=2_00),
        SetPrice(units=Filter(price_from_minor=20_00), price_minor=9_00),
        Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=100_000, cap_minor=20_00),
        Reduction(stage=Stage.PERCENT, units=decor, percent_ppm=150_000),
        Reduction(stage=Stage.PERCENT, units=decor, percent_ppm=200_000),
        Reduction(stage=Stage.ORDER_AMOUNT, units=decor, amount_minor=10_00),
        Reduction(stage=Stage.AMOUNT, units=decor, amount_minor=5_00),
        Reduction(stage=Stage.PERCENT, units=decor, percent_ppm=150_000),
    )
    priorities = (3, 1, 0, 3, 0, 4, 0, 2)
    offers = [
        Offer(key=f"p{number}", effects=(effect,), priority=priority)
        for number, (effect, priority) in enumerate(zip(effects, priorities, strict=True))
    ]

    answer = evaluate(Cart(currency="PLN", lines=lines), Catalog(offers), Policy())

    assert answer.proved_optimal
    assert answer.total_minor == 64_27


def test_the_best_of_promotions_for_several_shipments_is_found_by_trying_them_all():
    for seed in range(EXAMPLES * 3):
        cart, offers = shipments_of(random.Random(seed))
        entries = Catalog(offers).entries
        desk = Desk(Units(cart), entries, Policy())

        answer = evaluate(cart, Catalog(offers), Policy())

        assert answer.proved_optimal
        assert answer.shipping_discount_minor == max(
            desk.run(chosen).saved_minor
            for count in range(len(entries) + 1)
            for chosen in itertools.combinations(range(len(entries)), count)
        )


def shipments_of(chance: random.Random) -> tuple[Cart, list[Offer]]:
    """Two or three shipments and offers on some of them, or on all together."""
    names = "abc"[: chance.choice((2, 3))]
    shipments = tuple(Charge(name=name, amount_minor=chance.choice((1, 5, 333, 500, 1299, 1801))) for name in names)
    cart = Cart(
        currency="PLN", lines=(), shipments=shipments, shipping_minor=sum(one.amount_minor for one in shipments)
    )
    stages = (Stage.SHIPPING_PERCENT, Stage.SHIPPING_AMOUNT, Stage.SHIPPING_PRICE)
    offers = []
    for number in range(chance.choice((2, 3, 4))):
        stage = chance.choice(stages)
        effect = Reduction(
            stage=stage,
            percent_ppm=chance.choice((100_000, 333_333, 500_000)) if stage is Stage.SHIPPING_PERCENT else 0,
            amount_minor=chance.choice((1, 99, 333, 700, 1500)),
            is_per_line=chance.random() < 0.3,
            names=frozenset(chance.choice(("", "a", "ab", "bc"))),
            cap_minor=chance.choice((None, None, 100)),
        )
        cap = chance.choice((None, None, 300))
        offers.append(Offer(key=str(number), effects=(effect,), priority=chance.randrange(3), cap_minor=cap))
    return cart, offers
