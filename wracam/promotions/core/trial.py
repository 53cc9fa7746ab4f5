"""Trying a choice of offers on a cart: the one function by which the search, the oracle and the answer agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wracam.promotions.contracts import Policy
from wracam.promotions.core.apply import EFFECTS, Discounts, percentage
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.offers import Effect, Give, MultiplyPoints, Offer, Reduction, Stage, depends_on_others
from wracam.promotions.core.units import State, Units


class Lane:
    """The last stage of each lane; between them the amounts stand still for conditions."""

    PRODUCT = Stage.AMOUNT
    ORDER = Stage.ORDER_AMOUNT
    SHIPPING = Stage.SHIPPING_AMOUNT


@dataclass(slots=True)
class Outcome:
    """What a choice of offers gives. `saved_minor` counts discounts, shipping and the value of gifts."""

    state: State
    shipping_minor: int
    saved_minor: int = 0
    by_offer: dict[str, Discounts] = field(default_factory=dict)
    shipping_by_offer: dict[str, int] = field(default_factory=dict)
    gifts: list[tuple[str, Give]] = field(default_factory=list)
    points_multiplier_bp: int = 10_000
    idle: list[str] = field(default_factory=list)
    """Offers that were chosen but whose condition on the discounted total failed."""


class Desk:
    """A cart with its candidates laid out for many trials: the plan of effects is sorted once."""

    def __init__(self, units: Units, offers: Sequence[Offer], policy: Policy) -> None:
        self.units = units
        self.policy = policy
        self.offers = list(offers)
        self.start = units.start()
        self.trials = 0
        self.touched: dict[int, frozenset[int]] = {}
        steps = [
            (effect.stage, -offer.priority, offer.key, place, effect)
            for place, offer in enumerate(self.offers)
            for effect in offer.effects
        ]
        steps.sort(key=lambda step: step[:3])
        self.consuming: dict[int, list[Effect]] = {}
        self.plan: list[tuple[Stage, int, Effect]] = []
        for stage, _, _, place, effect in steps:
            if stage is Stage.CONSUMING:
                self.consuming.setdefault(place, []).append(effect)
            else:
                self.plan.append((stage, place, effect))
        self.fragile = {place for place, offer in enumerate(self.offers) if depends_on_others(offer)}

    def run(self, chosen: Sequence[int]) -> Outcome:
        """Apply the offers at these places; consuming ones take their units in the order of *chosen*."""
        self.trials += 1
        outcome = Outcome(state=list(self.start), shipping_minor=self.units.cart.shipping_minor)
        selected = set(chosen)
        self._drop_idle(outcome, selected, Stage.CONSUMING)
        for place in chosen:
            if place in selected:
                for effect in self.consuming.get(place, ()):
                    self.step(outcome, place, effect)
        lane = Lane.PRODUCT
        for stage, place, effect in self.plan:
            if stage > lane:
                lane = Lane.ORDER if stage <= Lane.ORDER else Lane.SHIPPING if stage <= Lane.SHIPPING else Stage.EXTRA
                self._drop_idle(outcome, selected, stage)
            if place in selected:
                self.step(outcome, place, effect)
        return outcome

    def step(self, outcome: Outcome, place: int, effect: Effect) -> None:
        """Apply one effect of the offer at *place* to the outcome."""
        key = self.offers[place].key
        if isinstance(effect, Give):
            outcome.gifts.append((key, effect))
            outcome.saved_minor += effect.options[0].value_minor * effect.quantity
        elif isinstance(effect, MultiplyPoints):
            outcome.points_multiplier_bp = outcome.points_multiplier_bp * effect.multiplier_bp // 10_000
        elif isinstance(effect, Reduction) and effect.stage >= Stage.SHIPPING_PERCENT:
            if off := self._shipping_off(outcome, effect):
                outcome.shipping_minor -= off
                outcome.saved_minor += off
                outcome.shipping_by_offer[key] = outcome.shipping_by_offer.get(key, 0) + off
        else:
            given = EFFECTS[type(effect)](effect, self.units, outcome.state, self.policy)
            if given:
                mine = outcome.by_offer.setdefault(key, {})
                for number, off in given.items():
                    mine[number] = mine.get(number, 0) + off
                    outcome.saved_minor += off

    def _shipping_off(self, outcome: Outcome, effect: Reduction) -> int:
        if effect.stage is Stage.SHIPPING_PERCENT:
            off = percentage(outcome.shipping_minor, effect.percent_bp)
        else:
            off = effect.amount_minor
        if effect.cap_minor is not None:
            off = min(off, effect.cap_minor)
        return min(off, outcome.shipping_minor)

    def _drop_idle(self, outcome: Outcome, selected: set[int], stage: Stage) -> None:
        """Leave out offers that begin in this lane and whose condition on the discounted total does not hold."""
        for place in self.fragile & selected:
            offer = self.offers[place]
            begins = min(effect.stage for effect in offer.effects)
            if lane_of(begins) == lane_of(stage) and shortfalls(offer, self.units, outcome.state):
                selected.discard(place)
                outcome.idle.append(offer.key)


def lane_of(stage: Stage) -> int:
    """Return the lane of a stage: 0 products, 1 the order, 2 shipping, 3 extras such as gifts and points."""
    return 0 if stage <= Lane.PRODUCT else 1 if stage <= Lane.ORDER else 2 if stage <= Lane.SHIPPING else 3
