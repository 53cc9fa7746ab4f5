"""Evaluating a cart: candidates, the choice, and the whole explanation, as one pure function.

`quote`, `commit`, `refund`, simulation and back-test all call `evaluate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wracam.promotions.contracts import Cart, Combination, Policy, Quote, Reason, RefusedOffer, Shortfall, Standing
from wracam.promotions.core.answer import quote_of
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.offers import Effect, Give, Measure, MultiplyPoints, Offer, Stage
from wracam.promotions.core.priority import in_turn
from wracam.promotions.core.search import Choice, best, conflict
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Units, gate_keys

NO_STANDINGS: Mapping[str, Standing] = {}
NO_FIGURES: Mapping[str, int] = {}


class Catalog:
    """All live offers of a shop, indexed by the products they need. Built once per set of versions.

    The cost of a cart grows with the offers whose products are in it, not with all that are live.
    """

    __slots__ = ("by_key", "everywhere", "offers")

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.offers = tuple(sorted(offers, key=lambda offer: offer.key))
        self.by_key: dict[tuple[str, str], list[Offer]] = {}
        self.everywhere: list[Offer] = []
        for offer in self.offers:
            gate = _gate(offer)
            if gate is None:
                self.everywhere.append(offer)
            for key in gate or ():
                self.by_key.setdefault(key, []).append(offer)

    def candidates(self, units: Units) -> list[Offer]:
        """Return the offers that may mean something in this cart, each once, in the order of their keys."""
        found = {offer.key: offer for offer in self.everywhere}
        for key in units.keys:
            for offer in self.by_key.get(key, ()):
                found[offer.key] = offer
        return sorted(found.values(), key=lambda offer: offer.key)


def evaluate(
    cart: Cart,
    catalog: Catalog,
    policy: Policy,
    standings: Mapping[str, Standing] = NO_STANDINGS,
    *,
    budgets: Mapping[str, int] = NO_FIGURES,
    stocks: Mapping[str, int] = NO_FIGURES,
    explains_all: bool = False,
) -> Quote:
    """Price *cart* with the live offers of *catalog*.

    *standings* names the offers that this customer cannot have now (dates, limits, codes, audience), with the reason.
    *budgets* says by key how much (minor units) some promotions may still give; *stocks* how many pieces of some gift
    SKUs are left. What is not named is unlimited.
    With *explains_all*, offers whose products are not in the cart are listed among the refused too.
    """
    units = Units(cart)
    eligible, refused = _judged(catalog.candidates(units), units, standings, budgets)
    desk = Desk(units, eligible, policy)
    if policy.combination is Combination.BEST:
        choice = best(desk)
        refused += _displaced(desk, choice)
    else:
        choice, missing = in_turn(desk)
        refused += _passed_over(desk, choice, missing)
    if explains_all:
        refused += _absent(catalog, eligible, refused, standings)
    return quote_of(desk, choice, refused)


def _gate(offer: Offer) -> frozenset[tuple[str, str]] | None:
    """The products without which no effect of the offer can do anything; None if there is no such list."""
    keys: set[tuple[str, str]] = set()
    for effect in offer.effects:
        gate = _effect_gate(effect)
        if gate is None:
            return None
        keys |= gate
    return frozenset(keys)


def _effect_gate(effect: Effect) -> frozenset[tuple[str, str]] | None:
    if isinstance(effect, Give | MultiplyPoints) or effect.stage >= Stage.SHIPPING_PERCENT:
        return None
    for name in ("units", "get"):
        if hasattr(effect, name):
            return gate_keys(getattr(effect, name))
    gates = [gate_keys(part) for part, _ in getattr(effect, "parts", ())]
    return next((gate for gate in gates if gate is not None), None)


def _judged(
    candidates: Sequence[Offer], units: Units, standings: Mapping[str, Standing], budgets: Mapping[str, int]
) -> tuple[list[Offer], list[RefusedOffer]]:
    """Part the candidates into those that may apply and those that may not, with the reason."""
    eligible: list[Offer] = []
    refused: list[RefusedOffer] = []
    start = units.start()
    for offer in candidates:
        standing = standings.get(offer.key)
        if standing is not None:
            refused.append(RefusedOffer(key=offer.key, reason=standing.reason, detail=standing.required))
            continue
        if budgets.get(offer.key, 1) <= 0:
            refused.append(RefusedOffer(key=offer.key, reason=Reason.BUDGET_SPENT))
            continue
        short = shortfalls(offer, units, start)
        if short:
            refused.append(RefusedOffer(key=offer.key, reason=Reason.CONDITION_NOT_MET, shortfalls=short))
        else:
            eligible.append(offer)
    return eligible, refused


def _displaced(desk: Desk, choice: Choice) -> list[RefusedOffer]:
    """Say of each eligible offer outside the choice what kept it out and how much worse the price would be."""
    chosen = set(choice.places)
    refused = []
    for place, offer in enumerate(desk.offers):
        if place in chosen and offer.key in choice.outcome.idle:
            refused.append(_fell_short(desk, choice, offer))
        elif place in chosen and not _gave(desk, choice, offer):
            refused.append(RefusedOffer(key=offer.key, reason=Reason.NO_EFFECT))
        elif place not in chosen:
            refused.append(_displacement(desk, choice, place))
    return refused


def _displacement(desk: Desk, choice: Choice, place: int) -> RefusedOffer:
    offer = desk.offers[place]
    rivals = [other for other in choice.places if conflict(offer, desk.offers[other])]
    beside = [other for other in choice.places if other not in rivals]
    instead = desk.run((place, *beside))
    keys = tuple(desk.offers[other].key for other in rivals or choice.places)
    has_effect = offer.key in instead.by_offer or offer.key in instead.shipping_by_offer
    return RefusedOffer(
        key=offer.key,
        reason=Reason.DISPLACED if has_effect else Reason.NO_EFFECT,
        displaced_by=keys,
        difference_minor=max(0, choice.outcome.saved_minor - instead.saved_minor),
    )


def _passed_over(desk: Desk, choice: Choice, missing: Mapping[str, tuple[Shortfall, ...]]) -> list[RefusedOffer]:
    """In the merchant's order: say why each offer outside the choice was passed over."""
    refused = []
    for place, offer in enumerate(desk.offers):
        if place in choice.places:
            continue
        rivals = tuple(desk.offers[other].key for other in choice.places if conflict(offer, desk.offers[other]))
        if offer.key in missing:
            short = missing[offer.key]
            refused.append(RefusedOffer(key=offer.key, reason=Reason.CONDITION_NOT_MET, shortfalls=short))
        elif rivals:
            refused.append(RefusedOffer(key=offer.key, reason=Reason.DISPLACED, displaced_by=rivals))
        else:
            refused.append(RefusedOffer(key=offer.key, reason=Reason.NO_EFFECT))
    return refused


def _fell_short(desk: Desk, choice: Choice, offer: Offer) -> RefusedOffer:
    short = tuple(
        item
        for item in shortfalls(offer, desk.units, choice.outcome.state)
        if item.measure == Measure.DISCOUNTED_TOTAL.value
    )
    return RefusedOffer(key=offer.key, reason=Reason.CONDITION_NOT_MET, shortfalls=short)


def _gave(desk: Desk, choice: Choice, offer: Offer) -> bool:
    outcome = choice.outcome
    is_extra = any(effect.stage is Stage.EXTRA for effect in offer.effects)
    return is_extra or bool(outcome.by_offer.get(offer.key)) or bool(outcome.shipping_by_offer.get(offer.key))


def _absent(
    catalog: Catalog,
    eligible: Sequence[Offer],
    refused: Sequence[RefusedOffer],
    standings: Mapping[str, Standing],
) -> list[RefusedOffer]:
    named = {offer.key for offer in eligible} | {item.key for item in refused}
    return [
        RefusedOffer(
            key=offer.key,
            reason=standings[offer.key].reason if offer.key in standings else Reason.NO_MATCHING_ITEMS,
        )
        for offer in catalog.offers
        if offer.key not in named
    ]
