"""What adding a little would bring: missing conditions nearly met, the next unit of a group, the next step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Final

from wracam.promotions.contracts import Nearly, RefusedOffer, Shortfall
from wracam.promotions.core.catalog import Entry
from wracam.promotions.core.offers import Bundle, BuyGet, Effect, Measure, NthUnit, Reduction
from wracam.promotions.core.reducing import line_reached, step_reached
from wracam.promotions.core.units import Units

REACHABLE: Final = frozenset(
    measure.value
    for measure in (
        Measure.ITEMS_TOTAL,
        Measure.ITEMS_TOTAL_NET,
        Measure.DISCOUNTED_TOTAL,
        Measure.QUANTITY,
        Measure.DISTINCT_PRODUCTS,
    )
)
"""Measures that grow when products are added."""
ITEMS_TOTAL: Final = Measure.ITEMS_TOTAL.value
QUANTITY: Final = Measure.QUANTITY.value
PIECES: Final = frozenset({QUANTITY, Measure.DISTINCT_PRODUCTS.value})
_key_of = attrgetter("key")


def effect_shortfalls(entry: Entry, units: Units) -> tuple[Shortfall, ...]:
    """Return what is missing for the offer's effects to give something, or to give more than they do in this cart."""
    effects = entry.offer.effects
    if len(effects) == 1:
        return _of_effect(effects[0], units)
    return tuple([short for effect in effects for short in _of_effect(effect, units)])


def nearly(
    refused: Sequence[RefusedOffer],
    more: Sequence[tuple[str, tuple[Shortfall, ...]]],
    nearly_share_bp: int,
    always: Collection[str] = (),
) -> tuple[Nearly, ...]:
    """Return the hints: refused offers that are nearly within reach, and applied ones that nearly give *more*.

    Those named in *always* are hints however much is missing.
    """
    hints = [
        Nearly(key=refusal.key, shortfalls=refusal.shortfalls)
        for refusal in refused
        if refusal.shortfalls and _are_near(refusal.shortfalls, 0 if refusal.key in always else nearly_share_bp)
    ]
    for key, shortfalls in more:
        if near := tuple([short for short in shortfalls if _is_near(short, nearly_share_bp)]):
            hints.append(Nearly(key=key, shortfalls=near, is_applied=True))
    hints.sort(key=_key_of)
    return tuple(hints)


def _are_near(shortfalls: Sequence[Shortfall], nearly_share_bp: int) -> bool:
    if len(shortfalls) == 1:
        return _is_near(shortfalls[0], nearly_share_bp)
    return all(_is_near(short, nearly_share_bp) for short in shortfalls)


def _is_near(short: Shortfall, nearly_share_bp: int) -> bool:
    if short.measure not in REACHABLE or short.is_upper:
        return False
    if short.measure in PIECES and short.missing == 1:
        return True
    return short.measured * 10_000 >= short.required * nearly_share_bp


def _of_effect(effect: Effect, units: Units) -> tuple[Shortfall, ...]:
    if isinstance(effect, NthUnit):
        return _of_groups(effect, units)
    if isinstance(effect, BuyGet):
        return _of_purchase(effect, units)
    if isinstance(effect, Bundle):
        return _of_set(effect, units)
    if isinstance(effect, Reduction) and effect.steps:
        return _of_steps(effect, units)
    return ()


def _of_groups(effect: NthUnit, units: Units) -> tuple[Shortfall, ...]:
    """The units missing to the next full group; nothing when the cart holds no matching unit or the groups are full."""
    numbers = units.matching(effect.units)
    counts = [units.quantities[number] for number in numbers]
    if effect.is_same_product:
        by_sku: dict[str, int] = {}
        for number, count in zip(numbers, counts, strict=True):
            by_sku[units.classes[number].sku] = by_sku.get(units.classes[number].sku, 0) + count
        counts = [max(by_sku.values(), key=lambda count: count % effect.group_size, default=0)]
    held = sum(counts)
    groups, odd = divmod(held, effect.group_size)
    if not odd or (effect.times_max is not None and groups >= effect.times_max):
        return ()
    return (_pieces((groups + 1) * effect.group_size, held),)


def _of_purchase(effect: BuyGet, units: Units) -> tuple[Shortfall, ...]:
    buying, getting = units.matching(effect.buy), units.matching(effect.get)
    bought = sum([units.quantities[number] for number in buying])
    if buying == getting:
        size = effect.buy_quantity + effect.get_quantity
        rounds, odd = divmod(bought, size)
        is_done = effect.times_max is not None and rounds >= effect.times_max
        return () if not odd or is_done else (_pieces(rounds * size + max(odd + 1, effect.buy_quantity + 1), bought),)
    if not bought:
        return ()
    got = sum([units.quantities[number] for number in getting])
    short = [_pieces(effect.buy_quantity, bought)] if bought < effect.buy_quantity else []
    return (*short, *((_pieces(1, got, part=1),) if not got else ()))


def _of_set(effect: Bundle, units: Units) -> tuple[Shortfall, ...]:
    """The pieces missing to the first set, part by part; nothing once a set is complete or none is begun."""
    short = []
    has_begun = False
    for part, (filtered, quantity) in enumerate(effect.parts):
        held = sum([units.quantities[number] for number in units.matching(filtered)])
        has_begun = has_begun or held > 0
        if held < quantity:
            short.append(_pieces(quantity, held, part))
    return tuple(short) if has_begun else ()


def _of_steps(effect: Reduction, units: Units) -> tuple[Shortfall, ...]:
    numbers = units.matching(effect.units)
    held = [line_reached(effect, units, number) for number in numbers] if effect.are_steps_per_line else []
    measured = held or [step_reached(effect, units)]
    to_go = [(start - reached, start, reached) for reached in measured for start, _ in effect.steps if start > reached]
    if not to_go or not numbers:
        return ()
    _, required, reached = min(to_go)
    measure = ITEMS_TOTAL if effect.are_steps_by_value else QUANTITY
    return (Shortfall(measure=measure, required=required, measured=reached),)


def _pieces(required: int, measured: int, part: int = 0) -> Shortfall:
    return Shortfall(measure=QUANTITY, required=required, measured=measured, part=part)
