"""Parts of a cart that do not touch: contested offers fall into groups that can be decided one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final

from wracam.promotions.core.catalog import ORDER
from wracam.promotions.core.most import can_cap_bind
from wracam.promotions.core.offers import Effect, Offer, Reduction, SetPrice, Stage, is_limited
from wracam.promotions.core.trial import Desk

OPTIONS_MAX: Final = 64
"""Up to how many choices of offers beyond the product lane each get a search of the products of their own."""


def conflict(one: Offer, other: Offer) -> bool:
    """Say whether the two offers may not stand side by side."""
    if one.is_exclusive or other.is_exclusive:
        return True
    if one.group and one.group == other.group:
        return True
    return other.key in one.excludes or one.key in other.excludes


def rivals_of(desk: Desk, places: Sequence[int]) -> dict[int, set[int]]:
    """Return for each place those of *places* whose offers may not stand beside it (none: not named)."""
    offers = {place: desk.entries[place].offer for place in places}
    groups: dict[str, list[int]] = {}
    found: dict[int, set[int]] = {}
    for place, offer in offers.items():
        if offer.group:
            groups.setdefault(offer.group, []).append(place)
    for members in groups.values():
        for place in members if len(members) > 1 else ():
            found.setdefault(place, set()).update(members)
    for place, others in _named_rivals(offers):
        found.setdefault(place, set()).update(others)
        for other in others:
            found.setdefault(other, set()).add(place)
    for place, rivals in found.items():
        rivals.discard(place)
    return found


def _named_rivals(offers: dict[int, Offer]) -> Iterator[tuple[int, list[int]]]:
    """Yield the offers that stand alone or exclude others by name, with those they exclude."""
    places: dict[str, int] = {}
    for place, offer in offers.items():
        if offer.is_exclusive:
            yield place, list(offers)
        elif offer.excludes:
            places = places or {other.key: number for number, other in offers.items()}
            yield place, [places[key] for key in offer.excludes if key in places]


def depends_on_rest(desk: Desk, effect: Effect) -> bool:
    """Say whether what an effect takes off one product may depend on others: so many units of all, or a cap."""
    if isinstance(effect, Reduction) and can_cap_bind(effect, desk.units, desk.policy):
        return True
    return isinstance(effect, Reduction | SetPrice) and is_limited(effect) and not effect.is_limit_per_line


def contested_of(desk: Desk, places: Sequence[int], rivals: dict[int, set[int]]) -> set[int]:
    """Return the offers that something stands against: a rival, or another offer that uses up the same units."""
    if desk.is_loose:
        return set(places)
    contested = {place for place in places if rivals.get(place)}
    by_class: dict[int, int] = {}
    for place in places:
        if desk.entries[place].consuming:
            for number in touched(desk, place):
                other = by_class.setdefault(number, place)
                if other != place:
                    contested.add(other)
                    contested.add(place)
    return contested


def touched(desk: Desk, place: int) -> frozenset[int]:
    """Return the unit classes whose price or units the offer's product effects may change."""
    found = desk.touched.get(place)
    if found is None:
        matching = desk.units.matching
        filters = desk.entries[place].product_filters
        if len(filters) == 1:
            found = frozenset(matching(filters[0]))
        else:
            found = frozenset(number for units in filters for number in matching(units))
        desk.touched[place] = found
    return found


class Surroundings:
    """The free offers around what is contested: which classes each works on, and which tie classes together."""

    def __init__(self, desk: Desk, free: Sequence[int]) -> None:
        reaches = [(place, touched(desk, place)) for place in free]
        self.reaches = [(place, reach) for place, reach in reaches if reach]
        self.links = [reach for place, reach in self.reaches if _ties(desk, place)]

    def linked(self, reach: frozenset[int]) -> frozenset[int]:
        """Everything that changes of *reach* can change through free offers that look across products."""
        grows = bool(self.links)
        while grows:
            more = reach.union(*(link for link in self.links if not link.isdisjoint(reach)))
            grows = len(more) > len(reach)
            reach = more
        return reach

    def beside(self, desk: Desk, part: Sequence[int]) -> list[int]:
        """Return the free offers that work on the products a part touches."""
        part_reach = self.linked(frozenset(number for place in part for number in touched(desk, place)))
        return [place for place, reach in self.reaches if not reach.isdisjoint(part_reach)]


