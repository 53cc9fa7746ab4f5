"""Effects that lower prices and use nothing up: percentages, amounts and set prices, on units or on the order.

They work on all units, used or not. Every function returns the discount of each class without carrying it out; nothing
goes below a floor or below zero. What caps and floors keep back is added to `State.cut`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wracam.kernel.allocation import divide_half_up, split_by_weights
from wracam.promotions.contracts import PercentBase, Policy, Rounding, RoundingMode
from wracam.promotions.core.offers import Pick, Reduction, SetPrice, Stage
from wracam.promotions.core.runs import all_pieces, capacity, runs_of, spread
from wracam.promotions.core.units import State, Units

Discounts = dict[int, int]
AMOUNT: Final = Stage.AMOUNT
ORDER_PERCENT: Final = Stage.ORDER_PERCENT
ORDER_PRICE: Final = Stage.ORDER_PRICE
LINE: Final = Rounding.LINE
UNIT: Final = Rounding.UNIT
CHEAPEST: Final = Pick.CHEAPEST
RUNNING: Final = PercentBase.RUNNING
ORIGINAL: Final = PercentBase.ORIGINAL
HALF_DOWN: Final = RoundingMode.HALF_DOWN
"""Members that are compared often, by names that need no look-up in their class (slow in Python 3.11)."""


def reduce_units(
    effect: Reduction, units: Units, state: State, policy: Policy, only: Sequence[int] | None = None
) -> Discounts:
    """A percentage or an amount off each unit or line, of all filtered classes or *only* of some of them."""
    numbers = units.matching(effect.units) if only is None else only
    if effect.are_steps_per_line:
        values = {number: value for number in numbers if (value := step_of_line(effect, units, number))}
    else:
        value = step_value(effect, units) if effect.steps else effect.percent_ppm or effect.amount_minor
        if not numbers or not value:
            return {}
        if effect.is_plain and is_plainly_rounded(policy):
            return _plain_percentage(value, numbers, units, state)
        values = dict.fromkeys(numbers, value)
    if effect.is_limited:
        wanted = _wanted_of_limited(effect, values, units, state, policy)
    else:
        wanted = {number: _wanted(effect, value, number, units, state, policy) for number, value in values.items()}
    return _given(effect, wanted, units, state)


def is_plainly_rounded(policy: Policy) -> bool:
    """Say whether percentages are taken of running prices and rounded as usual."""
    return policy.rounding is LINE and policy.percent_base is RUNNING and policy.rounding_mode is HALF_DOWN


def reduce_order(effect: Reduction, units: Units, state: State, policy: Policy) -> Discounts:
    """A percentage or an amount off the filtered units together, split over them."""
    numbers = units.matching(effect.units)
    value = step_value(effect, units) if effect.steps else effect.percent_ppm or effect.amount_minor
    if not numbers or not value:
        return {}
    counts: Sequence[int] | dict[int, int] = units.quantities
    starts: Sequence[int] | dict[int, int] = units.start_amounts
    amounts = state.amounts if numbers is units.everything else [state.amounts[number] for number in numbers]
    if effect.is_limited:
        parts = _limited_parts(effect, numbers, units, state)
        numbers = tuple(parts)
        amounts = [amount for _, amount in parts.values()]
        counts = {number: count for number, (count, _) in parts.items()}
        starts = {number: units.classes[number].unit_minor * counts[number] for number in numbers}
    if effect.is_amount_gross and not units.cart.prices_include_tax:
        return _gross_amount_off(value, dict(zip(numbers, amounts, strict=True)), effect, units, state, policy)
    off, weights = value, amounts
    if effect.stage is ORDER_PERCENT:
        if policy.percent_base is ORIGINAL:
            weights = [starts[number] for number in numbers]
        off = units.percentage(sum(weights), value)
    elif effect.stage is ORDER_PRICE:
        off = max(0, sum(amounts) - value)
    if effect.cap_minor is not None and off > effect.cap_minor:
        state.cut += off - effect.cap_minor
        off = effect.cap_minor
    if effect.is_split_by_quantity:
        weights = [counts[number] for number in numbers]
    rooms = amounts
    if units.floors is not None:
        rooms = [min(part, capacity(units, state, number)) for part, number in zip(amounts, numbers, strict=True)]
    shares = spread(off, weights, rooms, policy.remainder)
    if units.floors is not None:
        state.cut += max(0, min(off, sum(amounts)) - sum(shares))
    return {number: share for number, share in zip(numbers, shares, strict=True) if share}


def _gross_amount_off(
    off: int, amounts: dict[int, int], effect: Reduction, units: Units, state: State, policy: Policy
) -> Discounts:
    """Split an amount that includes tax over net prices: by what the products cost with tax, then without it."""
    rates = {number: 10_000 + units.classes[number].tax_rate_bp for number in amounts}
    gross = [divide_half_up(amount * rates[number], 10_000) for number, amount in amounts.items()]
    weights = [units.quantities[number] for number in amounts] if effect.is_split_by_quantity else gross
    shares = spread(min(off, effect.cap_minor or off), weights, gross, policy.remainder)
    found = {}
    for number, share in zip(amounts, shares, strict=True):
        net = min(divide_half_up(share * 10_000, rates[number]), amounts[number], capacity(units, state, number))
        if net > 0:
            found[number] = net
    return found


class AfterOrder:
    """What effects on the whole order make of the price of the products, where there are no floors; laid out once."""

    __slots__ = ("_is_original", "_percentage", "_start", "_steps")

    def __init__(self, effects: Sequence[Reduction], units: Units, policy: Policy) -> None:
        self._percentage = units.percentage
        self._start = units.start_total
        self._is_original = policy.percent_base is ORIGINAL
        self._steps = [(effect.stage, step_value(effect, units), effect.cap_minor) for effect in effects]

    def total(self, products_minor: int) -> int:
        """Return what the order costs when the products cost so much."""
        total, percentage = products_minor, self._percentage
        for stage, off, cap in self._steps:
            if stage is ORDER_PERCENT:
                off = percentage(self._start if self._is_original else total, off)
            elif stage is ORDER_PRICE:
                off = max(0, total - off) if off else 0
            if cap is not None and off > cap:
                off = cap
            total = max(0, total - off)
        return total


def total_after_order(effects: Sequence[Reduction], total: int, units: Units, policy: Policy) -> int:
    """Return what *total* of the products becomes through effects on the whole order, where there are no floors."""
    return AfterOrder(effects, units, policy).total(total)


def set_prices(
    effect: SetPrice, units: Units, state: State, _policy: Policy, only: Sequence[int] | None = None
) -> Discounts:
    """Bring each matching unit down to the set price, of all classes or *only* of some; a lower price stays.

    Runs of used units remember that, so that a second set price takes no more off than the lower of both.
    """
    discounts: Discounts = {}
    numbers = units.matching(effect.units) if only is None else only
    prices = _prices_in_force(effect, numbers, units)
    if not effect.is_limited:
        return _bring_down(prices, units, state)
    for number, quantity, amount in _pieces_within_limit(effect, list(prices), units, state):
        off = amount - max(prices[number], units.classes[number].floor_minor) * quantity
        if off > 0:
            discounts[number] = discounts.get(number, 0) + off
    return {number: min(off, capacity(units, state, number)) for number, off in discounts.items()}


def _bring_down(prices: Mapping[int, int], units: Units, state: State) -> Discounts:
    """Bring all units of the classes down to their prices, and note it in the runs of those that were used up."""
    classes, amounts, runs = units.classes, state.amounts, state.runs
    discounts = {}
    for number, set_price in prices.items():
        unit, amount = classes[number], amounts[number]
        price = max(set_price, unit.floor_minor)
        if number not in runs:
            off = amount - price * unit.quantity
        else:
            parts = runs_of(units, state, number)
            lower = [(count, min(part, price * count)) for count, part in parts]
            off = sum([part for _, part in parts]) - sum([part for _, part in lower])
            if off > 0:
                runs[number] = tuple(lower)
        if off > 0:
            discounts[number] = off if units.floors is None else min(off, capacity(units, state, number))
    return discounts


def step_value(effect: Reduction, units: Units) -> int:
    """Return the percentage or amount in force: the highest step reached, or the effect's own."""
    steps = effect.steps
    if not steps:
        return effect.percent_ppm or effect.amount_minor
    reached = step_reached(effect, units)
    return max([step for step in steps if reached >= step[0]], default=(0, 0))[1]


