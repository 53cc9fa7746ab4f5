"""Finding the best allowed combination: exact branch and bound, with a limit and an honest gap.

What makes the bound hold: an offer never gives more beside others than it gives alone, because others only lower
prices and use units up. So `what the chosen give + what each open candidate could give on the units that are left`
is never too low. Offers that nothing contests are always taken; only contested ones are searched, part by part where
parts of the cart do not touch. Ties go to the combination met first when candidates are tried by what they give
alone, then by priority, then by key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wracam.promotions.core.apply import EFFECTS
from wracam.promotions.core.offers import BuyGet, Offer, Pick, Stage
from wracam.promotions.core.parts import beside, is_separable, parts_of, touched
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import State


@dataclass(slots=True)
class Choice:
    """The places of the chosen offers, what they give, and how much better an unseen combination could be."""

    places: tuple[int, ...]
    outcome: Outcome
    gap_minor: int = 0


def best(desk: Desk) -> Choice:
    """Return the best allowed combination of the desk's offers."""
    sociable = [place for place, offer in enumerate(desk.offers) if not offer.is_exclusive]
    choice = _best_of(desk, sociable)
    for place, offer in enumerate(desk.offers):
        if offer.is_exclusive:
            outcome = desk.run((place,))
            if outcome.saved_minor > choice.outcome.saved_minor:
                gap = choice.outcome.saved_minor + choice.gap_minor - outcome.saved_minor
                choice = Choice((place,), outcome, max(0, gap))
    return choice


def conflict(one: Offer, other: Offer) -> bool:
    """Say whether the two offers may not stand side by side."""
    if one.is_exclusive or other.is_exclusive:
        return True
    if one.group and one.group == other.group:
        return True
    return other.key in one.excludes or one.key in other.excludes


def _best_of(desk: Desk, places: Sequence[int]) -> Choice:
    contested = [place for place in places if _is_contested(desk, place, places)]
    if not contested:
        return Choice(tuple(places), desk.run(places))
    free = [place for place in places if place not in set(contested)]
    ceilings = _ceilings(desk, contested)
    contested.sort(key=lambda place: (-ceilings[place], -desk.offers[place].priority, desk.offers[place].key))
    if desk.fragile or not is_separable(desk, free, contested):
        return _Search(desk, free, contested, ceilings).solve()
    chosen: tuple[int, ...] = ()
    gap = 0
    for part in parts_of(desk, free, contested, conflict):
        found = _best_of_part(desk, beside(desk, free, part), part, ceilings)
        chosen += found.places
        gap += found.gap_minor
    return Choice((*chosen, *free), desk.run((*chosen, *free)), gap)


def _best_of_part(desk: Desk, free: Sequence[int], part: Sequence[int], ceilings: dict[int, int]) -> Choice:
    """Search one part on a desk of its own; only its contested offers are returned, at their places on *desk*."""
    places = [*part, *free]
    own = Desk(desk.units, [_products_only(desk.offers[place]) for place in places], desk.policy)
    numbers = range(len(part))
    search = _Search(
        own, range(len(part), len(places)), numbers, {number: ceilings[part[number]] for number in numbers}
    )
    found = search.solve()
    desk.trials += own.trials
    return replace(found, places=tuple(part[number] for number in found.places if number < len(part)))


def _products_only(offer: Offer) -> Offer:
    """An offer without its effects on the order, shipping and extras, which no part decides alone."""
    if all(effect.stage <= Stage.AMOUNT for effect in offer.effects):
        return offer
    return replace(offer, effects=tuple(effect for effect in offer.effects if effect.stage <= Stage.AMOUNT))


def _is_contested(desk: Desk, place: int, places: Sequence[int]) -> bool:
    offer = desk.offers[place]
    if desk.fragile:
        return True
    for other in places:
        if other == place:
            continue
        if conflict(offer, desk.offers[other]):
            return True
        if place in desk.consuming and other in desk.consuming and touched(desk, place) & touched(desk, other):
            return True
    return False


def _ceilings(desk: Desk, places: Sequence[int]) -> dict[int, int]:
    """Return the most that each offer can ever give: what it gives alone."""
    generous = Desk(desk.units, [_with_dearest_units(offer) for offer in desk.offers], desk.policy)
    desk.trials += len(places)
    return {place: generous.run((place,)).saved_minor for place in places}


