"""How much an offer could still give at most, so that a search may leave out what cannot win.

Two bounds, the lower of which counts. Nothing gives more beside others than the most it can give alone (see
`reaches`). And what an offer takes off a product is worth less in the end where percentages follow that are taken in
any case: of 10.00 off, 8.00 are left after 20 %. With fewer units left an offer may turn to other products, so the
product of which most is kept counts for all of its products. Each rounding can add one minor unit; that is allowed for.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from wracam.promotions.contracts import PercentBase
from wracam.promotions.core.bench import Bench
from wracam.promotions.core.catalog import ORDER, PRODUCT
from wracam.promotions.core.most import most_off_with, most_worth
from wracam.promotions.core.offers import Bundle, BuyGet, Effect, NthUnit, Reduction, Stage
from wracam.promotions.core.parts import is_whole_order
from wracam.promotions.core.reducing import step_value
from wracam.promotions.core.rounding import WHOLE_PPM
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.valuing import is_plain

SAFETY: Final = 1e-6
"""Against the error of floating point; amounts in carts are far below 2**50."""


class Bounds:
    """The bounds of one search, from the offers that are taken in any case."""

    def __init__(self, desk: Desk, bench: Bench, free: Sequence[int], lane_last: int, ceilings: dict[int, int]) -> None:
        self.desk = desk
        self.bench = bench
        self.ceilings = ceilings
        count = len(desk.units.classes)
        self.kept = [1.0] * count
        """What share of a discount on each class is left in the end."""
        self.roundings = [1] * count
        self.known_kept: dict[int, tuple[float, int]] = {}
        self.known_rates: dict[int, list[tuple[int, float]]] = {}
        self.is_plain: dict[int, tuple[tuple[int, ...], int] | None] = {}
        has_limits = bool(desk.limits or desk.fragile or desk.discount_max is not None)
        for _, step, _ in desk.steps(free, lane_last):
            if step.lane == PRODUCT and is_plain(desk, step.effect) and not has_limits:
                self._follow(desk.units.matching(step.effect.units), step.effect)  # type: ignore[union-attr,arg-type]
            elif step.lane <= ORDER and isinstance(step.effect, Reduction):
                effect = step.effect
                is_whole = effect.stage is Stage.ORDER_PERCENT and effect.cap_minor is None
                is_running = desk.policy.percent_base is PercentBase.RUNNING and desk.units.floors is None
                if is_whole and is_running and is_whole_order(desk, [effect]) and not has_limits:
                    self._follow(desk.units.everything, effect)
                else:
                    self.roundings = [rounding + 1 for rounding in self.roundings]

    def of_use(self, place: int, left: Sequence[int]) -> int:
        """The most that an offer which only uses units up can save with these units left, or any fewer."""
        consumer = self.bench.consumer(place)
        most = consumer.most_of(self.bench.packing.packed(left))
        share, rounding = self.best_kept(place)
        slack = min(most.reduced, len(consumer.numbers)) * rounding
        return min(most.off, self.ceilings[place], ceil(most.off * share - SAFETY) + slack)

    def best_kept(self, place: int) -> tuple[float, int]:
        """The largest share of a discount that is kept on one of an offer's products, and the most roundings."""
        found = self.known_kept.get(place)
        if found is None:
            numbers = self.bench.consumer(place).numbers
            share = max([self.kept[number] for number in numbers], default=0.0)
            found = self.known_kept[place] = share, max([self.roundings[number] for number in numbers], default=0)
        return found

    def of_percentage(self, place: int, consumed: Outcome) -> int:
        """The most that an offer that uses nothing up can still save."""
        plain = self._plain(place)
        ceiling = self.ceilings[place]
        if plain is None:
            return ceiling
        numbers, value = plain
        share = 0.0
        worth = 0
        amounts, kept, roundings = consumed.state.amounts, self.kept, self.roundings
        for number in numbers:
            share += amounts[number] * kept[number]
            worth += roundings[number]
        return min(ceiling, ceil(share * value / WHOLE_PPM - SAFETY) + worth)

    def of_units(self, places: Sequence[int], left: Sequence[int]) -> int:
        """The most that all these offers together can save by using up the units that are left, each once."""
        best: dict[int, float] = {}
        worth = 0
        for place in places:
            for number, rate in self.rates(place):
                if left[number]:
                    worth += self.roundings[number]
                    if rate > best.get(number, 0.0):
                        best[number] = rate
        return ceil(sum([left[number] * rate for number, rate in best.items()]) - SAFETY) + worth

    def rates(self, place: int) -> list[tuple[int, float]]:
        """Return (class, the most that using up one unit of it saves on average); nothing where that is unknown."""
        found = self.known_rates.get(place)
        if found is None:
            entry = self.desk.entries[place]
            found = []
            if len(entry.consuming) == 1 and not entry.later:
                share, _ = self.best_kept(place)
                found = [(number, rate * share) for number, rate in rates_of(entry.consuming[0], self.desk)]
            self.known_rates[place] = found
        return found

    def _plain(self, place: int) -> tuple[tuple[int, ...], int] | None:
        """The classes and the percentage of an offer that is nothing but a percentage of products."""
        if place not in self.is_plain:
            entry = self.desk.entries[place]
            found = None
            if len(entry.later) == 1 and not entry.consuming and is_plain(self.desk, entry.later[0].effect):
                effect = entry.later[0].effect
                assert isinstance(effect, Reduction)
                found = (self.desk.units.matching(effect.units), step_value(effect, self.desk.units))
            self.is_plain[place] = found
        return self.is_plain[place]

    def _follow(self, numbers: Sequence[int], effect: Reduction) -> None:
        left = 1 - step_value(effect, self.desk.units) / WHOLE_PPM
        for number in numbers:
            self.kept[number] *= left
            self.roundings[number] += 1


