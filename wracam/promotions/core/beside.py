"""What a cart costs beside its products, shipment by shipment and fee by fee, and what promotions take off it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wracam.kernel.allocation import split_by_weights
from wracam.promotions.contracts import Cart, Charge
from wracam.promotions.core.offers import Reduction, Stage

Percentage = Callable[[int, int], int]


def charges_of(cart: Cart) -> tuple[Charge, ...]:
    """Return the cart's shipments, then its fees."""
    return (*shipments_of(cart), *cart.fees)


def shipments_of(cart: Cart) -> tuple[Charge, ...]:
    """Return the cart's shipments: those that it names, else the one."""
    one = Charge(
        name=cart.shipping_method, amount_minor=cart.shipping_minor, tax_rate_bp=cart.shipping_tax_rate_bp
    )  # fmt: skip
    return cart.shipments or (one,)


def wanted_off(
    effect: Reduction, value: int, cart: Cart, taken: Mapping[int, int], percentage: Percentage
) -> dict[int, int]:
    """Return what an effect would take off each charge that it means, after what was *taken* off them before.

    A percentage is rounded for each charge. An amount or a price is for all of them together and split by what each
    still costs; with `is_per_line` an amount comes off each.
    """
    charges = charges_of(cart)
    left = {number: charges[number].amount_minor - taken.get(number, 0) for number in charges_meant(effect, cart)}
    if not value or not left:
        return {}
    if effect.stage is Stage.SHIPPING_PERCENT:
        return {number: percentage(amount, value) for number, amount in left.items()}
    if effect.stage is Stage.SHIPPING_AMOUNT and effect.is_per_line:
        return {number: min(amount, value) for number, amount in left.items()}
    total = sum(left.values())
    off = min(total, value) if effect.stage is Stage.SHIPPING_AMOUNT else max(0, total - value)
    return shared(off, left)


def shared(off: int, weights: Mapping[int, int]) -> dict[int, int]:
    """Split what comes off over the charges."""
    if not any(weights.values()):
        return {}
    return dict(zip(weights, split_by_weights(off, list(weights.values())), strict=True))


def charges_meant(effect: Reduction, cart: Cart) -> list[int]:
    """Return the numbers of the charges that an effect is on: shipments or fees, perhaps only of some names."""
    shipments = len(shipments_of(cart))
    return [
        number
        for number, charge in enumerate(charges_of(cart))
        if (number >= shipments) == effect.is_on_fees and (not effect.names or charge.name in effect.names)
    ]


def is_together(effect: Reduction) -> bool:
    """Say whether what an effect takes off one charge depends on what the others cost."""
    is_amount = effect.stage is not Stage.SHIPPING_PERCENT and not effect.is_per_line
    return is_amount or effect.stage is Stage.SHIPPING_PRICE or effect.cap_minor is not None


def is_plain_delivery(effect: Reduction, cart: Cart) -> bool:
    """Say whether an effect is on the one shipment of the cart, whatever its method."""
    return not (effect.is_on_fees or effect.names or cart.shipments)
