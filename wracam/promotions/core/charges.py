"""What all open offers can still save together, when each unit can be used up only once.

Each unit is given a charge, which an offer pays for using it up. Whatever they do, the offers together save no more
than the charges of all units that are left, plus what each can save beyond the charges that it pays:

    saved  <=  sum over classes of left * charge  +  sum over offers of min(reach, sum of left * (rate - charge))

where only positive differences count. This is the Lagrangian relaxation of "each unit once" (Fisher, The Lagrangian
Relaxation Method for Solving Integer Programming Problems, Management Science 27, 1981). It holds for all charges that
are not negative; good ones are looked for once in a part, class by class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wracam.promotions.core.gains import SAFETY, Gains
from wracam.promotions.core.packing import Packing
from wracam.promotions.core.uses import Use

PASSES = 2
"""How often all classes are gone through for better charges."""


class Found(NamedTuple):
    """An open offer with some units left to it. They are in order when the most promising come first."""

    order: int
    at: int
    """Its index among the consumers of the search."""
    reach: int
    """The most it can still save."""
    use: Use
    """What it would use up now."""
    slack: int
    """What roundings can add to what it saves."""


class Charges:
    """Charges for units, and the bound that follows from them in one case."""

    __slots__ = ("_beyond", "_charged", "_groups")

    def __init__(
        self,
        charges: Mapping[int, float],
        found: Sequence[Found],
        gains: Mapping[int, Gains],
        groups: Sequence[str],
        packing: Packing,
        packed: int,
    ) -> None:
        self._groups = groups
        self._charged = [
            (packing.fields[number], packing.shifts[number], charge) for number, charge in charges.items() if charge
        ]
        self._beyond = {
            one.at: _beyond(gains[one.at], charges, packing, packed) for one in found if gains[one.at].rates
        }
        """For each offer: the classes of which a unit is worth more to it than its charge, and how much more."""

    def more(self, found: Sequence[Found], packed: int) -> int:
        """The most that the open offers can save together when *packed* units are left."""
        total = 0.0
        for field, shift, charge in self._charged:
            total += ((packed & field) >> shift) * charge
        best_of_group: dict[str, float] = {}
        for one in found:
            most: float = one.reach
            beyond = self._beyond.get(one.at)
            if beyond is not None:
                worth: float = one.slack
                for field, shift, rate in beyond:
                    worth += ((packed & field) >> shift) * rate
                most = min(most, worth)
            group = self._groups[one.at]
            if group:
                best_of_group[group] = max(best_of_group.get(group, 0.0), most)
            else:
                total += most
        return int(total + sum(best_of_group.values()) + SAFETY)


def good_charges(found: Sequence[Found], gains: Mapping[int, Gains], packing: Packing, packed: int) -> dict[int, float]:
    """Look for charges that make the bound low, starting from none, one class at a time.

    A charge that matches what a unit is worth to one of the offers is always among the best.
    """
    numbers = sorted({number for one in found for number in gains[one.at].rates})
    left = {number: packing.left(packed, number) for number in numbers}
    charges = dict.fromkeys(left, 0.0)
    reaches: list[int] = []
    sums: list[float] = []
    """What each offer's units are worth to it beyond their charges."""
    users: dict[int, list[tuple[int, float]]] = {number: [] for number in left}
    for one in found:
        rates = gains[one.at].rates
        if rates:
            for number, rate in rates.items():
                users[number].append((len(reaches), rate))
            reaches.append(one.reach)
            sums.append(sum([left[number] * rate for number, rate in rates.items()]))
    for _ in range(PASSES):
        has_changed = False
        for number, using in users.items():
            now, quantity = charges[number], left[number]
            best, best_change = now, -SAFETY
            for charge in {0.0, *[rate for _, rate in using]}:
                change = quantity * (charge - now)
                for offer, rate in using:
                    before = sums[offer]
                    after = before + quantity * (max(0.0, rate - charge) - max(0.0, rate - now))
                    change += min(reaches[offer], after) - min(reaches[offer], before)
                if change < best_change:
                    best, best_change = charge, change
            if best != now:
                has_changed = True
                charges[number] = best
                for offer, rate in using:
                    sums[offer] += quantity * (max(0.0, rate - best) - max(0.0, rate - now))
        if not has_changed:
            break
    return charges


def _beyond(gains: Gains, charges: Mapping[int, float], packing: Packing, packed: int) -> list[tuple[int, int, float]]:
    toll = 0.0
    if gains.bought:
        toll = gains.toll * min(
            [charges.get(number, 0.0) for number in gains.bought if packing.left(packed, number)], default=0.0
        )
    return [
        (packing.fields[number], packing.shifts[number], rate - charges.get(number, 0.0) - toll)
        for number, rate in gains.rates.items()
        if rate - charges.get(number, 0.0) - toll > 0
    ]
