"""Finding the best allowed combination: exact, with a limit on work and an honest gap.

Offers that nothing contests are always taken; only contested ones are searched. Most carts are chosen part by part
(`byparts`, `partsearch`); what that cannot be sure of (caps and budgets, conditions on the discounted total, offers
that give in several lanes, "the dearest two" across products) is searched in one tree over everything (`tree`).

What makes bounds hold: what an offer gives beside others is never more than the most that it can give on the units
that are left (`reaches`), because others only lower prices and use units up. Where that is not so (`entangled`), every
offer is contested, and the most that each can ever give (`most`) is all that bounds a choice. Ties go to the
combination met first; the order in which combinations are tried depends on the cart and the offers only: the most
promising first, by bounds, then by the most an offer can give, its priority and its key.

One thing shakes "the lower the products, the lower the total": an amount off some of the products that they are not
worth. What a percentage of the order takes off *them* is lost then, and how it is rounded decides what is left of the
others, so that even an offer that nothing contests can cost a minor unit. Such carts are searched with a tolerance, and
leaving such offers out is tried for every choice that comes near the best (`tree`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from wracam.promotions.core.bench import Bench
from wracam.promotions.core.bounds import ceiling_of
from wracam.promotions.core.byparts import ByParts
from wracam.promotions.core.catalog import EXTRA, PRODUCT
from wracam.promotions.core.entangled import knots_of
from wracam.promotions.core.givers import count_given
from wracam.promotions.core.parts import (
    OPTIONS_MAX,
    Surroundings,
    contested_of,
    independent,
    is_sum_decisive,
    parts_of,
    rivals_of,
    rounding_of_order,
)
from wracam.promotions.core.partsearch import PartSearch
from wracam.promotions.core.tree import Rivals, Search
from wracam.promotions.core.trial import Desk, Outcome

PROMISE_UNKNOWN: Final = 1 << 62
"""More than any amount."""


@dataclass(slots=True)
class Choice:
    """The places of the chosen offers, what they give, and how much better an unseen combination could be."""

    places: tuple[int, ...]
    outcome: Outcome
    gap_minor: int = 0
    searches: Mapping[int, Search | PartSearch] = field(default_factory=dict)
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
    """Return the best without those that stand alone, and with no more than the shop lets stand together."""
    choice, rivals = _best_of_any_number(desk, places)
    most = desk.policy.promotions_max
    if most is None or count_given(desk, choice.outcome) <= most:
        return choice
    is_counted = [entry.lowers_prices for entry in desk.entries]
    open_places = [place for place in places if place not in desk.first]
    contested = [place for place in open_places if desk.is_loose or is_counted[place] or rivals.get(place)]
    free = [*desk.first, *(place for place in open_places if place not in contested)]
    return _Solver(desk, rivals, {}).of_so_many(
        free, contested, most - sum([is_counted[place] for place in desk.first])
    )


def _best_of_any_number(desk: Desk, places: Sequence[int]) -> tuple[Choice, Rivals]:
    open_places = [place for place in places if place not in desk.first]
    desk.is_entangled, desk.roughness, desk.slack, unsure = knots_of(desk, places)
    rivals = rivals_of(desk, open_places)
    contested = contested_of(desk, open_places, rivals) | unsure.intersection(open_places)
    free = [*desk.first, *(place for place in open_places if place not in contested)]
    if not contested and not _tolerance(desk, free):
        return Choice(tuple(free), desk.run(free)), rivals
    ranked = sorted(contested, key=lambda place: (-desk.entries[place].offer.priority, desk.entries[place].key))
    by_parts = ByParts(desk, rivals)
    found = by_parts.solve(free, ranked)
    if found is not None:
        return Choice(*found), rivals
    near = None if by_parts.near is None else Choice(*by_parts.near)
    return _Solver(desk, rivals, by_parts.promises).solve(free, ranked, near), rivals


def _tolerance(desk: Desk, places: Sequence[int]) -> int:
    """How much dearer one of these offers more can make the total at most, where everything is searched."""
    return 0 if desk.is_loose else desk.roughness + desk.slack + rounding_of_order(desk, places)


class _Solver:
    """Splits what is contested into searches that do not depend on each other."""

    def __init__(self, desk: Desk, rivals: Rivals, promises: Mapping[frozenset[int], int]) -> None:
        self.desk = desk
        self.rivals = rivals
        self.promises = promises
        """What is saved at most with choices of offers beyond the products, where that is known."""
        self.bench = Bench(desk)
        self.ceilings: dict[int, int] = {}
        self.known: dict[tuple[tuple[int, ...], tuple[int, ...]], Search] = {}

    def solve(self, free: Sequence[int], contested: Sequence[int], near: Choice | None) -> Choice:
        """Choose among *contested*, beside *free*, what is better than a choice that is *near* the best, or that."""
        self.ceilings = {place: ceiling_of(self.desk, self.bench, place) for place in sorted(contested)}
        contested = sorted(contested, key=lambda place: -self.ceilings[place])
        beyond = [place for place in contested if self.desk.entries[place].reaches_beyond]
        is_rough = self.desk.is_loose or self.desk.roughness or self.desk.slack
        if is_rough or any(self.desk.entries[place].consuming for place in beyond):
            return self._of_everything(free, contested)
        options = list(independent(beyond, self.rivals, OPTIONS_MAX + 1))
        if len(options) > OPTIONS_MAX:
            return self._of_everything(free, contested)
        found, ceiling = near, 0 if near is None else near.outcome.saved_minor
        for option in sorted(options, key=self._promise, reverse=True):
            if found is not None and self._promise(option) <= found.outcome.saved_minor:
                break
            inner = [place for place in contested if place not in beyond and not self._is_rival(place, option)]
            least = -1 if found is None else found.outcome.saved_minor - (found is near)
            choice = self._of_products([*free, *option], inner, least)
            if choice is None:
                continue
            ceiling = max(ceiling, choice.outcome.saved_minor + choice.gap_minor)
            if found is None or choice.outcome.saved_minor + (found is near) > found.outcome.saved_minor:
                found = choice
        assert found is not None
        found.gap_minor = ceiling - found.outcome.saved_minor
        return found

    def of_so_many(self, free: Sequence[int], contested: Sequence[int], most: int) -> Choice:
        """Choose among *contested*, of those that lower prices *most* at most, beside *free*."""
        self.ceilings = {place: ceiling_of(self.desk, self.bench, place) for place in sorted(contested)}
        choice = self._jointly(free, sorted(contested, key=lambda place: -self.ceilings[place]), room=most)
        assert choice is not None
        return choice

    def _of_everything(self, free: Sequence[int], contested: Sequence[int]) -> Choice:
        choice = self._jointly(free, contested)
        assert choice is not None
        return choice

    def _promise(self, option: Sequence[int]) -> int:
        return self.promises.get(frozenset(option), PROMISE_UNKNOWN)

    def _is_rival(self, place: int, option: Sequence[int]) -> bool:
        return not self.rivals.get(place, set()).isdisjoint(option)

    def _of_products(self, free: Sequence[int], contested: Sequence[int], least: int) -> Choice | None:
        """Choose among offers on products only; nothing when it is clear that no choice saves more than *least*."""
        if not is_sum_decisive(self.desk, free):
            return self._jointly(free, contested, least)
        if not contested:
            return Choice(tuple(free), self.desk.run(free))
        searches: dict[int, Search] = {}
        chosen: tuple[int, ...] = ()
        gap = 0
        around = Surroundings(self.desk, free)
        for part in parts_of(self.desk, around, contested, self.rivals):
            search = self._search_of(part, around.beside(self.desk, part))
            searches.update(dict.fromkeys(part, search))
            chosen += search.chosen
            gap += search.gap_minor
        places = (*self.desk.first, *chosen, *(place for place in free if place not in self.desk.first))
        return Choice(places, self.desk.run(places), gap, searches)

    def _search_of(self, part: Sequence[int], around: Sequence[int]) -> Search:
        key = (tuple(part), tuple(around))
        if key not in self.known:
            self.known[key] = Search(self.desk, self.bench, around, part, self.rivals, self.ceilings, PRODUCT)
            self.known[key].solve()
        return self.known[key]

    def _jointly(
        self, free: Sequence[int], contested: Sequence[int], least: int = -1, room: int | None = None
    ) -> Choice | None:
        """Search all lanes at once; nothing when no choice saves more than *least* and none is left unseen."""
        tolerance = _tolerance(self.desk, [*free, *contested])
        search = Search(
            self.desk, self.bench, free, contested, self.rivals, self.ceilings, EXTRA, least, tolerance, room
        )
        search.solve()
        if not search.has_found and not search.gap_minor:
            return None
        others = (place for place in free if place not in self.desk.first and place not in search.left_out)
        places = (*self.desk.first, *search.chosen, *others)
        outcome = self.desk.run(places)
        gap = max(0, search.unseen - outcome.saved_minor)
        return Choice(places, outcome, gap, dict.fromkeys(contested, search) if search.has_found else {})
