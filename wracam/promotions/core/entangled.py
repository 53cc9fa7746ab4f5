"""Carts in which one offer more can make others give more, or the price higher.

Bounds rest on this: others only lower prices, and the lower the prices, the less an offer gives and the less is left to
pay. Most steps hold to it class by class. These do not, once another offer has *disturbed* their prices before:

- *turning* steps pick units by price ("the two dearest"), or share out by price what brings several products down to
  one price. What they give in all still falls with the prices, but more of it may come off other products, so a later
  step on some of the products finds another price there. Only what looks at all of them alike (`_looks_at_all`) may
  follow.
- *wild* steps can even give more in all: amounts or caps for each line that the picked units are of, steps for each
  line, percentages of original prices or floors where units are picked, amounts and caps with tax over several rates.
- an offer with a limit in all that it may reach in several steps gives later what it could not give before.
- gifts of one stock, and what comes off several shipments or fees together.

Carts entangled so are searched without bounds but the most that each offer can ever give (`most`). Where only
roundings can go astray, by *roughness* minor units in all, the search of everything allows for them (`tree.Search`).
Within single products, offers that may give less than what is rounded away there are *unsure*: they are contested, so
that each is tried with and without, and the search stays one by parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import Final, NamedTuple

from wracam.promotions.contracts import PercentBase
from wracam.promotions.core.beside import charges_meant, is_together
from wracam.promotions.core.catalog import ORDER, PRODUCT
from wracam.promotions.core.most import can_cap_bind
from wracam.promotions.core.offers import Effect, Give, Reduction, SetPrice, Stage
from wracam.promotions.core.parts import depends_on_rest, is_whole_order, touched
from wracam.promotions.core.sure import Prices
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.valuing import is_plain

ROUGH_RUN: Final = 8
"""How far roundings can lead for each run of units picked: up and down by two shares, a part and a percentage."""
ROUGH_SHARE: Final = 2
"""How far for each product that a step is split over: up and down."""
RUNS_OF_USE: Final = 2
"""Into how many runs more an offer that uses units up parts those of one class."""


ORDER_PRICE: Final = Stage.ORDER_PRICE


class Turn(NamedTuple):
    """A step on products or the order, with the offer it is of and the classes that it means."""

    place: int
    effect: Reduction | SetPrice
    lane: int
    reach: frozenset[int]
    is_whole: bool
    """Whether it is on the order as a whole, so that it turns one total into another."""


class Knots(NamedTuple):
    """Whether a cart is entangled, and how far roundings can lead where it is not."""

    are_entangled: bool
    roughness: int = 0
    slack: int = 0
    """How far they can lead within single products, where unsure offers are contested."""
    unsure: frozenset[int] = frozenset()
    """The places of offers that may give less than that."""


ENTANGLED, PLAIN = Knots(True), Knots(False)


def knots_of(desk: Desk, places: Sequence[int]) -> Knots:
    """Look for what offers at these places can do to each other."""
    if _share_charges(desk, places) or _share_stock(desk, places) or _share_limits(desk, places):
        return ENTANGLED
    if not any([_is_suspect(desk, place) for place in places]):  # noqa: C419  the list is faster
        return PLAIN
    users = {place: touched(desk, place) for place in places if desk.entries[place].consuming}
    turns = list(_turns(desk, places))
    on_class = _by_class(turns)
    roughness = slack = 0
    unsure: set[int] = set()
    for number, turn in enumerate(turns):
        if not (_is_odd(turn.effect) or turn.place in desk.limits):
            continue
        using = {place: reach for place, reach in users.items() if not reach.isdisjoint(turn.reach)}
        meeting = sorted({other for met in turn.reach for other in on_class[met]})
        if not using and min(meeting, default=number) == number:
            continue
        is_turning = _is_turning(desk, turn, bool(using))
        if not is_turning and not _is_shared_out(desk, turn):
            continue
        after = [turns[other] for other in meeting if other > number]
        later = [one for one in after if not one.is_whole]
        if is_turning:
            if _is_wild(desk, turn) or not all(_looks_at_all(desk, one, turn) for one in after):
                return ENTANGLED
            rough = 0 if turn.is_whole else _rough(desk, turn, using.values(), later)
            if len(turn.reach) > 1:
                roughness += rough
            else:
                slack += rough
                unsure.update(_unsure(desk, turn, turns, using, rough))
        else:
            roughness += ROUGH_RUN * len(turn.reach) * (len(later) + _is_cut_with_tax(desk, turn))
    return Knots(False, roughness, slack, frozenset(unsure))


def _by_class(turns: Sequence[Turn]) -> dict[int, list[int]]:
    """Return which of the turns mean each class."""
    found: dict[int, list[int]] = {}
    for number, turn in enumerate(turns):
        for one in turn.reach:
            found.setdefault(one, []).append(number)
    return found


def _unsure(desk: Desk, turn: Turn, turns: Sequence[Turn], using: Mapping[int, Set[int]], rough: int) -> Iterator[int]:
    """Yield the offers on the one product of a turning step that may give no more than is rounded away there."""
    (number,) = turn.reach
    alike = [one for one in turns if one.lane == PRODUCT and number in one.reach]
    effects = [effect for place in using for effect in desk.entries[place].consuming]
    prices = Prices(desk, number, effects, [one.effect for one in alike])
    yield from using
    for one in alike:
        if prices.least_gain(one.effect) <= rough:
            yield one.place


def _turns(desk: Desk, places: Sequence[int]) -> Iterator[Turn]:
    reaches: dict[tuple[int, ...], frozenset[int]] = {}
    for _, step, place in desk.steps(places, ORDER):
        effect = step.effect
        assert isinstance(effect, Reduction | SetPrice)
        numbers = desk.units.matching(effect.units)
        reach = reaches.get(numbers)
        if reach is None:
            reach = reaches[numbers] = frozenset(numbers)
        yield Turn(place, effect, step.lane, reach, step.lane == ORDER and _is_whole(desk, effect))


def _is_suspect(desk: Desk, place: int) -> bool:
    """Say quickly whether an offer may have a step of interest."""
    return place in desk.limits or any([_is_odd(step.effect) for step in desk.entries[place].later])  # noqa: C419


def _is_odd(effect: Effect) -> bool:
    if not isinstance(effect, Reduction):
        return isinstance(effect, SetPrice) and effect.is_limited
    return effect.is_limited or effect.is_amount_gross or effect.is_capped or effect.stage is ORDER_PRICE


def _is_turning(desk: Desk, turn: Turn, is_used: bool) -> bool:
    """Say whether a step can come to take more off one product because another became cheaper."""
    effect = turn.effect
    if isinstance(effect, SetPrice) and is_used and turn.place in desk.limits:
        return True
    if len(turn.reach) <= 1:
        return effect.is_limited and is_used and any(desk.units.quantities[number] > 1 for number in turn.reach)
    return effect.is_limited or effect.stage is ORDER_PRICE or _is_taxed_unevenly(desk, turn)


def _is_wild(desk: Desk, turn: Turn) -> bool:
    """Say whether it can come to take more off in all."""
    effect = turn.effect
    if _is_taxed_unevenly(desk, turn):
        return True
    if not effect.is_limited:
        return isinstance(effect, SetPrice)
    if effect.are_steps_per_line or desk.units.floors is not None or turn.place in desk.limits:
        return True
    return isinstance(effect, Reduction) and (
        effect.is_per_line
        or effect.is_amount_gross
        or effect.is_cap_gross
        or effect.is_split_by_quantity
        or effect.line_cap_minor is not None
        or desk.policy.percent_base is PercentBase.ORIGINAL
    )


def _is_taxed_unevenly(desk: Desk, turn: Turn) -> bool:
    """Say whether an amount or a cap that includes tax is worth more off one product than off another."""
    effect = turn.effect
    if desk.units.cart.prices_include_tax or not isinstance(effect, Reduction):
        return False
    is_split = effect.is_amount_gross and turn.lane == ORDER
    if not is_split and not (effect.is_cap_gross and can_cap_bind(effect, desk.units, desk.policy)):
        return False
    return len({desk.units.classes[number].tax_rate_bp for number in turn.reach}) > 1


def _looks_at_all(desk: Desk, later: Turn, turn: Turn) -> bool:
    """Say whether a later step sees no more of a turning step's products than what they cost together."""
    effect = later.effect
    if len(turn.reach) <= 1:
        return isinstance(effect, Reduction) and not effect.is_limited
    if later.lane == PRODUCT:
        return later.reach >= turn.reach and is_plain(desk, effect)
    return later.is_whole


