"""The most that an offer can give in a cart, whatever others do before it: a bound that holds without exception.

What an offer gives *alone* is less than that where others can turn it to other units: "9.00 off the line of the dearest
unit, twice" gives once while both are of one product. Here nothing but start prices, counts and caps is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wracam.promotions.contracts import Policy, Rounding
from wracam.promotions.core.beside import charges_meant, charges_of
from wracam.promotions.core.catalog import Entry
from wracam.promotions.core.offers import Effect, Give, GrantReward, Reduction, SetPrice, Stage
from wracam.promotions.core.reaches import most_off
from wracam.promotions.core.reducing import step_of_line, step_value
from wracam.promotions.core.rounding import WHOLE_PPM
from wracam.promotions.core.units import Units

Part = tuple[int, int]
"""The most that comes off one unit (or line) of a class, and how many there are."""


def binding_limits(
    entries: Sequence[Entry], budgets: Mapping[str, int], units: Units, policy: Policy
) -> dict[int, int]:
    """Return by place what caps and budgets let offers give in all, where they could give more in this cart."""
    limits = {}
    for place, entry in enumerate(entries):
        cap = entry.offer.cap_minor
        if budgets and entry.key in budgets:
            cap = budgets[entry.key] if cap is None else min(cap, budgets[entry.key])
        if cap is not None and most_off_with(entry, units, policy) > cap:
            limits[place] = cap
    return limits


def most_off_with(entry: Entry, units: Units, policy: Policy) -> int:
    """Return the most that all effects of an offer can take off products, shipping and fees."""
    return sum([most_of(effect, units, policy) for effect in entry.offer.effects])


def most_worth(entry: Entry, units: Units) -> int:
    """Return the most that an offer's gifts and rewards are worth."""
    return sum([_worth(effect, units) for effect in entry.offer.effects])


def most_of(effect: Effect, units: Units, policy: Policy) -> int:
    """Return the most that one effect can take off products, shipping or fees."""
    if effect.stage is Stage.CONSUMING:
        most = most_off(effect, units, units.quantities)
        return most.off + most.reduced
    if isinstance(effect, SetPrice):
        return _most_of_set_price(effect, units)
    if not isinstance(effect, Reduction):
        return 0
    if effect.stage >= Stage.SHIPPING_PRICE:
        most_off_all = _most_beside(effect, units)
    elif effect.stage in (Stage.ORDER_AMOUNT, Stage.ORDER_PRICE):
        most_off_all = _most_of_order(effect, units)
    else:
        most_off_all = _most_of_units(effect, units, policy)
    return most_off_all if effect.cap_minor is None else min(most_off_all, effect.cap_minor)


def can_cap_bind(effect: Reduction, units: Units, policy: Policy) -> bool:
    """Say whether the most that comes off in all can be less than what would come off without it."""
    if effect.cap_minor is None:
        return False
    most = _most_of_units(effect, units, policy)
    if effect.is_cap_gross and not units.cart.prices_include_tax:
        dearest = max([unit.tax_rate_bp for unit in units.classes], default=0)
        most = -(-most * (10_000 + dearest) // 10_000)
    return most > effect.cap_minor


def _most_of_units(effect: Reduction, units: Units, policy: Policy) -> int:
    """A percentage or an amount off units, or a percentage of the order: the best units that its limit lets it take."""
    classes = units.classes
    numbers = units.matching(effect.units)
    values = _values(effect, units, numbers)
    is_percent = effect.stage is not Stage.AMOUNT
    parts: dict[int, Part] = {}
    for number, value in values.items():
        price = classes[number].unit_minor
        if is_percent:
            parts[number] = -(-price * value // WHOLE_PPM), classes[number].quantity
        elif effect.is_per_line:
            parts[number] = min(value, units.start_amounts[number]), 1
        else:
            parts[number] = min(value, price), classes[number].quantity
    most = _best_parts(effect, units, parts)
    if policy.rounding is Rounding.UNIT or effect.is_limited:
        most += sum([units.quantities[number] for number in parts])
    return min(most, sum([units.start_amounts[number] for number in numbers]))


def _most_of_order(effect: Reduction, units: Units) -> int:
    total = sum([units.start_amounts[number] for number in units.matching(effect.units)])
    value = step_value(effect, units)
    if effect.stage is Stage.ORDER_PRICE and not effect.is_amount_gross:
        return max(0, total - value)
    return total if effect.stage is Stage.ORDER_PRICE else min(total, value)


def _most_beside(effect: Reduction, units: Units) -> int:
    charges = charges_of(units.cart)
    amounts = [charges[number].amount_minor for number in charges_meant(effect, units.cart)]
    value = step_value(effect, units)
    if effect.stage is Stage.SHIPPING_PERCENT:
        return sum([-(-amount * value // WHOLE_PPM) for amount in amounts])
    if effect.stage is Stage.SHIPPING_PRICE:
        return max(0, sum(amounts) - value)
    return min(sum(amounts), value * len(amounts) if effect.is_per_line else value)


def _most_of_set_price(effect: SetPrice, units: Units) -> int:
    numbers = units.matching(effect.units)
    if effect.steps:
        prices = {number: min(price for _, price in effect.steps) for number in numbers}
    else:
        prices = dict.fromkeys(numbers, effect.price_minor)
    parts = {
        number: (max(0, units.classes[number].unit_minor - price), units.quantities[number])
        for number, price in prices.items()
    }
    slack = len(numbers) if effect.is_limited else 0
    return _best_parts(effect, units, parts) + slack


def _best_parts(effect: Reduction | SetPrice, units: Units, parts: Mapping[int, Part]) -> int:
    """Add up what comes off the units that give most, as many as the effect may reduce."""
    skip, limit = effect.unit_skip, effect.unit_limit
    if effect.is_limit_per_line:
        return sum([off * min(count, count if limit is None else limit) for off, count in parts.values()])
    left = sum([units.quantities[number] for number in parts]) - skip
    if limit is not None:
        left = min(left, limit)
    most = 0
    for off, count in sorted(parts.values(), reverse=True):
        taken = max(0, min(left, count))
        most += off * taken
        left -= taken
    return most


def _values(effect: Reduction, units: Units, numbers: Sequence[int]) -> dict[int, int]:
    """The percentage or amount in force for each class."""
    if effect.are_steps_per_line:
        return {number: step_of_line(effect, units, number) for number in numbers}
    return dict.fromkeys(numbers, step_value(effect, units))


def _worth(effect: Effect, units: Units) -> int:
    if isinstance(effect, GrantReward):
        return effect.value_minor * effect.quantity
    if not isinstance(effect, Give):
        return 0
    times = 1
    if effect.per_quantity is not None:
        times = sum([units.quantities[number] for number in units.matching(effect.units)]) // effect.per_quantity
    if effect.times_max is not None and effect.per_quantity is not None:
        times = min(times, effect.times_max)
    return times * effect.quantity * max([option.value_minor for option in effect.options], default=0)
