"""Reading and rewriting the runs of the state: which units cost what now, and taking amounts off them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wracam.kernel.allocation import split_by_weights
from wracam.promotions.contracts import Remainder
from wracam.promotions.core.units import Run, State, Units


class Piece(NamedTuple):
    """Some units of one run of a class, which together cost `amount_minor` now."""

    number: int
    run: int
    quantity: int
    amount_minor: int


class Taking(NamedTuple):
    """What happens to a piece: `discount_minor` off, and whether the units are used up by it."""

    piece: Piece
    discount_minor: int
    is_used: bool


def amount_of(runs: tuple[Run, ...]) -> int:
    """Return what all units of a class cost now."""
    if len(runs) == 1:
        return runs[0][1]
    return sum(run[1] for run in runs)


def capacity(units: Units, state: State, number: int) -> int:
    """Return how much may still be taken off a class before it reaches its floor."""
    unit = units.classes[number]
    amount = amount_of(state[number])
    return max(0, amount - unit.floor_minor * unit.quantity) if unit.floor_minor else amount


def free_pieces(state: State, numbers: Sequence[int]) -> list[Piece]:
    """Return the units that no offer has used up, as pieces, dearest first (ties in canonical order)."""
    return [piece for piece in all_pieces(state, numbers) if not state[piece.number][piece.run][2]]


def all_pieces(state: State, numbers: Sequence[int]) -> list[Piece]:
    """Return all units of the classes as pieces, dearest first."""
    pieces = [
        Piece(number, place, run[0], run[1]) for number in numbers for place, run in enumerate(state[number]) if run[0]
    ]
    pieces.sort(key=_price_descending)
    return pieces


def take_first(pieces: Iterable[Piece], count: int) -> list[Piece]:
    """Return the first *count* units of the pieces; a piece is cut where the count ends."""
    taken = []
    for piece in pieces:
        if count <= 0:
            break
        taken.append(piece if piece.quantity <= count else first_of(piece, count))
        count -= piece.quantity
    return taken


def first_of(piece: Piece, count: int) -> Piece:
    """Return the first *count* units of a piece; odd minor units stay with the rest."""
    return piece._replace(quantity=count, amount_minor=piece.amount_minor * count // piece.quantity)


def rest_of(piece: Piece, count: int) -> Piece:
    """Return what is left of a piece when *count* units are gone."""
    gone = first_of(piece, count)
    return piece._replace(quantity=piece.quantity - count, amount_minor=piece.amount_minor - gone.amount_minor)


def rewrite(state: State, takings: Sequence[Taking]) -> dict[int, int]:
    """Carry out *takings* on the state; return the discount of each class. Pieces of one run must not overlap."""
    by_class: dict[int, list[Taking]] = {}
    for taking in takings:
        by_class.setdefault(taking.piece.number, []).append(taking)
    discounts = {}
    for number, changes in by_class.items():
        discounts[number] = sum(change.discount_minor for change in changes)
        state[number] = _rewritten(state[number], changes)
    return discounts


def take_from_class(state: State, number: int, discount: int) -> None:
    """Take *discount* off a whole class, spread over its runs by what they cost."""
    runs = state[number]
    if len(runs) == 1:
        count, amount, used = runs[0]
        state[number] = ((count, amount - discount, used),)
        return
    shares = split_by_weights(discount, [run[1] for run in runs])
    state[number] = tuple((run[0], run[1] - share, run[2]) for run, share in zip(runs, shares, strict=True))


def spread(
    amount: int, weights: Sequence[int], capacities: Sequence[int], remainder: Remainder = Remainder.LARGEST
) -> list[int]:
    """Split *amount* by *weights* without exceeding *capacities*; what one cannot take moves to the others in rounds.

    Returns as much as fits when the capacities are too small.
    """
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
        open_places = [place for place in open_places if place not in full]
    return given


def _shares(amount: int, weights: Sequence[int], remainder: Remainder) -> list[int]:
    if remainder is Remainder.LARGEST:
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


def _price_descending(piece: Piece) -> tuple[float, int, int]:
    return (-(piece.amount_minor / piece.quantity), piece.number, piece.run)


def _rewritten(runs: tuple[Run, ...], changes: Sequence[Taking]) -> tuple[Run, ...]:
    left = [[run[0], run[1]] for run in runs]
    made: dict[tuple[int, bool, bool], list[int]] = {}
    for piece, discount, is_used in changes:
        left[piece.run][0] -= piece.quantity
        left[piece.run][1] -= piece.amount_minor
        fresh = made.setdefault((piece.run, is_used, discount > 0), [0, 0])
        fresh[0] += piece.quantity
        fresh[1] += piece.amount_minor - discount
    kept = [(count, amount, run[2]) for (count, amount), run in zip(left, runs, strict=True) if count]
    return (*kept, *((count, amount, is_used) for (_, is_used, _), (count, amount) in made.items()))
