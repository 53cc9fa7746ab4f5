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


def parts_of(desk: Desk, contested: Sequence[int], conflict: Callable[[Offer, Offer], bool]) -> list[list[int]]:
    """Return the contested offers in groups; offers of two groups neither conflict nor touch the same units."""
    parts: list[list[int]] = []
    for place in contested:
        joined = [
            part
            for part in parts
            if any(
                touched(desk, place) & touched(desk, other) or conflict(desk.offers[place], desk.offers[other])
                for other in part
            )
        ]
        parts = [part for part in parts if part not in joined]
        parts.append([*(other for part in joined for other in part), place])
    rank = {place: number for number, place in enumerate(contested)}
    return [sorted(part, key=rank.__getitem__) for part in parts]


def is_separable(desk: Desk, free: Sequence[int], contested: Sequence[int]) -> bool:
    """Say whether the best choice of each part is best for the whole cart.

    It is, when the contested offers only touch products, unit class by unit class, and no free offer looks at several
    classes at once in a way that could favor one class over another.
    """
    if any(effect.stage > Stage.AMOUNT for place in contested for effect in desk.offers[place].effects):
        return False
    effects = [effect for place in (*free, *contested) for effect in desk.offers[place].effects]
    return not any(_is_across_classes(effect) for effect in effects)


def _is_across_classes(effect: Effect) -> bool:
    if not isinstance(effect, Reduction) or effect.stage >= Stage.SHIPPING_PERCENT:
        return False
    if effect.stage >= Stage.ORDER_PERCENT:
        return True
    return effect.cap_minor is not None or effect.unit_limit is not None


def _filters(effect: Effect) -> list[Filter]:
    if effect.stage > Stage.AMOUNT:
        return []
    named: list[Filter] = [getattr(effect, name) for name in ("units", "buy", "get") if hasattr(effect, name)]
    return [*named, *(part for part, _ in getattr(effect, "parts", ()))]
