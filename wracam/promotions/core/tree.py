"""One branch-and-bound run over contested offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import combinations
from typing import Final

from wracam.promotions.core.bench import Bench
from wracam.promotions.core.bounds import Bounds, ceiling_of
from wracam.promotions.core.givers import gave
from wracam.promotions.core.offers import Effect
from wracam.promotions.core.parts import touched
from wracam.promotions.core.runs import Taking
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import Run
from wracam.promotions.core.valuing import Plan

WORK_UNIT: Final = 50
"""Looking at so many open offers times classes of units counts as much as one combination."""
LEFT_OUT_MAX: Final = 8
"""Up to how many offers that cost next to nothing to leave out are tried in all combinations."""
Rivals = dict[int, set[int]]


class Search:
    """A search of the product lane (`PRODUCT`) or of everything (`EXTRA`), beside *free* offers taken in any case.

    Consuming offers are tried in every turn, the others in one order after them. Afterwards `chosen` and `saved` hold
    the best, and `gap_minor` how much better an unseen choice could at most be. Only choices that save more than
    *least* count; `has_found` says whether there was one.

    With a *tolerance*, one offer more can make the total dearer by so much. Then bounds are so much higher, and to
    leave free offers out (`left_out`) is tried for all choices that are no more than that behind the best: whatever
    the best choice without some of them is, with them it would be among these.
    """

    def __init__(
        self,
        desk: Desk,
        bench: Bench,
        free: Sequence[int],
        contested: Sequence[int],
        rivals: Rivals,
        ceilings: dict[int, int],
        lane_last: int,
        least: int = -1,
        tolerance: int = 0,
        room: int | None = None,
    ) -> None:
        self.desk = desk
        self.bench = bench
        self.free = tuple(free)
        self.rivals = rivals
        self.ceilings = ceilings
        self.lane_last = lane_last
        self.is_loose = desk.is_loose
        self.bounds = Bounds(desk, bench, free, lane_last, ceilings)
        entries = desk.entries
        self.consuming = [place for place in contested if entries[place].consuming]
        self.others = [place for place in contested if not entries[place].consuming]
        self.sharing = [place for place in self.consuming if entries[place].later and place in desk.limits]
        """Offers with a limit that using units up shares with what comes later."""
        self.tells_runs_apart = any(
            getattr(step.effect, "is_limited", False) for place in (*free, *contested) for step in entries[place].later
        )
        self.plans: dict[frozenset[int], Plan] = {}
        self.known: dict[tuple[int, tuple[int, ...]], list[Taking]] = {}
        self.seen: set[tuple[object, ...]] = set()
        self.chosen: tuple[int, ...] = ()
        self.saved = least
        self.has_found = False
        self.tolerance = tolerance
        self.room = room
        """How many that lower prices may be chosen, where the shop lets only so many stand together."""
        self.close: list[tuple[int, tuple[int, ...]]] = []
        """With a tolerance: the choices that were near the best when they were met, with what they save."""
        self.left_out: frozenset[int] = frozenset()
        self.unseen = 0
        self.gap_minor = 0

    def solve(self) -> None:
        """Search."""
        self._visit((), 0, self._start(), 0)
        if self.tolerance:
            self._leave_out()
        self.gap_minor = max(0, self.unseen - self.saved)

    def saved_first(self, place: int, others: Sequence[int]) -> tuple[int, bool]:
        """Return what is saved when the offer at *place* comes before *others*, and whether it gives anything."""
        entry = self.desk.entries[place]
        if entry.later or not entry.consuming:
            outcome = self.outcome_of((place, *others))
            return outcome.saved_minor, gave(outcome, place)
        consumed = self._start()
        for one in (place, *others):
            self._consume(consumed, one)
        return self._plan((place, *others)).saved(consumed), place in consumed.by_offer

    def outcome_of(self, chosen: tuple[int, ...], left_out: Set[int] = frozenset()) -> Outcome:
        """Return what another choice of this search's offers gives in its lanes, without some of the free ones."""
        free = [place for place in self.free if place not in left_out]
        consumed = self.consumed_by(chosen, left_out)
        places = (*chosen, *free)
        self.desk.finish(consumed, places, self.desk.steps(places, self.lane_last))
        return consumed

    def consumed_by(self, chosen: Sequence[int], left_out: Set[int] = frozenset()) -> Outcome:
        """Return what is left after a choice of this search's offers used units up, without some of the free ones."""
        consumed = self._start(left_out)
        for place in chosen:
            self.desk.consume(consumed, place)
        return consumed

    def _start(self, left_out: Set[int] = frozenset()) -> Outcome:
        start = Outcome(self.desk.units.start(), self.desk.units.cart.shipping_minor)
        for place in self.free:
            if place not in left_out:
                self.desk.consume(start, place)
        return start

    def _visit(self, chosen: tuple[int, ...], start: int, consumed: Outcome, at_most: int) -> None:
        """Value this choice, then try to add to it; *at_most* bounds what it saves itself (0 at the root)."""
        open_places = self._open(chosen, start)
        self.desk.work_left -= 1 + len(open_places) * len(self.desk.units.classes) // WORK_UNIT
        reach = {place: self._reach(place, consumed) for place in open_places}
        more = self._more(open_places, reach, consumed)
        if self.room is not None:
            more = min(more, self._more_in(self._room_left(chosen), reach))
        more += self.tolerance
        if chosen and not self.is_loose and at_most + more <= self._bar:
            return
        saved = self._value(chosen, consumed)
        if saved > self.saved:
            self.chosen, self.saved, self.has_found = chosen, saved, True
        if self.tolerance and saved > self._bar:
            self.close.append((saved, chosen))
        base = self._loose_base(chosen) if self.is_loose else saved
        for place in open_places if start else sorted(open_places, key=reach.__getitem__, reverse=True):
            if not reach[place]:
                continue
            if base + more <= self._bar:
                return
            if self.desk.work_left <= 0:
                self.unseen = max(self.unseen, base + more + self.tolerance)
                return
            if self.desk.entries[place].consuming:
                self._use_up(chosen, place, consumed, base + reach[place])
            else:
                at = self.others.index(place) + 1
                self._visit((*chosen, place), at, consumed, base + reach[place])

    @property
    def _bar(self) -> int:
        """What a choice must save more than to be of interest."""
        return self.saved - self.tolerance - 1 if self.tolerance else self.saved

    def _leave_out(self) -> None:
        """Try to leave free offers out of the choices near the best.

        What costs more than the tolerance to leave out alone cannot be made up for by leaving more out.
        """
        bar, best = self._bar, self.saved
        for saved, chosen in sorted(self.close, key=lambda found: -found[0]):
            if saved <= bar:
                break
            given = self.outcome_of(chosen).by_offer
            without = _Without(self, chosen)
            harmless = [
                place
                for place in self.free
                if given.get(place)
                and place not in self.desk.first
                and without.saved(frozenset((place,))) > self.saved - self.tolerance
            ]
            self.desk.work_left -= len(self.free) + (1 << len(harmless))
            if len(harmless) > LEFT_OUT_MAX or self.desk.work_left <= 0:
                self.unseen = max(self.unseen, best + self.tolerance)
                break
            for count in range(1, len(harmless) + 1):
                for left_out in map(frozenset, combinations(harmless, count)):
                    if without.saved(left_out) > self.saved:
                        self.chosen, self.saved, self.has_found = chosen, without.saved(left_out), True
                        self.left_out = left_out

    def _use_up(self, chosen: tuple[int, ...], place: int, consumed: Outcome, at_most: int) -> None:
        """Go on with the offer at *place*, unless the same offers have led to the same units in another turn."""
        after = consumed.copy()
        self._consume(after, place)
        if self._is_new(chosen, place, after):
            self._visit((*chosen, place), 0, after, at_most)

    def _consume(self, consumed: Outcome, place: int) -> None:
        effects = self.desk.entries[place].consuming
        if effects:
            self.desk.take_units(consumed, place, self._takings(place, effects[0], consumed))
        for effect in effects[1:]:
            self.desk.take_units(consumed, place, self.desk.takings(effect, consumed.state))

    def _value(self, chosen: tuple[int, ...], consumed: Outcome) -> int:
        return self._plan(chosen).saved(consumed)

    def _plan(self, chosen: Sequence[int]) -> Plan:
        """What the chosen offers do after units are used up; the same for all that do nothing then."""
        entries = self.desk.entries
        key = frozenset([place for place in chosen if entries[place].later])
        plan = self.plans.get(key)
        if plan is None:
            places = (*key, *self.free)
            plan = self.plans[key] = Plan(self.desk, places, self.desk.steps(places, self.lane_last))
        return plan

    def _open(self, chosen: tuple[int, ...], start: int) -> list[int]:
        taken = set(chosen)
        rivals = self.rivals
        pool = (self.consuming if start == 0 else []) + self.others[start:]
        if self.room is not None and self._room_left(chosen) <= 0:
            pool = [place for place in pool if not self.desk.entries[place].lowers_prices]
        if not taken:
            return pool
        return [
            place for place in pool if place not in taken and (place not in rivals or taken.isdisjoint(rivals[place]))
        ]

    def _room_left(self, chosen: Sequence[int]) -> int:
        assert self.room is not None
        return self.room - sum([self.desk.entries[place].lowers_prices for place in chosen])

    def _more_in(self, room: int, reach: Mapping[int, int]) -> int:
        """The most that adding candidates can save when only so many that lower prices may be added."""
        counted = [most for place, most in reach.items() if self.desk.entries[place].lowers_prices]
        return sum(reach.values()) - sum(counted) + sum(sorted(counted, reverse=True)[: max(0, room)])

    def _reach(self, place: int, consumed: Outcome) -> int:
        """The most that an open candidate can still save, on the units that are left."""
        entry = self.desk.entries[place]
        if self.is_loose:
            return self.ceilings[place]
        if not entry.consuming:
            return self.bounds.of_percentage(place, consumed)
        if entry.later or len(entry.consuming) > 1 or not self.ceilings[place]:
            return self.ceilings[place]
        return self.bounds.of_use(place, consumed.state.left)

    def _takings(self, place: int, effect: Effect, consumed: Outcome) -> list[Taking]:
        """What an effect would use up. It depends only on the units that are left: worked out once for them."""
        left = consumed.state.left
        key = (id(effect), tuple([left[number] for number in touched(self.desk, place)]))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.desk.takings(effect, consumed.state)
        return found

    def _more(self, open_places: Sequence[int], reach: dict[int, int], consumed: Outcome) -> int:
        """The most that adding open candidates can save.

        Of each group of rivals only the best counts, and each unit that is left can be used up once.
        """
        groups: dict[str, int] = {}
        using_up = []
        more = apart = 0
        for place in open_places:
            group = self.desk.entries[place].offer.group
            if group:
                groups[group] = max(groups.get(group, 0), reach[place])
            elif reach[place] and self.bounds.rates(place):
                using_up.append(place)
                apart += reach[place]
            else:
                more += reach[place]
        if len(using_up) > 1:
            apart = min(apart, self.bounds.of_units(using_up, consumed.state.left))
        return more + apart + sum(groups.values())

    def _loose_base(self, chosen: tuple[int, ...]) -> int:
        """Where an offer can make others give more, only what each gives alone bounds what they give together."""
        for place in self.free:
            if place not in self.ceilings:
                self.ceilings[place] = ceiling_of(self.desk, self.bench, place)
        return sum(self.ceilings[place] for place in (*chosen, *self.free))

    def _is_new(self, chosen: tuple[int, ...], place: int, after: Outcome) -> bool:
        """Say whether no other turn of the same offers left the same units, and the same to those with a limit."""
        if not chosen:
            return True
        runs = after.state.runs
        order: Callable[..., Sequence[Run]] = tuple if self.tells_runs_apart else sorted
        left = tuple([(number, runs[number][0], *order(runs[number][1:])) for number in sorted(runs)])
        given = tuple([after.given_by(one) for one in self.sharing])
        key = (frozenset((*chosen, place)), left, given)
        if key in self.seen:
            return False
        self.seen.add(key)
        return True


class _Without:
    """What one choice saves without some of the free offers, as a figure only."""

    def __init__(self, search: Search, chosen: Sequence[int]) -> None:
        self._search = search
        self._chosen = chosen
        self._consumed = search.consumed_by(chosen)
        self._known: dict[Set[int], int] = {}

    def saved(self, left_out: frozenset[int]) -> int:
        """Return what is saved without these offers."""
        found = self._known.get(left_out)
        if found is None:
            search, desk = self._search, self._search.desk
            places = (*self._chosen, *[place for place in search.free if place not in left_out])
            plan = Plan(desk, places, desk.steps(places, search.lane_last))
            is_using = any(desk.entries[place].consuming for place in left_out)
            consumed = search.consumed_by(self._chosen, left_out) if is_using else self._consumed
            found = self._known[left_out] = plan.saved(consumed)
        return found
