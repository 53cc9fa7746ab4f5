"""One case of a part's search: which offers that use nothing up are chosen is settled, the others are tried.

See `partsearch` for what is left out and why that is safe. This is the inner loop of the engine: what an offer would
do with the units that are left is looked up by the units as one number, and each class's price by what was made of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.core.catalog import PRODUCT
from wracam.promotions.core.charges import Charges, Found
from wracam.promotions.core.contest import Contest
from wracam.promotions.core.gains import Gains
from wracam.promotions.core.ladders import Cell, Ladders
from wracam.promotions.core.runs import Taking

VISITS_BEFORE_CARE = 8
"""How many visits a case gets with the simplest bounds: most are over by then, and better ones take time to find."""


WORK_UNIT = 100
"""Looking at so many open offers times classes of units counts as much as one combination."""


class Case:
    """What the chosen offers make of each class, and the tree of all turns of those that use units up."""

    __slots__ = (
        "_alive", "_cells", "_charges", "_gains", "_known", "_masks", "_seen", "_visits", "indexes", "ladders",
        "others", "saved", "search",
    )  # fmt: skip

    def __init__(self, search: Contest, others: tuple[int, ...]) -> None:
        self.search = search
        self.others = others
        desk = search.desk
        self.ladders = Ladders(desk, desk.steps((*others, *search.free), PRODUCT), search.numbers)
        self._cells = self.ladders.start.copy()
        self._use(self._cells, search.taken_first)
        amounts, price = desk.units.start_amounts, self.ladders.price
        self.saved = sum([amounts[number] - price(number, self._cells[number]) for number in search.numbers])
        """What is saved before any unit is used up."""
        chosen, rivals = set(others), search.rivals
        self.indexes = [
            index for index, one in enumerate(search.consumers) if chosen.isdisjoint(rivals.get(one.place, ()))
        ]
        """The offers that may use units up in this case."""
        self._gains: list[Gains] | None = None
        self._masks = [one.mask for one in search.consumers]
        self._known: list[dict[int, Found]] = [{} for _ in search.consumers]
        self._charges: Charges | None = None
        self._visits = 0
        self._alive: dict[int, tuple[int, list[int], list[int]]] = {}
        self._seen: dict[tuple[object, ...], tuple[int, list[Cell]]] = {}

    def bound(self) -> int:
        """The most that anything in this case can save."""
        return self.saved + self._alone(self._found(self.indexes, self.search.start))

    def follows(self, other: Case) -> bool:
        """Say whether this case is *other* with more offers that use nothing up, and no more of those that do."""
        return set(self.others).issuperset(other.others) and set(self.indexes).issubset(other.indexes)

    def beyond(self, other: Case) -> int:
        """How much more this case can save than one that it follows.

        The offers that come on top take less off what costs less already, so they never give more than when nothing
        was used up.
        """
        roundings = self.ladders.roundings
        return self.saved - other.saved + 2 * sum([roundings[number] for number in self.search.numbers])

    def solve(self) -> None:
        """Look for something better than the search has found so far."""
        self._visit((), self.indexes, self.search.start, self._cells, self.saved, 0)

    def replayed(self, places: Sequence[int]) -> tuple[int, list[Cell]]:
        """Return what is saved when these offers use units up in this order, and what is made of each class."""
        packed, cells, saved = self.search.start, self._cells.copy(), self.saved
        for place in places:
            use = self.search.bench.consumer(place).use(packed)
            packed -= use.packed
            saved += self._use(cells, use.takings)
        return saved, cells

    def _visit(
        self, path: tuple[int, ...], indexes: Sequence[int], packed: int, cells: list[Cell], saved: int, asleep: int
    ) -> None:
        """Note what this choice saves, then try to add each of the open offers at *indexes*, if that can win.

        *asleep* are the offers that come next in a turn tried elsewhere.
        """
        search = self.search
        search.desk.work_left -= 1 + len(indexes) * len(search.numbers) // WORK_UNIT
        if saved > search.saved:
            search.note(path, self.others, saved)
        self._visits += 1
        if self._visits == VISITS_BEFORE_CARE:
            self._take_care()
        found = self._found(indexes, packed)
        more = self._alone(found)
        if saved + more <= search.saved:
            return
        bound = saved + more
        if len(found) > 1:
            bound = min(bound, saved + self._together(found, packed))
            if bound <= search.saved or self._was_met(found, packed, cells, saved):
                return
        if search.desk.work_left <= 0:
            search.leave(bound)
            return
        found.sort()
        masks = self._masks
        covered = asleep
        for one in found:
            index, use = one.at, one.use
            if covered >> index & 1 or not use.takings:
                continue
            after = cells.copy()
            saved_after = saved + self._use(after, use.takings)
            if saved_after + more - one.reach > search.saved:
                fields, mask, rivals = use.fields, masks[index], search.rival_masks[index]
                asleep_after, rest = 0, []
                for other in found:
                    place = other.at
                    if place != index and not rivals >> place & 1:
                        rest.append(place)
                        if covered >> place & 1 and not (fields & masks[place] or other.use.fields & mask):
                            asleep_after |= 1 << place
                self._visit((*path, index), rest, packed - use.packed, after, saved_after, asleep_after)
            covered |= 1 << index

    def _found(self, indexes: Sequence[int], packed: int) -> list[Found]:
        """Return the open offers that can still save something."""
        found = []
        masks, tables = self._masks, self._known
        for index in indexes:
            one = tables[index].get(packed & masks[index])
            if one is None:
                one = self._look(index, packed)
            if one.reach:
                found.append(one)
        return found

    def _look(self, index: int, packed: int) -> Found:
        consumer = self.search.consumers[index]
        use = consumer.use(packed)
        reach, slack = use.most, 0
        if self._gains is not None:
            gains = self._gains[index]
            reach, slack = gains.reach(use, packed), gains.slack(use)
        found = self._known[index][packed & consumer.mask] = Found(-reach, index, reach, use, slack)
        return found

    def _alone(self, found: Sequence[Found]) -> int:
        """The most that the open offers can save together, were there units enough: of rivals only the best counts."""
        if not self.search.has_groups:
            return sum([one.reach for one in found])
        groups: dict[str, int] = {}
        more = 0
        names = self.search.groups
        for one in found:
            name = names[one.at]
            if name:
                groups[name] = max(groups.get(name, 0), one.reach)
            else:
                more += one.reach
        return more + sum(groups.values())

    def _together(self, found: Sequence[Found], packed: int) -> int:
        """The most that the open offers can save together with the units that are left."""
        if self._charges is None:
            return self._alone(found)
        return self._charges.more(found, packed)

    def _take_care(self) -> None:
        """From now on, look at what follows when units are used up, and at units that several offers want."""
        search = self.search
        self._gains = [Gains(one, search.desk.units, self.ladders) for one in search.consumers]
        self._known = [{} for _ in search.consumers]
        first = self._found(self.indexes, search.start)
        self._charges = Charges(first, self._gains, search.groups, search.bench.packing, search.start)

    def _was_met(self, found: Sequence[Found], packed: int, cells: list[Cell], saved: int) -> bool:
        """Say whether the same offers were open before, with the same units left to them and as much saved.

        Where the classes they work on cost something else, what follows may be rounded otherwise.
        """
        alive = 0
        for one in found:
            alive |= 1 << one.at
        fields, numbers, tied = self._alive.get(alive) or self._those_alive(alive, found)
        key = (alive, packed & fields, tuple([cells[number] for number in tied]))
        before = self._seen.get(key)
        if before is not None and saved <= before[0]:
            roundings, then = self.ladders.roundings, before[1]
            slack = 2 * sum([roundings[number] for number in numbers if then[number] != cells[number]])
            return saved + slack <= before[0]
        self._seen[key] = (saved, cells)
        return False

    def _those_alive(self, alive: int, found: Sequence[Found]) -> tuple[int, list[int], list[int]]:
        """Their fields, their classes, and those of their classes where discounts do not simply add up."""
        consumers, adds_up = self.search.consumers, self.ladders.adds_up
        fields = 0
        for one in found:
            fields |= self._masks[one.at]
        numbers = sorted({number for one in found for number in consumers[one.at].numbers})
        self._alive[alive] = known = (fields, numbers, [number for number in numbers if not adds_up[number]])
        return known

    def _use(self, cells: list[Cell], takings: Sequence[Taking]) -> int:
        """Carry takings out on *cells*, and return what that saves in the end."""
        ladders = self.ladders
        price, numbers = ladders.price, self.search.numbers
        gain = 0
        for number, bought, reduced, off in takings:
            before = cells[number]
            after = before - off if type(before) is int else ladders.after(number, before, bought, reduced, off)
            if after != before:
                cells[number] = after
                if number in numbers:
                    gain += price(number, before) - price(number, after)
        return gain
