"""The merchant's order: lane after lane, each promotion in turn, if those before it allow it."""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.contracts import Shortfall
from wracam.promotions.core.catalog import EXTRA, PRODUCT, lane_of
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.offers import Stage
from wracam.promotions.core.parts import conflict
from wracam.promotions.core.search import Choice
from wracam.promotions.core.trial import Desk, Outcome, gave

LANES = range(PRODUCT, EXTRA + 1)


def in_turn(desk: Desk, places: Sequence[int]) -> tuple[Choice, dict[int, tuple[Shortfall, ...]]]:
    """Apply the offers at *places* by lane, then priority (higher first), then key.

    An offer that gives nothing when its turn comes excludes nobody. Returns the choice and what was missing for
    those whose condition failed in their turn.
    """
    outcome = Outcome(desk.units.start(), desk.units.cart.shipping_minor)
    held: dict[int, bool] = {}
    missing: dict[int, tuple[Shortfall, ...]] = {}
    turns = sorted(places, key=lambda place: (-desk.offer(place).priority, desk.entries[place].key))
    for lane in LANES:
        lane_start = outcome.state.copy()
        for place in turns:
            offer = desk.offer(place)
            effects = [effect for effect in offer.effects if lane_of(effect.stage) == lane]
            if not effects:
                continue
            if place not in held:
                seen = outcome.state if desk.policy.is_condition_on_running_total else lane_start
                held[place] = _may_stand(desk, place, held)
                if held[place] and (short := shortfalls(offer, desk.units, seen)):
                    held[place] = False
                    missing[place] = short
            if held[place]:
                for effect in sorted(effects, key=lambda effect: effect.stage):
                    if effect.stage is Stage.CONSUMING:
                        desk.take_units(outcome, place, desk.takings(effect, outcome.state))
                    else:
                        desk.take_step(outcome, place, effect, lane)
                held[place] = gave(outcome, place)
    return Choice(tuple(place for place, is_held in held.items() if is_held), outcome), missing


def _may_stand(desk: Desk, place: int, held: dict[int, bool]) -> bool:
    return not any(is_held and conflict(desk.offer(place), desk.offer(other)) for other, is_held in held.items())
