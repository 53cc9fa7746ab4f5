"""Which offers on one product surely give more than roundings can take away again.

Where a step picks among units of one product that others used up, roundings can make the product a few minor units
dearer with one offer more. An offer whose discount is always more than that is still taken unasked. How much it always
gives is judged from the least that the product can come to cost: each unit used up at the highest rate, then all set
prices, all percentages and all amounts, whether they can stand together or not.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.core.bounds import rates_of
from wracam.promotions.core.offers import Bundle, BuyGet, Effect, NthUnit, Pick, Reduction, SetPrice, Stage
from wracam.promotions.core.reaches import off_one
from wracam.promotions.core.reducing import amount_off, step_of_line, step_value
from wracam.promotions.core.rounding import WHOLE_PPM
from wracam.promotions.core.trial import Desk

Later = Reduction | SetPrice


class Prices:
    """What the units of one product cost at least, before and after the steps on them."""

    def __init__(self, desk: Desk, number: int, using: Sequence[Effect], later: Sequence[Later]) -> None:
        self._desk = desk
        self._number = number
        self._unit = desk.units.classes[number]
        rate = max([_rate(desk, effect, number) for effect in using], default=0.0)
        self.before = self._unit.quantity * (self._unit.unit_minor - rate)
        """What they cost at least after units were used up."""
        self.kept = 1.0
        """What is left of a discount at least, through percentages."""
        self.after = self.before
        """What they cost at least in the end."""
        self._set_prices = sum([isinstance(effect, SetPrice) for effect in later])
        for effect in later:
            self._follow(effect)

    def least_gain(self, effect: Later) -> float:
        """Return what a step takes off in the end at least, whatever stands beside it; 0 where that is not clear."""
        if isinstance(effect, SetPrice):
            is_clear = not effect.is_limited and not effect.steps and self._set_prices == 1
            return self._gain_of_price(effect.price_minor) if is_clear else 0.0
        if effect.is_capped or self.after <= 0:
            return 0.0
        share = 1.0
        if effect.is_limited:
            is_clear = effect.pick is Pick.DEAREST and not effect.unit_skip and effect.stage is Stage.PERCENT
            share = min(1.0, (effect.unit_limit or 0) / self._unit.quantity) if is_clear else 0.0
        if effect.stage is Stage.PERCENT:
            return share * self.after * self._value(effect) / WHOLE_PPM
        return share * min(self._off(effect), self.after)

    def _gain_of_price(self, price: int) -> float:
        return max(0.0, self.before - price * self._unit.quantity) * self.kept if self.after > 0 else 0.0

    def _follow(self, effect: Later) -> None:
        if isinstance(effect, SetPrice):
            price = min([effect.price_minor, *[price for _, price in effect.steps]])
            self.after *= price / max(price, self._unit.unit_minor, 1)
        elif effect.stage is Stage.PERCENT:
            self.kept *= 1 - self._value(effect) / WHOLE_PPM
            self.after *= 1 - self._value(effect) / WHOLE_PPM
        else:
            self.after -= self._off(effect)

    def _value(self, effect: Reduction) -> int:
        units = self._desk.units
        return step_of_line(effect, units, self._number) if effect.are_steps_per_line else step_value(effect, units)

    def _off(self, effect: Reduction) -> int:
        return amount_off(effect, self._value(effect), self._number, self._unit.quantity, self._desk.units)


def _rate(desk: Desk, effect: Effect, number: int) -> float:
    """The most that comes off one unit of a product on average over those that an effect uses up of it."""
    rates = rates_of(effect, desk)
    if len(rates) == 1 and rates[0][0] == number:
        return rates[0][1]
    if isinstance(effect, NthUnit | BuyGet):
        return off_one(effect, desk.units, number)
    price = desk.units.classes[number].unit_minor
    is_share = isinstance(effect, Bundle) and effect.price_minor is None and effect.amount_minor is None
    return price * effect.percent_ppm / WHOLE_PPM if is_share else price  # type: ignore[union-attr]
