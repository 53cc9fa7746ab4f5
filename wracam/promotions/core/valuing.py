"""What a choice saves, as a figure only: the search asks for it thousands of times.

Where nothing looks at who gave what (caps of whole offers, the shop's cap, conditions on the discounted total), the
steps of a choice are laid out once and only prices are followed. Both ways give the same figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.core.catalog import ORDER, PRODUCT, Step
from wracam.promotions.core.offers import Reduction
from wracam.promotions.core.parts import is_whole_order
from wracam.promotions.core.reducing import (
    is_plainly_rounded,
    reduce_order,
    reduce_units,
    set_prices,
    step_value,
    total_after_order,
)
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import State

Steps = Sequence[tuple[int, Step, int]]


def is_plain(desk: Desk, effect: object) -> bool:
    """Say whether an effect is a percentage of the running price of each class, whatever the others cost."""
    if not isinstance(effect, Reduction) or not effect.is_plain:
        return False
    return is_plainly_rounded(desk.policy) and desk.units.floors is None


class Plan:
    """The steps of one choice of offers after units are used up, laid out to be valued often."""

    __slots__ = ("_beyond", "_desk", "_is_simple", "_is_whole", "_on_order", "_places", "_products", "_start", "_steps")

    def __init__(self, desk: Desk, places: Sequence[int], steps: Steps) -> None:
        self._desk = desk
        self._places = places
        self._steps = steps
        self._is_simple = not (desk.limits or desk.fragile or desk.discount_max is not None)
        self._start = desk.units.start_total
        self._products: list[tuple[tuple[int, ...], int] | Step] = []
        self._on_order: list[Reduction] = []
        self._beyond = 0
        if self._is_simple:
            self._lay_out()
        self._is_whole = is_whole_order(desk, self._on_order) and desk.units.floors is None

    def saved(self, consumed: Outcome) -> int:
        """Return what the choice saves, after units were used up as in *consumed* (which stays as it is)."""
        if not self._is_simple:
            outcome = consumed.copy()
            self._desk.finish(outcome, self._places, self._steps)
            return outcome.saved_minor
        amounts = consumed.state.amounts.copy()
        state = State(amounts, consumed.state.left, consumed.state.runs.copy())
        for step in self._products:
            if isinstance(step, tuple):
                numbers, value = step
                for number in numbers:
                    amount = amounts[number]
                    amounts[number] = amount - (2 * amount * value + 999_999) // 2_000_000
            else:
                self._apply(step, state)
        if self._is_whole:
            total = sum(amounts)
            if self._on_order:
                total = total_after_order(self._on_order, total, self._desk.units, self._desk.policy)
        else:
            for effect in self._on_order:
                for number, off in reduce_order(effect, self._desk.units, state, self._desk.policy).items():
                    amounts[number] -= off
            total = sum(amounts)
        return self._start - total + self._beyond

    def _lay_out(self) -> None:
        """Sort the steps by lane; what happens beyond the items does not depend on their prices."""
        desk = self._desk
        beyond = Outcome(desk.units.start(), desk.units.cart.shipping_minor)
        for _, step, place in self._steps:
            if step.lane == PRODUCT and is_plain(desk, step.effect):
                effect = step.effect
                assert isinstance(effect, Reduction)
                self._products.append((desk.units.matching(effect.units), step_value(effect, desk.units)))
            elif step.lane == PRODUCT:
                self._products.append(step)
            elif step.lane == ORDER:
                assert isinstance(step.effect, Reduction)
                self._on_order.append(step.effect)
            else:
                desk.take_step(beyond, place, step.effect, step.lane)
        self._beyond = beyond.saved_minor

    def _apply(self, step: Step, state: State) -> None:
        desk, effect = self._desk, step.effect
        if isinstance(effect, Reduction):
            given = reduce_units(effect, desk.units, state, desk.policy)
        else:
            given = set_prices(effect, desk.units, state, desk.policy)  # type: ignore[arg-type]
        for number, off in given.items():
            state.amounts[number] -= off