def step_of_line(effect: Reduction | SetPrice, units: Units, number: int) -> int:
    """Return the percentage, amount or price that the units of one class reach on their own; 0 below the first step."""
    reached = line_reached(effect, units, number)
    return max([step for step in effect.steps if reached >= step[0]], default=(0, 0))[1]


def line_reached(effect: Reduction | SetPrice, units: Units, number: int) -> int:
    """Return the quantity or value of one class, which decides its step."""
    if isinstance(effect, Reduction) and effect.are_steps_by_value:
        return units.start_amounts[number]
    return units.quantities[number]


def step_reached(effect: Reduction | SetPrice, units: Units) -> int:
    """Return the quantity or value of the filtered units, which decides the step."""
    key = ("step", id(effect))
    found = units.figures.get(key)
    if found is None:
        numbers = units.matching(effect.units)
        if isinstance(effect, Reduction) and effect.are_steps_by_value:
            reached = sum([units.start_amounts[number] for number in numbers])
        else:
            reached = sum([units.quantities[number] for number in numbers])
        found = units.figures[key] = (effect, reached)
    return found[1]


def _plain_percentage(value: int, numbers: Sequence[int], units: Units, state: State) -> Discounts:
    amounts, floors = state.amounts, units.floors
    given = {}
    for number in numbers:
        off = (2 * amounts[number] * value + 999_999) // 2_000_000
        if floors is not None and off > amounts[number] - floors[number]:
            room = max(0, amounts[number] - floors[number])
            state.cut += off - room
            off = room
        if off > 0:
            given[number] = off
    return given


