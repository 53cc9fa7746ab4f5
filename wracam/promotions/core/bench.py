"""What all searches in one cart share, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wracam.promotions.core.gains import Gains
from wracam.promotions.core.ladders import Ladder
from wracam.promotions.core.offers import Effect
from wracam.promotions.core.packing import Packing
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.uses import Consumer


class Bench:
    """What all searches in one cart share: the offers that use units up, and the ladders of classes."""

    __slots__ = ("_consumers", "_gains", "_ladders", "charges", "desk", "packing", "turns")

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.packing = Packing(desk.units.quantities)
        self._consumers: dict[int, Consumer] = {}
        self._ladders: dict[tuple[int, ...], Ladder] = {}
        self._gains: dict[tuple[object, ...], Gains] = {}
        self.turns: tuple[int, ...] = ()
        """What used units up in the last good choice."""
        self.charges: Sequence[float] = [0.0] * len(desk.units.classes)
        """What units were charged last: good to begin with in cases alike."""

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

    def gains(self, consumer: Consumer, ladders: Mapping[int, Ladder]) -> Gains:
        """Return the bounds of an offer when these are the ladders of its classes."""
        key = (consumer.place, *[ladders[number] for number in consumer.numbers])
        found = self._gains.get(key)
        if found is None:
            found = self._gains[key] = Gains(consumer, self.desk.units, self.packing, ladders)
        return found
