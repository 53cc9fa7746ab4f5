"""Which live promotions meet on the same products at the same time, and what happens there: they add up or compete.

Only promotions of one lane are compared: a product promotion beside free delivery is what merchants want. What the
filters do not tell (a list of SKUs against a category) counts as meeting; audiences and codes are not compared,
since one customer may be in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from wracam.promotions.core.body import Promotion
from wracam.promotions.core.offers import (
    Bundle,
    BuyGet,
    Effect,
    Filter,
    Give,
    GrantReward,
    MultiplyPoints,
    Offer,
    Stage,
)

OVERLAPS_MAX = 200


class Lane(StrEnum):
    """What two promotions both reduce."""

    PRODUCTS = "products"
    ORDER = "order"
    SHIPPING = "shipping"


class Meeting(StrEnum):
    """What happens where two promotions meet."""

    ADD_UP = "add_up"
    """Both may apply to the same unit: the reductions add up."""
    COMPETE = "compete"
    """Only one of them can apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two promotions that meet. `on` names common categories or SKUs (empty: not narrowed by either)."""

    first: str
    second: str
    lane: Lane
    meeting: Meeting
    on: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None


def overlaps(promotions: Sequence[Promotion]) -> list[Overlap]:
    """Return the pairs that meet, in the order of their keys, at most `OVERLAPS_MAX`."""
    found = []
    ordered = sorted(promotions, key=lambda one: one.key)
    for first, second in _candidates(ordered):
        meeting = _meeting(first, second)
        if meeting is not None:
            found.append(meeting)
            if len(found) == OVERLAPS_MAX:
                break
    return found


def _candidates(promotions: Sequence[Promotion]) -> Iterator[tuple[Promotion, Promotion]]:
    """Yield the pairs that share a lane, compared by lane so that thousands of promotions stay quick."""
    lanes: dict[Lane, list[Promotion]] = {}
    for promotion in promotions:
        for lane in sorted(_lanes(promotion)):
            lanes.setdefault(lane, []).append(promotion)
    seen: set[tuple[str, str]] = set()
    for members in lanes.values():
        for first, second in combinations(members, 2):
            pair = (first.key, second.key)
            if pair not in seen and _same_time(first, second):
                seen.add(pair)
                yield first, second


def _meeting(first: Promotion, second: Promotion) -> Overlap | None:
    if first.shops and second.shops and not first.shops & second.shops:
        return None
    for lane in sorted(_lanes(first) & _lanes(second)):
        common = _common(_filters(first, lane), _filters(second, lane))
        if common is not None:
            starts = [one.starts_at for one in (first, second) if one.starts_at]
            ends = [one.ends_at for one in (first, second) if one.ends_at]
            return Overlap(
                first=first.key,
                second=second.key,
                lane=lane,
                meeting=Meeting.COMPETE if _compete(first.offer, second.offer) else Meeting.ADD_UP,
                on=common,
                starts_at=max(starts, default=None),
                ends_at=min(ends, default=None),
            )
    return None


def _compete(first: Offer, second: Offer) -> bool:
    """Whether the two may not stand beside each other, as the engine sees it."""
    if first.is_exclusive or second.is_exclusive:
        return True
    same_group = bool(first.group) and first.group == second.group
    return same_group or second.key in first.excludes or first.key in second.excludes


def _same_time(first: Promotion, second: Promotion) -> bool:
    return _before(first.starts_at, second.ends_at) and _before(second.starts_at, first.ends_at)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def _lanes(promotion: Promotion) -> set[Lane]:
    return {lane for effect in promotion.offer.effects if (lane := lane_of(effect)) is not None}


def lane_of(effect: Effect) -> Lane | None:
    """Return what an effect reduces; None for gifts, points and rewards, which stand beside everything."""
    if isinstance(effect, Give | MultiplyPoints | GrantReward):
        return None
    if effect.stage in (Stage.ORDER_PRICE, Stage.ORDER_PERCENT, Stage.ORDER_AMOUNT):
        return Lane.ORDER
    if effect.stage in (Stage.SHIPPING_PRICE, Stage.SHIPPING_PERCENT, Stage.SHIPPING_AMOUNT):
        return Lane.SHIPPING
    return Lane.PRODUCTS


def _filters(promotion: Promotion, lane: Lane) -> list[Filter]:
    return [one for effect in promotion.offer.effects if lane_of(effect) is lane for one in _units(effect)]


def _units(effect: Effect) -> Iterable[Filter]:
    """The units whose price an effect changes."""
    if isinstance(effect, BuyGet):
        return (effect.get,)
    if isinstance(effect, Bundle):
        return tuple(part for part, _ in effect.parts)
    return (effect.units,) if hasattr(effect, "units") else ()


def _common(first: Sequence[Filter], second: Sequence[Filter]) -> tuple[str, ...] | None:
    """Return what both name, or an empty tuple when they meet without naming the same; None when they do not meet."""
    named: set[str] = set()
    is_met = False
    for one in first:
        for other in second:
            if meets(one, other):
                is_met = True
                named |= (one.categories & other.categories) | (one.skus & other.skus)
    return tuple(sorted(named)) if is_met else None


def meets(one: Filter, other: Filter) -> bool:
    """Say whether a unit may pass both filters."""
    if one.skus and other.skus and not one.skus & other.skus:
        return False
    if one.categories and other.categories and not one.categories & other.categories:
        return False
    return not (_excludes(one, other) or _excludes(other, one)) and _prices_meet(one, other) and _alike(one, other)


def _excludes(one: Filter, other: Filter) -> bool:
    """Whether everything that *other* names is excluded by *one*."""
    if other.skus and other.skus <= one.excluded_skus:
        return True
    return bool(other.categories) and other.categories <= one.excluded_categories


def _prices_meet(one: Filter, other: Filter) -> bool:
    low = max(one.price_from_minor or 0, other.price_from_minor or 0)
    highs = [price for price in (one.price_to_minor, other.price_to_minor) if price is not None]
    return not highs or low <= min(highs)


def _alike(one: Filter, other: Filter) -> bool:
    """Whether the attributes asked for can belong to one product."""
    mine, theirs = dict(one.attributes), dict(other.attributes)
    return all(theirs.get(name, value) == value for name, value in mine.items())
