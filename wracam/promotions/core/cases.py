"""One case of a part's search: which offers that use nothing up are chosen is settled, the others are tried.

See `partsearch` for what is left out and why that is safe. This is the inner loop of the engine: what an offer would
do with the units that are left is looked up by the units as one number, and each class's price by what was made of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.core.charges import SAFETY, STEPS_AGAIN_MAX, STEPS_MAX, STEPS_MORE_MAX, Bidder, Charges, Found
from wracam.promotions.core.contest import Contest
from wracam.promotions.core.ladders import Cell
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.uses import Use

CARE_FROM = 5
"""From how many open offers on units are charged: fewer are tried sooner than good charges are found."""
VISITS_BEFORE_MORE = 40
"""After so many visits to one case, better charges are worth their time."""
Child = tuple[float, int, Use, list[Cell], int]
"""Going on with an offer: what is lost by it, its index, what it uses, what is made of each class, what is saved."""


class Case:
    """What the chosen offers make of each class, and the tree of all turns of those that use units up."""

    __slots__ = (
        "_alive", "_bidders", "_cells", "_charged", "_charges", "_known", "_masks", "_root", "_seen", "_visits",
        "indexes", "ladders", "others", "saved", "search",
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
        self._bidders: dict[int, Bidder] = {}
        self._masks = [one.mask for one in search.consumers]
        self._known: list[dict[int, Found]] = [{} for _ in search.consumers]
        self._root: Charges | None = None
        self._visits = 0
        self._charges: Sequence[float] | None = None
        self._charged: dict[int, float] = {}
        self._alive: dict[int, tuple[int, list[int], list[int]]] = {}
        self._seen: dict[tuple[object, ...], tuple[int, list[Cell]]] = {}

    def bound(self) -> int:
        """The most that anything in this case can save."""
        return int(self.saved + self._together(self._found(self.indexes, self.search.start), 0))

    def follows(self, other: Case) -> bool:
        """Say whether this case is *other* with more offers that use nothing up, and no more of those that do."""
        return set(self.others).issuperset(other.others) and set(self.indexes).issubset(other.indexes)

    def is_outdone_by(self, other: Case) -> bool:
        """Say whether *other* saves at least as much whatever units are used up: nothing less is chosen in it.

        One more step on a class makes it no dearer, and what later steps make of a lower price is no higher.
        """
        return set(other.others).issuperset(self.others) and other.indexes == self.indexes and not self._is_odd(other)

    def beyond(self, other: Case) -> int:
        """How much more this case can save than one that it follows.

        The offers that come on top take less off what costs less already, so they never give more than when nothing
        was used up.
        """
        return self.saved - other.saved + 2 * sum([ladder.roundings for ladder in self.ladders.values()])

    def solve(self) -> None:
        """Look for something better than the search has found so far."""
        search = self.search
        self.begin()
        if len(self.indexes) >= CARE_FROM and search.desk.work_left > 0:
            if self._root is None:
                self.charges(search.saved)
            if self._root is None or self.saved + int(self._root.bound) <= search.saved:
                return
        self._visit((), self.indexes, search.start, self._cells, self.saved, 0)

    def begin(self) -> None:
        """Note something good to begin with: what was best in another case, or the offers that give most first."""
        search = self.search
        path: Sequence[int] = search.path or search.hint
        if not path:
            path = [one.at for one in sorted(self._found(self.indexes, search.start), key=_most_first)]
        allowed = set(self.indexes)
        packed, cells, saved = search.start, self._cells.copy(), self.saved
        taken: tuple[int, ...] = ()
        barred = 0
        for index in path:
            use = search.consumers[index].use(packed)
            if index in allowed and not barred >> index & 1 and use.takings:
                packed -= use.packed
                saved += self._use(cells, use.takings)
                taken += (index,)
                barred |= search.rival_masks[index]
        if saved > search.saved:
            search.note(taken, self.others, saved)

    def charges(self, target: int) -> Charges | None:
        """Look for good charges, to show that no more than *target* is saved in all; none where that is plain."""
        search, packing = self.search, self.search.bench.packing
        bidders = []
        for index in self.indexes:
            consumer = search.consumers[index]
            gains = search.bench.gains(consumer, self.ladders)
            use = consumer.use(search.start)
            reach = gains.reach(use, search.start)
            if reach:
                bidders.append(Bidder(index, gains.pricing, reach, gains.slack(use), search.groups[index]))
        self._bidders = {bidder.at: bidder for bidder in bidders}
        self._known = [{} for _ in search.consumers]
        charges = Charges(bidders, packing, search.start, search.ordered)
        if int(charges.bound) <= target - self.saved:
            return None
        search.spend(len(bidders))
        start = search.bench.charges
        charges.improve(start, target - self.saved, STEPS_AGAIN_MAX if charges.is_known(start) else STEPS_MAX)
        self._root = charges
        self._charges = search.bench.charges = charges.by_class
        return charges

    def _charge_better(self, root: Charges) -> None:
        """Take more time for better charges; what was bounded by the old ones stays bounded by them."""
        root.improve(root.by_class, self.search.saved - self.saved, STEPS_MORE_MAX)
        self._charges = self.search.bench.charges = root.by_class
        self._known = [{} for _ in self.search.consumers]
        self._charged = {}

    def replayed(self, places: Sequence[int]) -> tuple[int, list[Cell]]:
        """Return what is saved when these offers use units up in this order, and what is made of each class."""
        packed, cells, saved = self.search.start, self._cells.copy(), self.saved
        for place in places:
            use = self.search.bench.consumer(place).use(packed)
            packed -= use.packed
            saved += self._use(cells, use.takings)
        return saved, cells

    def _is_odd(self, other: Case) -> bool:
        return any(ladder.is_odd for one in (self, other) for ladder in one.ladders.values())

    def _visit(
        self, path: tuple[int, ...], indexes: Sequence[int], packed: int, cells: list[Cell], saved: int, asleep: int
    ) -> None:
        """Note what this choice saves, then try to add each of the open offers, if that can win.

        *asleep* are the offers that come next in a turn tried elsewhere.
        """
        search = self.search
        search.spend(len(indexes))
        if saved > search.saved:
            search.note(path, self.others, saved)
        self._visits += 1
        if self._visits == VISITS_BEFORE_MORE and self._root is not None:
            self._charge_better(self._root)
        found = self._found(indexes, packed)
        alive = sum([1 << one.at for one in found])
        fields, _, _ = self._alive.get(alive) or self._those_alive(alive, found)
        together = saved + self._together(found, packed & fields) + SAFETY
        if int(together) <= search.saved or (len(found) > 1 and self._was_met(alive, packed, cells, saved)):
            return
        if search.desk.work_left <= 0:
            search.leave(int(together))
            return
        self._try_each(path, found, packed, cells, saved, together, asleep)

    def _try_each(
        self,
        path: tuple[int, ...],
        found: Sequence[Found],
        packed: int,
        cells: list[Cell],
        saved: int,
        together: float,
        asleep: int,
    ) -> None:
        """Go on with each open offer that is not asleep, the most promising first.

        What an offer takes now costs the bound of all *together* as much as it falls behind the most it could save.
        """
        search, masks = self.search, self._masks
        covered = asleep
        for lost, index, use, after, saved_after in self._children(found, packed, cells, saved, asleep):
            covered_before, covered = covered, covered | 1 << index
            if int(together - lost) <= search.saved:
                continue
            fields, mask, rivals = use.fields, masks[index], search.rival_masks[index]
            asleep_after, rest = 0, []
            for other in found:
                place = other.at
                if place != index and not rivals >> place & 1:
                    rest.append(place)
                    if (
                        covered_before >> place & 1
                        and not fields & masks[place]
                        and not search.consumers[place].use(packed).fields & mask
                    ):
                        asleep_after |= 1 << place
            if rest:
                self._visit((*path, index), rest, packed - use.packed, after, saved_after, asleep_after)
            elif saved_after > search.saved:
                search.note((*path, index), self.others, saved_after)

    def _children(self, found: Sequence[Found], packed: int, cells: list[Cell], saved: int, asleep: int) -> list[Child]:
        """What each open offer that is not asleep makes of it, that first which falls least behind what was hoped."""
        children = []
        charges, consumers = self._charges, self.search.consumers
        for index, _, beyond in found:
            if asleep >> index & 1:
                continue
            use = consumers[index].use(packed)
            if use.takings:
                after = cells.copy()
                gain = self._use(after, use.takings)
                lost = beyond - gain
                if charges is not None:
                    lost += sum([(bought + reduced) * charges[number] for number, bought, reduced, _ in use.takings])
                children.append((lost, index, use, after, saved + gain))
        children.sort(key=_least_lost_first)
        return children

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
        charges = self._charges
        if charges is None:
            reach = self.search.consumers[index].use(packed).most
            found = Found(index, reach, reach)
        elif index not in self._bidders:
            found = Found(index, 0, 0.0)
        else:
            _, pricing, reach, slack, _ = self._bidders[index]
            beyond = float(reach)
            if pricing is not None:
                most, _ = pricing.best(packed, charges)
                reach, beyond = (reach, min(beyond, most + slack)) if most >= 0 else (0, 0.0)
            found = Found(index, reach, beyond)
        self._known[index][packed & self._masks[index]] = found
        return found

    def _together(self, found: Sequence[Found], packed: int) -> float:
        """The most that the open offers can save together with the units that are left, of those that they want.

        Of offers that exclude each other only the best counts.
        """
        total = 0.0
        if self._charges is not None:
            known = self._charged.get(packed)
            total = self._charged[packed] = self._charge_of(packed) if known is None else known
        if not self.search.has_groups:
            return total + sum([one.beyond for one in found])
        groups: dict[str, float] = {}
        names = self.search.groups
        for index, _, beyond in found:
            name = names[index]
            if name:
                groups[name] = max(groups.get(name, 0.0), beyond)
            else:
                total += beyond
        return total + sum(groups.values())

    def _charge_of(self, packed: int) -> float:
        left, charges = self.search.bench.packing.left, self._charges
        assert charges is not None
        return sum([left(packed, number) * charges[number] for number in self.search.ordered if charges[number]])

    def _was_met(self, alive: int, packed: int, cells: list[Cell], saved: int) -> bool:
        """Say whether the same offers were open before, with the same units left to them and as much saved.

        Where the classes they work on cost something else, what follows may be rounded otherwise.
        """
        fields, numbers, tied = self._alive[alive]
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


def _most_first(found: Found) -> tuple[int, int]:
    return (-found.reach, found.at)


def _least_lost_first(child: Child) -> tuple[float, int]:
    return (child[0], child[1])
