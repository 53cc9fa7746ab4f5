"""Reading and rewriting the state: which units are free and what they cost, using units up, splitting amounts."""

from __future__ import annotations

from collections.abc import Sequence
from operator import lt
from typing import Final

from wracam.kernel.allocation import split_by_weights
from wracam.promotions.contracts import Remainder
from wracam.promotions.core.offers import Filter
from wracam.promotions.core.units import Run, State, Units

LARGEST: Final = Remainder.LARGEST


Piece = tuple[int, int, int]
"""The number of a class, how many units of it, each costing the same, and what these cost together now."""

Taking = tuple[int, int, int, int]
"""Free units of a class that an offer uses up: its number, how many at their price, how many with a discount, and how
much that is in all. Plain tuples, because the search makes thousands of them."""


def free_pieces(units: Units, state: State, filtered: Filter) -> list[Piece]:
    """Return the units that no offer has used up, a piece for each class, dearest first (ties in canonical order)."""
    pieces = []
    classes, amounts, runs, left = units.classes, state.amounts, state.runs, state.left
    if state.is_fresh:
        return [
            (number, count, count * classes[number].unit_minor)
            for number in units.dearest(filtered)
            if (count := left[number])
        ]
    for number in units.dearest(filtered):
        if left[number]:
            amount = runs_of(units, state, number)[0][1] if number in runs else amounts[number]
            pieces.append((number, left[number], amount))
    pieces.sort(key=_price_descending)
    return pieces


def all_pieces(units: Units, state: State, numbers: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return all units of the classes, used up or free, dearest first, as (class, quantity, amount)."""
    pieces = [(number, *run) for number in numbers for run in runs_of(units, state, number) if run[0]]
    if len(pieces) > 1:
        pieces.sort(key=_price_descending)
    return pieces


def runs_of(units: Units, state: State, number: int) -> tuple[Run, ...]:
    """Return the runs of a class, the free units first, brought up to what the class costs now."""
    runs = state.runs.get(number)
    amount = state.amounts[number]
    if runs is None:
        return ((units.quantities[number], amount),)
    if sum([run[1] for run in runs]) != amount:
        shares = split_by_weights(amount, [run[1] for run in runs])
        runs = tuple((run[0], share) for run, share in zip(runs, shares, strict=True))
        state.runs[number] = runs
    return runs


def use_up(units: Units, state: State, takings: Sequence[Taking]) -> None:
    """Use up the free units of *takings*, at most one taking for each class."""
    for number, bought, reduced, discount in takings:
        (count, amount), *used = runs_of(units, state, number)
        taken = bought + reduced
        taken_amount = amount * taken // count
        reduced_amount = amount * reduced // count
        if reduced:
            used.append((reduced, reduced_amount - discount))
        if bought:
            used.append((bought, taken_amount - reduced_amount))
        state.runs[number] = ((count - taken, amount - taken_amount), *used)
        state.amounts[number] -= discount
        state.left[number] = count - taken


def capacity(units: Units, state: State, number: int) -> int:
    """Return how much may still be taken off a class before it reaches its floor."""
    floors = units.floors
    return state.amounts[number] if floors is None else max(0, state.amounts[number] - floors[number])


def spread(
    amount: int, weights: Sequence[int], capacities: Sequence[int], remainder: Remainder = Remainder.LARGEST
) -> list[int]:
    """Split *amount* by *weights* without exceeding *capacities*; what one cannot take moves to the others in rounds.

    Returns as much as fits when the capacities are too small.
    """
    if amount > 0 and capacities and min(capacities) > 0:
        shares = _shares(amount, weights, remainder)
        if all(map(lt, shares, capacities)):
            return shares
    return _spread_in_rounds(amount, weights, capacities, remainder)


def _spread_in_rounds(
    amount: int, weights: Sequence[int], capacities: Sequence[int], remainder: Remainder
) -> list[int]:
    given = [0] * len(weights)
    left = min(amount, sum(capacities))
    open_places = [place for place, room in enumerate(capacities) if room > 0]
    while left > 0 and open_places:
        shares = _shares(left, [weights[place] for place in open_places], remainder)
        full = [
            place for place, share in zip(open_places, shares, strict=True) if share >= capacities[place] - given[place]
        ]
        if not full:
            for place, share in zip(open_places, shares, strict=True):
                given[place] += share
            break
        for place in full:
            left -= capacities[place] - given[place]
            given[place] = capacities[place]
        open_places = [place for place in open_places if given[place] < capacities[place]]
    return given


def _shares(amount: int, weights: Sequence[int], remainder: Remainder) -> list[int]:
    if remainder is LARGEST:
        return split_by_weights(amount, weights)
    whole = sum(weights)
    if not whole:
        return split_by_weights(amount, weights)
    parts = [amount * weight // whole for weight in weights]
    odd = amount - sum(parts)
    places = range(odd) if remainder is Remainder.FIRST else range(len(parts) - odd, len(parts))
    for place in places:
        parts[place] += 1
    return parts


def _price_descending(piece: tuple[int, int, int]) -> tuple[float, int]:
    number, quantity, amount = piece
    return (-(amount / quantity), number)
