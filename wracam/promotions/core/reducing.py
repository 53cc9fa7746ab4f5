"""Effects that lower prices and use nothing up: percentages, amounts and set prices, on units or on the order.

They work on all units, used or not. Every function returns the discount of each class without carrying it out; nothing
goes below a floor or below zero. What caps and floors keep back is added to `State.cut`.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.kernel.allocation import split_by_weights
from wracam.promotions.contracts import PercentBase, Policy, Rounding
from wracam.promotions.core.consuming import percentage
from wracam.promotions.core.offers import Pick, Reduction, SetPrice, Stage
from wracam.promotions.core.runs import all_pieces, capacity, runs_of, spread
from wracam.promotions.core.units import State, Units

Discounts = dict[int, int]


def reduce_units(effect: Reduction, units: Units, state: State, policy: Policy) -> Discounts:
    """A percentage or an amount off each unit or line."""
    numbers = units.matching(effect.units)
    value = step_value(effect, units)
    if not numbers or not value:
        return {}
    if effect.is_plain and policy.rounding is Rounding.LINE and policy.percent_base is PercentBase.RUNNING:
        return _plain_percentage(value, numbers, units, state)
    if effect.unit_limit is not None:
        wanted = _wanted_of_limited(effect, value, numbers, units, state, policy)
    else:
        wanted = {number: _wanted(effect, value, number, units, state, policy) for number in numbers}
    return _given(effect, wanted, units, state)


def reduce_order(effect: Reduction, units: Units, state: State, policy: Policy) -> Discounts:
    """A percentage or an amount off the filtered units together, split over them."""
    numbers = units.matching(effect.units)
    value = step_value(effect, units)
    if not numbers or not value:
        return {}
    amounts = [state.amounts[number] for number in numbers]
    if effect.stage is Stage.ORDER_PERCENT:
        is_original = policy.percent_base is PercentBase.ORIGINAL
        off = percentage(sum(units.start_amounts[number] for number in numbers) if is_original else sum(amounts), value)
        weights = [units.start_amounts[number] for number in numbers] if is_original else amounts
    else:
        off, weights = value, amounts
    if effect.cap_minor is not None and off > effect.cap_minor:
        state.cut += off - effect.cap_minor
        off = effect.cap_minor
    if effect.is_split_by_quantity:
        weights = [units.classes[number].quantity for number in numbers]
    rooms = amounts if units.floors is None else [capacity(units, state, number) for number in numbers]
    shares = spread(off, weights, rooms, policy.remainder)
    if units.floors is not None:
        state.cut += max(0, min(off, sum(amounts)) - sum(shares))
    return {number: share for number, share in zip(numbers, shares, strict=True) if share}


def total_after_order(effects: Sequence[Reduction], total: int, units: Units, policy: Policy) -> int:
    """Return what *total* of the products becomes through effects on the whole order, where there are no floors."""
    start = sum(units.start_amounts)
    for effect in effects:
        off = step_value(effect, units)
        if effect.stage is Stage.ORDER_PERCENT:
            off = percentage(start if policy.percent_base is PercentBase.ORIGINAL else total, off)
        if effect.cap_minor is not None:
            off = min(off, effect.cap_minor)
        total -= min(off, total)
    return total


def set_prices(effect: SetPrice, units: Units, state: State, _policy: Policy) -> Discounts:
    """Bring each matching unit down to the set price; a lower price stays."""
    discounts = {}
    for number in units.matching(effect.units):
        unit = units.classes[number]
        price = max(effect.price_minor, unit.floor_minor)
        off = sum(max(0, amount - price * count) for count, amount in runs_of(units, state, number))
        if off > 0:
            discounts[number] = min(off, capacity(units, state, number))
    return discounts


def step_value(effect: Reduction, units: Units) -> int:
    """Return the percentage or amount in force: the highest step reached, or the effect's own."""
    if not effect.steps:
        return effect.percent_bp or effect.amount_minor
    reached = step_reached(effect, units)
    return max(((start, value) for start, value in effect.steps if reached >= start), default=(0, 0))[1]


def step_reached(effect: Reduction, units: Units) -> int:
    """Return the quantity or value of the filtered units, which decides the step."""
    key = ("step", id(effect))
    found = units.figures.get(key)
    if found is None:
        numbers = units.matching(effect.units)
        if effect.are_steps_by_value:
            reached = sum(units.start_amounts[number] for number in numbers)
        else:
            reached = sum(units.classes[number].quantity for number in numbers)
        found = units.figures[key] = (effect, reached)
    return found[1]


def _plain_percentage(value: int, numbers: Sequence[int], units: Units, state: State) -> Discounts:
    amounts, floors = state.amounts, units.floors
    given = {}
    for number in numbers:
        amount = amounts[number]
        off = (2 * amount * value + 9_999) // 20_000
        if floors is not None and off > amount - floors[number]:
            room = max(0, amount - floors[number])
            state.cut += off - room
            off = room
        if off > 0:
            given[number] = off
    return given


def _wanted(effect: Reduction, value: int, number: int, units: Units, state: State, policy: Policy) -> int:
    quantity = units.classes[number].quantity
    if effect.stage is Stage.AMOUNT:
        return value if effect.is_per_line else value * quantity
    base = units.start_amounts[number] if policy.percent_base is PercentBase.ORIGINAL else state.amounts[number]
    if policy.rounding is Rounding.UNIT:
        return quantity * percentage(base // quantity, value)
    return percentage(base, value)


def _wanted_of_limited(
    effect: Reduction, value: int, numbers: Sequence[int], units: Units, state: State, policy: Policy
) -> dict[int, int]:
    pieces = all_pieces(units, state, numbers)
    if effect.pick is Pick.CHEAPEST:
        pieces.reverse()
    left = effect.unit_limit or 0
    wanted: dict[int, int] = {}
    for number, quantity, amount in pieces:
        if left <= 0:
            break
        count = min(quantity, left)
        left -= count
        part = amount * count // quantity
        if effect.stage is Stage.AMOUNT:
            off = min(value * count, part)
        else:
            is_original = policy.percent_base is PercentBase.ORIGINAL
            off = percentage(units.classes[number].unit_minor * count if is_original else part, value)
        wanted[number] = wanted.get(number, 0) + off
    return wanted


def _given(effect: Reduction, wanted: dict[int, int], units: Units, state: State) -> Discounts:
    """Cut what is wanted by what the units cost, floors, the cap on a line and the cap in all."""
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
