"""Choosing part by part, where the price of the products decides.

Most carts are of this kind. Offers beyond the products that have rivals are few: each allowed choice of them is an
option. In each option the parts of the cart are searched one by one; an option with the same offers left to a part
finds what was searched before.

What the order's offers make of the price of the products is first taken as if each could reach all products. That is
never too little, and more the less the products cost. So the choice that is best by it is the best, if it really saves
that much, which is looked at in the end; a coupon that is worth more than the products it is for is the rare case in
which it does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.core.catalog import ORDER, PRODUCT
from wracam.promotions.core.contest import Rivals
from wracam.promotions.core.parts import (
    OPTIONS_MAX,
    Surroundings,
    independent,
    is_nearly_sum_decisive,
    on_order,
    parts_of,
)
from wracam.promotions.core.partsearch import PartSearch, part_search
from wracam.promotions.core.reducing import total_after_order
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import State
from wracam.promotions.core.uses import Bench

Found = tuple[tuple[int, ...], Outcome, int, dict[int, PartSearch]]
"""The places chosen, what they give, the gap, and for each offer the search that decided on it."""


class ByParts:
    """The searches of one cart."""

    def __init__(self, desk: Desk, rivals: Rivals) -> None:
        self.desk = desk
        self.rivals = rivals
        self.bench = Bench(desk)
        self.known: dict[tuple[tuple[int, ...], tuple[int, ...]], PartSearch | None] = {}

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

    def _best_of(
        self, options: Sequence[tuple[int, ...]], free: Sequence[int], contested: Sequence[int]
    ) -> Found | None:
        desk = self.desk
        around = Surroundings(desk, free)
        inner = [place for place in contested if not desk.entries[place].reaches_beyond]
        searches = self._searches(around, inner)
        if searches is None:
            return None
        if len(options) == 1:
            return self._verified(free, options[0], searches, sum([search.gap_minor for search in searches]))
        dearest = desk.products_after(free)
        most = self._less(searches) + sum([search.gap_minor for search in searches])
        by_promise = [(self._saved([*free, *option], dearest - most), option) for option in options]
        by_promise.sort(key=lambda found: -found[0])
        best, ceiling = -1, 0
        chosen: tuple[Sequence[int], list[PartSearch]] = ((), [])
        for promise, option in by_promise:
            if promise < best or (promise == best and len(option) <= len(chosen[0])):
                break
            searches = self._searches(around, [place for place in inner if not self._is_rival(place, option)])
            if searches is None:
                return None
            saved = self._saved([*free, *option], dearest - self._less(searches))
            gap = sum([search.gap_minor for search in searches])
            ceiling = max(ceiling, self._saved([*free, *option], dearest - self._less(searches) - gap))
            if saved > best or (saved == best and len(option) > len(chosen[0])):
                best, chosen = saved, (option, searches)
        return self._verified(free, *chosen, ceiling - best)

    def _less(self, searches: Sequence[PartSearch]) -> int:
        """How much less the products cost than with the free offers alone."""
        return sum([search.saved - search.saved_free for search in searches])

    def _is_rival(self, place: int, option: Sequence[int]) -> bool:
        return place in self.rivals and not self.rivals[place].isdisjoint(option)

    def _searches(self, around: Surroundings, contested: Sequence[int]) -> list[PartSearch] | None:
        searches = []
        for part in parts_of(self.desk, around, contested, self.rivals):
            search = self._search_of(part, around.beside(self.desk, part))
            if search is None:
                return None
            searches.append(search)
        return searches

    def _search_of(self, part: Sequence[int], around: Sequence[int]) -> PartSearch | None:
        key = (tuple(part), tuple(around))
        if key not in self.known:
            search = self.known[key] = part_search(self.desk, self.bench, around, part, self.rivals)
            if search is not None:
                search.solve()
        return self.known[key]

    def _saved(self, places: Sequence[int], products_minor: int) -> int:
        """What is saved when the products cost so much and these offers follow, at most."""
        products_minor = max(0, products_minor)
        desk = self.desk
        total = total_after_order(on_order(desk, places), products_minor, desk.units, desk.policy)
        beyond = Outcome(State([], [], {}), desk.units.cart.shipping_minor)
        for _, step, place in desk.steps(places):
            if step.lane > ORDER:
                desk.take_step(beyond, place, step.effect, step.lane)
        return desk.units.start_total - total + beyond.saved_minor

    def _verified(
        self, free: Sequence[int], option: Sequence[int], searches: Sequence[PartSearch], gap: int
    ) -> Found | None:
        """Carry the choice out; nothing if its offers on the order could not take off all that was thought."""
        desk = self.desk
        chosen = [place for search in searches for place in search.chosen]
        places = (*desk.first, *chosen, *option, *(place for place in free if place not in desk.first))
        outcome = desk.run(places)
        total = total_after_order(on_order(desk, places), outcome.products_minor, desk.units, desk.policy)
        if sum(outcome.state.amounts) > total:
            return None
        deciders = {place: search for search in searches for place in search.contested}
        return places, outcome, gap, deciders
