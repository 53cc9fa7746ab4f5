"""The most that an offer can save by using units up, in one case of a part's search, after everything that follows.

What comes off a unit is worth less in the end where a set price would have taken part of it off anyway, and where
percentages follow. So each class has a *worth*: what one reduced unit of it saves in the end at most. From it follow
two bounds:

- `Gains.reach`: an offer reduces so many units; where their positions in the order of price are fixed (see `reaches`),
  the unit at each position, now or with fewer units left, is worth no more than the best of those that cost no more;
- `Gains.pricing`: the most that it saves beyond what the units it uses up are charged (see `pricing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wracam.promotions.core.ladders import Ladder
from wracam.promotions.core.offers import Bundle, BuyGet, Filter, NthUnit, Pick
from wracam.promotions.core.packing import Packing
from wracam.promotions.core.pricing import STATES_MAX, Groups, Item, Pricing, Purchase, Rates, Sets, items_of
from wracam.promotions.core.reaches import ONE, off_one
from wracam.promotions.core.units import Units
from wracam.promotions.core.uses import Consumer, Use

SAFETY: Final = 1e-6
"""Against the error of floating point; amounts in carts are far below 2**50."""
UNITS_MAX: Final = 200
"""Up to how many units an offer may want for its problem to be solved unit by unit."""


class Gains:
    """The bounds of one offer in one case."""

    __slots__ = (
        "_best", "_consumer", "_ladders", "_packing", "_rounding", "_units", "_worth", "pricing",
    )  # fmt: skip

    def __init__(self, consumer: Consumer, units: Units, packing: Packing, ladders: Mapping[int, Ladder]) -> None:
        self._consumer = consumer
        self._units = units
        self._packing = packing
        self._ladders = ladders
        numbers = consumer.numbers
        self._best = max([ladders[number].kept for number in numbers], default=0.0)
        """The most that is left of a discount."""
        self._rounding = max([ladders[number].roundings for number in numbers], default=0)
        self._worth: dict[int, float] = {}
        """What a reduced unit of each class is worth, or, where positions are fixed, one at its place in the order."""
        self.pricing: Pricing | None = None
        if len(consumer.effects) == 1:
            effect = consumer.effects[0]
            if isinstance(effect, Bundle):
                self._lay_out_set(effect)
            elif isinstance(effect, NthUnit):
                self._lay_out_groups(effect)
            elif isinstance(effect, BuyGet):
                self._lay_out_purchase(effect)

    def reach(self, use: Use, packed: int) -> int:
        """Return the most that the offer can save when *packed* units are left."""
        share = use.most * self._best
        if not self._worth:
            worth = share
        elif self._consumer.is_monotone and use.takings:
            worth = sum([reduced * self._worth[number] for number, _, reduced, _ in use.takings if reduced])
        else:
            worth = self._of_best_units(use.reduced, packed)
        return min(use.most, int(min(share, worth) + SAFETY) + self.slack(use))

    def slack(self, use: Use) -> int:
        """Return what roundings can add: of the discount itself, and of each step that follows."""
        return min(use.reduced, len(self._consumer.numbers)) * (self._rounding + 1)

    def _of_best_units(self, count: int, packed: int) -> float:
        left = self._consumer.left_of
        total = 0.0
        for worth, number in sorted([(worth, number) for number, worth in self._worth.items()], reverse=True):
            taken = min(count, left(packed, number))
            total += taken * worth
            count -= taken
            if not count:
                break
        return total

    def _lay_out_groups(self, effect: NthUnit) -> None:
        worth = self._worth_of(effect, effect.units)
        is_monotone = self._consumer.is_monotone
        self._worth = _best_of_cheaper(self._units, worth) if is_monotone else worth
        if effect.pick is Pick.DEAREST and effect.group_size <= STATES_MAX and self._is_small():
            pools = self._pools(effect.units, worth, apart=effect.is_same_product)
            full = effect.group_size - effect.reduced
            self.pricing = Groups(pools, effect.group_size, full, effect.times_max)
        else:
            share = effect.reduced / effect.group_size if is_monotone else 1.0
            self._price_by_rates({number: share * value for number, value in self._worth.items()})

    def _lay_out_purchase(self, effect: BuyGet) -> None:
        worth = self._worth_of(effect, effect.get)
        self._worth = _best_of_cheaper(self._units, worth) if self._consumer.is_monotone else worth
        buying, getting = self._units.matching(effect.buy), self._units.matching(effect.get)
        bought, got = effect.buy_quantity, effect.get_quantity
        if buying == getting and bought + got <= STATES_MAX and self._is_small():
            pools = self._pools(effect.get, worth, apart=False)
            self.pricing = Groups(pools, bought + got, bought, effect.times_max, tail=True)
        elif buying == getting:
            share = got / (bought + got) if self._consumer.is_monotone else 1.0
            self._price_by_rates({number: share * value for number, value in self._worth.items()})
        elif self._is_small():
            nothing = dict.fromkeys(buying, 0.0)
            self.pricing = Purchase(
                items_of(self._packing, nothing, buying), bought, items_of(self._packing, worth, getting), got,
                effect.times_max,
            )  # fmt: skip
        else:
            self._price_by_rates(worth, buying, bought / got)

    def _lay_out_set(self, effect: Bundle) -> None:
        """Each unit of a set bears its share of what comes off, which is most when the set is dearest.

        A set for a price also saves no more than what is left in the end of the prices of its units, less the least
        that is left of its own price, when each bears its share by price. Of an amount off, the most is left that is
        left of any unit's. Where a set price swallows some of it, the shares at their most are taken instead.
        """
        units, ladders, packing = self._units, self._ladders, self._packing
        prices = [unit.unit_minor for unit in units.classes]
        numbers = self._consumer.numbers
        worth = self._shares_of_set(effect)
        if not self._is_small():
            self._price_by_rates(self._rates_of_set(effect, worth))
        else:
            price, values = 0.0, worth
            if effect.price_minor is None and effect.amount_minor is not None:
                price, values = -effect.amount_minor * self._best, dict.fromkeys(numbers, 0.0)
            elif effect.price_minor is not None and not any(ladders[number].swallowed for number in numbers):
                least = min([ladders[number].kept for number in numbers], default=0.0)
                price, values = (
                    effect.price_minor * least,
                    {number: prices[number] * ladders[number].kept for number in numbers},
                )
            parts = [(items_of(packing, values, units.matching(part)), quantity) for part, quantity in effect.parts]
            self.pricing = Sets(parts, price, effect.times_max)
        self._worth = worth
        if self._consumer.is_monotone:
            self._worth = {}
            for part, _ in effect.parts:
                self._worth |= _best_of_cheaper(units, {number: worth[number] for number in units.matching(part)})

    def _shares_of_set(self, effect: Bundle) -> dict[int, float]:
        """What comes off a unit of each class at most, in the end."""
        prices = [unit.unit_minor for unit in self._units.classes]
        share = effect.percent_ppm / ONE if effect.amount_minor is None else 1.0
        most = max(prices) if effect.amount_minor is None else effect.amount_minor
        if effect.price_minor is not None:
            dearest = sum(
                quantity * max([prices[number] for number in self._units.matching(part)], default=0)
                for part, quantity in effect.parts
            )
            share = max(0.0, 1 - effect.price_minor / dearest) if dearest else 0.0
        offs = {number: min(prices[number] * share, most) for number in self._consumer.numbers}
        return {number: self._in_the_end(off, number) for number, off in offs.items()}

    def _rates_of_set(self, effect: Bundle, worth: dict[int, float]) -> dict[int, float]:
        """What using up one unit of each class saves at most.

        Of a set for a price, each unit can also bear what it costs above the average of the price. Either way of
        charging for used units holds; the one that charges less in this cart is taken.
        """
        classes = self._units.classes
        size = sum(quantity for _, quantity in effect.parts)
        above = worth
        if effect.price_minor is not None:
            average = effect.price_minor / size
            above = {number: max(0.0, classes[number].unit_minor - average) * self._best for number in worth}
        elif effect.amount_minor is not None:
            above = dict.fromkeys(worth, effect.amount_minor / size * self._best)
        in_all, above_in_all = (
            sum([rate * classes[number].quantity for number, rate in rates.items()]) for rates in (worth, above)
        )
        return above if above_in_all < in_all else worth

    def _price_by_rates(self, rates: Mapping[int, float], bought: Sequence[int] = (), toll: float = 0.0) -> None:
        nothing = dict.fromkeys(bought, 0.0)
        self.pricing = Rates(
            items_of(self._packing, rates, list(rates)), items_of(self._packing, nothing, bought), toll
        )

    def _is_small(self) -> bool:
        quantities = self._units.quantities
        return sum([quantities[number] for number in self._consumer.numbers]) <= UNITS_MAX

    def _worth_of(self, effect: NthUnit | BuyGet, reduced: Filter) -> dict[int, float]:
        """What a reduced unit of each class is worth in the end."""
        units = self._units
        return {number: self._in_the_end(off_one(effect, units, number), number) for number in units.matching(reduced)}

    def _in_the_end(self, off: float, number: int) -> float:
        """What is left of a discount on one unit after set prices and percentages."""
        ladder = self._ladders[number]
        return max(0.0, off - ladder.swallowed) * ladder.kept

    def _pools(self, filtered: Filter, worth: Mapping[int, float], *, apart: bool) -> list[list[Item]]:
        """The classes that form groups together, the dearest first: all, or with *apart* those of each product."""
        items = items_of(self._packing, worth, self._units.dearest(filtered))
        if not apart:
            return [items]
        pools: dict[str, list[Item]] = {}
        for item in items:
            pools.setdefault(self._units.classes[item[2]].sku, []).append(item)
        return list(pools.values())


def _best_of_cheaper(units: Units, worth: dict[int, float]) -> dict[int, float]:
    """For each class: the most that one of the classes that cost no more is worth."""
    classes = units.classes
    found: dict[int, float] = {}
    best = 0.0
    ordered = sorted(worth, key=lambda number: classes[number].unit_minor)
    start = 0
    for place, number in enumerate(ordered):
        best = max(best, worth[number])
        is_last = place + 1 == len(ordered)
        if is_last or classes[ordered[place + 1]].unit_minor != classes[number].unit_minor:
            for equal in ordered[start : place + 1]:
                found[equal] = best
            start = place + 1
    return found
