"""The exact search of one part of a cart whose steps look at one class of units at a time.

Every choice of the offers that use nothing up is a case of its own: in it, what each class costs in the end is a
function of what was used up of it (`ladders`). Within a case, the offers that use units up are tried in every turn
that matters, depth first, the most promising first. A branch is left out when

1. even the most that its open offers can still save does not beat the best found (`gains`, `charges`);
2. two offers that do not want each other's units were already tried in the other turn (sleep sets: Godefroid,
   Partial-Order Methods for the Verification of Concurrent Systems, 1996, chapter 5);
3. the same open offers were met before with the same units left to them, and at least as much saved: whatever follows
   here could have followed there.

A case with one offer more than another, and no more to try, can save only as much more as that offer gives when no
unit is used up; so where the smaller case was searched, the larger one is often out of the question.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.core.cases import Case
from wracam.promotions.core.catalog import PRODUCT
from wracam.promotions.core.contest import Contest, Rivals
from wracam.promotions.core.ladders import is_class_wise
from wracam.promotions.core.offers import Reduction
from wracam.promotions.core.parts import independent, touched
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.uses import Bench

CASES_MAX = 256
"""Up to how many choices of offers that use nothing up are searched one by one."""


def part_search(
    desk: Desk, bench: Bench, free: Sequence[int], contested: Sequence[int], rivals: Rivals
) -> PartSearch | None:
    """Return the search of *contested* beside *free*; nothing where it needs to look at the whole cart."""
    if desk.fragile or desk.is_entangled or desk.discount_max is not None:
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


class PartSearch(Contest):
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
        super().__init__(desk, bench, free, contested, rivals)
        self.options = options
        """The choices of its offers that use nothing up."""
        self.cases: dict[tuple[int, ...], Case] = {}
        self.gap_minor = 0

    def solve(self) -> None:
        """Search case by case, the most promising first."""
        solved: list[tuple[Case, int]] = []
        for bound, case in self._by_promise():
            most = min([bound, *[upper + case.beyond(other) for other, upper in solved if case.follows(other)]])
            if most > self.saved:
                case.solve()
                solved.append((case, max(self.saved, self.unseen)))
        self.gap_minor = max(0, self.unseen - self.saved)

    def _by_promise(self) -> list[tuple[int, Case]]:
        """Return the cases with the most that each can save, as many as there is work for."""
        if len(self.options) == 1:
            return [(self.all_minor, self.case(self.options[0]))]
        cases: list[tuple[int, Case]] = []
        for option in sorted(self.options, key=self._estimate, reverse=True):
            if self.desk.work_left <= 0 and cases:
                self.leave(self.all_minor)
                break
            self.spend(len(self.consumers))
            case = self.case(option)
            cases.append((case.bound(), case))
        cases.sort(key=lambda found: -found[0])
        return cases

    def _estimate(self, option: Sequence[int]) -> int:
        """About how much the offers of an option take off: good enough to begin with the right ones."""
        total = 0
        for place in option:
            for step in self.desk.entries[place].later:
                if isinstance(step.effect, Reduction) and step.effect.percent_bp:
                    amounts = [self.desk.units.start_amounts[number] for number in touched(self.desk, place)]
                    total += sum(amounts) * step.effect.percent_bp
        return total

    def case(self, others: tuple[int, ...]) -> Case:
        """Return the case in which these of the offers that use nothing up are chosen."""
        key = tuple(sorted(others))
        found = self.cases.get(key)
        if found is None:
            found = self.cases[key] = Case(self, key)
        return found

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
            return saved, bool(self.bench.consumer(place).use(self.start).takings)
        case = self.case((place, *resting))
        saved, cells = case.replayed(using)
        effects = [step.effect for step in entries[place].later]
        return saved, any(case.ladders[number].gives(cells[number], effects) for number in touched(self.desk, place))
