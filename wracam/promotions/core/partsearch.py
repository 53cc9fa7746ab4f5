"""The exact search of one part of a cart whose steps look at one class of units at a time.

Every choice of the offers that use nothing up is a case of its own: in it, what each class costs in the end is a
function of what was used up of it (`ladders`). Within a case, the offers that use units up are tried in every turn
that matters, depth first, that first which falls least behind what is hoped for. A branch is left out when

1. even the most that its open offers can still save does not beat the best found (`gains`, `charges`, `pricing`);
2. two offers that do not want each other's units were already tried in the other turn (sleep sets: Godefroid,
   Partial-Order Methods for the Verification of Concurrent Systems, 1996, chapter 5);
3. the same open offers were met before with the same units left to them, and at least as much saved: whatever follows
   here could have followed there.

A case with one offer more than another, and no more to try, can save only as much more as that offer gives when no
unit is used up; so where the smaller case was searched or bounded, the larger one is often out of the question. And a
case in which nothing less is chosen than in another, and nothing less may use units up, makes that other one needless:
one more percentage never makes anything dearer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from wracam.promotions.core.bench import Bench
from wracam.promotions.core.cases import CARE_FROM, Case
from wracam.promotions.core.catalog import PRODUCT
from wracam.promotions.core.charges import Charges
from wracam.promotions.core.contest import Contest, Rivals
from wracam.promotions.core.ladders import is_class_wise
from wracam.promotions.core.offers import Reduction
from wracam.promotions.core.parts import independent, touched
from wracam.promotions.core.trial import Desk

CASES_MAX: Final = 256
"""Up to how many choices of offers that use nothing up are searched one by one."""


def part_search(
    desk: Desk, bench: Bench, free: Sequence[int], contested: Sequence[int], rivals: Rivals
) -> PartSearch | None:
    """Return the search of *contested* beside *free*; nothing where it needs to look at the whole cart."""
    if desk.is_loose or desk.roughness or desk.discount_max is not None:
        return None
    if not desk.limits.keys().isdisjoint((*free, *contested)):
        return None
    entries = desk.entries
    if any(entries[place].consuming and entries[place].later for place in contested):
        return None
    steps = desk.steps((*free, *contested), PRODUCT)
    if not all(is_class_wise(desk, step.effect) for _, step, _ in steps):
        return None
    others = [place for place in contested if not entries[place].consuming]
    options = list(independent(others, rivals, CASES_MAX + 1))
    return None if len(options) > CASES_MAX else PartSearch(desk, bench, free, contested, rivals, options)


class PartSearch:
    """The search of one part: afterwards `gap_minor` says how far the best found can be off."""

    lane_last = PRODUCT

    def __init__(
        self,
        desk: Desk,
        bench: Bench,
        free: Sequence[int],
        contested: Sequence[int],
        rivals: Rivals,
        options: Sequence[tuple[int, ...]],
    ) -> None:
        self.desk = desk
        self.contest = Contest(desk, bench, free, contested, rivals)
        """What its cases share (they do not know this search, so that nothing is left to the garbage collector)."""
        self.options = options
        """The choices of its offers that use nothing up."""
        self.cases: dict[tuple[int, ...], Case] = {}
        self.ranked: list[tuple[int, Case]] = []
        """The cases with the most that each can save, the most promising first, after a look."""
        self.root: tuple[Case, Charges] | None = None
        """The case that was charged first, with its charges."""
        self.is_solved = self.has_found = False
        """Whether it was searched, and whether something was found that saves as much as needed."""
        self.needed = 0
        self.gap_minor = 0

    def look(self) -> None:
        """Bound what can be saved, without a search if that takes long."""
        self.ranked = self._by_promise()
        if len(self.contest.consumers) < CARE_FROM:
            self.solve()
        elif len(self.ranked) == 1 and self.desk.work_left > 0:
            case = self.ranked[0][1]
            case.begin()
            self._charge(case, self.contest.saved)

    def solve(self, needed: int = -1) -> None:
        """Search case by case, the most promising first, for what saves at least *needed* more than nothing chosen.

        If there is none, `saved` is the most that is not enough.
        """
        self.needed, self.is_solved = needed, True
        contest = self.contest
        least = max(-1, self.saved_free + needed - 1)
        contest.saved = max(contest.saved, least)
        solved: list[tuple[Case, int]] = []
        for bound, case in self.ranked or self._by_promise():
            most = min([bound, *[upper + case.beyond(other) for other, upper in solved if case.follows(other)]])
            if most > contest.saved and self.desk.work_left <= 0 and solved:
                contest.leave(most)
            elif most > contest.saved:
                case.solve()
                solved.append((case, max(contest.saved, contest.unseen)))
        self.has_found = contest.saved > least
        self.gap_minor = max(0, contest.unseen - contest.saved)

    def most_of(self, places: Collection[int]) -> int:
        """Return the most that the offers of this part save when only those at *places* may be chosen."""
        most = self.contest.saved + self.gap_minor if self.is_solved else max([bound for bound, _ in self.ranked])
        if self.root is None or len(self.cases) < len(self.options):
            return most
        first, charges = self.root
        bounds = []
        for case in self.cases.values():
            if all(place in places for place in case.others):
                if not case.follows(first):
                    return most
                indexes = [index for index in case.indexes if self.contest.consumers[index].place in places]
                bounds.append(self._bound_from(first, charges, case, indexes))
        return min(most, max(bounds))

    def _by_promise(self) -> list[tuple[int, Case]]:
        """Return the cases with the most that each can save, as many as there is work for."""
        cases: list[tuple[int, Case]] = []
        for option in sorted(self.options, key=self._estimate, reverse=True):
            if self.desk.work_left <= 0 and cases:
                self.contest.leave(self.contest.all_minor)
                break
            self.contest.spend(len(self.contest.consumers))
            case = self.case(option)
            if not any(case.is_outdone_by(other) for _, other in cases):
                cases.append((case.bound(), case))
        if len(cases) > 1:
            cases.sort(key=lambda found: -found[0])
            cases = self._with_charges(cases)
        return cases

    def _with_charges(self, cases: Sequence[tuple[int, Case]]) -> list[tuple[int, Case]]:
        """Bound all cases by what can be saved by using units up where nothing else is chosen, at most."""
        if len(self.contest.consumers) < CARE_FROM:
            return list(cases)
        promising, bare = cases[0][1], self.case(())
        promising.begin()
        self._charge(bare, self.contest.saved - promising.saved + bare.saved)
        if self.root is None:
            return list(cases)
        charges = self.root[1]
        bounded = [(min(bound, self._bound_from(bare, charges, case, case.indexes)), case) for bound, case in cases]
        bounded.sort(key=lambda found: -found[0])
        return bounded

    def _charge(self, case: Case, target: int) -> None:
        charges = case.charges(target)
        if charges is not None:
            self.root = case, charges

    def _bound_from(self, first: Case, charges: Charges, case: Case, indexes: Collection[int]) -> int:
        """Bound a case that follows the *first* by the charges of that one."""
        return case.beyond(first) + first.saved + int(charges.bound_of(indexes))

    def _estimate(self, option: Sequence[int]) -> int:
        """About how much the offers of an option take off: good enough to begin with the right ones."""
        total = 0
        for place in option:
            for step in self.desk.entries[place].later:
                if isinstance(step.effect, Reduction) and step.effect.percent_ppm:
                    amounts = [self.desk.units.start_amounts[number] for number in touched(self.desk, place)]
                    total += sum(amounts) * step.effect.percent_ppm
        return total

    def case(self, others: tuple[int, ...]) -> Case:
        """Return the case in which these of the offers that use nothing up are chosen."""
        key = tuple(sorted(others))
        found = self.cases.get(key)
        if found is None:
            found = self.cases[key] = Case(self.contest, key)
        return found

    @property
    def contested(self) -> Sequence[int]:
        """The places of its offers."""
        return self.contest.contested

    @property
    def chosen(self) -> Sequence[int]:
        """Those of them that are best, as far as known."""
        return self.contest.chosen

    @property
    def saved(self) -> int:
        """What these save."""
        return self.contest.saved

    @property
    def saved_free(self) -> int:
        """What is saved on the part's products when none of its offers is chosen."""
        return self.case(()).saved

    def saved_first(self, place: int, others: Sequence[int]) -> tuple[int, bool]:
        """Return what is saved when the offer at *place* comes before *others*, and whether it gives anything."""
        entries = self.desk.entries
        using = [other for other in others if entries[other].consuming]
        resting = tuple(other for other in others if not entries[other].consuming)
        if entries[place].consuming:
            saved, cells = self.case(resting).replayed((place, *using))
            return saved, bool(self.contest.bench.consumer(place).use(self.contest.start).takings)
        case = self.case((place, *resting))
        saved, cells = case.replayed(using)
        effects = [step.effect for step in entries[place].later]
        return saved, any(case.ladders[number].gives(cells[number], effects) for number in touched(self.desk, place))