def _with_dearest_units(offer: Offer) -> Offer:
    """An offer that gives its cheapest units can give more once others took those: bound it by the dearest."""
    if not any(isinstance(effect, BuyGet) and effect.pick is Pick.CHEAPEST for effect in offer.effects):
        return offer
    effects = tuple(
        replace(effect, pick=Pick.DEAREST) if isinstance(effect, BuyGet) else effect for effect in offer.effects
    )
    return replace(offer, effects=effects)


class _Search:
    """One branch-and-bound run over the contested candidates of one part of the cart."""

    def __init__(self, desk: Desk, free: Sequence[int], contested: Sequence[int], ceilings: dict[int, int]) -> None:
        self.desk = desk
        self.free = tuple(free)
        self.ceilings = ceilings
        self.rivals = {
            place: frozenset(
                other for other in contested if other != place and conflict(desk.offers[place], desk.offers[other])
            )
            for place in contested
        }
        self.consuming = [place for place in contested if place in desk.consuming]
        self.others = [place for place in contested if place not in desk.consuming]
        self.turn = {place: number for number, place in enumerate(self.consuming)}
        self.nodes_left = desk.policy.search_nodes_max
        self.best: Choice | None = None
        self.unseen = 0

    def solve(self) -> Choice:
        self._visit((), 0, self.desk.start)
        assert self.best is not None
        self.best.gap_minor = max(0, self.unseen - self.best.outcome.saved_minor)
        return self.best

    def _visit(self, chosen: tuple[int, ...], start: int, state: State) -> None:
        """Value this choice, then try to add to it: consuming offers in any turn, then the others in one order."""
        outcome = self.desk.run((*chosen, *self.free))
        self.nodes_left -= 1
        if self.best is None or outcome.saved_minor > self.best.outcome.saved_minor:
            self.best = Choice((*chosen, *self.free), outcome)
        open_places = self._open(chosen, start)
        reach = {place: self._reach(place, state) for place in open_places}
        open_places = [place for place in open_places if reach[place] > 0]
        bound = self._bound(outcome, chosen, open_places, reach)
        for place in open_places:
            if bound <= self.best.outcome.saved_minor:
                return
            if self.nodes_left <= 0:
                self.unseen = max(self.unseen, bound)
                return
            if place not in self.turn:
                self._visit((*chosen, place), self.others.index(place) + 1, state)
            elif self._is_new_turn(chosen, place):
                self._visit((*chosen, place), 0, self._after(place, state))

    def _open(self, chosen: tuple[int, ...], start: int) -> list[int]:
        taken = set(chosen)
        pool = (self.consuming if start == 0 else []) + self.others[start:]
        return [place for place in pool if place not in taken and taken.isdisjoint(self.rivals[place])]

    def _reach(self, place: int, state: State) -> int:
        """The most that an open candidate can still give: a purely consuming one, on the units that are left."""
        offer = self.desk.offers[place]
        if place not in self.turn or self.desk.fragile or any(e.stage is not Stage.CONSUMING for e in offer.effects):
            return self.ceilings[place]
        left = list(state)
        given = 0
        for effect in _with_dearest_units(offer).effects:
            given += sum(EFFECTS[type(effect)](effect, self.desk.units, left, self.desk.policy).values())
        return min(given, self.ceilings[place])

    def _after(self, place: int, state: State) -> State:
        left = list(state)
        for effect in self.desk.consuming[place]:
            EFFECTS[type(effect)](effect, self.desk.units, left, self.desk.policy)
        return left

    def _bound(
        self, outcome: Outcome, chosen: tuple[int, ...], open_places: Sequence[int], reach: dict[int, int]
    ) -> int:
        """The most that adding open candidates can reach: of each group of rivals only the best counts."""
        groups: dict[str, int] = {}
        total = outcome.saved_minor
        if self.desk.fragile:
            total = sum(self.ceilings[place] for place in (*chosen, *self.free))
        for place in open_places:
            group = self.desk.offers[place].group or f"\x00{place}"
            groups[group] = max(groups.get(group, 0), reach[place])
        return total + sum(groups.values())

    def _is_new_turn(self, chosen: tuple[int, ...], place: int) -> bool:
        """Neighbours in turn that do not touch the same units commute: keep one of the two orders."""
        if not chosen or touched(self.desk, chosen[-1]) & touched(self.desk, place):
            return True
        return self.turn[chosen[-1]] < self.turn[place]
