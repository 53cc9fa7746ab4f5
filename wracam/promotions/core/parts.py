"""Parts of a cart that do not touch: contested offers fall into groups that can be decided one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wracam.promotions.core.offers import Effect, Filter, Offer, Reduction, Stage
from wracam.promotions.core.trial import Desk


def touched(desk: Desk, place: int) -> frozenset[int]:
    """Return the unit classes whose price or units the offer's product effects may change."""
    found = desk.touched.get(place)
    if found is None:
        found = frozenset(
            number
            for effect in desk.offers[place].effects
            for units in _filters(effect)
            for number in desk.units.matching(units)
        )
        desk.touched[place] = found
    return found


def parts_of(
    desk: Desk, free: Sequence[int], contested: Sequence[int], conflict: Callable[[Offer, Offer], bool]
) -> list[list[int]]:
    """Return the contested offers in groups that neither conflict nor touch, not even through a free offer."""
    links = [touched(desk, place) for place in free if _looks_across(desk.offers[place])]
    parts: list[list[int]] = []
    reaches: list[frozenset[int]] = []
    for place in contested:
        part, reach = [place], _linked(touched(desk, place), links)
        for number in reversed(range(len(parts))):
            others = parts[number]
            if reach & reaches[number] or any(conflict(desk.offers[place], desk.offers[other]) for other in others):
                part, reach = [*others, *part], reach | reaches[number]
                del parts[number], reaches[number]
        parts.append(part)
        reaches.append(reach)
    rank = {place: number for number, place in enumerate(contested)}
    return [sorted(part, key=rank.__getitem__) for part in parts]


def is_separable(desk: Desk, free: Sequence[int], contested: Sequence[int]) -> bool:
    """Say whether the best choice of each part is best for the whole cart.

    It is, when contested offers only touch products and every free offer on the order looks at the order as a whole:
    then a lower price of one part is a lower total, whatever the other parts choose. Floors could break that.
    """
    if any(effect.stage > Stage.AMOUNT for place in contested for effect in desk.offers[place].effects):
        return False
    on_order = [
        effect
        for place in free
        for effect in desk.offers[place].effects
        if isinstance(effect, Reduction) and Stage.ORDER_PERCENT <= effect.stage <= Stage.ORDER_AMOUNT
    ]
    if not on_order:
        return True
    is_whole = all(
        desk.units.matching(effect.units) == desk.units.everything and not effect.is_split_by_quantity
        for effect in on_order
    )
    return is_whole and not any(unit.floor_minor for unit in desk.units.classes)


def beside(desk: Desk, free: Sequence[int], part: Sequence[int]) -> list[int]:
    """Return the free offers that work on the products a part touches."""
    reach = frozenset(number for place in part for number in touched(desk, place))
    return [place for place in free if touched(desk, place) & reach]


def _linked(reach: frozenset[int], links: Sequence[frozenset[int]]) -> frozenset[int]:
    return reach.union(*(link for link in links if link & reach))


def _looks_across(offer: Offer) -> bool:
    return any(
        isinstance(effect, Reduction)
        and effect.stage <= Stage.AMOUNT
        and (effect.cap_minor is not None or effect.unit_limit is not None)
        for effect in offer.effects
    )


def _filters(effect: Effect) -> list[Filter]:
    if effect.stage > Stage.AMOUNT:
        return []
    named: list[Filter] = [getattr(effect, name) for name in ("units", "buy", "get") if hasattr(effect, name)]
    return [*named, *(part for part, _ in getattr(effect, "parts", ()))]
