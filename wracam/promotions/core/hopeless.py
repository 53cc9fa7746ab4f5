"""Offers for which a cart holds too few units, whatever else happens: no search needs to look at them.

A group, a purchase or a set that cannot be filled with all units of the cart cannot be filled with those that other
offers leave either. So such an offer gives nothing in any combination, and stands in nobody's way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wracam.promotions.contracts import Combination, Policy, Reason, RefusedOffer
from wracam.promotions.core.catalog import Entry
from wracam.promotions.core.hints import effect_shortfalls
from wracam.promotions.core.offers import BuyGet, Effect, Filter, NthUnit
from wracam.promotions.core.units import Units

PRIORITY: Final = Combination.PRIORITY
NOT_ENOUGH_ITEMS: Final = Reason.NOT_ENOUGH_ITEMS


def without_hopeless(entries: Sequence[Entry], units: Units, policy: Policy) -> tuple[list[Entry], list[RefusedOffer]]:
    """Part the offers that may give something from those that have too few units for all they do, with what is missing.

    Offers of which something is said about who may stand beside them stay. So do those in the merchant's order that
    have conditions: there, these are looked at when the offer's turn comes, and named first.
    """
    hopeful, refused = [], []
    for entry in entries:
        if entry.consuming and entry.is_alone and not entry.later and _is_hopeless(entry, units, policy):
            refused.append(_refusal(entry, units))
        else:
            hopeful.append(entry)
    return hopeful, refused


def has_too_few(effect: Effect, units: Units, left: Sequence[int]) -> bool:
    """Say whether the units *left* cannot fill what an effect uses up even once."""
    if isinstance(effect, NthUnit):
        return _held(effect.units, units, left) < effect.group_size
    if isinstance(effect, BuyGet):
        held = _held(effect.buy, units, left)
        if units.matching(effect.buy) == units.matching(effect.get):
            return held <= effect.buy_quantity
        return held < effect.buy_quantity or not _held(effect.get, units, left)
    return any(_held(part, units, left) < quantity for part, quantity in effect.parts)  # type: ignore[union-attr]


def _is_hopeless(entry: Entry, units: Units, policy: Policy) -> bool:
    if entry.conditions and (entry.combination or policy.combination) is PRIORITY:
        return False
    return all([has_too_few(effect, units, units.quantities) for effect in entry.consuming])  # noqa: C419  the list is faster


def _held(filtered: Filter, units: Units, left: Sequence[int]) -> int:
    numbers = units.matching(filtered)
    return left[numbers[0]] if len(numbers) == 1 else sum([left[number] for number in numbers])


def _refusal(entry: Entry, units: Units) -> RefusedOffer:
    if not any([units.matching(filtered) for filtered in entry.product_filters]):  # noqa: C419  the list is faster
        return entry.absent
    short = effect_shortfalls(entry, units)
    return RefusedOffer(key=entry.key, reason=NOT_ENOUGH_ITEMS, shortfalls=short) if short else entry.no_effect
