"""What an offer that uses units up would take of the units that are left, and the most it can give from there on.

Units that are used up are taken at the prices before promotions, so what an offer takes depends only on the units that
are left of its own products. It is worked out once for them and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wracam.promotions.core.hopeless import has_too_few
from wracam.promotions.core.packing import Packing
from wracam.promotions.core.parts import touched
from wracam.promotions.core.reaches import Most, is_exact, is_monotone, most_off
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.trial import Desk, takings_of
from wracam.promotions.core.units import State


class Use:
    """What an offer would use up now. Without takings it would give nothing now."""

    __slots__ = ("fields", "most", "packed", "reduced", "takings")

    def __init__(self, takings: tuple[Taking, ...], packed: int, fields: int, most: int, reduced: int) -> None:
        self.takings = takings
        self.packed = packed
        """The units, to be subtracted from those that are left."""
        self.fields = fields
        """The fields of the classes they are of."""
        self.most = most
        """The most that comes off with these units left, or any fewer: quickly known, so often for all units."""
        self.reduced = reduced
        """Off how many units at most."""


NOTHING: Final = Use((), 0, 0, 0, 0)


class Consumer:
    """One offer that only uses units up, on one cart."""

    __slots__ = (
        "_desk", "_is_exact", "_known", "_mosts", "_packing", "effects", "is_monotone", "mask", "numbers", "place",
    )  # fmt: skip

    def __init__(self, desk: Desk, packing: Packing, place: int) -> None:
        self._desk = desk
        self._packing = packing
        self.place = place
        self.effects = desk.entries[place].consuming
        self.numbers = sorted(touched(desk, place))
        self.mask = packing.mask(self.numbers)
        self._known: dict[int, Use] = {}
        self._mosts: dict[int, Most] = {}
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

    def most_of(self, packed: int) -> Most:
        """Return the most that comes off with so many units left, or any fewer, and off how many units."""
        use = self.use(packed)
        if self.is_monotone and (use.takings or self._is_exact):
            return Most(use.most, use.reduced)
        return self._most_of_best(packed & self.mask)

    def _use_of(self, packed: int) -> Use:
        if not packed:
            return NOTHING
        left = self._left(packed)
        takings = self._takings(left)
        if not takings and ((self.is_monotone and self._is_exact) or self._has_too_few(left)):
            return NOTHING
        off = reduced_in_all = used = fields = 0
        shifts, all_fields = self._packing.shifts, self._packing.fields
        for number, bought, reduced, discount in takings:
            off += discount
            reduced_in_all += reduced
            used += (bought + reduced) << shifts[number]
            fields |= all_fields[number]
        if self.is_monotone and (takings or self._is_exact):
            most = self._with_slack(off, reduced_in_all)
        else:
            most = self._most_of_best(self._packing.start & self.mask)
        return Use(takings, used, fields, most.off, most.reduced)

    def _has_too_few(self, left: Sequence[int]) -> bool:
        """Say whether none of its effects can be filled: with fewer units neither."""
        units = self._desk.units
        return all(has_too_few(effect, units, left) for effect in self.effects)

    def _most_of_best(self, key: int) -> Most:
        found = self._mosts.get(key)
        if found is None:
            each = [most_off(effect, self._desk.units, self._left(key)) for effect in self.effects]
            found = self._mosts[key] = self._with_slack(sum(one.off for one in each), sum(one.reduced for one in each))
        return found

    def _with_slack(self, off: int, reduced: int) -> Most:
        slack = 0 if self._is_exact else min(reduced, 2 * len(self.numbers))
        return Most(off + slack if off else 0, reduced)

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
        if len(self.effects) == 1:
            return tuple(takings_of(self.effects[0], desk.units, state))
        found: tuple[Taking, ...] = ()
        for effect in self.effects:
            takings = desk.takings(effect, state)
            for number, bought, reduced, _ in takings:
                left[number] -= bought + reduced
            found += tuple(takings)
        return found
