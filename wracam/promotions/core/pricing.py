"""The most that an offer saves beyond the charges of the units that it uses up: a small problem for each kind of offer.

Each class of units has a charge (see `charges`). Whatever an offer takes of the units that are left, what it saves less
the charges of what it takes is no more than the best over *all* ways to pick units that its rule would let it take. The
search lets it take only one of them, so each of these problems, solved exactly, is a bound:

- `Groups` (n-th units, buy and get among the same products): units are gone through from the dearest to the cheapest
  and taken or left out; those taken fill the positions of one group after another, and those at the last positions are
  reduced. A table of the best for each position is enough, because what follows depends on the position only. Of many
  units of one class whole groups are counted at once: as many units in a row as a group has fill each position once,
  and without them no other unit changes its position.
- `Purchase` (buying and getting different products): with each more time, the bought units with the lowest charges and
  the units to get that are worth most beyond theirs, as if no unit were asked for twice. Each time brings no more than
  the one before, so one that brings nothing is the last.
- `Sets`: with each more set, the units worth most beyond their charges for each part, in the same way.
- `Rates` (the rest): each unit on its own, at the most that using it up can save.

`best` returns that most, and which units it takes: so many of each class in a field of `USED_BITS`. It is `IMPOSSIBLE`
where the offer can use nothing up, because too few units are left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from wracam.promotions.core.packing import Packing

USED_BITS: Final = 32
"""Bits for how many units of one class are used; carts have far fewer units."""
STATES_MAX: Final = 12
"""Up to how many positions `Groups` tells apart: beyond, a limit on the number of groups is not looked at."""
NEVER: Final = float("-inf")
Best = tuple[float, int]
IMPOSSIBLE: Final[Best] = (-1.0, 0)
Item = tuple[int, int, int, float, int]
"""A class: its field of bits, the shift of it, its number, what a unit is worth, and one unit of it as it is used."""


class Pricing(Protocol):
    """One offer's problem."""

    def best(self, packed: int, charges: Sequence[float]) -> Best:
        """Return the most saved beyond charges with *packed* units left, and the units used for it."""


def items_of(packing: Packing, worth: Mapping[int, float], numbers: Sequence[int]) -> list[Item]:
    """Return the classes *numbers* in this order, with what a unit of each is worth."""
    return [
        (packing.fields[number], packing.shifts[number], number, worth[number], 1 << USED_BITS * number)
        for number in numbers
    ]


class Groups:
    """Groups of *size* units of each pool, of which those from position *full* on are reduced, at most *times*.

    Pools are in order of price. With *tail* the last group may lack some of the reduced units.
    """

    __slots__ = ("_ends", "_full", "_is_reduced", "_last", "_least", "_pools", "_size", "_wraps")

    def __init__(
        self, pools: Sequence[Sequence[Item]], size: int, full: int, times: int | None, *, tail: bool = False
    ) -> None:
        self._pools = pools
        self._size = size
        self._full = full
        self._least = full + 1 if tail else size
        """How many units are needed for anything to be reduced."""
        self._wraps = times is None or times * size > STATES_MAX
        self._last = size - 1 if self._wraps else (times or 0) * size
        """The last position that is told apart; after it comes the first again, or nothing."""
        self._is_reduced = [place % size >= full for place in range(self._last + 1)]
        self._ends = [place for place in range(1, self._last + 1) if not place % size or (tail and place % size > full)]

    def best(self, packed: int, charges: Sequence[float]) -> Best:
        """Return the best of all pools together."""
        total, used = IMPOSSIBLE
        for pool in self._pools:
            value, taken = self._best_of(pool, packed, charges)
            if value >= 0:
                total = max(0.0, total) + value
                used += taken
        return total, used

    def _best_of(self, pool: Sequence[Item], packed: int, charges: Sequence[float]) -> Best:
        last, wraps, is_reduced = self._last, self._wraps, self._is_reduced
        values = [0.0] + [NEVER] * last
        used = [0] * (last + 1)
        whole, whole_used = 0.0, 0
        missing = self._least
        for field, shift, number, worth, one in pool:
            count = (packed & field) >> shift
            if not count:
                continue
            missing -= count
            cost = charges[number]
            gain = worth - cost
            if wraps and count >= 2 * self._size:
                groups = count // self._size - 1
                count -= groups * self._size
                value = groups * ((self._size - self._full) * worth - self._size * cost)
                if value > 0:
                    whole += value
                    whole_used += groups * self._size * one
            for _ in range(count if wraps else min(count, last)):
                closing, closing_used = values[last] + gain, used[last] + one
                for place in range(last, 0, -1):
                    value = values[place - 1] + (gain if is_reduced[place - 1] else -cost)
                    if value > values[place]:
                        values[place] = value
                        used[place] = used[place - 1] + one
                if wraps and closing > values[0]:
                    values[0] = closing
                    used[0] = closing_used
        if missing > 0:
            return IMPOSSIBLE
        end = max(self._ends, key=values.__getitem__, default=0)
        if values[end] <= values[0]:
            end = 0
        return whole + values[end], whole_used + used[end]


