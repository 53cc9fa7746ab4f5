"""Charges for units, so that several offers together are bounded although each unit can be used up only once.

Each unit is given a charge, which an offer pays for using it up. Whatever they do, the offers together save no more
than the charges of all units that are left, plus what each can save beyond the charges that it pays (`pricing`):

    saved  <=  sum over classes of left * charge  +  sum over offers of the most saved beyond charges

Of offers that exclude each other only the best counts. This is the Lagrangian relaxation of "each unit once" (Fisher,
The Lagrangian Relaxation Method for Solving Integer Programming Problems, Management Science 27, 1981). It holds for
all charges that are not negative. Good ones are looked for by the subgradient method with Polyak's step (Held, Wolfe
and Crowder, Validation of Subgradient Optimization, Mathematical Programming 6, 1974): units that more offers want than
there are become dearer, units that nobody wants cheaper, by a step that shrinks with the distance to the best found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from wracam.promotions.core.packing import Packing
from wracam.promotions.core.pricing import USED_BITS, Pricing

STEPS_MAX: Final = 10
STEPS_AGAIN_MAX: Final = 1
"""How many steps are taken at first, and from charges that were good in a case alike."""
STALLED_MAX: Final = 2
"""After so many steps that made nothing better, steps become shorter."""
SAFETY: Final = 1e-6
"""Against the error of floating point; amounts in carts are far below 2**50."""
ONE_USED: Final = (1 << USED_BITS) - 1


Found = tuple[int, float]
"""An open offer: its index among the consumers of the search, and the most it can still save beyond its charges."""


class Bidder(NamedTuple):
    """What the search for charges needs to know of an offer."""

    at: int
    """Its index among the consumers of the search."""
    pricing: Pricing | None
    reach: int
    slack: int
    """What roundings can add to what it saves."""
    group: str


class Charges:
    """The charges of one case, by class, and the bound that they give with all units left."""

    __slots__ = ("_bidders", "_charged", "_counts", "_packed", "_values", "bound", "by_class")

    def __init__(self, bidders: Sequence[Bidder], packing: Packing, packed: int, numbers: Sequence[int]) -> None:
        self._bidders = bidders
        self._packed = packed
        self._counts = [(number, packing.left(packed, number)) for number in numbers]
        self._charged = 0.0
        """What all units that are left are charged."""
        self._values: list[float] = [bidder.reach for bidder in bidders]
        """What each offer saves beyond its charges at most."""
        self.by_class = [0.0] * len(packing.fields)
        """Nothing is charged at first: then offers count as if there were units enough for all."""
        self.bound, _ = self._in_all(0.0, self._values, [0] * len(bidders))

    def is_known(self, start: Sequence[float]) -> bool:
        """Say whether any unit of these classes is charged."""
        return any(start[number] for number, _ in self._counts)

    def improve(self, start: Sequence[float], target: float, steps: int) -> None:
        """Look for charges whose bound is no more than *target*, from *start* on, or as low as possible."""
        charges = list(start)
        scale, stalled = 1.0, 0
        for _ in range(steps):
            charged = sum([count * charges[number] for number, count in self._counts])
            values, used = self._answers(charges)
            bound, wanted = self._in_all(charged, values, used)
            if bound < self.bound:
                self.bound, self.by_class, stalled = bound, charges.copy(), 0
                self._charged, self._values = charged, values
            else:
                stalled += 1
                if stalled >= STALLED_MAX:
                    scale, stalled = scale / 2, 0
            slopes = self._slopes(charges, wanted)
            length = sum([slope * slope for _, slope in slopes])
            if self.bound <= target or not length:
                break
            step = scale * max(1.0, bound - target) / length
            for number, slope in slopes:
                charges[number] = max(0.0, charges[number] + step * slope)

    def found(self) -> list[Found]:
        """Return what each offer saves beyond its charges at most."""
        return [(bidder.at, value) for bidder, value in zip(self._bidders, self._values, strict=True)]

    def bound_of(self, indexes: Collection[int]) -> float:
        """Return the bound for some of the offers."""
        values = [
            value if one.at in indexes else 0.0 for one, value in zip(self._bidders, self._values, strict=True)
        ]  # fmt: skip
        return self._in_all(self._charged, values, [0] * len(values))[0]

    def _answers(self, charges: Sequence[float]) -> tuple[list[float], list[int]]:
        """Return the most that each offer saves beyond these charges, and the units that it would use for it."""
        values, used = [], []
        for _, pricing, reach, slack, _ in self._bidders:
            value, units = float(reach), 0
            if pricing is not None:
                most, units = pricing.best(self._packed, charges)
                value = min(value, most + slack) if most >= 0 else 0.0
            values.append(value)
            used.append(units)
        return values, used

    def _in_all(self, total: float, values: Sequence[float], used: Sequence[int]) -> tuple[float, int]:
        """Add up what the offers save and use, of each group only the one that saves most."""
        wanted = 0
        groups: dict[str, tuple[float, int]] = {}
        for bidder, value, units in zip(self._bidders, values, used, strict=True):
            group = bidder.group
            if not group:
                total += value
                wanted += units
            elif group not in groups or value > groups[group][0]:
                groups[group] = value, units
        for value, units in groups.values():
            total += value
            wanted += units
        return total + SAFETY, wanted

    def _slopes(self, charges: Sequence[float], wanted: int) -> list[tuple[int, int]]:
        """Return (class, how many more units are wanted than left) where the charge can change."""
        found = []
        for number, count in self._counts:
            slope = (wanted >> USED_BITS * number & ONE_USED) - count
            if slope > 0 or (slope and charges[number]):
                found.append((number, slope))
        return found