def ceiling_of(desk: Desk, bench: Bench, place: int) -> int:
    """Return the most that the offer at this place can give here: what its parts give alone at most.

    Where others can make it give more than alone, it is the most that it can ever give.
    """
    entry = desk.entries[place]
    if desk.is_loose:
        off = most_off_with(entry, desk.units, desk.policy)
        return min(off, desk.limits.get(place, off)) + most_worth(entry, desk.units)
    most = bench.consumer(place).most_of(bench.packing.start).off if entry.consuming else 0
    outcome = Outcome(desk.units.start(), desk.units.cart.shipping_minor)
    for _, step, _ in desk.steps((place,)):
        desk.take_step(outcome, place, step.effect, step.lane)
    return min(most, desk.limits.get(place, most)) + outcome.saved_minor


def rates_of(effect: Effect, desk: Desk) -> list[tuple[int, float]]:
    """Return what an effect takes off one unit on average over those that it uses up, at most.

    Of a group, the cheapest units are reduced, so they cost no more than the average; of a set, each unit carries its
    share of the price.
    """
    prices = {number: unit.unit_minor for number, unit in enumerate(desk.units.classes)}
    if isinstance(effect, NthUnit):
        share = effect.reduced / effect.group_size
        return [(number, share * _off_one(effect, prices[number])) for number in desk.units.matching(effect.units)]
    if isinstance(effect, BuyGet):
        numbers = desk.units.matching(effect.get)
        is_same = numbers == desk.units.matching(effect.buy)
        share = effect.get_quantity / (effect.buy_quantity + effect.get_quantity) if is_same else 1
        return [(number, share * _off_one(effect, prices[number])) for number in numbers]
    if isinstance(effect, Bundle):
        numbers = tuple({number for units, _ in effect.parts for number in desk.units.matching(units)})
        pieces = sum(quantity for _, quantity in effect.parts)
        if effect.amount_minor is not None:
            return [(number, min(float(prices[number]), effect.amount_minor)) for number in numbers]
        if effect.price_minor is None:
            return [(number, prices[number] * effect.percent_ppm / WHOLE_PPM) for number in numbers]
        price = effect.price_minor / pieces
        return [(number, max(0.0, prices[number] - price)) for number in numbers]
    return []


def _off_one(effect: NthUnit | BuyGet, price: int) -> float:
    if effect.amount_minor is not None:
        return min(price, effect.amount_minor)
    if effect.price_minor is None:
        return price * effect.percent_ppm / WHOLE_PPM
    return max(0.0, price - effect.price_minor)
