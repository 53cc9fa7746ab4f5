"""Choosing part by part, where the price of the products decides.

Most carts are of this kind. Offers beyond the products that have rivals are few: each allowed choice of them is an
option. Options are bounded first, by a look at each part of the cart (`PartSearch.look`), and tried from the most
promising on: in each the parts are searched one by one, for no less than what beats the best option so far. An option
with the same offers left to a part finds what was searched before.

What the order's offers make of the price of the products is first taken as if each could reach all products (but take
no more off than its own cost before promotions). That is never too little, and more the less the products cost. So the
choice that is best by it is the best, if it really saves that much, which is looked at in the end; a coupon that is
worth more than the products it is for is the rare case in which it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from wracam.promotions.core.bench import Bench
from wracam.promotions.core.catalog import ORDER, PRODUCT
from wracam.promotions.core.contest import Rivals
from wracam.promotions.core.offers import Reduction, Stage
from wracam.promotions.core.parts import (
    OPTIONS_MAX,
    Surroundings,
    independent,
    is_nearly_sum_decisive,
    on_order,
    parts_of,
    rounding_of_order,
)
from wracam.promotions.core.partsearch import PartSearch, part_search
from wracam.promotions.core.reducing import step_value, total_after_order
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import State

Found = tuple[tuple[int, ...], Outcome, int, dict[int, PartSearch]]
"""The places chosen, what they give, the gap, and for each offer the search that decided on it."""


LOOKS_MAX: Final = 12
"""How often what must be saved on products is looked for: each look comes much closer."""


class ByParts:
    """The searches of one cart."""

    def __init__(self, desk: Desk, rivals: Rivals) -> None:
        self.desk = desk
        self.rivals = rivals
        self.bench = Bench(desk)
        self.free: Sequence[int] = ()
        self._dearest: list[int] = []
        self.near: tuple[tuple[int, ...], Outcome] | None = None
        """The best found, where it is not sure to be the best of all."""
        self.known: dict[tuple[tuple[int, ...], tuple[int, ...]], PartSearch | None] = {}
        self.promises: dict[frozenset[int], int] = {}
        """For each option: what is saved with it at most."""
        self.beyond: dict[tuple[int, ...], tuple[list[Reduction], int]] = {}

    def solve(self, free: Sequence[int], contested: Sequence[int]) -> Found | None:
        """Choose among *contested*, beside *free*; nothing where this way of choosing cannot be sure."""
        desk = self.desk
        beyond = [place for place in contested if desk.entries[place].reaches_beyond]
        if any(desk.entries[place].begins == PRODUCT for place in beyond):
            return None
        if not is_nearly_sum_decisive(desk, [*free, *beyond]):
            return None
        options = list(independent(beyond, self.rivals, OPTIONS_MAX + 1))
        return None if len(options) > OPTIONS_MAX else self._best_of(options, free, contested)

    @property
    def dearest(self) -> list[int]:
        """What the products of each class cost with the free offers alone."""
        if not self._dearest:
            self._dearest = self.desk.products_after(self.free)
        return self._dearest

    def _best_of(
        self, options: Sequence[tuple[int, ...]], free: Sequence[int], contested: Sequence[int]
    ) -> Found | None:
        desk = self.desk
        around = Surroundings(desk, free)
        inner = [place for place in contested if not desk.entries[place].reaches_beyond]
        searches = self._searches(around, inner)
        if searches is None:
            return None
        self.free = free
        if len(options) == 1:
            for search in searches:
                if not search.is_solved:
                    search.solve()
            return self._verified(free, options[0], searches, sum([search.gap_minor for search in searches]))
        by_promise: list[tuple[int, dict[PartSearch, int], tuple[int, ...], list[int]]] = []
        for option in options:
            beside = [place for place in inner if not self._is_rival(place, option)]
            promised = {search: _promised(search, beside) for search in searches}
            promise = self.promises[frozenset(option)] = self._saved(free, option, sum(promised.values()))
            by_promise.append((promise, promised, option, beside))
        by_promise.sort(key=lambda found: -found[0])
        wholes = {place: search for search in searches for place in search.contested}
        best, ceiling = -1, 0
        chosen: tuple[Sequence[int], list[PartSearch]] = ((), [])
        for promise, promised, option, beside in by_promise:
            if promise < best or (promise == best and len(option) <= len(chosen[0])):
                break
            needed = self._needed(free, option, sum(promised.values()), best + (len(option) <= len(chosen[0])))
            found = self._parts_beside(around, beside, wholes, promised, needed)
            if found is None:
                return None
            less = sum(map(_less, found))
            saved = self._saved(free, option, less)
            ceiling = max(ceiling, self._saved(free, option, less + sum([search.gap_minor for search in found])))
            if saved > best or (saved == best and len(option) > len(chosen[0])):
                best, chosen = saved, (option, found)
        return self._verified(free, *chosen, ceiling - best)

    def _parts_beside(
        self,
        around: Surroundings,
        beside: Sequence[int],
        wholes: Mapping[int, PartSearch],
        promised: Mapping[PartSearch, int],
        needed: int,
    ) -> list[PartSearch] | None:
        """Search the parts of what may stand beside an option.

        *promised* is how much less their products could cost at most, by the search of all that is contested in the
        part, and *needed* how much less all must cost for the option to be of use.
        """
        searches = []
        others = sum(promised.values())
        parts = self._parts(around, beside)
        for part in parts:
            whole = wholes[part[0]]
            is_only = sum([wholes[other[0]] is whole for other in parts]) == 1
            least = needed - (others - promised[whole]) if is_only else -1
            search = self._search_of(part, around.beside(self.desk, part), least)
            if search is None:
                return None
            if not search.is_solved:
                search.solve(least)
            searches.append(search)
        return searches

    def _needed(self, free: Sequence[int], option: tuple[int, ...], less: int, target: int) -> int:
        """Return how much less the products must cost for *target* to be saved with an option; 0 where that is unknown.

        It is found from above, from *less*. What the products cost less is at most what is saved more, so as much as
        is saved above the target can be left out at once.
        """
        for _ in range(LOOKS_MAX):
            above = self._saved(free, option, less) - target
            if above < 0:
                return less + 1
            less -= max(1, above)
        return 0

    def _is_rival(self, place: int, option: Sequence[int]) -> bool:
        return place in self.rivals and not self.rivals[place].isdisjoint(option)

    def _searches(self, around: Surroundings, contested: Sequence[int]) -> list[PartSearch] | None:
        """Return the searches of the parts, with a look at each."""
        searches = []
        for part in self._parts(around, contested):
            search = self._search_of(part, around.beside(self.desk, part))
            if search is None:
                return None
            search.look()
            searches.append(search)
        return searches

    def _parts(self, around: Surroundings, contested: Sequence[int]) -> list[list[int]]:
        return parts_of(self.desk, around, contested, self.rivals)

    def _search_of(self, part: Sequence[int], around: Sequence[int], needed: int = -1) -> PartSearch | None:
        """Return the search of a part; a new one if it was searched for less than *needed* asks for, in vain."""
        key = (tuple(part), tuple(around))
        search = self.known.get(key)
        if search is None or (search.is_solved and not search.has_found and needed < search.needed):
            search = self.known[key] = part_search(self.desk, self.bench, around, part, self.rivals)
        return search

    def _saved(self, free: Sequence[int], option: tuple[int, ...], less: int) -> int:
        """What is saved with an option when the products cost so much less than with the free offers, at most."""
        desk = self.desk
        if option not in self.beyond:
            places = [*free, *option]
            beyond = Outcome(State([], [], {}), desk.units.cart.shipping_minor)
            for _, step, place in desk.steps(places):
                if step.lane > ORDER:
                    desk.take_step(beyond, place, step.effect, step.lane)
            self.beyond[option] = self._effects(places), beyond.saved_minor
        effects, saved = self.beyond[option]
        total = total_after_order(effects, max(0, sum(self.dearest) - less), desk.units, desk.policy)
        return desk.units.start_total - total + saved

    def _effects(self, places: Sequence[int]) -> list[Reduction]:
        """What offers do to the order, as if they could reach all products.

        Those for the same products take no more off together than these cost with the free offers alone, or without
        any offer where roundings could make it better to leave some of the free ones out.
        """
        units = self.desk.units
        amounts = units.start_amounts if rounding_of_order(self.desk, places) else self.dearest
        effects = on_order(self.desk, places)
        taken: dict[tuple[int, ...], int] = {}
        for turn, effect in enumerate(effects):
            numbers = units.matching(effect.units)
            if numbers != units.everything and effect.stage is Stage.ORDER_AMOUNT:
                before = taken.get(numbers, 0)
                off, most = step_value(effect, units), sum([amounts[number] for number in numbers]) - before
                if off > most:
                    effects[turn] = replace(effect, amount_minor=most, percent_ppm=0, steps=())
                off = off if effect.cap_minor is None else min(off, effect.cap_minor)
                taken[numbers] = before + min(off, most)
        return effects

    def _verified(
        self, free: Sequence[int], option: Sequence[int], searches: Sequence[PartSearch], gap: int
    ) -> Found | None:
        """Carry the choice out; nothing if its offers on the order could not take off all that was thought."""
        desk = self.desk
        chosen = [place for search in searches for place in search.chosen]
        places = (*desk.first, *chosen, *option, *(place for place in free if place not in desk.first))
        outcome = desk.run(places)
        total = total_after_order(self._effects(places), outcome.products_minor, desk.units, desk.policy)
        if sum(outcome.state.amounts) > total:
            self.near = places, outcome
            return None
        deciders = {place: search for search in searches for place in search.contested}
        return places, outcome, gap, deciders


def _less(search: PartSearch) -> int:
    """How much less the products cost than with the free offers alone."""
    return search.saved - search.saved_free


def _promised(search: PartSearch, beside: Collection[int]) -> int:
    """How much less they could cost at most when only those *beside* an option may be chosen."""
    return search.most_of(beside) - search.saved_free
