"""The merchant's order: phase after phase and lane after lane, each promotion in turn, if those before it allow it."""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.contracts import PerProduct, Shortfall
from wracam.promotions.core.catalog import EXTRA, PRODUCT, lane_of
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.givers import count_given, gave
from wracam.promotions.core.offers import Effect, Offer, Stage
from wracam.promotions.core.parts import conflict
from wracam.promotions.core.reducing import Discounts
from wracam.promotions.core.search import Choice
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import State

LANES = range(PRODUCT, EXTRA + 1)


def in_turn(desk: Desk, places: Sequence[int]) -> tuple[Choice, dict[int, tuple[Shortfall, ...]]]:
    """Apply the offers at *places* by phase, lane, priority (higher first), then key.

    An offer that gives nothing when its turn comes excludes nobody. Returns the choice and what was missing for
    those whose condition failed in their turn.
    """
    taken = _Turns(desk, places).taken()
    most = desk.policy.promotions_max
    if most is None or count_given(desk, taken[0].outcome) <= most:
        return taken
    return _Turns(desk, _first_so_many(desk, places, most)).taken()


def _first_so_many(desk: Desk, places: Sequence[int], most: int) -> list[int]:
    """Leave out of *places* all that lower prices but the first so many that give something, whatever their lane."""
    kept = [place for place in places if not desk.entries[place].lowers_prices]
    count = 0
    for place in sorted(places, key=lambda place: (desk.offer(place).phase, *_rank(desk, place))):
        if count < most and place not in kept:
            given = count_given(desk, _Turns(desk, [*kept, place]).taken()[0].outcome)
            if given > count:
                kept.append(place)
                count = given
    return kept


def _rank(desk: Desk, place: int) -> tuple[bool, int, str]:
    offer = desk.offer(place)
    is_later = desk.policy.is_exclusive_first and not offer.is_exclusive
    return (is_later, -offer.priority, offer.key)


class _Turns:
    """The offers in their turns, with what they gave so far."""

    def __init__(self, desk: Desk, places: Sequence[int]) -> None:
        self.desk = desk
        self.outcome = Outcome(desk.units.start(), desk.units.cart.shipping_minor)
        self.turns = sorted(places, key=lambda place: _rank(desk, place))
        self.judged: dict[int, bool] = {}
        """Offers whose condition was looked at in their first lane, and whether it held."""
        self.missing: dict[int, tuple[Shortfall, ...]] = {}

    def taken(self) -> tuple[Choice, dict[int, tuple[Shortfall, ...]]]:
        """Let everyone have their turn."""
        for phase in sorted({self.desk.offer(place).phase for place in self.turns}):
            of_phase = [place for place in self.turns if self.desk.offer(place).phase == phase]
            for lane in LANES:
                self._take_lane(of_phase, lane)
        places = tuple(place for place in self.turns if gave(self.outcome, place))
        return Choice(places, self.outcome), self.missing

    def _take_lane(self, places: Sequence[int], lane: int) -> None:
        lane_start = self.outcome.state.copy()
        is_one_only = lane == PRODUCT and self.desk.policy.per_product is not PerProduct.ALL
        waiting: list[tuple[int, Effect]] = []
        for place in places:
            offer = self.desk.offer(place)
            effects = sorted((one for one in offer.effects if lane_of(one.stage) == lane), key=_stage_of)
            if not effects or not self._may_stand(place, lane_start):
                continue
            for effect in effects:
                if effect.stage is Stage.CONSUMING:
                    self.desk.take_units(self.outcome, place, self.desk.takings(effect, self.outcome.state))
                elif is_one_only:
                    waiting.append((place, effect))
                else:
                    self.desk.take_step(self.outcome, place, effect, lane)
        if waiting:
            self._take_one_of_each(waiting)

    def _may_stand(self, place: int, lane_start: State) -> bool:
        """Whether the offer's condition holds and nobody who gave something excludes it."""
        offer = self.desk.offer(place)
        if not gave(self.outcome, place) and self._is_excluded(offer, place):
            return False
        if place not in self.judged:
            seen = self.outcome.state if self.desk.policy.is_condition_on_running_total else lane_start
            short = shortfalls(offer, self.desk.units, seen)
            self.judged[place] = not short
            if short:
                self.missing[place] = short
        return self.judged[place]

    def _is_excluded(self, offer: Offer, place: int) -> bool:
        return any(
            other != place and conflict(offer, self.desk.offer(other)) and gave(self.outcome, other)
            for other in self.turns
        )

    def _take_one_of_each(self, waiting: Sequence[tuple[int, Effect]]) -> None:
        """Of the effects on each product, carry out those of one offer: the first, or the one that gives most.

        A second effect of an offer sees the prices that its first one left. Ties go to the earlier turn. Products that
        an offer has used units of have had theirs.
        """
        left, quantities = self.outcome.state.left, self.desk.units.quantities
        used = {number for number, quantity in enumerate(quantities) if left[number] < quantity}
        by_place: dict[int, Discounts] = {}
        states: dict[int, State] = {}
        for place, effect in waiting:
            given, state = by_place.setdefault(place, {}), states.setdefault(place, self.outcome.state.copy())
            for number, off in self.desk.product_discounts(effect, state).items():
                given[number] = given.get(number, 0) + off
                state.amounts[number] -= off
        is_best = self.desk.policy.per_product is PerProduct.BEST
        best: dict[int, tuple[int, int]] = {}
        for place, given in by_place.items():
            for number, off in given.items():
                if number not in used and (number not in best or (is_best and off > best[number][0])):
                    best[number] = (off, place)
        for place in by_place:
            mine = {number: off for number, (off, winner) in best.items() if winner == place}
            if mine and not self._is_excluded(self.desk.offer(place), place):
                self.desk.lower(self.outcome, place, mine)


def _stage_of(effect: Effect) -> Stage:
    return effect.stage