def _ties(desk: Desk, place: int) -> bool:
    """Say whether what an offer gives on one product depends on the prices of others in this cart."""
    entry = desk.entries[place]
    if place in desk.limits:
        return True
    return entry.looks_across and any(depends_on_rest(desk, step.effect) for step in entry.later)


def parts_of(
    desk: Desk, around: Surroundings, contested: Sequence[int], rivals: dict[int, set[int]]
) -> list[list[int]]:
    """Return the contested offers in groups that neither conflict nor touch, not even through a free offer."""
    parts: list[list[int]] = []
    reaches: list[frozenset[int]] = []
    for place in contested:
        part, reach = [place], around.linked(touched(desk, place))
        mine = rivals.get(place, set())
        for number in reversed(range(len(parts))):
            others = parts[number]
            if not reach.isdisjoint(reaches[number]) or not mine.isdisjoint(others):
                part, reach = [*others, *part], reach | reaches[number]
                del parts[number], reaches[number]
        parts.append(part)
        reaches.append(reach)
    rank = {place: number for number, place in enumerate(contested)}
    return [sorted(part, key=rank.__getitem__) for part in parts]


def is_sum_decisive(desk: Desk, free: Sequence[int]) -> bool:
    """Say whether a lower price of the products always means a lower total, whatever makes it up.

    It does, when every free offer on the order looks at the order as a whole. Floors, splits by quantity and caps of
    whole offers could break that.
    """
    return is_nearly_sum_decisive(desk, free) and is_whole_order(desk, on_order(desk, free))


def is_nearly_sum_decisive(desk: Desk, free: Sequence[int]) -> bool:
    """Say whether it would, if amounts off some of the products could be taken off all of them."""
    effects = on_order(desk, free)
    if desk.is_loose or desk.roughness or desk.discount_max is not None or (effects and desk.units.floors is not None):
        return False
    if any(place in desk.limits and desk.entries[place].reaches_beyond for place in free):
        return False
    nets_gross = not desk.units.cart.prices_include_tax
    others = [
        effect
        for effect in effects
        if effect.stage is not Stage.ORDER_AMOUNT or (nets_gross and effect.is_amount_gross)
    ]
    return is_whole_order(desk, others)


def is_whole_order(desk: Desk, effects: Sequence[Reduction]) -> bool:
    """Say whether all these effects look at the order as a whole, and give by price."""
    everything = desk.units.everything
    return all(
        desk.units.matching(effect.units) == everything
        and not effect.is_split_by_quantity
        and not is_limited(effect)
        and not effect.is_amount_gross
        for effect in effects
    )


def rounding_of_order(desk: Desk, places: Sequence[int]) -> int:
    """How much dearer lower prices of products can make the total at most, through roundings of these offers.

    Effects that look at the order as a whole make one total of another, so only what comes before the last of the
    others matters: it is split over the classes in whole minor units, less than one from the exact share of each, and
    rounded itself. What it is off by on the products of the others is missing or too much on the rest.
    """
    effects = on_order(desk, places)
    classes = len(desk.units.classes)
    if desk.units.floors is not None:
        return len(effects) * (classes + 1)
    partial = [turn for turn, effect in enumerate(effects) if not is_whole_order(desk, [effect])]
    if not partial:
        return 0
    numbers = {number for turn in partial for number in desk.units.matching(effects[turn].units)}
    odd = any(effect.is_limited or effect.is_amount_gross or effect.is_split_by_quantity for effect in effects)
    return (partial[-1] + odd) * min(classes + 1, 2 * len(numbers) + 2)


def on_order(desk: Desk, places: Sequence[int]) -> list[Reduction]:
    """Return what the offers at these places do to the order, in turn."""
    found = [
        (step.rank, step.effect)
        for place in places
        for step in desk.entries[place].later
        if step.lane == ORDER and isinstance(step.effect, Reduction)
    ]
    found.sort(key=itemgetter(0))
    return [effect for _, effect in found]


def independent(places: Sequence[int], rivals: dict[int, set[int]], most: int) -> Iterator[tuple[int, ...]]:
    """Yield the choices without rivals, at most *most*, the larger ones first where that is possible."""
    if not places:
        yield ()
        return
    count = 0
    first, rest = places[0], places[1:]
    mine = rivals.get(first, set())
    for others in independent([place for place in rest if place not in mine], rivals, most):
        count += 1
        yield (first, *others)
        if count >= most:
            return
    for others in independent(rest, rivals, most - count):
        yield others