class Purchase:
    """*get_quantity* units to get for each *buy_quantity* units bought, at most *times*."""

    __slots__ = ("_buy_quantity", "_buying", "_get_quantity", "_getting", "_times")

    def __init__(
        self, buying: Sequence[Item], buy_quantity: int, getting: Sequence[Item], get_quantity: int, times: int | None
    ) -> None:
        self._buying = buying
        self._buy_quantity = buy_quantity
        self._getting = getting
        self._get_quantity = get_quantity
        self._times = times

    def best(self, packed: int, charges: Sequence[float]) -> Best:
        """Return the best over all numbers of times."""
        buying = _units_beyond(self._buying, packed, charges)
        getting = _units_beyond(self._getting, packed, charges, is_positive=True)
        times = len(buying) // self._buy_quantity
        if self._times is not None and self._times < times:
            times = self._times
        if not times or not any(packed & field for field, *_ in self._getting):
            return IMPOSSIBLE
        total, used = 0.0, 0
        for turn in range(times):
            taken = buying[turn * self._buy_quantity : (turn + 1) * self._buy_quantity]
            taken += getting[turn * self._get_quantity : (turn + 1) * self._get_quantity]
            value = sum([value for value, _ in taken])
            if value <= 0:
                break
            total += value
            used += sum([one for _, one in taken])
        return total, used


class Sets:
    """Sets of units of *parts*, at most *times*; each costs *price* beside the charges."""

    __slots__ = ("_parts", "_price", "_times")

    def __init__(self, parts: Sequence[tuple[Sequence[Item], int]], price: float, times: int | None) -> None:
        self._parts = parts
        self._price = price
        self._times = times

    def best(self, packed: int, charges: Sequence[float]) -> Best:
        """Return the best over all numbers of sets."""
        queues = [(_units_beyond(items, packed, charges), quantity) for items, quantity in self._parts]
        times = min([len(queue) // quantity for queue, quantity in queues])
        if self._times is not None and self._times < times:
            times = self._times
        if not times:
            return IMPOSSIBLE
        total, used = 0.0, 0
        for turn in range(times):
            taken = [one for queue, quantity in queues for one in queue[turn * quantity : (turn + 1) * quantity]]
            value = sum([value for value, _ in taken]) - self._price
            if value <= 0:
                break
            total += value
            used += sum([one for _, one in taken])
        return total, used


class Rates:
    """Each unit on its own; each also pays *toll* times what the cheapest unit of *bought* is charged."""

    __slots__ = ("_bought", "_items", "_toll")

    def __init__(self, items: Sequence[Item], bought: Sequence[Item], toll: float) -> None:
        self._items = items
        self._bought = bought
        self._toll = toll

    def best(self, packed: int, charges: Sequence[float]) -> Best:
        """Return what all units are worth together beyond their charges."""
        toll = 0.0
        if self._toll:
            tolls = [charges[number] for field, _, number, _, _ in self._bought if packed & field]
            toll = self._toll * min(tolls, default=0.0)
        total, used = 0.0, 0
        for field, shift, number, worth, one in self._items:
            beyond = worth - charges[number] - toll
            if beyond > 0:
                count = (packed & field) >> shift
                total += count * beyond
                used += count * one
        return total, used


def _units_beyond(
    items: Sequence[Item], packed: int, charges: Sequence[float], *, is_positive: bool = False
) -> list[tuple[float, int]]:
    """Return (worth beyond its charge, unit) of each unit that is left, the best first."""
    found: list[tuple[float, int]] = []
    for field, shift, number, worth, one in items:
        count = (packed & field) >> shift
        beyond = worth - charges[number]
        if count and (beyond > 0 or not is_positive):
            found += [(beyond, one)] * count
    found.sort(reverse=True)
    return found
