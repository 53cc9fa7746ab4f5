"""The offers of one part of a cart that compete, and the best choice of them found so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wracam.promotions.core.parts import touched
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.uses import Bench

Rivals = dict[int, set[int]]


class Contest:
    """What all cases of a part share; `chosen` and `saved` are the best found so far."""

    def __init__(self, desk: Desk, bench: Bench, free: Sequence[int], contested: Sequence[int], rivals: Rivals) -> None:
        self.desk = desk
        self.bench = bench
        self.free = tuple(free)
        self.contested = tuple(contested)
        self.rivals = rivals
        self.consumers = [bench.consumer(place) for place in contested if desk.entries[place].consuming]
        """The offers that use units up; in a search they are known by their indexes here."""
        places = [consumer.place for consumer in self.consumers]
        self.rival_masks = [_mask_of(rivals.get(place, ()), places) for place in places]
        self.groups = [desk.offer(place).group for place in places]
        self.has_groups = any(self.groups)
        self.numbers = frozenset(number for place in contested for number in touched(desk, place))
        self.all_minor = sum([desk.units.start_amounts[number] for number in self.numbers])
        """What the part's products cost before promotions."""
        self.start, self.taken_first = self._start_of()
        self.chosen: tuple[int, ...] = ()
        self.saved = -1
        self.unseen = 0
        """What a choice that was not looked at could save at most."""

    def note(self, path: Sequence[int], others: tuple[int, ...], saved: int) -> None:
        """Keep the best found."""
        self.saved = saved
        self.chosen = (*[self.consumers[index].place for index in path], *others)

    def leave(self, bound: int) -> None:
        """Remember what a branch could save at most that there is no more work to be spent on: never more than all."""
        self.unseen = max(self.unseen, min(bound, self.all_minor))

    def _start_of(self) -> tuple[int, list[Taking]]:
        """Use up what the free offers use up in any case: the units that are left then, and what was taken."""
        packed = self.bench.packing.start
        takings: list[Taking] = []
        for place in self.free:
            if self.desk.entries[place].consuming:
                use = self.bench.consumer(place).use(packed)
                packed -= use.packed
                takings += use.takings
        return packed, takings


def _mask_of(members: Collection[int], places: Sequence[int]) -> int:
    return sum(1 << index for index, place in enumerate(places) if place in members)
