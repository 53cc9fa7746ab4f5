"""What one class of units costs in the end, through the steps of the product lane that work on it.

Most steps look at one class at a time: a percentage, an amount off each unit, a set price. Where all steps of a choice
do, the price of the products is a sum over classes, and what using units up of one class changes can be told from that
class alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wracam.promotions.core.catalog import Step
from wracam.promotions.core.offers import Effect, Reduction, SetPrice, is_limited
from wracam.promotions.core.parts import depends_on_rest
from wracam.promotions.core.reducing import price_in_force, reduce_units, set_prices, step_value
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Run, State
from wracam.promotions.core.valuing import is_plain

Cell = int | tuple[Run, ...]
"""What was made of a class so far: what it costs now, or where steps tell units apart, the runs of used units."""


def is_class_wise(desk: Desk, effect: Effect) -> bool:
    """Say whether an effect that uses nothing up looks at one class at a time in this cart."""
    return not depends_on_rest(effect) or len(desk.units.matching(effect.units)) <= 1  # type: ignore[union-attr]


class Ladders:
    """The steps of one choice that work on each class, in order, and what they make of it, each worked out once."""

    __slots__ = ("_desk", "_effects", "_known", "_percents", "adds_up", "kept", "roundings", "start", "swallowed")

    def __init__(self, desk: Desk, steps: Sequence[tuple[int, Step, int]], numbers: Collection[int]) -> None:
        self._desk = desk
        self._effects: dict[int, list[Effect]] = {}
        for _, step, _ in steps:
            for number in desk.units.matching(step.effect.units):  # type: ignore[union-attr]
                if number in numbers:
                    self._effects.setdefault(number, []).append(step.effect)
        count = len(desk.units.classes)
        self._percents: list[Sequence[int]] = [()] * count
        self._known: list[dict[Cell, int]] = [{} for _ in range(count)]
        self.kept = [1.0] * count
        """What share of a discount on the class is left in the end, at most."""
        self.swallowed = [0] * count
        """How much of a discount on one unit a set price would have taken off anyway."""
        self.roundings = [0] * count
        """How many times that is rounded."""
        self.adds_up = [True] * count
        """Whether a discount on the class is worth the same in the end, but for roundings, whatever came before it."""
        self.start: list[Cell] = list(desk.units.start_amounts)
        for number, effects in self._effects.items():
            self._lay_out(number, effects)

    def price(self, number: int, cell: Cell) -> int:
        """Return what a class costs in the end."""
        known = self._known[number]
        found = known.get(cell)
        if found is None:
            found = known[cell] = (
                self._odd_price(number, cell) if isinstance(cell, tuple) else self._price(number, cell)
            )
        return found

    def after(self, number: int, cell: Cell, bought: int, reduced: int, off: int) -> Cell:
        """Return the cell of a class after units were used up."""
        if not isinstance(cell, tuple):
            return cell - off
        price = self._desk.units.classes[number].unit_minor
        if reduced:
            cell = (*cell, (reduced, reduced * price - off))
        return (*cell, (bought, bought * price)) if bought else cell

    def _lay_out(self, number: int, effects: list[Effect]) -> None:
        values = [
            step_value(effect, self._desk.units)
            for effect in effects
            if isinstance(effect, Reduction) and is_plain(self._desk, effect)
        ]
        self._percents[number] = values
        self.roundings[number] = len(effects)
        for value in values:
            self.kept[number] *= 1 - value / 10_000
        if len(values) < len(effects):
            self.start[number] = ()
            units = self._desk.units
            unit = units.classes[number]
            set_prices_here = [effect for effect in effects if isinstance(effect, SetPrice)]
            for_all = [effect for effect in set_prices_here if not is_limited(effect)]
            self.adds_up[number] = len(values) + len(for_all) == len(effects)
            set_prices_now = [price_in_force(effect, units) for effect in for_all]
            lowest = min([price for price in set_prices_now if price is not None], default=unit.unit_minor)
            if len(for_all) == len(set_prices_here):
                self.swallowed[number] = max(0, unit.unit_minor - max(unit.floor_minor, lowest))

    def _price(self, number: int, amount: int) -> int:
        for value in self._percents[number]:
            amount -= (2 * amount * value + 9_999) // 20_000
        return amount

    def gives(self, number: int, cell: Cell, offer_effects: Collection[Effect]) -> bool:
        """Say whether one of these effects takes anything off a class."""
        runs = cell if isinstance(cell, tuple) else ()
        state = self._state(number, runs)
        if not isinstance(cell, tuple):
            state.amounts[number] = cell
        for effect in self._effects.get(number, ()):
            off = self._off(effect, number, state)
            if off and effect in offer_effects:
                return True
            state.amounts[number] -= off
        return False

    def _odd_price(self, number: int, cell: tuple[Run, ...]) -> int:
        state = self._state(number, cell)
        for effect in self._effects[number]:
            state.amounts[number] -= self._off(effect, number, state)
        return state.amounts[number]

    def _state(self, number: int, used: tuple[Run, ...]) -> State:
        """A state in which only this class is right."""
        units = self._desk.units
        unit = units.classes[number]
        free = unit.quantity - sum([count for count, _ in used])
        amounts = units.start_amounts.copy()
        amounts[number] = free * unit.unit_minor + sum([amount for _, amount in used])
        runs = {number: ((free, free * unit.unit_minor), *used)} if used else {}
        return State(amounts, [], runs, is_fresh=False)

    def _off(self, effect: Effect, number: int, state: State) -> int:
        units, policy = self._desk.units, self._desk.policy
        if isinstance(effect, Reduction):
            return reduce_units(effect, units, state, policy, (number,)).get(number, 0)
        assert isinstance(effect, SetPrice)
        return set_prices(effect, units, state, policy, (number,)).get(number, 0)
