"""What an offer that uses units up would take of the units that are left, and the most it can give from there on.

Units that are used up are taken at the prices before promotions, so what an offer takes depends only on the units that
are left of its own products. It is worked out once for them and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wracam.promotions.core.ladders import Ladder
from wracam.promotions.core.offers import Effect
from wracam.promotions.core.packing import Packing
from wracam.promotions.core.parts import touched
from wracam.promotions.core.reaches import Most, is_exact, is_monotone, most_off
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import State


class Use(NamedTuple):
    """What an offer would use up now. Without takings it would give nothing now."""

    takings: tuple[Taking, ...]
    packed: int
    """The units, to be subtracted from those that are left."""
    fields: int
    """The fields of the classes they are of."""
    most: int
    """The most that comes off with these units left, or any fewer."""
    reduced: int
    """Off how many units at most."""


class Consumer:
    """One offer that only uses units up, on one cart."""

    __slots__ = ("_desk", "_is_exact", "_known", "_packing", "effects", "is_monotone", "mask", "numbers", "place")

    def __init__(self, desk: Desk, packing: Packing, place: int) -> None:
        self._desk = desk
        self._packing = packing
        self.place = place
        self.effects = desk.entries[place].consuming
        self.numbers = sorted(touched(desk, place))
        self.mask = packing.mask(self.numbers)
        self._known: dict[int, Use] = {}
        self.is_monotone = len(self.effects) == 1 and is_monotone(self.effects[0], desk.units)
        self._is_exact = all(is_exact(effect, desk.units) for effect in self.effects)

    def use(self, packed: int) -> Use:
        """Return what the offer takes when so many units are left."""
        key = packed & self.mask
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._use_of(key)
        return found

    def left_of(self, packed: int, number: int) -> int:
        """Return how many units of a class are left."""
        return self._packing.left(packed, number)

    def _use_of(self, packed: int) -> Use:
        left = self._left(packed)
        takings = self._takings(left)
        if self.is_monotone and (takings or self._is_exact):
            off = sum([taking.discount_minor for taking in takings])
            most = Most(off, sum([taking.reduced for taking in takings]))
        else:
            found = [most_off(effect, self._desk.units, self._left(packed)) for effect in self.effects]
            most = Most(sum(one.off for one in found), sum(one.reduced for one in found))
        used = fields = 0
        shifts, all_fields = self._packing.shifts, self._packing.fields
        for number, bought, reduced, _ in takings:
            used += (bought + reduced) << shifts[number]
            fields |= all_fields[number]
        slack = 0 if self._is_exact else min(most.reduced, 2 * len(self.numbers))
        return Use(takings, used, fields, most.off + slack if most.off else 0, most.reduced)

    def _left(self, packed: int) -> list[int]:
        left = [0] * len(self._desk.units.classes)
        shifts, fields = self._packing.shifts, self._packing.fields
        for number in self.numbers:
            left[number] = (packed & fields[number]) >> shifts[number]
        return left

    def _takings(self, left: list[int]) -> tuple[Taking, ...]:
        """Every effect of the offer in turn; *left* is used up on the way."""
        desk = self._desk
        state = State(desk.units.start_amounts, left, {})
        found: tuple[Taking, ...] = ()
        for effect in self.effects:
            takings = desk.takings(effect, state)
            for number, bought, reduced, _ in takings:
                left[number] -= bought + reduced
            found += tuple(takings)
        return found


class Bench:
    """What all searches in one cart share: the offers that use units up, and the ladders of classes."""

    __slots__ = ("_consumers", "_ladders", "desk", "packing")

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.packing = Packing(desk.units.quantities)
        self._consumers: dict[int, Consumer] = {}
        self._ladders: dict[tuple[int, ...], Ladder] = {}

    def consumer(self, place: int) -> Consumer:
        """Return the offer at this place."""
        found = self._consumers.get(place)
        if found is None:
            found = self._consumers[place] = Consumer(self.desk, self.packing, place)
        return found

    def ladder(self, number: int, effects: Sequence[Effect]) -> Ladder:
        """Return the ladder of a class on which these effects work, in this order."""
        key = (number, *map(id, effects))
        found = self._ladders.get(key)
        if found is None:
            found = self._ladders[key] = Ladder(self.desk, number, effects)
        return found
