"""Cart conditions: measured against required, so that a "no" can say what is missing."""

from __future__ import annotations

from typing import Final

from wracam.promotions.contracts import Shortfall
from wracam.promotions.core.offers import Measure, Offer, Stage, Threshold
from wracam.promotions.core.units import State, Units

DISCOUNTED_TOTAL: Final = Measure.DISCOUNTED_TOTAL
SHIPPING_METHOD: Final = Measure.SHIPPING_METHOD
"""By names that need no look-up in their class (slow in Python 3.11)."""


def shortfalls(offer: Offer, units: Units, state: State | None = None) -> tuple[Shortfall, ...]:
    """Return the conditions of *offer* that do not hold; the discounted total is read from *state* (None: before).

    Before, what a later lane may still bring down far enough is not held against an offer that begins there.
    """
    missing: tuple[Shortfall, ...] = ()
    for condition in offer.conditions:
        if state is None and condition.is_upper and _may_still_fall(condition, offer):
            continue
        measured, bound, is_upper = measure(condition, units, state), condition.bound, condition.is_upper
        if measured > bound if is_upper else measured < bound:
            missing += (Shortfall(measure=condition.name, required=bound, measured=measured, is_upper=is_upper),)
    return missing


def _may_still_fall(condition: Threshold, offer: Offer) -> bool:
    return condition.measure is DISCOUNTED_TOTAL and all(effect.stage > Stage.AMOUNT for effect in offer.effects)


def measure(condition: Threshold, units: Units, state: State | None) -> int:
    """Return what the cart has of the condition's measure: minor units, pieces, or 1 for an allowed method."""
    if state is not None and condition.measure is DISCOUNTED_TOTAL:
        return sum([state.amounts[number] for number in units.matching(condition.units)])
    if condition.measure is SHIPPING_METHOD:
        return int(not condition.allowed.isdisjoint(units.cart.shipping_methods))
    key = (condition.name, id(condition.units))
    found = units.figures.get(key)
    if found is None:
        found = units.figures[key] = (condition.units, _figure(condition, units))
    return found[1]


def _figure(condition: Threshold, units: Units) -> int:
    """What no promotion changes: quantities and amounts before promotions."""
    numbers = units.matching(condition.units)
    classes, amounts = units.classes, units.start_amounts
    if condition.measure is Measure.QUANTITY:
        return sum([units.quantities[number] for number in numbers])
    if condition.measure is Measure.DISTINCT_PRODUCTS:
        return len({classes[number].sku for number in numbers})
    if condition.measure is Measure.ITEMS_TOTAL_NET and units.cart.prices_include_tax:
        return sum(amounts[number] * 10_000 // (10_000 + classes[number].tax_rate_bp) for number in numbers)
    return sum([amounts[number] for number in numbers])
