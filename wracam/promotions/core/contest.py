"""The offers of one part of a cart that compete, and the best choice of them found so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from wracam.promotions.core.bench import Bench
from wracam.promotions.core.catalog import PRODUCT
from wracam.promotions.core.ladders import Ladder
from wracam.promotions.core.offers import Effect
from wracam.promotions.core.parts import touched
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.trial import Desk

Rivals = dict[int, set[int]]
SMALL_WORK: Final = 128
WORK_UNIT: Final = 30
"""Looking at open offers counts as one combination up to so many offers times classes of units; more for each unit."""
RankedEffect = tuple[int, Effect]


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
        self.steps = self._steps_of(self.free)
        """What the free offers do to each class, in order, as (rank, effect)."""
        self.ladders = {number: bench.ladder(number, _effects(self.steps[number])) for number in self.numbers}
        self.ordered = sorted(self.numbers)
        self.chosen: tuple[int, ...] = ()
        self.path: tuple[int, ...] = ()
        """The indexes of those of the chosen that use units up, in turn."""
        self.hint = [places.index(place) for place in bench.turns if place in places]
        """What used units up in the best choice of a search before, in turn."""
        self.saved = -1
        self.unseen = 0
        """What a choice that was not looked at could save at most."""

    def spend(self, offers: int) -> None:
        """Count the work of looking at so many open offers."""
        self.desk.work_left -= 1 + max(0, offers * len(self.numbers) - SMALL_WORK) // WORK_UNIT

    def note(self, path: Sequence[int], others: tuple[int, ...], saved: int) -> None:
        """Keep the best found."""
        self.saved = saved
        self.path = tuple(path)
        turns = tuple([self.consumers[index].place for index in path])
        self.bench.turns = turns or self.bench.turns
        self.chosen = (*turns, *others)

    def leave(self, bound: int) -> None:
        """Remember what a branch could save at most that there is no more work to be spent on: never more than all."""
        self.unseen = max(self.unseen, min(bound, self.all_minor))

    def ladders_with(self, others: Sequence[int]) -> dict[int, Ladder]:
        """Return the ladder of each class when these offers work on it beside the free ones."""
        if not others:
            return self.ladders
        ladders = self.ladders.copy()
        for number, steps in self._steps_of(others).items():
            if steps:
                ladders[number] = self.bench.ladder(number, _effects(sorted([*self.steps[number], *steps], key=_rank)))
        return ladders

    def _steps_of(self, places: Sequence[int]) -> dict[int, list[RankedEffect]]:
        found: dict[int, list[RankedEffect]] = {number: [] for number in self.numbers}
        matching = self.desk.units.matching
        for rank, step, _ in self.desk.steps(places, PRODUCT):
            for number in matching(step.effect.units):  # type: ignore[union-attr]
                if number in found:
                    found[number].append((rank, step.effect))
        return found

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


def _effects(steps: Sequence[RankedEffect]) -> list[Effect]:
    return [effect for _, effect in steps]


def _rank(step: RankedEffect) -> int:
    return step[0]
