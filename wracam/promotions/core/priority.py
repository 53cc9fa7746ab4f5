"""The merchant's order: lane after lane, each promotion in turn, if those before it allow it."""

from __future__ import annotations

from wracam.promotions.contracts import Shortfall
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.offers import Offer, Stage
from wracam.promotions.core.search import Choice, conflict
from wracam.promotions.core.trial import Desk, Outcome, lane_of


def in_turn(desk: Desk) -> tuple[Choice, dict[str, tuple[Shortfall, ...]]]:
    """Apply the desk's offers by lane, then priority (higher first), then key.

    An offer that gives nothing when its turn comes excludes nobody. Returns the choice and what was missing for
    those whose condition failed in their turn.
    """
    outcome = Outcome(state=list(desk.start), shipping_minor=desk.units.cart.shipping_minor)
    held: dict[int, bool] = {}
    missing: dict[str, tuple[Shortfall, ...]] = {}
    for lane in range(4):
        lane_start = list(outcome.state)
        for place in _turns(desk):
            effects = [effect for effect in desk.offers[place].effects if lane_of(effect.stage) == lane]
            if not effects:
                continue
            offer = desk.offers[place]
            if place not in held:
                seen = outcome.state if desk.policy.is_condition_on_running_total else lane_start
                held[place] = _may_stand(desk, offer, held)
                if held[place] and (short := shortfalls(offer, desk.units, seen)):
                    held[place] = False
                    missing[offer.key] = short
            if held[place]:
                for effect in sorted(effects, key=lambda effect: effect.stage):
                    desk.step(outcome, place, effect)
                held[place] = _gave(outcome, offer)
    places = tuple(place for place, is_held in held.items() if is_held)
    return Choice(places, outcome), missing


def _turns(desk: Desk) -> list[int]:
    return sorted(range(len(desk.offers)), key=lambda place: (-desk.offers[place].priority, desk.offers[place].key))


def _may_stand(desk: Desk, offer: Offer, held: dict[int, bool]) -> bool:
    return not any(is_held and conflict(offer, desk.offers[place]) for place, is_held in held.items())


def _gave(outcome: Outcome, offer: Offer) -> bool:
    return (
        bool(outcome.by_offer.get(offer.key))
        or offer.key in outcome.shipping_by_offer
        or any(effect.stage is Stage.EXTRA for effect in offer.effects)
    )
