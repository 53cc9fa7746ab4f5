"""Trying a choice of offers on a cart: the one function by which the search, the oracle and the answer agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from wracam.kernel.allocation import split_by_weights
from wracam.promotions.contracts import Policy, Shortfall
from wracam.promotions.core.beside import is_plain_delivery, shared, wanted_off
from wracam.promotions.core.catalog import EXTRA, ORDER, PRODUCT, SHIPPING, Entry, Step
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.consuming import take_buy_get, take_nth_units, take_sets
from wracam.promotions.core.hopeless import has_too_few
from wracam.promotions.core.most import binding_limits
from wracam.promotions.core.offers import (
    Bundle,
    BuyGet,
    Effect,
    GiftOption,
    Give,
    GrantReward,
    MultiplyPoints,
    NthUnit,
    Offer,
    Reduction,
    Stage,
)
from wracam.promotions.core.reducing import Discounts, reduce_order, reduce_units, set_prices, step_value
from wracam.promotions.core.runs import Taking, use_up
from wracam.promotions.core.units import State, Units

CONSUMING: dict[type, Callable[..., list[Taking]]] = {
    NthUnit: take_nth_units,
    BuyGet: take_buy_get,
    Bundle: take_sets,
}
NO_FIGURES: Mapping[str, int] = {}


class Outcome:
    """What a choice of offers gives, by the places of the offers.

    `saved_minor` counts discounts, shipping and the value of gifts and rewards; `items_saved_minor` items only.
    """

    __slots__ = (
        "by_offer", "charged", "cuts", "extras", "fees_by_offer", "gifts", "idle", "items_saved_minor", "points",
        "products_minor", "rewards", "saved_minor", "shipping_by_offer", "shipping_minor", "state", "without_stock",
    )  # fmt: skip

    def __init__(self, state: State, shipping_minor: int) -> None:
        self.state = state
        self.shipping_minor = shipping_minor
        self.saved_minor = 0
        self.items_saved_minor = 0
        self.products_minor = 0
        """What the items cost after the product lane."""
        self.by_offer: dict[int, Discounts] = {}
        self.shipping_by_offer: dict[int, int] = {}
        """What offers took off shipping and fees."""
        self.fees_by_offer: dict[int, int] = {}
        """The part of it that came off fees."""
        self.charged: dict[int, int] = {}
        """What came off each shipment and fee, where the cart has several of them (see `beside.charges_of`)."""
        self.cuts: dict[int, int] = {}
        """What caps, budgets and floors kept offers from giving."""
        self.gifts: list[tuple[int, str, int, int]] = []
        """(place, SKU, quantity, value of all pieces)."""
        self.without_stock: list[int] = []
        self.rewards: list[tuple[int, GrantReward]] = []
        self.extras: set[int] = set()
        """Offers that gave something else than money: gifts, a choice of gifts, rewards, points."""
        self.points: list[tuple[int, MultiplyPoints]] = []
        self.idle: dict[int, tuple[Shortfall, ...]] = {}
        """Offers that were chosen but whose condition on the discounted total failed, with how it did."""

    def copy(self) -> Outcome:
        """Return the same outcome of items, to go on from (before any other lane)."""
        other = Outcome(self.state.copy(), self.shipping_minor)
        other.saved_minor, other.items_saved_minor = self.saved_minor, self.items_saved_minor
        other.by_offer = self.by_offer.copy()
        return other

    def given_by(self, place: int) -> int:
        """Return what the offer at this place took off items and shipping so far."""
        given = self.by_offer.get(place)
        return (sum(given.values()) if given else 0) + self.shipping_by_offer.get(place, 0)


class Desk:
    """A cart with its candidates laid out for many trials. Offers are known by their places in `entries`."""

    __slots__ = (
        "discount_max", "entries", "first", "fragile", "is_entangled", "limits", "policy", "roughness", "slack",
        "stocks", "touched", "units", "work_left",
    )  # fmt: skip

    def __init__(
        self,
        units: Units,
        entries: Sequence[Entry],
        policy: Policy,
        budgets: Mapping[str, int] = NO_FIGURES,
        stocks: Mapping[str, int] = NO_FIGURES,
    ) -> None:
        self.units = units
        self.entries = list(entries)
        self.policy = policy
        self.stocks = stocks
        self.work_left = policy.search_work_max
        self.limits = binding_limits(self.entries, budgets, units, policy)
        """The most that some offers may give in all, where they could give more in this cart."""
        self.discount_max: int | None = None
        if policy.discount_max_bp is not None:
            self.discount_max = units.start_total * policy.discount_max_bp // 10_000
        self.fragile = {place for place, entry in enumerate(self.entries) if entry.fragile}
        self.is_entangled = False
        """Whether taking one offer more can make the price higher (see `entangled`)."""
        self.roughness = 0
        """How much higher through roundings alone, by steps on several products."""
        self.slack = 0
        """How much more an offer may give through roundings than alone, by steps on one product."""
        self.touched: dict[int, frozenset[int]] = {}
        self.first: tuple[int, ...] = ()
        """Offers that take their units before all others: those in the merchant's order."""

    @property
    def is_loose(self) -> bool:
        """Whether nothing bounds what offers give together but the most that each can ever give."""
        return self.is_entangled or bool(self.fragile)

    def offer(self, place: int) -> Offer:
        """Return the offer at a place."""
        return self.entries[place].offer

    def run(self, chosen: Sequence[int]) -> Outcome:
        """Apply the offers at these places; consuming ones take their units in the order of *chosen*."""
        outcome = Outcome(self.units.start(), self.units.cart.shipping_minor)
        for place in chosen:
            if self.entries[place].consuming:
                self.consume(outcome, place)
        self.finish(outcome, chosen, self.steps(chosen))
        return outcome

    def products_after(self, chosen: Sequence[int]) -> list[int]:
        """Return what the products of each class cost after the product lane of the offers at these places."""
        outcome = Outcome(self.units.start(), self.units.cart.shipping_minor)
        for place in chosen:
            if self.entries[place].consuming:
                self.consume(outcome, place)
        self.finish(outcome, chosen, self.steps(chosen, PRODUCT))
        return outcome.state.amounts

    def steps(self, places: Iterable[int], lane_last: int = EXTRA) -> list[tuple[int, Step, int]]:
        """Return what the offers at these places do after units are used up, in order: (rank, step, place)."""
        found = [
            (step.rank, step, place)
            for place in places
            for step in self.entries[place].later
            if step.lane <= lane_last
        ]  # fmt: skip
        found.sort()
        return found

    def finish(self, outcome: Outcome, selected: Sequence[int], steps: Sequence[tuple[int, Step, int]]) -> None:
        """Apply the steps of the *selected* offers, lane after lane."""
        lane = PRODUCT
        for _, step, place in steps:
            if step.lane != lane:
                if lane == PRODUCT:
                    outcome.products_minor = sum(outcome.state.amounts)
                lane = step.lane
                if self.fragile:
                    selected = self._without_idle(outcome, selected, lane)
            if not self.fragile or place in selected:
                self.take_step(outcome, place, step.effect, lane)
        if lane == PRODUCT:
            outcome.products_minor = sum(outcome.state.amounts)

    def take_step(self, outcome: Outcome, place: int, effect: Effect, lane: int) -> None:
        """Apply one effect that uses nothing up."""
        if lane == EXTRA:
            self._extra(outcome, place, effect)
            return
        if lane == SHIPPING:
            self._ship(outcome, place, effect)  # type: ignore[arg-type]
            return
        state = outcome.state
        runs_before = None
        if lane == ORDER:
            given = reduce_order(effect, self.units, state, self.policy)  # type: ignore[arg-type]
        elif type(effect) is Reduction:
            given = reduce_units(effect, self.units, state, self.policy)
        else:
            runs_before = state.runs.copy() if place in self.limits or self.discount_max is not None else None
            given = set_prices(effect, self.units, state, self.policy)  # type: ignore[arg-type]
        if given and self.lower(outcome, place, given) is not given and runs_before is not None:
            state.runs = runs_before  # the set price was not reached, so used units keep what told them apart
        if state.cut:
            outcome.cuts[place] = outcome.cuts.get(place, 0) + state.cut
            state.cut = 0

    def product_discounts(self, effect: Effect, state: State) -> Discounts:
        """Return what an effect on products that uses nothing up would give now."""
        if type(effect) is Reduction:
            return reduce_units(effect, self.units, state, self.policy)
        return set_prices(effect, self.units, state, self.policy)  # type: ignore[arg-type]

    def lower(self, outcome: Outcome, place: int, given: Discounts) -> Discounts:
        """Lower the prices by what the offer at this place gives, as far as caps and budgets let it; return that."""
        state = outcome.state
        allowed = self._recorded(outcome, place, given)
        amounts = state.amounts
        for number, off in allowed.items():
            amounts[number] -= off
        state.is_fresh = False
        return allowed

    def takings(self, effect: Effect, state: State) -> list[Taking]:
        """Return the units that an effect would use up; none when nothing would come off."""
        return [] if has_too_few(effect, self.units, state.left) else takings_of(effect, self.units, state)

    def consume(self, outcome: Outcome, place: int) -> None:
        """Let the offer at this place use its units up."""
        for effect in self.entries[place].consuming:
            self.take_units(outcome, place, self.takings(effect, outcome.state))

    def take_units(self, outcome: Outcome, place: int, takings: list[Taking]) -> None:
        """Carry out *takings* for the offer at this place."""
        if not takings:
            return
        given = {number: discount for number, _, _, discount in takings if discount}
        allowed = self._recorded(outcome, place, given)
        if allowed is not given:
            takings = [(number, bought, reduced, allowed.get(number, 0)) for number, bought, reduced, _ in takings]
        use_up(self.units, outcome.state, takings)

    def _recorded(self, outcome: Outcome, place: int, given: Discounts) -> Discounts:
        """Cut what is given by the offer's cap and the shop's, note it, and return it."""
        off = sum(given.values())
        if self.limits or self.discount_max is not None:
            room = self._room(outcome, place)
            if off > room:
                outcome.cuts[place] = outcome.cuts.get(place, 0) + off - room
                shares = split_by_weights(room, list(given.values()))
                given = {number: share for number, share in zip(given, shares, strict=True) if share}
                off = room
        outcome.saved_minor += off
        outcome.items_saved_minor += off
        by_offer = outcome.by_offer
        if place in by_offer:
            before = by_offer[place]
            by_offer[place] = {number: before.get(number, 0) + given.get(number, 0) for number in {**before, **given}}
        else:
            by_offer[place] = given
        return given

    def _room(self, outcome: Outcome, place: int) -> int:
        """How much the offer at this place may still take off the items."""
        room = outcome.saved_minor + sum(outcome.state.amounts)
        if place in self.limits:
            room = min(room, self.limits[place] - outcome.given_by(place))
        if self.discount_max is not None:
            room = min(room, self.discount_max - outcome.items_saved_minor)
        return max(0, room)

    def _ship(self, outcome: Outcome, place: int, effect: Reduction) -> None:
        if is_plain_delivery(effect, self.units.cart):
            self._deliver(outcome, place, effect)
            return
        cart, value = self.units.cart, step_value(effect, self.units)
        taken = outcome.charged
        if not cart.shipments:
            taken = {**taken, 0: cart.shipping_minor - outcome.shipping_minor}
        offs = wanted_off(effect, value, cart, taken, self.units.percentage)
        wanted = sum(offs.values())
        off = self._within_limits(outcome, place, effect, wanted)
        if off < wanted:
            offs = shared(off, offs)
        for number, part in offs.items():
            outcome.charged[number] = outcome.charged.get(number, 0) + part
        if effect.is_on_fees and off:
            outcome.fees_by_offer[place] = outcome.fees_by_offer.get(place, 0) + off
        self._note_off(outcome, place, off, 0 if effect.is_on_fees else off)

    def _deliver(self, outcome: Outcome, place: int, effect: Reduction) -> None:
        wanted = value = step_value(effect, self.units)
        if effect.stage is Stage.SHIPPING_PERCENT:
            wanted = self.units.percentage(outcome.shipping_minor, value)
        elif effect.stage is Stage.SHIPPING_PRICE:
            wanted = max(0, outcome.shipping_minor - value) if value else 0
        wanted = min(wanted, outcome.shipping_minor)
        off = self._within_limits(outcome, place, effect, wanted)
        self._note_off(outcome, place, off, off)

    def _within_limits(self, outcome: Outcome, place: int, effect: Reduction, wanted: int) -> int:
        """Cut what is wanted off shipping or fees by caps and budgets."""
        off = wanted if effect.cap_minor is None else min(wanted, effect.cap_minor)
        if place in self.limits:
            off = max(0, min(off, self.limits[place] - outcome.given_by(place)))
        if off < wanted:
            outcome.cuts[place] = outcome.cuts.get(place, 0) + wanted - off
        return off

    def _note_off(self, outcome: Outcome, place: int, off: int, off_shipping: int) -> None:
        if off:
            outcome.shipping_minor -= off_shipping
            outcome.saved_minor += off
            outcome.shipping_by_offer[place] = outcome.shipping_by_offer.get(place, 0) + off

    def _extra(self, outcome: Outcome, place: int, effect: Effect) -> None:
        if isinstance(effect, MultiplyPoints) and not self.units.matching(effect.units):
            return
        outcome.extras.add(place)
        if isinstance(effect, Give):
            self._present(outcome, place, effect)
        elif isinstance(effect, MultiplyPoints):
            outcome.points.append((place, effect))
        elif isinstance(effect, GrantReward):
            outcome.rewards.append((place, effect))
            outcome.saved_minor += effect.value_minor * effect.quantity

    def _present(self, outcome: Outcome, place: int, effect: Give) -> None:
        """Give the option picked, or the first in stock; a picked option out of stock is not given."""
        times = self._gift_times(effect)
        options = self.options_in_stock(effect, outcome) if times else []
        if times and not options:
            outcome.without_stock.append(place)
        if not times:
            outcome.extras.discard(place)
        if effect.is_picked:
            picked = {sku for key, sku in self.units.cart.gift_picks if key == self.entries[place].key}
            options = [option for option in options if option.sku in picked]
        for option in options[:1]:
            quantity = effect.quantity * self._times_in_stock(effect, option.sku, times, outcome)
            value = option.value_minor * quantity
            outcome.gifts.append((place, option.sku, quantity, value))
            outcome.saved_minor += value

    def _gift_times(self, effect: Give) -> int:
        """How often a gift is given: once, or for every so many units."""
        if effect.per_quantity is None:
            return 1
        held = sum(self.units.quantities[number] for number in self.units.matching(effect.units))
        times = held // effect.per_quantity
        return times if effect.times_max is None else min(times, effect.times_max)

    def _times_in_stock(self, effect: Give, sku: str, times: int, outcome: Outcome) -> int:
        if sku not in self.stocks:
            return times
        left = self.stocks[sku] - sum(quantity for _, given, quantity, _ in outcome.gifts if given == sku)
        return min(times, left // effect.quantity)

    def options_in_stock(self, effect: Give, outcome: Outcome) -> list[GiftOption]:
        """Return the gift's options of which enough are left beside what the outcome gives already."""
        gone: dict[str, int] = {}
        for _, sku, quantity, _ in outcome.gifts:
            gone[sku] = gone.get(sku, 0) + quantity
        return [
            option
            for option in effect.options
            if option.sku not in self.stocks
            or self.stocks[option.sku] - gone.get(option.sku, 0) >= effect.quantity
        ]  # fmt: skip

    def _without_idle(self, outcome: Outcome, selected: Sequence[int], lane: int) -> Sequence[int]:
        """Leave out offers that begin in this lane and whose condition on the discounted total does not hold."""
        idle = {
            place: short
            for place in sorted(self.fragile.intersection(selected))
            if self.entries[place].begins == lane
            and (short := shortfalls(self.offer(place), self.units, outcome.state))
        }
        outcome.idle |= idle
        return [place for place in selected if place not in idle] if idle else selected


def takings_of(effect: Effect, units: Units, state: State) -> list[Taking]:
    """Return what an effect that can be filled would use up; none when nothing would come off."""
    found = CONSUMING[type(effect)](effect, units, state)
    return found if any([taking[3] for taking in found]) else []  # noqa: C419  the list is faster
