"""Cart conditions: measured against required, so that a "no" can say what is missing."""

from __future__ import annotations

from wracam.promotions.contracts import Shortfall
from wracam.promotions.core.offers import Measure, Offer, Threshold
from wracam.promotions.core.runs import amount_of
from wracam.promotions.core.units import State, Units


def shortfalls(offer: Offer, units: Units, state: State) -> tuple[Shortfall, ...]:
    """Return the conditions of *offer* that do not hold; the discounted total is read from *state*."""
    if not offer.conditions:
        return ()
    missing = []
    for condition in offer.conditions:
        measured = measure(condition, units, state)
        required = condition.required + condition.is_strict
        if measured < required:
            missing.append(Shortfall(measure=condition.measure.value, required=required, measured=measured))
    return tuple(missing)


def measure(condition: Threshold, units: Units, state: State) -> int:
    """Return what the cart has of the condition's measure: minor units, pieces, or 1 for an allowed method."""
    if condition.measure is Measure.SHIPPING_METHOD:
        return int(units.cart.shipping_method in condition.allowed)
    numbers = units.matching(condition.units)
    classes = units.classes
    if condition.measure is Measure.QUANTITY:
        return sum(classes[number].quantity for number in numbers)
    if condition.measure is Measure.DISCOUNTED_TOTAL:
        return sum(amount_of(state[number]) for number in numbers)
    total = 0
    for number in numbers:
        unit = classes[number]
        amount = unit.quantity * unit.unit_minor
        if condition.measure is Measure.ITEMS_TOTAL_NET and units.cart.prices_include_tax:
            amount = amount * 10_000 // (10_000 + unit.tax_rate_bp)
        total += amount
    return total
