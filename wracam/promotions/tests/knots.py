"""Knotted carts from a seed: offers that make others give more, or turn them to other units, far more often than by chance.

What breaks "the lower the prices, the less the others give" is drawn here most of the time: the dearest or cheapest
units across products, amounts off each line, caps on lines, caps and amounts that include tax over mixed rates, set
prices of an order, amounts by quantity, gifts of one stock, and units used up by offers that hardly lower their price.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from wracam.promotions.contracts import Cart, CartLine, PercentBase, Policy, Rounding, RoundingMode
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.offers import (
    ALL,
    BuyGet,
    Effect,
    Filter,
    GiftOption,
    Give,
    NthUnit,
    Offer,
    Pick,
    Reduction,
    SetPrice,
    Stage,
)
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Units
from wracam.promotions.tests.carts import allowed_sequences

PRICES = (1, 3, 7, 10, 333, 500, 999, 1000, 1001, 2501)
FILTERS = (
    ALL, ALL, ALL, Filter(skus=frozenset({"a"})), Filter(skus=frozenset({"b"})), Filter(skus=frozenset({"b", "c"})),
    Filter(skus=frozenset({"a", "c"})),
)  # fmt: skip

Knot = tuple[Cart, list[Offer], Policy, Mapping[str, int], Mapping[str, int]]
"""A cart, offers, a policy, what the budgets of some offers still hold, and the pieces left of some gifts."""


def knot(seed: int) -> Knot:
    """Return a cart of one to three products with two to five offers."""
    chance = random.Random(seed)
    offers = [_offer(chance, number) for number in range(chance.choice((2, 3, 3, 4, 4, 5)))]
    budgets = {offer.key: chance.choice((1, 50, 400, 1500)) for offer in offers if chance.random() < 0.1}
    stocks = {"seeds": chance.choice((1, 2, 3))} if chance.random() < 0.5 else {}
    policy = Policy(
        percent_base=chance.choice((PercentBase.RUNNING,) * 5 + (PercentBase.ORIGINAL,)),
        rounding=chance.choice((Rounding.LINE,) * 5 + (Rounding.UNIT,)),
        rounding_mode=chance.choice((RoundingMode.HALF_DOWN, *RoundingMode)),
        discount_max_bp=chance.choice((None,) * 9 + (3000,)),
    )
    return _cart(chance), offers, policy, budgets, stocks


def calm_knot(seed: int) -> Knot:
    """Return a cart of offers with one effect each, which lead each other astray by roundings only, or not at all."""
    chance = random.Random(seed)
    offers = [
        Offer(
            key=f"o{number}",
            effects=(_calm_effect(chance),),
            priority=chance.randrange(3),
            group=chance.choice(("",) * 5 + ("g",)),
            cap_minor=chance.choice((None,) * 9 + (300,)),
        )
        for number in range(chance.choice((2, 3, 4, 4, 5)))
    ]
    return _cart(chance), offers, Policy(), {}, {}


def picked_knot(seed: int) -> Knot:
    """Return a cart in which steps pick among the units of one product that others used up, at odd prices."""
    chance = random.Random(seed)
    offers = [
        Offer(
            key=f"o{number}",
            effects=(_effect_on_one(chance),),
            priority=chance.randrange(3),
            group=chance.choice(("",) * 6 + ("g",)),
        )
        for number in range(chance.choice((3, 4, 4, 5)))
    ]
    lines = [CartLine(id="a", sku="a", quantity=chance.choice((2, 3, 4, 5)), unit_minor=chance.randint(5, 400))]
    if chance.random() < 0.4:
        lines.append(CartLine(id="b", sku="b", quantity=chance.choice((1, 2)), unit_minor=chance.randint(5, 400)))
    return Cart(currency="PLN", lines=tuple(lines)), offers, Policy(), {}, {}


def with_a_free_product(found: Knot, seed: int) -> Knot:
    """Return the same cart with one of its products free before promotions, as shops put gifts of their own there."""
    cart, offers, policy, budgets, stocks = found
    sku = random.Random(seed).choice(cart.lines).sku
    lines = [
        msgspec.structs.replace(line, unit_minor=0, regular_minor=None) if line.sku == sku else line
        for line in cart.lines
    ]
    return replace(cart, lines=tuple(lines)), offers, policy, budgets, stocks


def most_saved(
    cart: Cart, offers: list[Offer], policy: Policy, budgets: Mapping[str, int], stocks: Mapping[str, int]
) -> int:
    """The most that any allowed choice in any turn saves."""
    units = Units(cart, policy.rounding_mode)
    entries = Catalog([offer for offer in offers if not shortfalls(offer, units)]).entries
    desk = Desk(units, entries, policy, budgets, stocks)
    return max(desk.run(sequence).saved_minor for sequence in allowed_sequences([entry.offer for entry in entries]))


def _cart(chance: random.Random) -> Cart:
    skus = ("a", "b", "c")[: chance.choice((1, 2, 2, 2, 3, 3))]
    floor = chance.choice((0,) * 7 + (1, 100))
    return Cart(
        currency="PLN",
        shipping_minor=chance.choice((0, 1299)),
        prices_include_tax=chance.random() < 0.6,
        lines=tuple(
            CartLine(
                id=sku,
                sku=sku,
                quantity=chance.choice((1, 2, 2, 3, 4, 5)),
                unit_minor=chance.choice(PRICES),
                floor_minor=floor,
                tax_rate_bp=chance.choice((2300, 800, 0)),
            )
            for sku in skus
        ),
    )


def _offer(chance: random.Random, number: int) -> Offer:
    return Offer(
        key=f"o{number}",
        effects=tuple(_effect(chance) for _ in range(chance.choice((1, 1, 1, 1, 2, 2, 3)))),
        priority=chance.randrange(3),
        group=chance.choice(("",) * 7 + ("g",)),
        cap_minor=chance.choice((None,) * 7 + (1, 300, 900)),
    )


def _effect(chance: random.Random) -> Effect:
    units, percent = chance.choice(FILTERS), chance.choice((50_000, 100_000, 333_300, 500_000, 900_000, 1_000_000))
    kind = chance.random()
    if kind < 0.3:
        return _using_up(chance, units, percent)
    if kind < 0.65:
        return _of_some_units(chance, units, percent)
    if kind < 0.75:
        return _of_units(chance, units, percent)
    if kind < 0.95:
        return _of_order(chance, units, percent)
    pieces = chance.choice((1, 2))
    return Give(options=(GiftOption(sku="seeds", value_minor=chance.choice((1, 300))),), quantity=pieces)


def _calm_effect(chance: random.Random) -> Effect:
    pick, units, percent = chance.choice, chance.choice(FILTERS), chance.choice((50_000, 100_000, 333_300, 500_000))
    kind = chance.random()
    if kind < 0.35:
        return _using_up(chance, units, percent)
    if kind < 0.6:
        return Reduction(
            stage=Stage.PERCENT, units=pick((ALL, units)), percent_ppm=percent, unit_limit=pick((1, 2, 3)),
            unit_skip=pick((0, 0, 1)), pick=pick(list(Pick)), cap_minor=pick((None, None, 100)),
        )  # fmt: skip
    if kind < 0.7:
        return Reduction(stage=Stage.PERCENT, units=units, percent_ppm=percent, cap_minor=pick((100, 300, 900)))
    if kind < 0.85:
        return Reduction(stage=Stage.PERCENT, units=pick((ALL, units)), percent_ppm=percent)
    if kind < 0.95:
        return Reduction(stage=Stage.ORDER_PERCENT, units=ALL, percent_ppm=percent, cap_minor=pick((None, 100)))
    return _of_units(chance, units, percent)


def _effect_on_one(chance: random.Random) -> Effect:
    pick, units = chance.choice, Filter(skus=frozenset({"a"}))
    kind, percent = chance.random(), chance.choice((30_000, 50_000, 100_000, 150_000, 333_300, 500_000))
    if kind < 0.35:
        return NthUnit(
            units=pick((units, units, ALL)), group_size=pick((1, 2, 2, 3)), times_max=pick((None, 1)),
            percent_ppm=pick((50_000, 333_300, 500_000, 1_000_000)),
        )  # fmt: skip
    if kind < 0.6:
        return Reduction(
            stage=Stage.PERCENT, units=units, percent_ppm=percent, unit_limit=pick((1, 2, 3)),
            pick=pick((Pick.DEAREST, Pick.DEAREST, Pick.CHEAPEST)),
        )  # fmt: skip
    if kind < 0.8:
        return Reduction(stage=Stage.PERCENT, units=pick((units, ALL)), percent_ppm=percent)
    if kind < 0.9:
        return Reduction(stage=Stage.AMOUNT, units=units, amount_minor=pick((1, 7, 30)))
    return SetPrice(units=units, price_minor=pick((10, 50, 200)))


def _using_up(chance: random.Random, units: Filter, percent: int) -> Effect:
    pick = chance.choice
    if chance.random() < 0.8:
        return NthUnit(
            units=units, group_size=pick((1, 1, 2, 2, 3)), percent_ppm=percent, price_minor=pick((None, None, 1, 400)),
            times_max=pick((None, 1, 1)), pick=pick(list(Pick)),
        )  # fmt: skip
    return BuyGet(
        buy=units, buy_quantity=pick((1, 2)), get=pick(FILTERS), get_quantity=1, percent_ppm=percent,
        pick=pick(list(Pick)), times_max=pick((None, 1)),
    )  # fmt: skip


def _of_some_units(chance: random.Random, units: Filter, percent: int) -> Effect:
    """A reduction of the dearest or cheapest units, per line or per unit, with caps of every kind."""
    pick = chance.choice
    limit, skip = pick((None, 1, 1, 2, 2, 3)), pick((0, 0, 0, 0, 1))
    if chance.random() < 0.2:
        return SetPrice(
            units=units, price_minor=pick((1, 5, 400, 900)), unit_limit=limit, unit_skip=skip, pick=pick(list(Pick)),
        )  # fmt: skip
    is_percent = chance.random() < 0.5
    return Reduction(
        stage=Stage.PERCENT if is_percent else Stage.AMOUNT,
        units=units,
        percent_ppm=percent if is_percent else 0,
        amount_minor=0 if is_percent else pick((1, 4, 300, 900)),
        steps=((1, 50_000 if is_percent else 2), (3, 500_000 if is_percent else 500)) if chance.random() < 0.1 else (),
        are_steps_per_line=chance.random() < 0.5,
        unit_limit=limit,
        unit_skip=skip,
        is_limit_per_line=chance.random() < 0.15,
        pick=pick(list(Pick)),
        is_per_line=not is_percent and chance.random() < 0.5,
        line_cap_minor=pick((None, None, None, 2, 200)),
        cap_minor=pick((None, None, None, 100, 500)),
        is_cap_gross=chance.random() < 0.4,
        is_amount_gross=not is_percent and chance.random() < 0.3,
    )


def _of_units(chance: random.Random, units: Filter, percent: int) -> Effect:
    pick = chance.choice
    kind = chance.randrange(3)
    if kind == 0:
        return Reduction(stage=Stage.PERCENT, units=units, percent_ppm=percent)
    if kind == 1:
        return Reduction(
            stage=Stage.AMOUNT, units=units, amount_minor=pick((1, 300, 900)), is_per_line=chance.random() < 0.5
        )
    return SetPrice(units=units, price_minor=pick((1, 400, 900)))


def _of_order(chance: random.Random, units: Filter, percent: int) -> Effect:
    pick = chance.choice
    stage = pick((Stage.ORDER_PERCENT, Stage.ORDER_PERCENT, Stage.ORDER_PRICE, Stage.ORDER_AMOUNT, Stage.ORDER_AMOUNT))
    is_percent = stage is Stage.ORDER_PERCENT
    is_some = stage is not Stage.ORDER_PRICE and chance.random() < 0.3
    return Reduction(
        stage=stage,
        units=units,
        percent_ppm=percent if is_percent else 0,
        amount_minor=0 if is_percent else pick((10, 100, 1000, 4000)),
        unit_limit=pick((1, 2)) if is_some else None,
        pick=pick(list(Pick)),
        cap_minor=pick((None, None, 100)),
        is_split_by_quantity=chance.random() < 0.3,
        is_amount_gross=not is_percent and chance.random() < 0.4,
    )
