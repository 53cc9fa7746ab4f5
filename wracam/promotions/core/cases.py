"""One case of a part's search: which offers that use nothing up are chosen is settled, the others are tried.

See `partsearch` for what is left out and why that is safe. This is the inner loop of the engine: what an offer would
do with the units that are left is looked up by the units as one number, and each class's price by what was made of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.core.charges import Charges, Found, good_charges
from wracam.promotions.core.contest import Contest
from wracam.promotions.core.gains import Gains
from wracam.promotions.core.ladders import Cell
from wracam.promotions.core.runs import Taking

VISITS_BEFORE_CARE = 8
"""How many visits a case gets with the simplest bounds: most are over by then, and better ones take time to find."""


NEVER = 1 << 62
"""More than any amount."""
Open = tuple[int, int]
"""An offer that may still use units up, by its index, and the most that it could save so far."""


class Case:
    """What the chosen offers make of each class, and the tree of all turns of those that use units up."""

    __slots__ = (
        "_alive", "_cells", "_charges", "_gains", "_known", "_masks", "_seen", "_visits", "indexes", "ladders",
        "others", "saved", "search",
    )  # fmt: skip

    def __init__(self, search: Contest, others: tuple[int, ...]) -> None:
        self.search = search
        self.others = others
        self.ladders = search.ladders_with(others)
        self._cells: list[Cell] = list(search.desk.units.start_amounts)
        for number, ladder in self.ladders.items():
            self._cells[number] = ladder.start
        self._use(self._cells, search.taken_first)
        self.saved = search.all_minor - sum(
            [ladder.price(self._cells[number]) for number, ladder in self.ladders.items()]
        )
        """What is saved before any unit is used up."""
        chosen, rivals = set(others), search.rivals
        self.indexes = [
            index for index, one in enumerate(search.consumers) if chosen.isdisjoint(rivals.get(one.place, ()))
        ]
        """The offers that may use units up in this case."""
        self._gains: dict[int, Gains] | None = None
        self._masks = [one.mask for one in search.consumers]
        self._known: list[dict[int, Found]] = [{} for _ in search.consumers]
        self._charges: Charges | None = None
        self._visits = 0
        self._alive: dict[int, tuple[int, list[int], list[int]]] = {}
        self._seen: dict[tuple[object, ...], tuple[int, list[Cell]]] = {}

    def bound(self) -> int:
        """The most that anything in this case can save."""
        found = self._found(self._open(), self.search.start, -NEVER)
        return self.saved + self._alone(found)

    def follows(self, other: Case) -> bool:
        """Say whether this case is *other* with more offers that use nothing up, and no more of those that do."""
        return set(self.others).issuperset(other.others) and set(self.indexes).issubset(other.indexes)

    def beyond(self, other: Case) -> int:
        """How much more this case can save than one that it follows.

        The offers that come on top take less off what costs less already, so they never give more than when nothing
        was used up.
        """
        return self.saved - other.saved + 2 * sum([ladder.roundings for ladder in self.ladders.values()])

    def solve(self) -> None:
        """Look for something better than the search has found so far."""
        self._visit((), self._open(), self.search.start, self._cells, self.saved, 0)

    def replayed(self, places: Sequence[int]) -> tuple[int, list[Cell]]:
        """Return what is saved when these offers use units up in this order, and what is made of each class."""
        packed, cells, saved = self.search.start, self._cells.copy(), self.saved
        for place in places:
            use = self.search.bench.consumer(place).use(packed)
            packed -= use.packed
            saved += self._use(cells, use.takings)
        return saved, cells

    def _open(self) -> list[Open]:
        return [(index, NEVER) for index in self.indexes]

    def _visit(
        self,
        path: tuple[int, ...],
        open_offers: Sequence[Open],
        packed: int,
        cells: list[Cell],
        saved: int,
        asleep: int,
    ) -> None:
        """Note what this choice saves, then try to add each of the open offers, if that can win.

        *asleep* are the offers that come next in a turn tried elsewhere.
        """
        search = self.search
        search.spend(len(open_offers))
        if saved > search.saved:
            search.note(path, self.others, saved)
        if self._charges is None:
            self._visits += 1
            if self._visits == VISITS_BEFORE_CARE or search.charges is not None:
                self._take_care()
        found = self._found(open_offers, packed, search.saved - saved)
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
        self._try_each(path, found, packed, cells, saved, more, asleep)

    def _try_each(
        self,
        path: tuple[int, ...],
        found: list[Found],
        packed: int,
        cells: list[Cell],
        saved: int,
        more: int,
        asleep: int,
    ) -> None:
        """Go on with each open offer that is not asleep, the most promising first."""
        search, masks = self.search, self._masks
        found.sort()
        covered = asleep
        for one in found:
            index, use = one.at, one.use
            if covered >> index & 1 or not use.takings:
                continue
            covered_before, covered = covered, covered | 1 << index
            after = cells.copy()
            saved_after = saved + self._use(after, use.takings)
            if saved_after + more - one.reach <= search.saved:
                continue
            fields, mask, rivals = use.fields, masks[index], search.rival_masks[index]
            asleep_after, rest = 0, []
            for other in found:
                place = other.at
                if place != index and not rivals >> place & 1:
                    rest.append((place, other.reach))
                    if covered_before >> place & 1 and not (fields & masks[place] or other.use.fields & mask):
                        asleep_after |= 1 << place
            if rest:
                self._visit((*path, index), rest, packed - use.packed, after, saved_after, asleep_after)
            elif saved_after > search.saved:
                search.note((*path, index), self.others, saved_after)

    def _found(self, open_offers: Sequence[Open], packed: int, needed: int) -> list[Found]:
        """Return the open offers that can still save something; none as soon as all cannot save more than *needed*.

        Before it is looked up, an offer counts with what it could save when more units were left.
        """
        found = []
        masks, tables = self._masks, self._known
        room = sum([reach for _, reach in open_offers]) - needed
        for index, before in open_offers:
            one = tables[index].get(packed & masks[index])
            if one is None:
                one = self._look(index, packed)
            reach = one.reach
            if reach:
                found.append(one)
            if reach < before:
                room -= before - reach
                if room <= 0:
                    return []
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
        self._gains = {index: Gains(search.consumers[index], search.desk.units, self.ladders) for index in self.indexes}
        self._known = [{} for _ in search.consumers]
        first = self._found(self._open(), search.start, -NEVER)
        packing = search.bench.packing
        if search.charges is None:
            search.charges = good_charges(first, self._gains, packing, search.start)
        self._charges = Charges(search.charges, first, self._gains, search.groups, packing, search.start)

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
            ladders, then = self.ladders, before[1]
            slack = 2 * sum([ladders[number].roundings for number in numbers if then[number] != cells[number]])
            return saved + slack <= before[0]
        self._seen[key] = (saved, cells)
        return False

    def _those_alive(self, alive: int, found: Sequence[Found]) -> tuple[int, list[int], list[int]]:
        """Their fields, their classes, and those of their classes where discounts do not simply add up."""
        consumers, ladders = self.search.consumers, self.ladders
        fields = 0
        for one in found:
            fields |= self._masks[one.at]
        numbers = sorted({number for one in found for number in consumers[one.at].numbers})
        self._alive[alive] = known = (fields, numbers, [number for number in numbers if not ladders[number].adds_up])
        return known

    def _use(self, cells: list[Cell], takings: Sequence[Taking]) -> int:
        """Carry takings out on *cells*, and return what that saves in the end."""
        ladders = self.ladders
        gain = 0
        for number, bought, reduced, off in takings:
            ladder = ladders.get(number)
            if ladder is not None and (off or not ladder.is_plain):
                before = cells[number]
                after = cells[number] = ladder.after(before, bought, reduced, off)
                gain += ladder.price(before) - ladder.price(after)
        return gain
