"""What one class of units costs in the end, through the steps of the product lane that work on it.

Most steps look at one class at a time: a percentage, an amount off each unit, a set price. Where all steps of a choice
do, the price of the products is a sum over classes, and what using units up of one class changes can be told from that
class alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wracam.promotions.contracts import Rounding
from wracam.promotions.core.offers import Effect, Reduction, SetPrice, is_limited
from wracam.promotions.core.parts import depends_on_rest
from wracam.promotions.core.reducing import (
    amount_off,
    is_plain_amount,
    price_in_force,
    reduce_units,
    set_prices,
    step_value,
)
from wracam.promotions.core.rounding import WHOLE_PPM
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Run, State
from wracam.promotions.core.valuing import is_plain

Cell = int | tuple[Run, ...]
"""What was made of a class so far: what it costs now, or where steps tell units apart, the runs of used units."""


def is_class_wise(desk: Desk, effect: Effect) -> bool:
    """Say whether an effect that uses nothing up looks at one class at a time in this cart."""
    return not depends_on_rest(desk, effect) or len(desk.units.matching(effect.units)) <= 1  # type: ignore[union-attr]


def _is_plain_price(effect: SetPrice) -> bool:
    """Say whether an effect is one price for all the units that it means."""
    return not is_limited(effect) and not effect.are_steps_per_line


class Ladder:
    """The steps that work on one class, in order, and what they make of it, each result worked out once."""

    __slots__ = (
        "_amount_off", "_desk", "_effects", "_percents", "_rungs", "_set_price", "_unit", "adds_up",
        "is_odd", "is_plain", "kept", "known", "number", "roundings", "start", "swallowed",
    )  # fmt: skip

    def __init__(self, desk: Desk, number: int, effects: Sequence[Effect]) -> None:
        self._desk = desk
        self._effects = effects
        self._unit = desk.units.classes[number]
        self.known: dict[Cell, int] = {}
        """What the class costs in the end, where it was worked out: looked at often enough to be looked at directly."""
        self._rungs: list[tuple[int, int, Effect]] = []
        self.number = number
        self._percents: list[int] = []
        self._set_price: int | None = None
        self._amount_off = 0
        self.is_odd = False
        """Whether a step is of no common kind, so that every step has to be carried out."""
        for effect in effects:
            self._add(effect)
        self.is_plain = self._is_plain()
        """Whether it does not matter which units were used up, only what came off."""
        self.start: Cell = desk.units.start_amounts[number] if self.is_plain else ()
        self.adds_up = not self.is_odd and not self._amount_off
        """Whether a discount is worth the same in the end, but for roundings, whatever came before it."""
        self.roundings = self._roundings()
        """How many times what comes off is rounded."""
        self.kept = 1.0
        """What share of a discount is left in the end, at most."""
        for value in self._percents:
            self.kept *= 1 - value / WHOLE_PPM
        self.swallowed = self._swallowed()
        """How much of a discount on one unit a set price would have taken off anyway."""

    def price(self, cell: Cell) -> int:
        """Return what the class costs in the end."""
        found = self.known.get(cell)
        if found is None:
            found = self.known[cell] = self._odd_price(cell) if self.is_odd else self._price(cell)
        return found

    def after(self, cell: Cell, bought: int, reduced: int, off: int) -> Cell:
        """Return the cell after units were used up."""
        if not isinstance(cell, tuple):
            return cell - off
        price = self._unit.unit_minor
        if reduced:
            cell = (*cell, (reduced, reduced * price - off))
        return (*cell, (bought, bought * price)) if bought else cell

    def gives(self, cell: Cell, offer_effects: Collection[Effect]) -> bool:
        """Say whether one of these effects takes anything off."""
        number, state = self.number, self._state(cell)
        for effect in self._effects:
            off = self._off(effect, state)
            if off and effect in offer_effects:
                return True
            state.amounts[number] -= off
        return False

    def _is_plain(self) -> bool:
        return self._set_price is None and not self.is_odd

    def _roundings(self) -> int:
        """Each step rounds once, or once for each unit where it tells units apart."""
        if not self.is_odd:
            return len(self._percents)
        is_each = self._desk.policy.rounding is Rounding.UNIT
        limited = [effect for effect in self._effects if is_each or effect.is_limited]  # type: ignore[union-attr]
        return len(self._effects) + len(limited) * self._unit.quantity

    def _swallowed(self) -> int:
        if self._set_price is None or self.is_odd:
            return 0
        return max(0, self._unit.unit_minor - self._set_price)

    def _add(self, effect: Effect) -> None:
        desk, units = self._desk, self._desk.units
        if isinstance(effect, Reduction) and is_plain(desk, effect):
            self.is_odd = self.is_odd or bool(self._amount_off)
            self._percents.append(step_value(effect, units))
        elif isinstance(effect, SetPrice) and _is_plain_price(effect) and not self._percents and units.floors is None:
            price = price_in_force(effect, units)
            if price is not None:
                self._set_price = price if self._set_price is None else min(price, self._set_price)
        elif isinstance(effect, Reduction) and is_plain_amount(effect) and units.floors is None:
            self._amount_off += amount_off(effect, step_value(effect, units), self.number, self._unit.quantity, units)
        else:
            self.is_odd = True

    def _price(self, cell: Cell) -> int:
        if isinstance(cell, tuple):
            price = self._set_price or 0
            free = self._unit.quantity - sum([count for count, _ in cell])
            amount = free * min(price, self._unit.unit_minor)
            for count, part in cell:
                amount += min(part, price * count)
        else:
            amount = cell
        for value in self._percents:
            amount -= (2 * amount * value + 999_999) // 2_000_000
        return max(0, amount - self._amount_off)

    def _odd_price(self, cell: Cell) -> int:
        number, state = self.number, self._state(cell)
        amounts = state.amounts
        for percent, off, effect in self._rungs or self._laid_out():
            amount = amounts[number]
            if percent:
                amounts[number] = amount - (2 * amount * percent + 999_999) // 2_000_000
            elif off:
                amounts[number] = max(0, amount - off)
            else:
                amounts[number] = amount - self._off(effect, state)
        return amounts[number]

    def _laid_out(self) -> list[tuple[int, int, Effect]]:
        """The steps as (a percentage, or an amount off all units, or neither; the effect)."""
        desk, units = self._desk, self._desk.units
        for effect in self._effects:
            percent = off = 0
            if isinstance(effect, Reduction) and is_plain(desk, effect):
                percent = step_value(effect, units)
            elif isinstance(effect, Reduction) and is_plain_amount(effect) and units.floors is None:
                off = amount_off(effect, step_value(effect, units), self.number, self._unit.quantity, units)
            self._rungs.append((percent, off, effect))
        return self._rungs

    def _state(self, cell: Cell) -> State:
        """A state in which only this class is right."""
        number, unit = self.number, self._unit
        amounts = self._desk.units.start_amounts.copy()
        if not isinstance(cell, tuple):
            amounts[number] = cell
            return State(amounts, [], {}, is_fresh=False)
        free = unit.quantity - sum([count for count, _ in cell])
        amounts[number] = free * unit.unit_minor + sum([amount for _, amount in cell])
        runs = {number: ((free, free * unit.unit_minor), *cell)} if cell else {}
        return State(amounts, [], runs, is_fresh=False)

    def _off(self, effect: Effect, state: State) -> int:
        number, units, policy = self.number, self._desk.units, self._desk.policy
        if isinstance(effect, Reduction):
            return reduce_units(effect, units, state, policy, (number,)).get(number, 0)
        assert isinstance(effect, SetPrice)
        return set_prices(effect, units, state, policy, (number,)).get(number, 0)
