"""Effects that use units up: n-th unit, buy and get, sets.

Units that one of them has taken, bought or reduced, count for no other. Each function says what it would take and
give: the free units as `Taking`s, at most one for each class; nothing when nothing would come off.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Final

from wracam.kernel.allocation import split_by_weights
from wracam.promotions.core.offers import Bundle, BuyGet, NthUnit, Pick
from wracam.promotions.core.runs import Piece, Taking, free_pieces, spread
from wracam.promotions.core.units import State, Units

CHEAPEST: Final = Pick.CHEAPEST
SETS_MAX: Final = 1_000_000
"""How many times one set may be counted in one cart."""
PARTS_TRIED_MAX: Final = 4
"""Up to how many parts of a set are tried in every order when they compete for the same products."""


def take_nth_units(effect: NthUnit, units: Units, state: State) -> list[Taking]:
    """Reduce the cheapest units of each full group; the group's units are used up."""
    pieces = free_pieces(units, state, effect.units)
    if effect.pick is CHEAPEST:
        pieces.reverse()
    if not effect.is_same_product:
        return _of_groups(effect, pieces, effect.times_max, units)
    by_product: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_product.setdefault(units.classes[piece[0]].sku, []).append(piece)
    takings: list[Taking] = []
    times_left = effect.times_max
    for product in by_product.values():
        takings += _of_groups(effect, product, times_left, units)
        if times_left is not None:
            times_left = max(0, times_left - _count(product) // effect.group_size)
    return takings


def take_buy_get(effect: BuyGet, units: Units, state: State) -> list[Taking]:
    """Reduce the units one gets for those one buys; both are used up."""
    buying, getting = units.matching(effect.buy), units.matching(effect.get)
    if buying == getting:
        return _same_products(effect, free_pieces(units, state, effect.buy), units)
    buy = free_pieces(units, state, effect.buy)
    get = free_pieces(units, state, effect.get)
    either = set(buying).intersection(getting)
    only_buy = [piece for piece in buy if piece[0] not in either]
    both = [piece for piece in buy if piece[0] in either]
    only_get = [piece for piece in get if piece[0] not in either]
    buy_count, both_count, get_count = _count(only_buy), _count(both), _count(only_get)
    times = _times(effect, buy_count, get_count, both_count)
    if not times:
        return []
    spared = max(0, times * effect.buy_quantity - buy_count)
    gets = min(times * effect.get_quantity, get_count + both_count - spared)
    if effect.pick is CHEAPEST:
        get.reverse()
        only_get.reverse()
    got = _take_with_spare(get, gets, either, both_count - spared)
    bought = _buy(times * effect.buy_quantity, only_buy, both, got)
    takings = []
    for piece in (*buy, *only_get):
        number = piece[0]
        reduced, full = got.get(number, 0), bought.get(number, 0)
        if reduced or full:
            takings.append((number, full, reduced, _off(effect, piece, reduced, units)))
    return takings


def take_sets(effect: Bundle, units: Units, state: State) -> list[Taking]:
    """Sell sets for their price, the dearest units first, as long as a set costs more than its price."""
    queues = [free_pieces(units, state, part) for part, _ in effect.parts]
    if effect.pick is CHEAPEST:
        queues = [queue[::-1] for queue in queues]
    by_number = {piece[0]: piece for queue in queues for piece in queue}
    left = {number: quantity for number, quantity, _ in by_number.values()}
    parts = [
        (quantity, [number for number, _, _ in queue])
        for (_, quantity), queue in zip(effect.parts, queues, strict=True)
    ]
    if len(parts) > 1:
        parts.sort(key=lambda part: len(part[1]))
    taken: dict[int, int] = {}
    discounts: dict[int, int] = {}
    times_left = SETS_MAX if effect.times_max is None else effect.times_max
    while times_left > 0:
        one = _one_set(parts, left)
        if not one:
            break
        times = min(times_left, *(left[number] // needed for number, needed in one.items()))
        shares = _shares_of_sets(effect, one, times, taken, by_number, units)
        if not shares:
            break
        times_left -= times
        for number, needed in one.items():
            left[number] -= needed * times
            taken[number] = taken.get(number, 0) + needed * times
            discounts[number] = discounts.get(number, 0) + shares[number]
    return [(number, 0, count, discounts[number]) for number, count in taken.items()]


def _of_groups(effect: NthUnit, pieces: Sequence[Piece], times_max: int | None, units: Units) -> list[Taking]:
    size = effect.group_size
    groups = _count(pieces) // size
    left = size * (groups if times_max is None else min(groups, times_max))
    cheapest = left // size * effect.reduced

    is_cheapest = effect.pick is CHEAPEST
    takings = []
    position = 0
    for piece in pieces:
        if not left:
            break
        number, quantity, _ = piece
        taken = min(left, quantity)
        end = position + taken
        if is_cheapest:
            reduced = max(0, min(end, cheapest) - position)
        else:
            reduced = _reduced_between(position, end, size, effect.reduced)
        off = _off(effect, piece, reduced, units) if reduced else 0
        takings.append((number, taken - reduced, reduced, off))
        position = end
        left -= taken
    return takings


def _reduced_between(start: int, end: int, size: int, reduced: int) -> int:
    """Count the positions from *start* to before *end* that are among the last *reduced* of their group of *size*."""
    whole_end, place_end = divmod(end, size)
    whole_start, place_start = divmod(start, size)
    first = size - reduced
    return (whole_end - whole_start) * reduced + max(0, place_end - first) - max(0, place_start - first)


def _off(effect: NthUnit | BuyGet, piece: Piece, reduced: int, units: Units) -> int:
    """What comes off *reduced* units of a piece: a percentage, or down to a price; never below the floor."""
    if not reduced:
        return 0
    number, quantity, whole = piece
    amount = whole * reduced // quantity
    if effect.price_minor is not None:
        off = amount - effect.price_minor * reduced
    elif effect.amount_minor is not None:
        off = effect.amount_minor * reduced
    else:
        off = units.percentage(amount, effect.percent_ppm)
    floor = units.classes[number].floor_minor
    return max(0, min(off, amount - floor * reduced))


def _count(pieces: Sequence[Piece]) -> int:
    return sum([quantity for _, quantity, _ in pieces])


def _same_products(effect: BuyGet, pieces: list[Piece], units: Units) -> list[Taking]:
    """Buy and get among the same products: full rounds of both, the cheapest of each round reduced.

    A last round with all bought units but fewer to get still gives what is there.
    """
    size = effect.buy_quantity + effect.get_quantity
    rounds, odd = divmod(_count(pieces), size)
    if effect.times_max is not None and rounds >= effect.times_max:
        rounds, odd = effect.times_max, 0
    extra = max(0, odd - effect.buy_quantity)
    in_rounds = rounds * size
    tail_start = in_rounds + effect.buy_quantity
    end = tail_start + extra if extra else in_rounds
    takings = []
    position = 0
    for piece in pieces:
        if position >= end:
            break
        number, quantity, _ = piece
        after = min(position + quantity, end)
        full_end = max(position, min(after, in_rounds))
        reduced = _reduced_between(position, full_end, size, effect.get_quantity)
        if extra:
            reduced += max(0, after - max(position, tail_start))
        off = _off(effect, piece, reduced, units)
        takings.append((number, after - position - reduced, reduced, off))
        position = after
    return takings


def _times(effect: BuyGet, only_buy: int, only_get: int, both: int) -> int:
    """How often the offer applies: each time needs all bought units and at least one to get."""
    low, high = 0, min((only_buy + both) // effect.buy_quantity, only_get + both)
    if effect.times_max is not None:
        high = min(high, effect.times_max)
    while low < high:
        times = (low + high + 1) // 2
        from_both = max(0, times * effect.buy_quantity - only_buy)
        if only_get + both - from_both > (times - 1) * effect.get_quantity:
            low = times
        else:
            high = times - 1
    return low


def _take_with_spare(ordered: Sequence[Piece], count: int, either: set[int], may_take: int) -> dict[int, int]:
    """Take units to get, at most *may_take* of those that could be bought instead."""
    taken = {}
    for number, quantity, _ in ordered:
        is_either = number in either
        room = min(count, quantity, may_take if is_either else quantity)
        if room > 0:
            taken[number] = room
            count -= room
            may_take -= room if is_either else 0
    return taken


def _buy(count: int, only_buy: Sequence[Piece], both: Sequence[Piece], got: dict[int, int]) -> dict[int, int]:
    """Take the units to buy: those that can only be bought first, the cheapest first."""
    taken = {}
    for number, quantity, _ in (*reversed(only_buy), *reversed(both)):
        room = min(count, quantity - got.get(number, 0))
        if room > 0:
            taken[number] = room
            count -= room
    return taken


def _one_set(
    parts: Sequence[tuple[int, Sequence[int]]], left: dict[int, int], *, is_last: bool = False
) -> dict[int, int]:
    """Return how many units of each class make the next set; nothing when a part is missing.

    *parts* are (quantity, classes). Parts may share products: those with the least choice come first, and where that
    fails the other orders are tried.
    """
    one: dict[int, int] = {}
    for quantity, queue in parts:
        needed = quantity
        for number in queue:
            room = min(needed, left[number] - one.get(number, 0))
            if room > 0:
                one[number] = one.get(number, 0) + room
                needed -= room
                if not needed:
                    break
        if needed:
            one = {}
            break
    if one or is_last or not 2 <= len(parts) <= PARTS_TRIED_MAX:
        return one
    orders = (_one_set(order, left, is_last=True) for order in permutations(parts))
    return next((found for found in orders if found), {})


def _shares_of_sets(
    effect: Bundle, one: dict[int, int], times: int, taken: dict[int, int], by_number: dict[int, Piece], units: Units
) -> dict[int, int]:
    """Split what comes off *times* equal sets over their classes by price; nothing when nothing comes off."""
    amounts = []
    for number, needed in one.items():
        (_, quantity, whole), before = by_number[number], taken.get(number, 0)
        after = before + needed * times
        amounts.append(whole * after // quantity - whole * before // quantity)
    amount = sum(amounts)
    if effect.price_minor is not None:
        off = amount - effect.price_minor * times
    elif effect.amount_minor is not None:
        off = min(amount, effect.amount_minor * times)
    else:
        off = units.percentage(amount, effect.percent_ppm)
    if off <= 0:
        return {}
    if units.floors is None:
        return dict(zip(one, split_by_weights(off, amounts), strict=True))
    rooms = [
        max(0, part - needed * times * units.classes[number].floor_minor)
        for (number, needed), part in zip(one.items(), amounts, strict=True)
    ]
    return dict(zip(one, spread(off, amounts, rooms), strict=True))
