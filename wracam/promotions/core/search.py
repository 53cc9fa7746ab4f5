"""Finding the best allowed combination: exact branch and bound, with a limit and an honest gap.

What makes the bound hold: an offer never gives more beside others than it gives alone, because others only lower
prices and use units up. So `what the chosen give + what each open candidate gives alone` is never too low. Offers that
nothing contests are always taken; only contested ones are searched. Ties go to the combination met first when
candidates are tried by what they give alone, then by priority, then by key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wracam.promotions.core.offers import BuyGet, Offer, Pick, Stage, is_consuming
from wracam.promotions.core.trial import Desk, Outcome


@dataclass(slots=True)
class Choice:
    """The places of the chosen offers, what they give, and how much better an unseen combination could be."""

    places: tuple[int, ...]
    outcome: Outcome
    gap_minor: int = 0


def best(desk: Desk) -> Choice:
    """Return the best allowed combination of the desk's offers."""
    alone = _ceilings(desk)
    order = sorted(
        range(len(desk.offers)),
        key=lambda place: (-alone[place], -desk.offers[place].priority, desk.offers[place].key),
    )
    lonely = [place for place in order if desk.offers[place].is_exclusive]
    search = _Search(desk, alone, [place for place in order if not desk.offers[place].is_exclusive])
    choice = search.solve()
    for place in lonely:
        outcome = desk.run((place,))
        if outcome.saved_minor > choice.outcome.saved_minor:
            choice = Choice((place,), outcome, max(0, choice.gap_minor - outcome.saved_minor))
    return choice


def _ceilings(desk: Desk) -> list[int]:
    """Return the most that each offer can ever give: what it gives alone.

    An offer that hands out its cheapest units can give more once others have used those up, so its ceiling is taken
    with the dearest units.
    """
    generous = [_with_dearest_units(offer) for offer in desk.offers]
    if generous != desk.offers:
        desk = Desk(desk.units, generous, desk.policy)
    return [desk.run((place,)).saved_minor for place in range(len(desk.offers))]


def _with_dearest_units(offer: Offer) -> Offer:
    if not any(isinstance(effect, BuyGet) and effect.pick is Pick.CHEAPEST for effect in offer.effects):
        return offer
    effects = tuple(
        replace(effect, pick=Pick.DEAREST) if isinstance(effect, BuyGet) else effect for effect in offer.effects
    )
    return replace(offer, effects=effects)


def conflict(one: Offer, other: Offer) -> bool:
    """Say whether the two offers may not stand side by side."""
    if one.is_exclusive or other.is_exclusive:
        return True
    if one.group and one.group == other.group:
        return True
    return other.key in one.excludes or one.key in other.excludes


class _Search:
    """One branch-and-bound run over the contested candidates."""

    def __init__(self, desk: Desk, alone: Sequence[int], order: Sequence[int]) -> None:
        self.desk = desk
        self.alone = alone
        self.touching = {place: _touched(desk, place) for place in order}
        self.rivals = {place: self._rivals(place, order) for place in order}
        contested = [place for place in order if self._is_contested(place, order)]
        self.free = [place for place in order if place not in set(contested)]
        self.consuming = [place for place in contested if place in desk.consuming]
        self.others = [place for place in contested if place not in desk.consuming]
        self.nodes_left = desk.policy.search_nodes_max
        self.best: Choice | None = None
        self.unseen = 0

    def solve(self) -> Choice:
        self._visit((), 0)
        assert self.best is not None
        self.best.gap_minor = max(0, self.unseen - self.best.outcome.saved_minor)
        return self.best

    def _visit(self, chosen: tuple[int, ...], start: int) -> None:
        """Value this choice, then try to add to it: consuming offers in any turn, the others in one order."""
        outcome = self.desk.run((*chosen, *self.free))
        self.nodes_left -= 1
        if self.best is None or outcome.saved_minor > self.best.outcome.saved_minor:
            self.best = Choice((*chosen, *self.free), outcome)
        is_consuming_phase = start == 0
        open_places = self._open(chosen, start)
        if not open_places:
            return
        bound = self._bound(outcome, chosen, open_places)
        if bound <= self.best.outcome.saved_minor:
            return
        for place in open_places:
            if self.nodes_left <= 0:
                self.unseen = max(self.unseen, bound)
                return
            if place in self.desk.consuming:
                if is_consuming_phase and self._is_new_turn(chosen, place):
                    self._visit((*chosen, place), 0)
            else:
                self._visit((*chosen, place), self.others.index(place) + 1)

    def _open(self, chosen: tuple[int, ...], start: int) -> list[int]:
        taken = set(chosen)
        pool = (self.consuming if start == 0 else []) + self.others[start:]
        return [place for place in pool if place not in taken and taken.isdisjoint(self.rivals[place])]

    def _bound(self, outcome: Outcome, chosen: tuple[int, ...], open_places: Sequence[int]) -> int:
        """The most that adding open candidates can reach: of each group of rivals only the best counts."""
        groups: dict[str, int] = {}
        total = self._alone_of(chosen) if self.desk.fragile else outcome.saved_minor
        for place in open_places:
            group = self.desk.offers[place].group or f"\x00{place}"
            groups[group] = max(groups.get(group, 0), self.alone[place])
        return total + sum(groups.values())

    def _alone_of(self, chosen: tuple[int, ...]) -> int:
        return sum(self.alone[place] for place in (*chosen, *self.free))

    def _is_new_turn(self, chosen: tuple[int, ...], place: int) -> bool:
        """Neighbours in turn that do not touch the same units commute: keep one of the two orders."""
        if not chosen or not self.touching[chosen[-1]].isdisjoint(self.touching[place]):
            return True
        return self.consuming.index(chosen[-1]) < self.consuming.index(place)

    def _rivals(self, place: int, order: Sequence[int]) -> frozenset[int]:
        offers = self.desk.offers
        return frozenset(other for other in order if other != place and conflict(offers[place], offers[other]))

    def _is_contested(self, place: int, order: Sequence[int]) -> bool:
        if self.rivals[place] or self.desk.fragile:
            return True
        if place not in self.desk.consuming:
            return False
        return any(
            other != place
            and other in self.desk.consuming
            and not self.touching[place].isdisjoint(self.touching[other])
            for other in order
        )


def _touched(desk: Desk, place: int) -> frozenset[int]:
    """The unit classes that the offer's consuming effects may use up."""
    offer = desk.offers[place]
    if not is_consuming(offer):
        return frozenset()
    touched: set[int] = set()
    for effect in offer.effects:
        if effect.stage is Stage.CONSUMING:
            filters = [getattr(effect, name) for name in ("units", "buy", "get") if hasattr(effect, name)]
            filters += [part for part, _ in getattr(effect, "parts", ())]
            for units in filters:
                touched.update(desk.units.matching(units))
    return frozenset(touched)