def _wanted(effect: Reduction, value: int, number: int, units: Units, state: State, policy: Policy) -> int:
    quantity = units.quantities[number]
    if effect.stage is AMOUNT:
        return amount_off(effect, value, number, quantity, units)
    base = units.start_amounts[number] if policy.percent_base is ORIGINAL else state.amounts[number]
    return _percentage_of_units(base, quantity, value, units, policy)


def is_plain_amount(effect: Reduction) -> bool:
    """Say whether an effect is one amount off units or lines without limits or caps."""
    return effect.stage is AMOUNT and not effect.is_capped and not effect.is_limited and not effect.are_steps_per_line


def amount_off(effect: Reduction, value: int, number: int, count: int, units: Units) -> int:
    """Return what an amount takes off so many units of a class that cost more than it."""
    off = value if effect.is_per_line else value * count
    if effect.is_amount_gross and not units.cart.prices_include_tax:
        return divide_half_up(off * 10_000, 10_000 + units.classes[number].tax_rate_bp)
    return off


def _wanted_of_limited(
    effect: Reduction, values: Mapping[int, int], units: Units, state: State, policy: Policy
) -> dict[int, int]:
    if effect.stage is AMOUNT and effect.is_per_line:
        parts = _limited_parts(effect, list(values), units, state)
        return {
            number: min(amount_off(effect, values[number], number, count, units), part)
            for number, (count, part) in parts.items()
        }
    wanted: dict[int, int] = {}
    for number, count, part in _pieces_within_limit(effect, list(values), units, state):
        value = values[number]
        if effect.stage is AMOUNT:
            off = min(amount_off(effect, value, number, count, units), part)
        else:
            is_original = policy.percent_base is ORIGINAL
            base = units.classes[number].unit_minor * count if is_original else part
            off = _percentage_of_units(base, count, value, units, policy)
        wanted[number] = wanted.get(number, 0) + off
    return wanted


def _percentage_of_units(amount: int, count: int, value: int, units: Units, policy: Policy) -> int:
    if policy.rounding is UNIT:
        each, odd = divmod(amount, count)
        return (count - odd) * units.percentage(each, value) + odd * units.percentage(each + 1, value)
    return units.percentage(amount, value)


