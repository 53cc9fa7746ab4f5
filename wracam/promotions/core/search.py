"""Finding the best allowed combination: exact branch and bound, with a limit and an honest gap.

What makes the bound hold: an offer never gives more beside others than it gives alone, because others only lower
prices and use units up. So `what the chosen give + what each open candidate could give on the units that are left`
is never too low. Offers that nothing contests are always taken; only contested ones are searched, part by part where
parts of the cart do not touch. Ties go to the combination met first when candidates are tried by what they give
alone, then by priority, then by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wracam.promotions.core.catalog import EXTRA, PRODUCT, Step
from wracam.promotions.core.parts import beside, contested_of, is_sum_decisive, parts_of, rivals_of
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.trial import Desk, Outcome

OPTIONS_MAX = 64
"""Up to how many choices of offers beyond the product lane each get a search of the products of their own."""
Rivals = dict[int, set[int]]


@dataclass(slots=True)
class Choice:
    """The places of the chosen offers, what they give, and how much better an unseen combination could be."""

    places: tuple[int, ...]
    outcome: Outcome
    gap_minor: int = 0
    searches: dict[int, Search] = field(default_factory=dict)
    """For each offer that was decided in a part of the cart of its own: the search that decided."""


def best(desk: Desk, places: Sequence[int]) -> Choice:
    """Return the best allowed combination of the offers at *places*, always with those of `desk.first`."""
    choice = _best_of(desk, [place for place in places if not desk.entries[place].offer.is_exclusive])
    for place in places:
        if desk.entries[place].offer.is_exclusive and place not in desk.first:
            outcome = desk.run((*desk.first, place))
            if outcome.saved_minor > choice.outcome.saved_minor:
                gap = choice.outcome.saved_minor + choice.gap_minor - outcome.saved_minor
                choice = Choice((*desk.first, place), outcome, max(0, gap))
    return choice


def _best_of(desk: Desk, places: Sequence[int]) -> Choice:
    open_places = [place for place in places if place not in desk.first]
    rivals = rivals_of(desk, open_places)
    contested = contested_of(desk, open_places, rivals)
    free = [*desk.first, *(place for place in open_places if place not in contested)]
    if not contested:
        return Choice(tuple(free), desk.run(free))
    ceilings = {place: desk.ceiling(place) for place in sorted(contested)}
    ranked = sorted(
        contested, key=lambda place: (-ceilings[place], -desk.entries[place].offer.priority, desk.entries[place].key)
    )
    return _Solver(desk, rivals, ceilings).solve(free, ranked)


class _Solver:
    """Splits what is contested into searches that do not depend on each other."""

    def __init__(self, desk: Desk, rivals: Rivals, ceilings: dict[int, int]) -> None:
        self.desk = desk
        self.rivals = rivals
        self.ceilings = ceilings
        self.known: dict[tuple[tuple[int, ...], tuple[int, ...]], Search] = {}

    def solve(self, free: Sequence[int], contested: Sequence[int]) -> Choice:
        """Choose among *contested*, beside *free*."""
        beyond = [place for place in contested if self.desk.entries[place].reaches_beyond]
        if self.desk.fragile or any(self.desk.entries[place].consuming for place in beyond):
            return self._jointly(free, contested)
        options = list(_independent(beyond, self.rivals, OPTIONS_MAX + 1))
        if len(options) > OPTIONS_MAX:
            return self._jointly(free, contested)
        found: Choice | None = None
        ceiling = 0
        for option in options:
            inner = [place for place in contested if place not in beyond and not self._is_rival(place, option)]
            choice = self._of_products([*free, *option], inner)
            ceiling = max(ceiling, choice.outcome.saved_minor + choice.gap_minor)
            if found is None or choice.outcome.saved_minor > found.outcome.saved_minor:
                found = choice
        assert found is not None
        found.gap_minor = ceiling - found.outcome.saved_minor
        return found

    def _is_rival(self, place: int, option: Sequence[int]) -> bool:
        return not self.rivals.get(place, set()).isdisjoint(option)

    def _of_products(self, free: Sequence[int], contested: Sequence[int]) -> Choice:
        """Choose among offers on products only."""
        if not contested:
            return Choice(tuple(free), self.desk.run(free))
        if not is_sum_decisive(self.desk, free):
            return self._jointly(free, contested)
        searches: dict[int, Search] = {}
        chosen: tuple[int, ...] = ()
        gap = 0
        for part in parts_of(self.desk, free, contested, self.rivals):
            search = self._search_of(part, beside(self.desk, free, part))
            searches.update(dict.fromkeys(part, search))
            chosen += search.chosen
            gap += search.gap_minor
        places = (*self.desk.first, *chosen, *(place for place in free if place not in self.desk.first))
        return Choice(places, self.desk.run(places), gap, searches)

    def _search_of(self, part: Sequence[int], around: Sequence[int]) -> Search:
        key = (tuple(part), tuple(around))
        if key not in self.known:
            self.known[key] = Search(self.desk, around, part, self.rivals, self.ceilings, PRODUCT)
            self.known[key].solve()
        return self.known[key]

    def _jointly(self, free: Sequence[int], contested: Sequence[int]) -> Choice:
        search = Search(self.desk, free, contested, self.rivals, self.ceilings, EXTRA)
        search.solve()
        others = (place for place in free if place not in self.desk.first)
        places = (*self.desk.first, *search.chosen, *others)
        return Choice(places, self.desk.run(places), search.gap_minor)


def _independent(places: Sequence[int], rivals: Rivals, most: int) -> Iterator[tuple[int, ...]]:
    """Yield the choices without rivals, at most *most*, the larger ones first where that is possible."""
    if not places:
        yield ()
        return
    count = 0
    first, rest = places[0], places[1:]
    mine = rivals.get(first, set())
    for others in _independent([place for place in rest if place not in mine], rivals, most):
        count += 1
        yield (first, *others)
        if count >= most:
            return
    for others in _independent(rest, rivals, most - count):
        yield others


class Search:
    """One branch-and-bound run over contested offers: of the product lane (`PRODUCT`) or of everything (`EXTRA`)."""

    def __init__(
        self,
        desk: Desk,
        free: Sequence[int],
        contested: Sequence[int],
        rivals: Rivals,
        ceilings: dict[int, int],
        lane_last: int,
    ) -> None:
        self.desk = desk
        self.free = tuple(free)
        self.rivals = rivals
        self.ceilings = ceilings
        self.lane_last = lane_last
        entries = desk.entries
        self.consuming = [place for place in contested if entries[place].consuming]
        self.others = [place for place in contested if not entries[place].consuming]
        self.turn = {place: number for number, place in enumerate(self.consuming)}
        self.steps: dict[frozenset[int], list[tuple[int, Step, int]]] = {}
        self.seen: set[tuple[object, ...]] = set()
        self.nodes_left = desk.policy.search_nodes_max
        self.chosen: tuple[int, ...] = ()
        self.saved = -1
        self.unseen = 0
        self.gap_minor = 0

    def solve(self) -> None:
        """Search; afterwards `chosen`, `saved` and `gap_minor` hold what was found."""
        self._visit((), 0, self._start())
        self.gap_minor = max(0, self.unseen - self.saved)

    def outcome_of(self, chosen: tuple[int, ...]) -> Outcome:
        """Return what another choice of this search's offers gives in its lanes."""
        consumed = self._start()
        for place in chosen:
            self.desk.consume(consumed, place)
        return self._finished(chosen, consumed)

    def _start(self) -> Outcome:
        start = Outcome(self.desk.units.start(), self.desk.units.cart.shipping_minor)
        for place in self.free:
            self.desk.consume(start, place)
        return start

    def _visit(self, chosen: tuple[int, ...], start: int, consumed: Outcome) -> None:
        """Value this choice, then try to add to it: consuming offers in any turn, then the others in one order."""
        saved = self._value(chosen, consumed)
        if saved > self.saved:
            self.chosen, self.saved = chosen, saved
        open_places = self._open(chosen, start)
        if not open_places:
            return
        takings: dict[int, list[Taking]] = {}
        reach = {place: self._reach(place, consumed, takings) for place in open_places}
        bound = self._bound(saved, chosen, open_places, reach)
        for place in open_places:
            if not reach[place]:
                continue
            if bound <= self.saved:
                return
            if self.nodes_left <= 0:
                self.unseen = max(self.unseen, bound)
                return
            if place not in self.turn:
                self._visit((*chosen, place), self.others.index(place) + 1, consumed)
            else:
                after = self._after(place, consumed, takings)
                if self._is_new(chosen, place, after):
                    self._visit((*chosen, place), 0, after)

    def _value(self, chosen: tuple[int, ...], consumed: Outcome) -> int:
        self.nodes_left -= 1
        return self._finished(chosen, consumed.copy()).saved_minor

    def _finished(self, chosen: tuple[int, ...], consumed: Outcome) -> Outcome:
        self.desk.trials += 1
        key = frozenset(chosen)
        steps = self.steps.get(key)
        if steps is None:
            steps = self.steps[key] = self.desk.steps((*chosen, *self.free), self.lane_last)
        self.desk.finish(consumed, (*chosen, *self.free), steps)
        return consumed

    def _open(self, chosen: tuple[int, ...], start: int) -> list[int]:
        taken = set(chosen)
        rivals = self.rivals
        pool = (self.consuming if start == 0 else []) + self.others[start:]
        if not taken:
            return pool
        return [
            place for place in pool if place not in taken and (place not in rivals or taken.isdisjoint(rivals[place]))
        ]

    def _reach(self, place: int, consumed: Outcome, takings: dict[int, list[Taking]]) -> int:
        """The most that an open candidate can still give: a purely consuming one, on the units that are left."""
        entry = self.desk.entries[place]
        ceiling = self.ceilings[place]
        if place not in self.turn or entry.later or len(entry.consuming) > 1 or not ceiling:
            return ceiling
        found = self.desk.takings(entry.bounding[0], consumed.state)
        if entry.bounding[0] is entry.consuming[0]:
            takings[place] = found
        return min(sum(taking.discount_minor for taking in found), ceiling)

    def _after(self, place: int, consumed: Outcome, takings: dict[int, list[Taking]]) -> Outcome:
        after = consumed.copy()
        if place in takings:
            self.desk.take_units(after, place, takings[place])
        else:
            self.desk.consume(after, place)
        return after

    def _bound(self, saved: int, chosen: tuple[int, ...], open_places: Sequence[int], reach: dict[int, int]) -> int:
        """The most that adding open candidates can reach: of each group of rivals only the best counts."""
        if self.desk.fragile:
            saved = sum(self.ceilings[place] for place in chosen) + sum(map(self._free_ceiling, self.free))
        groups: dict[str, int] = {}
        for place in open_places:
            group = self.desk.entries[place].offer.group
            if not group:
                saved += reach[place]
            elif reach[place] > groups.get(group, 0):
                groups[group] = reach[place]
        return saved + sum(groups.values())

    def _free_ceiling(self, place: int) -> int:
        if place not in self.ceilings:
            self.ceilings[place] = self.desk.ceiling(place)
        return self.ceilings[place]

    def _is_new(self, chosen: tuple[int, ...], place: int, after: Outcome) -> bool:
        """Whether the same offers have not led to the same units and prices in another turn."""
        if not chosen:
            return True
        runs = after.state.runs
        left = tuple((number, runs[number][0], *sorted(runs[number][1:])) for number in sorted(runs))
        key = (frozenset((*chosen, place)), tuple(after.state.amounts), left)
        if key in self.seen:
            return False
        self.seen.add(key)
        return True
