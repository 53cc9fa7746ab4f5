"""All live offers of a shop, laid out for many carts and indexed by what a cart must hold for them to matter.

Built once per set of versions. What an offer needs (a product, a category, an attribute, a total) is looked up from the
cart, so that an offer whose products are not there costs nothing; why it gives nothing is written down beforehand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Final, TypeVar

from wracam.promotions.contracts import Reason, RefusedOffer
from wracam.promotions.core.offers import (
    ALL,
    Bundle,
    Effect,
    Filter,
    Give,
    GrantReward,
    Measure,
    MultiplyPoints,
    Offer,
    Reduction,
    SetPrice,
    Stage,
    Threshold,
)
from wracam.promotions.core.units import Key, Units, narrowing_keys

_Part = TypeVar("_Part", Effect, Threshold)
PRODUCT: Final = 0
ORDER: Final = 1
SHIPPING: Final = 2
EXTRA: Final = 3
"""The lanes, one after another."""
DELIVERY_HINTS_MAX: Final = 3
"""So many promotions of the delivery are looked at although the cart is far from them, the nearest first."""


class Step:
    """One effect in its turn. Steps are ordered by `rank`: stage, then priority (higher first), then key."""

    __slots__ = ("effect", "lane", "rank")

    def __init__(self, effect: Effect) -> None:
        self.effect = effect
        self.lane = lane_of(effect.stage)
        self.rank = 0


class Entry:
    """An offer with what every evaluation needs of it."""

    __slots__ = (
        "absent", "begins", "can_grow", "combination", "conditions", "consuming", "fragile", "is_alone", "key",
        "later", "looks_across", "lowers_prices", "no_effect", "offer", "product_filters", "reaches_beyond",
        "waits_for_total",
    )  # fmt: skip

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.key = offer.key
        self.conditions = offer.conditions
        self.combination = offer.combination
        self.consuming: tuple[Effect, ...] = tuple(e for e in offer.effects if e.stage is Stage.CONSUMING)
        self.later = [Step(effect) for effect in offer.effects if effect.stage is not Stage.CONSUMING]
        self.begins = min((lane_of(effect.stage) for effect in offer.effects), default=EXTRA)
        self.lowers_prices = self.begins < EXTRA
        """Whether it takes something off products, the order or what comes beside (not gifts, rewards, points only)."""
        self.is_alone = not (offer.group or offer.is_exclusive or offer.excludes)
        """Whether nothing is said about who may stand beside it."""
        self.can_grow = any(map(_can_grow, offer.effects))
        """Whether more products could make it give more than it does: the next unit of a group, the next step."""
        self.fragile = self.begins > PRODUCT and any(
            condition.measure is Measure.DISCOUNTED_TOTAL for condition in offer.conditions
        )
        """Whether what other offers give can switch this one off (on products, it is judged before they give)."""
        self.product_filters = [units for effect in offer.effects for units in filters_of(effect)]
        self.looks_across = offer.cap_minor is not None or any(map(_looks_across, offer.effects))
        """Whether what it gives on one product depends on the prices of others."""
        self.reaches_beyond = any(step.lane > PRODUCT for step in self.later)
        self.waits_for_total = False
        """Whether only the cart's total decides if it is a candidate."""
        self.absent = RefusedOffer(key=offer.key, reason=Reason.NO_MATCHING_ITEMS)
        """Why it gives nothing in a cart without its products."""
        self.no_effect = RefusedOffer(key=offer.key, reason=Reason.NO_EFFECT)
        """Why it gives nothing when there is nothing left to take off."""


