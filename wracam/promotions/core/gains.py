"""The most that an offer can save by using units up, in one case of a part's search, after everything that follows.

What comes off a unit is worth less in the end where a set price would have taken part of it off anyway, and where
percentages follow. So each class has a *worth*: what one reduced unit of it saves in the end at most. From it follow
two bounds:

- `Gains.reach`: an offer reduces so many units; where their positions in the order of price are fixed (see `reaches`),
  the unit at each position, now or with fewer units left, is worth no more than the best of those that cost no more;
- `Gains.rates`: a worth for *using up* one unit, so that an offer never saves more than the sum over the units it uses
  up. Of a group, the reduced unit is the cheapest, so it is worth no more than the best of those that cost no more
  than any unit of the group, and each unit can bear its share of that. Where other units must be bought, each reduced
  unit also pays a toll: the `toll` times what the cheapest bought unit is charged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wracam.promotions.core.ladders import Ladder
from wracam.promotions.core.offers import Bundle, BuyGet, NthUnit
from wracam.promotions.core.reaches import ONE, off_one
from wracam.promotions.core.units import Units
from wracam.promotions.core.uses import Consumer, Use

SAFETY = 1e-6
"""Against the error of floating point; amounts in carts are far below 2**50."""


class Gains:
    """The bounds of one offer in one case."""

    __slots__ = ("_best", "_consumer", "_known", "_rounding", "_worth", "bought", "rates", "toll")

    def __init__(self, consumer: Consumer, units: Units, ladders: Mapping[int, Ladder]) -> None:
        self._consumer = consumer
        self._known: dict[int, int] = {}
        numbers = consumer.numbers
        kept = [ladders[number].kept for number in numbers]
        self._best = max(kept, default=0.0)
        """The most that is left of a discount."""
        self._rounding = max([ladders[number].roundings for number in numbers], default=0)
        self._worth: dict[int, float] = {}
        """What a reduced unit of each class is worth, or, where positions are fixed, one at its place in the order."""
        self.rates: dict[int, float] = {}
        self.bought: Sequence[int] = ()
        self.toll = 0.0
        if len(consumer.effects) == 1:
            self._lay_out(units, ladders)

    def reach(self, use: Use, packed: int) -> int:
        """Return the most that the offer can still save when *packed* units are left."""
        key = packed & self._consumer.mask
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._reach(use, packed)
        return found

    def _reach(self, use: Use, packed: int) -> int:
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

    def _lay_out(self, units: Units, ladders: Mapping[int, Ladder]) -> None:
        effect = self._consumer.effects[0]
        if isinstance(effect, Bundle):
            self._lay_out_set(effect, units, ladders)
            return
        assert isinstance(effect, NthUnit | BuyGet)
        is_among_all = isinstance(effect, NthUnit)
        numbers = units.matching(effect.units if isinstance(effect, NthUnit) else effect.get)
        offs = {number: off_one(effect, units, number) for number in numbers}
        worth = {number: _in_the_end(off, number, ladders) for number, off in offs.items()}
        envelope = _best_of_cheaper(units, worth)
        self._worth = envelope if self._consumer.is_monotone else worth
        if isinstance(effect, NthUnit):
            share = effect.reduced / effect.group_size
        elif units.matching(effect.buy) == numbers:
            share = effect.get_quantity / (effect.buy_quantity + effect.get_quantity)
            is_among_all = True
        if is_among_all and self._consumer.is_monotone:
            self.rates = {number: share * value for number, value in envelope.items()}
            return
        self.rates = worth
        if isinstance(effect, BuyGet) and not is_among_all:
            self.bought, self.toll = units.matching(effect.buy), effect.buy_quantity / effect.get_quantity

    def _lay_out_set(self, effect: Bundle, units: Units, ladders: Mapping[int, Ladder]) -> None:
        """Each unit of a set bears its share of what comes off, which is most when the set is dearest.

        Of a set for a price, each unit can also bear what it costs above the average of the price. Either way of
        charging for used units holds; the one that charges less in this cart is taken.
        """
        prices = [unit.unit_minor for unit in units.classes]
        numbers = {number for part, _ in effect.parts for number in units.matching(part)}
        share = effect.percent_bp / ONE if effect.amount_minor is None else 1.0
        most = max(prices) if effect.amount_minor is None else effect.amount_minor
        size = sum(quantity for _, quantity in effect.parts)
        if effect.price_minor is not None:
            dearest = sum(
                quantity * max([prices[number] for number in units.matching(part)], default=0)
                for part, quantity in effect.parts
            )
            share = max(0.0, 1 - effect.price_minor / dearest) if dearest else 0.0
        worth = self.rates = {
            number: _in_the_end(min(prices[number] * share, most), number, ladders) for number in numbers
        }
        above = worth
        if effect.price_minor is not None:
            average = effect.price_minor / size
            above = {number: max(0.0, prices[number] - average) * self._best for number in numbers}
        elif effect.amount_minor is not None:
            above = dict.fromkeys(numbers, effect.amount_minor / size * self._best)
        if _in_all(above, units) < _in_all(worth, units):
            self.rates = above
        if self._consumer.is_monotone:
            alone, worth = worth, {}
            for part, _ in effect.parts:
                worth |= _best_of_cheaper(units, {number: alone[number] for number in units.matching(part)})
        self._worth = worth


def _in_all(rates: dict[int, float], units: Units) -> float:
    return sum([rate * units.classes[number].quantity for number, rate in rates.items()])


def _in_the_end(off: float, number: int, ladders: Mapping[int, Ladder]) -> float:
    """What is left of a discount on one unit after set prices and percentages."""
    return max(0.0, off - ladders[number].swallowed) * ladders[number].kept


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
