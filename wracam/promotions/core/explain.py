"""Why each offer outside the choice gave nothing: displaced, too few products, no stock, nothing left to take off."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

from wracam.promotions.contracts import Reason, RefusedOffer, Shortfall
from wracam.promotions.core.catalog import ORDER, PRODUCT
from wracam.promotions.core.givers import gave, givers
from wracam.promotions.core.hints import effect_shortfalls
from wracam.promotions.core.offers import Reduction
from wracam.promotions.core.parts import rivals_of, touched
from wracam.promotions.core.reducing import AfterOrder
from wracam.promotions.core.search import Choice
from wracam.promotions.core.trial import Desk

NOBODY: Final[frozenset[int]] = frozenset()
DISPLACED: Final = Reason.DISPLACED
NOT_ENOUGH_ITEMS: Final = Reason.NOT_ENOUGH_ITEMS


def refusals(desk: Desk, choice: Choice, missing: Mapping[int, tuple[Shortfall, ...]]) -> list[RefusedOffer]:
    """Say of each offer on the desk that gave nothing why; *missing* names conditions that failed in their turn."""
    chosen = set(choice.places)
    outcome = choice.outcome
    giving = chosen.intersection(givers(outcome))
    comparison: _Comparison | None = None
    refused = []
    for place in range(len(desk.entries)):
        if place in giving:
            continue
        if place in missing:
            refusal = _not_met(desk, place, missing[place])
        elif place in outcome.idle:
            refusal = _not_met(desk, place, outcome.idle[place])
        elif place in chosen:
            refusal = _without_effect(desk, choice, place)
        else:
            comparison = comparison or _Comparison(desk, choice, giving)
            refusal = comparison.refusal(place)
        refused.append(refusal)
    return refused


class _Comparison:
    """Compares the choice with those in which a displaced offer comes first instead of its rivals."""

    def __init__(self, desk: Desk, choice: Choice, giving: Set[int]) -> None:
        self.desk = desk
        self.choice = choice
        self.chosen = set(choice.places)
        self.counted = sorted([place for place in giving if desk.entries[place].lowers_prices])
        self.rivals = rivals_of(desk, range(len(desk.entries)))
        self.users = [(place, touched(desk, place)) for place in choice.places if desk.entries[place].consuming]
        effects = (step.effect for _, step, _ in desk.steps(choice.places, ORDER) if step.lane == ORDER)
        on_order = [effect for effect in effects if isinstance(effect, Reduction)]
        self.order = AfterOrder(on_order, desk.units, desk.policy) if on_order else None

    def refusal(self, place: int) -> RefusedOffer:
        """Say why the offer at this place was not chosen, and how much worse the price would be with it."""
        desk, key = self.desk, self.desk.entries[place].key
        by = self.rivals.get(place, NOBODY) & self.chosen
        is_full = not by and self._is_full(place)
        if is_full:
            by = self._given_least()
        difference, has_given = self._instead(place, by)
        if not has_given and place in desk.fragile:
            beside = self.desk.run((place, *(other for other in self.choice.places if other not in by)))
            if place in beside.idle:
                return _not_met(desk, place, beside.idle[place])
        if not has_given:
            return _without_effect(desk, self.choice, place)
        before = self.counted if is_full else sorted(by) or self._takers(place)
        return RefusedOffer(
            key=key,
            reason=Reason.TOO_MANY if is_full else DISPLACED,
            displaced_by=tuple([desk.entries[other].key for other in before]),
            difference_minor=max(0, difference),
        )

    def _is_full(self, place: int) -> bool:
        """Whether only the number of promotions that may stand together keeps the offer away."""
        most = self.desk.policy.promotions_max
        return most is not None and len(self.counted) >= most and self.desk.entries[place].lowers_prices

    def _given_least(self) -> frozenset[int]:
        return frozenset(sorted(self.counted, key=self.choice.outcome.given_by)[:1])

    def _instead(self, place: int, by: Set[int]) -> tuple[int, bool]:
        """Return how much less is saved with this offer instead of *by*, and whether it gives anything then."""
        search = self.choice.searches.get(place)
        if search is not None and by <= set(search.chosen):
            saved, has_given = search.saved_first(place, [other for other in search.chosen if other not in by])
            difference = search.saved - saved
            return self._after_order(difference) if search.lane_last == PRODUCT else difference, has_given
        instead = self.desk.run((place, *(other for other in self.choice.places if other not in by)))
        return self.choice.outcome.saved_minor - instead.saved_minor, gave(instead, place)

    def _after_order(self, difference: int) -> int:
        """What a difference in the price of the products makes of the total, after offers on the whole order."""
        if not difference or self.order is None:
            return difference
        products = self.choice.outcome.products_minor
        return self.order.total(products + difference) - self.order.total(products)

    def _takers(self, place: int) -> list[int]:
        """The chosen offers that use up units which this one would need."""
        mine = touched(self.desk, place)
        return [other for other, reach in self.users if not mine.isdisjoint(reach)]


def _not_met(desk: Desk, place: int, short: tuple[Shortfall, ...]) -> RefusedOffer:
    return RefusedOffer(key=desk.entries[place].key, reason=Reason.CONDITION_NOT_MET, shortfalls=short)


def _without_effect(desk: Desk, choice: Choice, place: int) -> RefusedOffer:
    entry = desk.entries[place]
    if place in choice.outcome.without_stock:
        return RefusedOffer(key=entry.key, reason=Reason.GIFT_OUT_OF_STOCK)
    if not entry.reaches_beyond and not touched(desk, place):
        return entry.absent
    short = effect_shortfalls(entry, desk.units)
    if short:
        return RefusedOffer(key=entry.key, reason=NOT_ENOUGH_ITEMS, shortfalls=short)
    return entry.no_effect