class Catalog:
    """All live offers of a shop. The cost of a cart grows with the offers that match it, not with all that are live."""

    __slots__ = (
        "_by_key",
        "_by_total",
        "_everywhere",
        "_far_deliveries",
        "_places",
        "_totals",
        "deliveries",
        "entries",
        "offers",
    )

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.offers = tuple(sorted(offers, key=lambda offer: offer.key))
        known: dict[Filter, Filter] = {ALL: ALL}
        self.entries = [Entry(_with_shared_filters(offer, known)) for offer in self.offers]
        self._places = {entry.key: place for place, entry in enumerate(self.entries)}
        self._rank_steps()
        for excluded in {key for offer in self.offers for key in offer.excludes}.intersection(self._places):
            self.entries[self._places[excluded]].is_alone = False
        self._by_key: dict[Key, list[int]] = {}
        self._everywhere: list[int] = []
        waiting: list[tuple[int, int]] = []
        for place, entry in enumerate(self.entries):
            gate = _gate(entry.offer)
            required = _required_total(entry.offer)
            for key in gate or ():
                self._by_key.setdefault(key, []).append(place)
            if gate is None and required is not None:
                waiting.append((required, place))
                entry.waits_for_total = True
            elif gate is None:
                self._everywhere.append(place)
        waiting.sort()
        self._totals = [required for required, _ in waiting]
        self._by_total = [place for _, place in waiting]
        self._far_deliveries = [found for found in waiting if self.entries[found[1]].begins == SHIPPING]
        self.deliveries = frozenset(entry.key for entry in self.entries if entry.begins == SHIPPING)
        """Offers that are a hint however far the cart is from them: "how much to free delivery" is asked first."""

    def candidates(self, units: Units, nearly_share_bp: int) -> list[Entry]:
        """Return the offers that may mean something in this cart, or nearly do, in the order of their keys."""
        by_key = self._by_key
        found = {place for key in units.keys if key in by_key for place in by_key[key]}
        found.update(self._everywhere)
        if self._by_total:
            within_reach = units.start_total * 10_000 // max(1, nearly_share_bp)
            found.update(self._by_total[: bisect_right(self._totals, within_reach)])
            found.update(self._deliveries_beyond(within_reach))
        entries = self.entries
        return [entries[place] for place in sorted(found)]

    def get(self, key: str) -> Entry | None:
        """Return the offer of this key, if it is live."""
        place = self._places.get(key)
        return None if place is None else self.entries[place]

    def _deliveries_beyond(self, within_reach: int) -> list[int]:
        first = bisect_right(self._far_deliveries, within_reach, key=itemgetter(0))
        return [place for _, place in self._far_deliveries[first : first + DELIVERY_HINTS_MAX]]

    def _rank_steps(self) -> None:
        steps = [(step.effect.stage, -entry.offer.priority, entry.key, step) for entry in self.entries
                 for step in entry.later]  # fmt: skip
        steps.sort(key=lambda found: found[:3])
        for rank, (*_, step) in enumerate(steps):
            step.rank = rank


def lane_of(stage: Stage) -> int:
    """Return the lane of a stage: products, the order, shipping, or extras such as gifts and points."""
    if stage <= Stage.AMOUNT:
        return PRODUCT
    return ORDER if stage <= Stage.ORDER_AMOUNT else SHIPPING if stage <= Stage.SHIPPING_AMOUNT else EXTRA


def filters_of(effect: Effect) -> Sequence[Filter]:
    """Return the filters of the products whose price or units an effect of the product lane may change."""
    if effect.stage > Stage.AMOUNT:
        return ()
    named: list[Filter] = [getattr(effect, name) for name in ("units", "buy", "get") if hasattr(effect, name)]
    return [*named, *(part for part, _ in getattr(effect, "parts", ()))]


def _can_grow(effect: Effect) -> bool:
    return effect.stage is Stage.CONSUMING or bool(getattr(effect, "steps", ()))


def _looks_across(effect: Effect) -> bool:
    if effect.stage > Stage.AMOUNT or not isinstance(effect, Reduction | SetPrice):
        return False
    is_capped = isinstance(effect, Reduction) and effect.cap_minor is not None
    return is_capped or (effect.is_limited and not effect.is_limit_per_line)


def _with_shared_filters(offer: Offer, known: dict[Filter, Filter]) -> Offer:
    """The same offer with one object for equal filters, so that a cart is filtered once for all who ask alike."""
    return replace(
        offer,
        effects=tuple(_sharing(effect, known) for effect in offer.effects),
        conditions=tuple(_sharing(condition, known) for condition in offer.conditions),
    )


def _sharing(part: _Part, known: dict[Filter, Filter]) -> _Part:
    shared: dict[str, Any] = {}
    for name in ("units", "buy", "get"):
        if hasattr(part, name):
            units = getattr(part, name)
            shared[name] = ALL if units == ALL else known.setdefault(units, units)
    if isinstance(part, Bundle):
        shared["parts"] = tuple((known.setdefault(units, units), quantity) for units, quantity in part.parts)
    return replace(part, **shared) if shared else part


def _gate(offer: Offer) -> frozenset[Key] | None:
    """The keys of which a cart must hold one for the offer to do anything; None if there is no such list."""
    keys: set[Key] = set()
    for effect in offer.effects:
        gate = _effect_gate(effect)
        if gate is None:
            return None
        keys |= gate
    return frozenset(keys)


def _effect_gate(effect: Effect) -> frozenset[Key] | None:
    if isinstance(effect, Give | MultiplyPoints | GrantReward) or effect.stage >= Stage.SHIPPING_PRICE:
        return None
    for name in ("units", "get"):
        if hasattr(effect, name):
            return narrowing_keys(getattr(effect, name))
    gates = [narrowing_keys(part) for part, _ in getattr(effect, "parts", ())]
    return next((gate for gate in gates if gate is not None), None)


def _required_total(offer: Offer) -> int | None:
    """The highest total of the whole cart, or of products in it, that the offer asks for; None if it asks for none."""
    totals = [
        condition.required
        for condition in offer.conditions
        if not condition.is_upper and condition.measure in (Measure.ITEMS_TOTAL, Measure.DISCOUNTED_TOTAL)
    ]
    return max(totals, default=None)
