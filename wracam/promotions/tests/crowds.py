"""Crowded carts from a seed: many offers that want the same few units, at odd prices, and an oracle for them.

Hypothesis prefers simple examples; here offers compete on purpose, with set prices and percentages around them.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

from wracam.promotions.contracts import Cart, CartLine, PercentBase, Policy, Rounding
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.offers import (
    ALL,
    Bundle,
    BuyGet,
    Effect,
    Filter,
    NthUnit,
    Offer,
    Pick,
    Reduction,
    SetPrice,
    Stage,
)
from wracam.promotions.core.parts import conflict
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Units

CATEGORIES = ("a", "b", "c")
WEIGHTS = (3, 1, 1, 4, 4, 3, 3, 1, 1, 1, 1)
"""How often each kind of effect comes up."""


def crowd(seed: int, most: int = 5) -> tuple[Cart, list[Offer], Policy]:
    """Return a cart, up to *most* offers and a policy."""
    chance = random.Random(seed)
    cart = _cart(chance)
    offers = [_offer(chance, number) for number in range(chance.randint(2, most))]
    policy = Policy(
        rounding=chance.choice((Rounding.LINE,) * 5 + (Rounding.UNIT,)),
        percent_base=chance.choice((PercentBase.RUNNING,) * 6 + (PercentBase.ORIGINAL,)),
    )
    return cart, offers, policy


def most_saved(cart: Cart, offers: list[Offer], policy: Policy) -> int:
    """The most that any allowed choice saves, in any turn of the offers that use units up."""
    entries = Catalog(offers).entries
    desk = Desk(Units(cart, policy.rounding_mode), entries, policy)
    using = [place for place, entry in enumerate(entries) if entry.consuming]
    others = [place for place, entry in enumerate(entries) if not entry.consuming]
    return max(
        desk.run((*turn, *beside)).saved_minor
        for taken in _subsets(using)
        for beside in _subsets(others)
        if not any(
            conflict(entries[one].offer, entries[two].offer)
            for one, two in itertools.combinations((*taken, *beside), 2)
        )
        for turn in itertools.permutations(taken)
    )


def _subsets(places: list[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(len(places) + 1) for chosen in itertools.combinations(places, size)]


def _cart(chance: random.Random) -> Cart:
    return Cart(
        currency="PLN",
        shipping_minor=1299,
        lines=tuple(
            CartLine(
                id=str(number),
                sku=f"s{number}",
                quantity=chance.choice((1, 1, 2, 3)),
                unit_minor=chance.choice((1, 3, 5, 333, 700, 999, 1000, 1001, 2500)),
                categories=(chance.choice(CATEGORIES),),
                floor_minor=0 if chance.random() < 0.97 else 1,
                regular_minor=chance.choice((None, None, 9999)),
                tax_rate_bp=2300,
            )
            for number in range(chance.randint(1, 5))
        ),
    )


def _filter(chance: random.Random) -> Filter:
    kind = chance.random()
    if kind < 0.2:
        return ALL
    if kind < 0.8:
        return Filter(categories=frozenset(chance.sample(CATEGORIES, chance.choice((1, 1, 2)))))
    if kind < 0.9:
        return Filter(price_from_minor=chance.choice((3, 500, 1000)))
    return Filter(includes_reduced=False)


def _offer(chance: random.Random, number: int) -> Offer:
    kinds = _kinds(chance, _filter(chance))
    first = chance.choices(kinds, WEIGHTS)[0]
    effects = (first(),) if chance.random() < 0.93 else (first(), chance.choices(kinds, WEIGHTS)[0]())
    return Offer(
        key=f"o{number}",
        effects=effects,
        priority=chance.randrange(3),
        group=chance.choice(("", "", "", "g", "h")),
        cap_minor=chance.choice((None,) * 30 + (300,)),
    )


def _kinds(chance: random.Random, units: Filter) -> tuple[Callable[[], Effect], ...]:
    pick = chance.choice
    return (
        lambda: Reduction(stage=Stage.PERCENT, units=units, percent_ppm=pick((100_000, 333_333, 900_000))),
        lambda: SetPrice(units=units, price_minor=pick((1, 400, 900))),
        lambda: Reduction(stage=Stage.AMOUNT, units=units, amount_minor=pick((1, 300, 900))),
        lambda: NthUnit(
            units=units,
            group_size=pick((1, 2, 2, 3)),
            percent_ppm=pick((333_300, 500_000, 1_000_000)),
            times_max=pick((None, 1)),
            is_same_product=chance.random() < 0.2,
            price_minor=pick((None, None, None, 100)),
        ),
        lambda: BuyGet(
            buy=units,
            buy_quantity=pick((1, 2)),
            get=_filter(chance),
            get_quantity=pick((1, 2)),
            percent_ppm=pick((500_000, 1_000_000)),
            pick=pick(list(Pick)),
            times_max=pick((None, 1)),
        ),
        lambda: Bundle(
            parts=((units, pick((1, 2))),),
            price_minor=pick((None, 500, 1500)),
            percent_ppm=200_000,
            times_max=pick((None, 1)),
        ),
        lambda: Bundle(
            parts=((units, 1), (_filter(chance), pick((1, 2)))),
            price_minor=pick((None, 500)),
            percent_ppm=300_000,
            times_max=pick((None, 1)),
        ),
        lambda: Reduction(stage=Stage.ORDER_AMOUNT, units=_filter(chance), amount_minor=pick((100, 1000, 4000))),
        lambda: Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=100_000, cap_minor=pick((None, 100))),
        lambda: Reduction(
            stage=Stage.PERCENT,
            units=units,
            percent_ppm=pick((200_000, 500_000)),
            unit_limit=pick((None, 1, 2)),
            cap_minor=pick((None, None, 200)),
        ),
        lambda: Reduction(stage=Stage.SHIPPING_PERCENT, percent_ppm=500_000),
    )
