"""Tangled carts from a seed: offers of several effects with caps and budgets of their own, which they share out.

What such an offer gives at one place is missing at another, so turns matter that matter nowhere else. Random carts
seldom get there; these do every time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from wracam.promotions.contracts import Cart, CartLine, PercentBase, Policy, Rounding, RoundingMode
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.offers import (
    ALL,
    Bundle,
    BuyGet,
    Effect,
    Filter,
    GiftOption,
    Give,
    Measure,
    NthUnit,
    Offer,
    Pick,
    Reduction,
    SetPrice,
    Stage,
    Threshold,
)
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Units
from wracam.promotions.tests.carts import allowed_sequences

FILTERS = (ALL, ALL, Filter(skus=frozenset({"a"})), Filter(skus=frozenset({"b"})), Filter(skus=frozenset({"b", "c"})))
PRICES = (1, 3, 7, 333, 500, 999, 1000, 2501)

Tangle = tuple[Cart, list[Offer], Policy, Mapping[str, int]]
"""A cart, offers, a policy, and what the budgets of some offers still hold."""


def tangle(seed: int) -> Tangle:
    """Return a cart of one to three products with two to four tangled offers."""
    chance = random.Random(seed)
    offers = [_offer(chance, number) for number in range(chance.choice((2, 2, 3, 3, 4)))]
    budgets = {offer.key: chance.choice((1, 50, 400, 1500)) for offer in offers if chance.random() < 0.2}
    policy = Policy(
        percent_base=chance.choice((PercentBase.RUNNING,) * 5 + (PercentBase.ORIGINAL,)),
        rounding=chance.choice((Rounding.LINE,) * 5 + (Rounding.UNIT,)),
        rounding_mode=chance.choice((RoundingMode.HALF_DOWN, *RoundingMode)),
        discount_max_bp=chance.choice((None,) * 7 + (3000,)),
    )
    return _cart(chance), offers, policy, budgets


def most_saved(cart: Cart, offers: list[Offer], policy: Policy, budgets: Mapping[str, int]) -> int:
    """The most that any allowed choice in any turn saves."""
    units = Units(cart, policy.rounding_mode)
    entries = Catalog([offer for offer in offers if not shortfalls(offer, units)]).entries
    desk = Desk(units, entries, policy, budgets)
    return max(desk.run(sequence).saved_minor for sequence in allowed_sequences([entry.offer for entry in entries]))


def _cart(chance: random.Random) -> Cart:
    skus = ("a", "b", "c")[: chance.choice((1, 1, 2, 2, 3))]
    floor = chance.choice((0, 0, 0, 0, 1))
    return Cart(
        currency="PLN",
        shipping_minor=chance.choice((0, 1299)),
        prices_include_tax=chance.random() < 0.8,
        lines=tuple(
            CartLine(
                id=sku,
                sku=sku,
                quantity=chance.choice((1, 2, 2, 3, 4)),
                unit_minor=chance.choice(PRICES),
                floor_minor=floor,
                tax_rate_bp=chance.choice((2300, 2300, 800, 0)),
            )
            for sku in skus
        ),
    )


def _offer(chance: random.Random, number: int) -> Offer:
    count = chance.choice((1, 2, 2, 2, 3))
    condition = Threshold(measure=Measure.DISCOUNTED_TOTAL, required=chance.choice((2, 500, 1000)))
    return Offer(
        key=f"o{number}",
        effects=tuple(_effect(chance) for _ in range(count)),
        conditions=(condition,) if chance.random() < 0.08 else (),
        priority=chance.randrange(3),
        group=chance.choice(("",) * 5 + ("g",)),
        cap_minor=chance.choice((None, 1, 100, 300, 700, 1000)),
    )


def _effect(chance: random.Random) -> Effect:
    pick, units = chance.choice, chance.choice(FILTERS)
    percent = pick((50_000, 100_000, 333_300, 500_000, 1_000_000))
    kind = chance.randrange(12)
    if kind <= 2:
        return NthUnit(
            units=units, group_size=pick((1, 2, 2, 3)), percent_ppm=percent, price_minor=pick((None, None, 1)),
            times_max=pick((None, 1)), pick=pick((Pick.DEAREST, Pick.DEAREST, Pick.CHEAPEST)),
        )  # fmt: skip
    if kind == 3:
        return BuyGet(buy=units, buy_quantity=1, get=pick(FILTERS), get_quantity=pick((1, 2)), percent_ppm=percent)
    if kind == 4:
        return Bundle(parts=((units, 1), (pick(FILTERS), 1)), price_minor=pick((None, 500)), percent_ppm=percent)
    return _later(chance, units, percent)


def _later(chance: random.Random, units: Filter, percent: int) -> Effect:
    """An effect that uses nothing up."""
    pick = chance.choice
    limit, is_gross = pick((None, None, None, 1, 2)), chance.random() < 0.2
    kind = chance.randrange(7)
    if kind <= 1:
        return Reduction(
            stage=Stage.PERCENT, units=units, percent_ppm=percent, cap_minor=pick((None, None, None, 100, 900)),
            unit_limit=limit, line_cap_minor=pick((None, None, None, None, 200)), is_cap_gross=is_gross,
            unit_skip=pick((0, 0, 0, 1)),
        )  # fmt: skip
    if kind == 2:
        return Reduction(
            stage=Stage.AMOUNT, units=units, amount_minor=pick((1, 300, 900)), is_per_line=chance.random() < 0.4,
            unit_limit=limit, is_amount_gross=is_gross,
        )  # fmt: skip
    if kind == 3:
        return SetPrice(units=units, price_minor=pick((1, 400, 900)), unit_limit=limit)
    if kind == 4:
        return Reduction(
            stage=Stage.ORDER_PERCENT, units=units, percent_ppm=percent, unit_limit=limit,
            cap_minor=pick((None, None, 100)), is_split_by_quantity=is_gross,
        )  # fmt: skip
    if kind == 5:
        return Reduction(
            stage=pick((Stage.ORDER_PRICE, Stage.ORDER_AMOUNT, Stage.ORDER_AMOUNT)), units=units,
            amount_minor=pick((100, 1000, 4000)), is_split_by_quantity=chance.random() < 0.2, is_amount_gross=is_gross,
        )  # fmt: skip
    return pick(
        (
            Reduction(stage=Stage.SHIPPING_PERCENT, percent_ppm=percent),
            Give(options=(GiftOption(sku="seeds", value_minor=500),)),
        )
    )
