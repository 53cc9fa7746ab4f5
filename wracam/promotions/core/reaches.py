"""The most that an effect which uses units up can take off, on the units that are left or on any part of them.

A search may only leave a branch out when nothing in it can win, whatever other offers take meanwhile. What an effect
takes off *now* is not always the most: with fewer units left, a round of buy-and-get may become impossible and leave
a dearer unit to get, and the parts of a set that share products may be filled in another order. Most effects are
monotone all the same:

- n-th units and rounds among the same products reduce fixed positions (the 3rd, the 6th …) of the units in order of
  price. Without some units, each of these positions holds a unit that costs no more, and there are no more positions.
- Where buying and getting share no product and the dearest units are given, those are taken, as many as can be bought
  for. Fewer units mean fewer times and no dearer units.
- The j-th set of a bundle whose parts share no product takes the j-th dearest units of each part.

Floors break the first two (a dearer unit may have less room), so with floors, and in the other cases, the bound takes
the best units one by one instead, without asking whether they could be had together.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final, NamedTuple

from wracam.promotions.core.consuming import SETS_MAX
from wracam.promotions.core.offers import Bundle, BuyGet, Effect, Filter, NthUnit, Pick
from wracam.promotions.core.rounding import WHOLE_PPM
from wracam.promotions.core.units import Units

ONE: Final = WHOLE_PPM
SAFETY: Final = 1e-6
"""Against the error of floating point; amounts in carts are far below 2**50."""


class Most(NamedTuple):
    """The most that comes off, and off how many units."""

    off: int
    reduced: int


NOTHING: Final = Most(0, 0)


def is_monotone(effect: Effect, units: Units) -> bool:
    """Say whether what the effect takes off, but for rounding, can never grow when fewer units are left."""
    if units.floors is not None:
        return False
    takes_dearest = effect.pick is Pick.DEAREST  # type: ignore[union-attr]
    if isinstance(effect, BuyGet):
        buying, getting = units.matching(effect.buy), units.matching(effect.get)
        return buying == getting or (takes_dearest and set(buying).isdisjoint(getting))
    if isinstance(effect, Bundle):
        return takes_dearest and not _shares_products(effect, units)
    return takes_dearest


def is_exact(effect: Effect, units: Units) -> bool:
    """Say whether the effect is never rounded in this cart."""
    if effect.price_minor is not None or effect.amount_minor is not None:  # type: ignore[union-attr]
        return True
    if isinstance(effect, Bundle):
        filters = [part for part, _ in effect.parts]
    else:
        filters = [effect.get if isinstance(effect, BuyGet) else effect.units]  # type: ignore[union-attr]
    percent = effect.percent_ppm  # type: ignore[union-attr]
    classes = units.classes
    return all(classes[number].unit_minor * percent % ONE == 0 for part in filters for number in units.matching(part))


def most_off(effect: Effect, units: Units, left: Sequence[int]) -> Most:
    """Return a bound that holds for every effect, from the best units one by one."""
    if isinstance(effect, Bundle):
        return _most_of_sets(effect, units, left)
    if isinstance(effect, NthUnit):
        reduced = _count(units, effect.units, left) // effect.group_size * effect.reduced
        times, numbers = effect.times_max, units.matching(effect.units)
        if times is not None:
            reduced = min(reduced, times * effect.reduced)
    else:
        assert isinstance(effect, BuyGet)
        numbers = units.matching(effect.get)
        times = _count(units, effect.buy, left) // effect.buy_quantity
        if effect.times_max is not None:
            times = min(times, effect.times_max)
        reduced = min(times * effect.get_quantity, _count(units, effect.get, left))
    if not reduced:
        return NOTHING
    return Most(_of_best_units(effect, units, left, numbers, reduced), reduced)


def off_one(effect: NthUnit | BuyGet, units: Units, number: int) -> float:
    """Return what comes off one reduced unit of a class, before rounding."""
    unit = units.classes[number]
    price = unit.unit_minor
    if effect.price_minor is not None:
        off = float(price - effect.price_minor)
    elif effect.amount_minor is not None:
        off = float(effect.amount_minor)
    else:
        off = price * effect.percent_ppm / ONE
    return max(0.0, min(off, price - unit.floor_minor))


def _of_best_units(
    effect: NthUnit | BuyGet, units: Units, left: Sequence[int], numbers: Sequence[int], count: int
) -> int:
    """What comes off the *count* units that give most."""
    offs = sorted([(off_one(effect, units, number), left[number]) for number in numbers if left[number]], reverse=True)
    total = 0.0
    for off, quantity in offs:
        taken = min(count, quantity)
        total += off * taken
        count -= taken
        if not count:
            break
    return ceil(total - SAFETY)


def _most_of_sets(effect: Bundle, units: Units, left: Sequence[int]) -> Most:
    """Fill each part with its dearest units as if the others wanted none of them, as long as that gives something."""
    queues = [_Queue(units, part, left, quantity) for part, quantity in effect.parts]
    size = sum(quantity for _, quantity in effect.parts)
    times_left = SETS_MAX if effect.times_max is None else effect.times_max
    total = times = 0
    while times_left and all(queue.has_set for queue in queues):
        off = _off_set(effect, sum([queue.amount for queue in queues]))
        if off <= 0:
            break
        alike = min(times_left, *[queue.alike for queue in queues])
        total += off * alike
        times += alike
        times_left -= alike
        for queue in queues:
            queue.skip(alike)
    return Most(-(-total // ONE), times * size)


def _off_set(effect: Bundle, amount: int) -> int:
    """What comes off a set that costs *amount*, in millionths of a minor unit."""
    if effect.price_minor is not None:
        return (amount - effect.price_minor) * ONE
    if effect.amount_minor is not None:
        return min(amount, effect.amount_minor) * ONE
    return amount * effect.percent_ppm


class _Queue:
    """The units of one part of a set, the dearest first, as many for each set as it takes."""

    def __init__(self, units: Units, part: Filter, left: Sequence[int], quantity: int) -> None:
        self._runs = [[left[number], units.classes[number].unit_minor] for number in units.dearest(part)]
        self._runs.reverse()
        self._quantity = quantity
        self.has_set = True
        self.amount = 0
        """What the part's units of the next set cost."""
        self.alike = 0
        """How many sets in a row take units of the same class."""
        self._look()

    def skip(self, sets: int) -> None:
        """Take the units of so many sets away; of more than one only where they are alike."""
        needed = self._quantity * sets
        while needed:
            taken = min(needed, self._runs[-1][0])
            self._runs[-1][0] -= taken
            needed -= taken
            if not self._runs[-1][0]:
                self._runs.pop()
        self._look()

    def _look(self) -> None:
        while self._runs and not self._runs[-1][0]:
            self._runs.pop()
        needed, self.amount = self._quantity, 0
        for free, price in reversed(self._runs):
            taken = min(needed, free)
            self.amount += taken * price
            needed -= taken
            if not needed:
                break
        self.has_set = not needed
        self.alike = max(1, self._runs[-1][0] // self._quantity) if self._runs else 0


def _count(units: Units, filtered: Filter, left: Sequence[int]) -> int:
    return sum([left[number] for number in units.matching(filtered)])


def _shares_products(effect: Bundle, units: Units) -> bool:
    seen: set[int] = set()
    for part, _ in effect.parts:
        numbers = units.matching(part)
        if not seen.isdisjoint(numbers):
            return True
        seen.update(numbers)
    return False