def price_in_force(effect: SetPrice, units: Units) -> int | None:
    """Return the price that is set: of the highest step reached; None below the first."""
    if not effect.steps:
        return effect.price_minor
    reached = step_reached(effect, units)
    found = max(((start, price) for start, price in effect.steps if reached >= start), default=None)
    return None if found is None else found[1]


def _prices_in_force(effect: SetPrice, numbers: Sequence[int], units: Units) -> dict[int, int]:
    """Return the price that is set for the units of each class; none for those below the first step."""
    if effect.are_steps_per_line:
        first = min(effect.steps)[0]
        reached = [number for number in numbers if line_reached(effect, units, number) >= first]
        return {number: step_of_line(effect, units, number) for number in reached}
    price = price_in_force(effect, units)
    return {} if price is None else dict.fromkeys(numbers, price)


def _pieces_within_limit(
    effect: Reduction | SetPrice, numbers: Sequence[int], units: Units, state: State
) -> list[tuple[int, int, int]]:
    """Return the units that a limited effect may reduce: so many of all or of each line, in the order of its pick.

    They are (class, quantity, amount), each class perhaps more than once.
    """
    if effect.is_limit_per_line:
        return [piece for number in numbers for piece in _first_units(effect, (number,), units, state)]
    return _first_units(effect, numbers, units, state)


def _first_units(
    effect: Reduction | SetPrice, numbers: Sequence[int], units: Units, state: State
) -> list[tuple[int, int, int]]:
    pieces = all_pieces(units, state, numbers)
    if effect.pick is CHEAPEST:
        pieces.reverse()
    skip, left = effect.unit_skip, effect.unit_limit
    found = []
    for number, quantity, amount in pieces:
        count = quantity
        if skip:
            count = max(0, quantity - skip)
            skip = max(0, skip - quantity)
        if left is not None:
            count = min(count, left)
            left -= count
        if count:
            found.append((number, count, amount * count // quantity))
    return found


def _limited_parts(effect: Reduction, numbers: Sequence[int], units: Units, state: State) -> dict[int, tuple[int, int]]:
    """Return how many units of each class are within the limit and what they cost, in order."""
    parts: dict[int, tuple[int, int]] = {}
    for number, count, amount in _pieces_within_limit(effect, numbers, units, state):
        before = parts.get(number, (0, 0))
        parts[number] = (before[0] + count, before[1] + amount)
    return dict(sorted(parts.items()))


def _given(effect: Reduction, wanted: dict[int, int], units: Units, state: State) -> Discounts:
    """Cut what is wanted by what the units cost, floors, the cap on a line and the cap in all."""
    if units.floors is None and not effect.is_capped:
        amounts = state.amounts
        return {number: min(off, amounts[number]) for number, off in wanted.items() if off > 0 and amounts[number] > 0}
    given = {}
    for number, off in wanted.items():
        possible = min(off, state.amounts[number])
        allowed = min(possible, capacity(units, state, number))
        if effect.line_cap_minor is not None:
            allowed = min(allowed, _net_cap(effect, effect.line_cap_minor, number, units))
        state.cut += possible - allowed
        if allowed > 0:
            given[number] = allowed
    return _capped(effect, given, units, state)


def _net_cap(effect: Reduction, cap_minor: int, number: int, units: Units) -> int:
    """A cap that includes tax, as it bounds a net price."""
    if not effect.is_cap_gross or units.cart.prices_include_tax:
        return cap_minor
    return cap_minor * 10_000 // (10_000 + units.classes[number].tax_rate_bp)


def _capped(effect: Reduction, given: Discounts, units: Units, state: State) -> Discounts:
    if effect.cap_minor is None or not given:
        return given
    before = sum(given.values())
    if effect.is_cap_gross and not units.cart.prices_include_tax:
        gross = sum(off * (10_000 + units.classes[number].tax_rate_bp) for number, off in given.items())
        if gross > effect.cap_minor * 10_000:
            given = {number: off * effect.cap_minor * 10_000 // gross for number, off in given.items()}
    elif before > effect.cap_minor:
        shares = split_by_weights(effect.cap_minor, list(given.values()))
        given = dict(zip(given, shares, strict=True))
    state.cut += before - sum(given.values())
    return {number: off for number, off in given.items() if off}