def _is_whole(desk: Desk, effect: Reduction | SetPrice) -> bool:
    return isinstance(effect, Reduction) and desk.units.floors is None and is_whole_order(desk, [effect])


def _is_shared_out(desk: Desk, turn: Turn) -> bool:
    """Say whether a step on products can meet a cap, which is shared out over them in whole minor units."""
    if len(turn.reach) <= 1 or turn.lane != PRODUCT:
        return False
    return turn.place in desk.limits or depends_on_rest(desk, turn.effect)


def _is_cut_with_tax(desk: Desk, turn: Turn) -> bool:
    is_net = not desk.units.cart.prices_include_tax
    return is_net and isinstance(turn.effect, Reduction) and turn.effect.is_cap_gross


def _rough(desk: Desk, turn: Turn, users: Collection[Set[int]], later: Sequence[Turn]) -> int:
    """How far roundings of a turning step and of what follows can lead.

    There are so many runs of units of its products at most, and it picks no more of them than units.
    """
    quantities, effect = desk.units.quantities, turn.effect
    runs = sum(
        [min(quantities[number], 1 + RUNS_OF_USE * sum([number in reach for reach in users])) for number in turn.reach]
    )
    if effect.unit_limit is not None and not effect.is_limit_per_line:
        runs = min(runs, effect.unit_limit + 1)
    return ROUGH_RUN * runs + ROUGH_SHARE * len(turn.reach) * len(later)


def _share_limits(desk: Desk, places: Sequence[int]) -> bool:
    """Say whether an offer has a limit that several of its steps share."""
    return any(place in desk.limits and len(desk.entries[place].offer.effects) > 1 for place in places)


def _share_stock(desk: Desk, places: Sequence[int]) -> bool:
    """Say whether several offers give pieces of one stock."""
    if not desk.stocks:
        return False
    givers: dict[str, set[int]] = {}
    for place in places:
        for effect in desk.entries[place].offer.effects:
            for option in effect.options if isinstance(effect, Give) else ():
                if option.sku in desk.stocks:
                    givers.setdefault(option.sku, set()).add(place)
    return any(len(places) > 1 for places in givers.values())


def _share_charges(desk: Desk, places: Sequence[int]) -> bool:
    """Say whether several offers take something off shipments or fees that one of them takes together."""
    cart = desk.units.cart
    if len(cart.shipments) < 2 and len(cart.fees) < 2:
        return False
    reaches = [
        (len(charges_meant(effect, cart)), place in desk.limits or is_together(effect))
        for place in places
        for effect in desk.entries[place].offer.effects
        if isinstance(effect, Reduction) and effect.stage >= Stage.SHIPPING_PRICE
    ]
    return len(reaches) > 1 and any(count > 1 and together for count, together in reaches)
