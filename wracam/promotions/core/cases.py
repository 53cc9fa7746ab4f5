"""One case of a part's search: which offers that use nothing up are chosen is settled, the others are tried.

See `partsearch` for what is left out and why that is safe. This is the inner loop of the engine: what an offer would
do with the units that are left is looked up by the units as one number, and each class's price by what was made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wracam.promotions.core.charges import SAFETY, STEPS_AGAIN_MAX, STEPS_MAX, Bidder, Charges, Found
from wracam.promotions.core.contest import Contest
from wracam.promotions.core.ladders import Cell
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.uses import Use

CARE_FROM: Final = 6
"""From how many open offers on units are charged: fewer are tried sooner than good charges are found."""
Changes = list[tuple[int, Cell]]
"""Classes with what was made of them."""
Child = tuple[float, int, Use, Changes, int]
"""Going on with an offer: what is lost by it, its index, what it uses, what that makes of classes, what is saved."""


class Case:
    """What the chosen offers make of each class, and the tree of all turns of those that use units up."""

    __slots__ = (
        "_alive", "_cells", "_charged", "_charges", "_masks", "_open", "_root", "_seen", "contest", "indexes",
        "ladders", "others", "saved",
    )  # fmt: skip

    def __init__(self, contest: Contest, others: tuple[int, ...]) -> None:
        self.contest = contest
        self.others = others
        self.ladders = contest.ladders_with(others)
        self._cells: list[Cell] = list(contest.desk.units.start_amounts)
        for number, ladder in self.ladders.items():
            self._cells[number] = ladder.start
        self._apply(self._cells, contest.taken_first)
        self.saved = contest.all_minor - sum(
            [ladder.price(self._cells[number]) for number, ladder in self.ladders.items()]
        )
        """What is saved before any unit is used up."""
        chosen, rivals = set(others), contest.rivals
        self.indexes = [
            index for index, one in enumerate(contest.consumers) if chosen.isdisjoint(rivals.get(one.place, ()))
        ]
        """The offers that may use units up in this case."""
        self._masks = [one.mask for one in contest.consumers]
        self._open: list[Found] = []
        """What each of them can save at most."""
        self._root: Charges | None = None
        self._charges: Sequence[float] | None = None
        self._charged: dict[int, float] = {}
        self._alive: dict[int, tuple[int, list[int], list[int]]] = {}
        self._seen: dict[tuple[object, ...], tuple[int, list[Cell]]] = {}

    def bound(self) -> int:
        """The most that anything in this case can save."""
        return int(self.saved + self._together(self._look(), 0))

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
        contest = self.contest
        self.begin()
        if len(self.indexes) >= CARE_FROM and contest.desk.work_left > 0:
            if self._root is None:
                self.charges(contest.saved)
            if self._root is None or self.saved + int(self._root.bound) <= contest.saved:
                return
        self._visit((), self._look(), contest.start, self._cells, self.saved, 0)

    def begin(self) -> None:
        """Note something good to begin with: what was best in another case, or the offers that give most first."""
        contest = self.contest
        path: Sequence[int] = contest.path or contest.hint
        if not path:
            path = [index for index, _ in sorted(self._look(), key=_most_first)]
        allowed = set(self.indexes)
        packed, cells, saved = contest.start, self._cells.copy(), self.saved
        taken: tuple[int, ...] = ()
        barred = 0
        for index in path:
            use = contest.consumers[index].use(packed)
            if index in allowed and not barred >> index & 1 and use.takings:
                packed -= use.packed
                saved += self._apply(cells, use.takings)
                taken += (index,)
                barred |= contest.rival_masks[index]
        if saved > contest.saved:
            contest.note(taken, self.others, saved)

    def charges(self, target: int) -> Charges | None:
        """Look for good charges, to show that no more than *target* is saved in all; none where that is plain."""
        contest, packing = self.contest, self.contest.bench.packing
        bidders = []
        for index in self.indexes:
            consumer = contest.consumers[index]
            gains = contest.bench.gains(consumer, self.ladders)
            use = consumer.use(contest.start)
            reach = gains.reach(use, contest.start)
            if reach:
                bidders.append(Bidder(index, gains.pricing, reach, gains.slack(use), contest.groups[index]))
        charges = Charges(bidders, packing, contest.start, contest.ordered)
        if int(charges.bound) <= target - self.saved:
            return None
        contest.spend(len(bidders))
        start = contest.bench.charges
        charges.improve(start, target - self.saved, STEPS_AGAIN_MAX if charges.is_known(start) else STEPS_MAX)
        self._root = charges
        self._charges = contest.bench.charges = charges.by_class
        self._open = charges.found()
        return charges

    def replayed(self, places: Sequence[int]) -> tuple[int, list[Cell]]:
        """Return what is saved when these offers use units up in this order, and what is made of each class."""
        packed, cells, saved = self.contest.start, self._cells.copy(), self.saved
        for place in places:
            use = self.contest.bench.consumer(place).use(packed)
            packed -= use.packed
            saved += self._apply(cells, use.takings)
        return saved, cells

    def _is_odd(self, other: Case) -> bool:
        return any(ladder.is_odd for one in (self, other) for ladder in one.ladders.values())

    def _visit(
        self, path: tuple[int, ...], rest: Sequence[Found], packed: int, cells: list[Cell], saved: int, asleep: int
    ) -> None:
        """Note what this choice saves, then try to add each of the offers of the *rest*, if that can win.

        *asleep* are the offers that come next in a turn tried elsewhere.
        """
        contest = self.contest
        contest.spend(len(rest))
        if saved > contest.saved:
            contest.note(path, self.others, saved)
        found = self._still_open(rest, packed)
        alive = sum([1 << index for index, _ in found])
        fields, _, _ = self._alive.get(alive) or self._those_alive(alive, found)
        together = saved + self._together(found, packed & fields)
        if int(together) <= contest.saved or (len(found) > 1 and self._was_met(alive, packed, cells, saved)):
            return
        if contest.desk.work_left <= 0:
            contest.leave(int(together))
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
        contest, masks, consumers = self.contest, self._masks, self.contest.consumers
        covered = asleep
        for lost, index, use, changes, saved_after in self._children(found, packed, cells, saved, asleep):
            covered_before, covered = covered, covered | 1 << index
            if int(together - lost) <= contest.saved:
                continue
            fields, mask, rivals = use.fields, masks[index], contest.rival_masks[index]
            asleep_after, rest = 0, []
            for other in found:
                place = other[0]
                if place != index and not rivals >> place & 1:
                    rest.append(other)
                    if (
                        covered_before >> place & 1
                        and not fields & masks[place]
                        and not consumers[place].use(packed).fields & mask
                    ):
                        asleep_after |= 1 << place
            if rest:
                after = cells.copy()
                for number, cell in changes:
                    after[number] = cell
                self._visit((*path, index), rest, packed - use.packed, after, saved_after, asleep_after)
            elif saved_after > contest.saved:
                contest.note((*path, index), self.others, saved_after)

    def _children(
        self, found: Sequence[Found], packed: int, cells: Sequence[Cell], saved: int, asleep: int
    ) -> list[Child]:
        """What each open offer that is not asleep makes of it, that first which falls least behind what was hoped."""
        children = []
        is_charged, consumers = self._charges is not None, self.contest.consumers
        for index, most in found:
            if asleep >> index & 1:
                continue
            use = consumers[index].use(packed)
            if use.takings:
                gain, changes = self._gain(cells, use.takings)
                lost = most - gain
                if is_charged:
                    lost += self._charge_of(use.packed)
                children.append((lost, index, use, changes, saved + gain))
        children.sort(key=_least_lost_first)
        return children

    def _look(self) -> list[Found]:
        """Return the offers that may use units up in this case, with the most that each can save."""
        if not self._open:
            contest = self.contest
            mosts = [(index, contest.consumers[index].use(contest.start).most) for index in self.indexes]
            self._open = [(index, float(most)) for index, most in mosts if most]
        return self._open

    def _still_open(self, rest: Sequence[Found], packed: int) -> list[Found]:
        """Return those that can still save something with the units that are left: never more than with more units."""
        found = []
        consumers = self.contest.consumers
        for one in rest:
            index, most_before = one
            most = consumers[index].use(packed).most
            if most:
                found.append(one if most >= most_before else (index, float(most)))
        return found

    def _together(self, found: Sequence[Found], packed: int) -> float:
        """The most that the open offers can save together with the units that are left, of those that they want.

        Of offers that exclude each other only the best counts.
        """
        total = SAFETY
        if self._charges is not None:
            total += self._charge_of(packed)
        if not self.contest.has_groups:
            return total + sum([most for _, most in found])
        groups: dict[str, float] = {}
        names = self.contest.groups
        for index, most in found:
            name = names[index]
            if name:
                groups[name] = max(groups.get(name, 0.0), most)
            else:
                total += most
        return total + sum(groups.values())

    def _charge_of(self, packed: int) -> float:
        """What so many units are charged together."""
        found = self._charged.get(packed)
        if found is None:
            left, charges = self.contest.bench.packing.left, self._charges
            assert charges is not None
            costs = [left(packed, number) * charges[number] for number in self.contest.ordered if charges[number]]
            found = self._charged[packed] = sum(costs)
        return found

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
        consumers, ladders = self.contest.consumers, self.ladders
        fields = 0
        for index, _ in found:
            fields |= self._masks[index]
        numbers = sorted({number for index, _ in found for number in consumers[index].numbers})
        self._alive[alive] = known = (fields, numbers, [number for number in numbers if not ladders[number].adds_up])
        return known

    def _apply(self, cells: list[Cell], takings: Sequence[Taking]) -> int:
        """Carry takings out on *cells*, and return what that saves in the end."""
        gain, changes = self._gain(cells, takings)
        for number, cell in changes:
            cells[number] = cell
        return gain

    def _gain(self, cells: Sequence[Cell], takings: Sequence[Taking]) -> tuple[int, Changes]:
        """Return what takings save in the end, and what they make of classes.

        An offer with several effects may take units of one class more than once.
        """
        ladders = self.ladders
        gain = 0
        changes: dict[int, Cell] = {}
        for number, bought, reduced, off in takings:
            ladder = ladders.get(number)
            if ladder is not None and (off or not ladder.is_plain):
                before = changes[number] if number in changes else cells[number]
                after = changes[number] = ladder.after(before, bought, reduced, off)
                known = ladder.known
                gain += (known.get(before) or ladder.price(before)) - (known.get(after) or ladder.price(after))
        return gain, list(changes.items())


def _most_first(found: Found) -> tuple[float, int]:
    return (-found[1], found[0])


def _least_lost_first(child: Child) -> tuple[float, int]:
    return (child[0], child[1])
