"""What each kind of effect takes off the running state. Every function returns the discount of each class.

Units that an effect of the consuming stage has taken, bought or reduced, are used up: no other consuming effect may
count them. Percentages and amounts work on all units, used or not. Nothing goes below a floor or below zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wracam.kernel.allocation import split_by_weights
from wracam.promotions.contracts import PercentBase, Policy, Rounding
from wracam.promotions.core.offers import Bundle, BuyGet, NthUnit, Pick, Reduction, SetPrice, Stage
from wracam.promotions.core.runs import (
    Piece,
    Taking,
    all_pieces,
    amount_of,
    capacity,
    first_of,
    free_pieces,
    rest_of,
    rewrite,
    spread,
    take_first,
    take_from_class,
)
from wracam.promotions.core.units import State, Units

Discounts = dict[int, int]
BUNDLES_MAX = 10_000
"""How many times one set may be counted in one cart."""


def percentage(amount: int, percent_bp: int) -> int:
    """Return *percent_bp* of a whole amount, half a minor unit rounded down, so that the price rounds half up."""
    return (2 * amount * percent_bp + 9_999) // 20_000


def apply_reduction(effect: Reduction, units: Units, state: State, policy: Policy) -> Discounts:
    """Take a percentage or an amount off units, or an amount or percentage off the order."""
    numbers = units.matching(effect.units)
    value = _value(effect, units, numbers)
    if not numbers or not value:
        return {}
    if effect.stage in (Stage.ORDER_PERCENT, Stage.ORDER_AMOUNT):
        return _apply_to_order(effect, value, numbers, units, state, policy)
    if effect.unit_limit is not None:
        return _apply_to_limited_units(effect, value, numbers, units, state, policy)
    wanted = {number: _wanted(effect, value, number, units, state, policy) for number in numbers}
    return _take_wanted(effect, wanted, units, state)


def apply_set_price(effect: SetPrice, units: Units, state: State, _policy: Policy) -> Discounts:
    """Bring each matching unit down to the set price; a lower price stays."""
    discounts = {}
    for number in units.matching(effect.units):
        unit = units.classes[number]
        target = max(effect.price_minor, unit.floor_minor) * unit.quantity
        off = amount_of(state[number]) - target
        if off > 0:
            take_from_class(state, number, off)
            discounts[number] = off
    return discounts


def apply_nth_unit(effect: NthUnit, units: Units, state: State, _policy: Policy) -> Discounts:
    """Reduce the cheapest units of each full group; the group's units are used up."""
    pieces = free_pieces(state, units.matching(effect.units))
    groups = sum(piece.quantity for piece in pieces) // effect.group_size
    if effect.times_max is not None:
        groups = min(groups, effect.times_max)
    takings: list[Taking] = []
    position = 0
    for piece in take_first(pieces, groups * effect.group_size):
        reduced = _reduced_between(position, position + piece.quantity, effect.group_size, effect.reduced)
        position += piece.quantity
        takings += _cut(piece, reduced, effect.percent_bp, units)
    return _if_worth(takings, state)


def apply_buy_get(effect: BuyGet, units: Units, state: State, _policy: Policy) -> Discounts:
    """Reduce the units one gets for those one buys; both are used up."""
    buying, getting = set(units.matching(effect.buy)), set(units.matching(effect.get))
    pieces = free_pieces(state, sorted(buying | getting))
    if buying == getting:
        return _apply_same_products(effect, pieces, units, state)
    both = [piece for piece in pieces if piece.number in buying and piece.number in getting]
    only_buy = [piece for piece in pieces if piece.number in buying and piece.number not in getting]
    only_get = [piece for piece in pieces if piece.number in getting and piece.number not in buying]
    times = _times(effect, _count(only_buy), _count(only_get), _count(both))
    gets = min(times * effect.get_quantity, _count(only_get) + _count(both) - _spared(effect, times, only_buy))
    ordered = sorted([*only_get, *both], key=lambda piece: -piece.amount_minor / piece.quantity)
    if effect.pick is Pick.CHEAPEST:
        ordered.reverse()
    got = _take_with_spare(ordered, gets, both, _spared(effect, times, only_buy))
    bought = _buy(effect, times, only_buy, both, got)
    takings = [Taking(piece, _off(piece, effect.percent_bp, units), True) for piece in got]
    return _if_worth([*takings, *(Taking(piece, 0, True) for piece in bought)], state)


def apply_bundle(effect: Bundle, units: Units, state: State, _policy: Policy) -> Discounts:
    """Sell sets for their price, the dearest units first, as long as a set costs more than its price."""
    queues = [free_pieces(state, units.matching(part)) for part, _ in effect.parts]
    takings: list[Taking] = []
    for _ in range(effect.times_max if effect.times_max is not None else BUNDLES_MAX):
        chosen = _next_set(effect, queues)
        amount = sum(piece.amount_minor for piece in chosen)
        off = percentage(amount, effect.percent_bp) if effect.price_minor is None else amount - effect.price_minor
        if not chosen or off <= 0:
            break
        rooms = [_room(piece, units) for piece in chosen]
        shares = spread(off, [piece.amount_minor for piece in chosen], rooms)
        takings += [Taking(piece, share, True) for piece, share in zip(chosen, shares, strict=True)]
    return _if_worth(takings, state)


EFFECTS: dict[type, Callable[..., Discounts]] = {
    Reduction: apply_reduction,
    SetPrice: apply_set_price,
    NthUnit: apply_nth_unit,
    BuyGet: apply_buy_get,
    Bundle: apply_bundle,
}


def _value(effect: Reduction, units: Units, numbers: Sequence[int]) -> int:
    if not effect.steps:
        return effect.percent_bp or effect.amount_minor
    classes = [units.classes[number] for number in numbers]
    if effect.are_steps_by_value:
        reached = sum(unit.quantity * unit.unit_minor for unit in classes)
    else:
        reached = sum(unit.quantity for unit in classes)
    return max((value for start, value in effect.steps if reached >= start), default=0)


def _wanted(effect: Reduction, value: int, number: int, units: Units, state: State, policy: Policy) -> int:
    unit = units.classes[number]
    if effect.stage is Stage.AMOUNT:
        return value * unit.quantity
    original = policy.percent_base is PercentBase.ORIGINAL
    base = unit.quantity * unit.unit_minor if original else amount_of(state[number])
    if policy.rounding is Rounding.UNIT:
        return unit.quantity * percentage(base // unit.quantity, value)
    return percentage(base, value)


def _take_wanted(effect: Reduction, wanted: dict[int, int], units: Units, state: State) -> Discounts:
    given = {number: min(off, capacity(units, state, number)) for number, off in wanted.items()}
    given = _capped(effect, given, units)
    for number, off in given.items():
        if off:
            take_from_class(state, number, off)
    return {number: off for number, off in given.items() if off}


def _capped(effect: Reduction, given: dict[int, int], units: Units) -> dict[int, int]:
    if effect.cap_minor is None:
        return given
    is_gross = effect.is_cap_gross and not units.cart.prices_include_tax
    factors = {number: 10_000 + units.classes[number].tax_rate_bp if is_gross else 10_000 for number in given}
    total = sum(given[number] * factors[number] for number in given)
    allowed = effect.cap_minor * 10_000
    if total <= allowed:
        return given
    if not is_gross:
        shares = split_by_weights(effect.cap_minor, list(given.values()))
        return dict(zip(given, shares, strict=True))
    return {number: off * allowed // total for number, off in given.items()}


def _apply_to_limited_units(
    effect: Reduction, value: int, numbers: Sequence[int], units: Units, state: State, policy: Policy
) -> Discounts:
    pieces = all_pieces(state, numbers)
    if effect.pick is Pick.CHEAPEST:
        pieces.reverse()
    taken = take_first(pieces, effect.unit_limit or 0)
    wanted: dict[int, int] = {}
    for piece in taken:
        wanted[piece.number] = wanted.get(piece.number, 0) + _wanted_of_piece(effect, value, piece, units, policy)
    return _take_wanted(effect, wanted, units, state)


def _wanted_of_piece(effect: Reduction, value: int, piece: Piece, units: Units, policy: Policy) -> int:
    unit = units.classes[piece.number]
    if effect.stage is Stage.AMOUNT:
        return min(value * piece.quantity, piece.amount_minor)
    base = piece.quantity * unit.unit_minor if policy.percent_base is PercentBase.ORIGINAL else piece.amount_minor
    return percentage(base, value)


def _apply_to_order(
    effect: Reduction, value: int, numbers: Sequence[int], units: Units, state: State, policy: Policy
) -> Discounts:
    amounts = [amount_of(state[number]) for number in numbers]
    if effect.stage is Stage.ORDER_PERCENT:
        if policy.percent_base is PercentBase.ORIGINAL:
            amounts = [units.classes[number].quantity * units.classes[number].unit_minor for number in numbers]
        off = percentage(sum(amounts), value)
    else:
        off = value
    if effect.cap_minor is not None:
        off = min(off, effect.cap_minor)
    weights = [units.classes[number].quantity for number in numbers] if effect.is_split_by_quantity else amounts
    rooms = [capacity(units, state, number) for number in numbers]
    shares = spread(off, weights, rooms, policy.remainder)
    for number, share in zip(numbers, shares, strict=True):
        if share:
            take_from_class(state, number, share)
    return {number: share for number, share in zip(numbers, shares, strict=True) if share}


def _room(piece: Piece, units: Units) -> int:
    return max(0, piece.amount_minor - piece.quantity * units.classes[piece.number].floor_minor)


def _off(piece: Piece, percent_bp: int, units: Units) -> int:
    return min(percentage(piece.amount_minor, percent_bp), _room(piece, units))


def _cut(piece: Piece, reduced: int, percent_bp: int, units: Units) -> list[Taking]:
    if reduced == 0:
        return [Taking(piece, 0, True)]
    if reduced == piece.quantity:
        return [Taking(piece, _off(piece, percent_bp, units), True)]
    full = rest_of(piece, reduced)
    part = first_of(piece, reduced)
    return [Taking(part, _off(part, percent_bp, units), True), Taking(full, 0, True)]


def _reduced_between(start: int, end: int, size: int, reduced: int) -> int:
    """Count the positions from *start* to before *end* that are among the last *reduced* of their group of *size*."""

    def before(position: int) -> int:
        whole, place = divmod(position, size)
        return whole * reduced + max(0, place - (size - reduced))

    return before(end) - before(start)


def _if_worth(takings: Sequence[Taking], state: State) -> Discounts:
    """Use units up only if something comes off."""
    if not any(taking.discount_minor for taking in takings):
        return {}
    return {number: off for number, off in rewrite(state, takings).items() if off}


def _count(pieces: Sequence[Piece]) -> int:
    return sum(piece.quantity for piece in pieces)


def _apply_same_products(effect: BuyGet, pieces: list[Piece], units: Units, state: State) -> Discounts:
    """Buy and get among the same products: full rounds of both, the cheapest of each round reduced.

    A last round with all bought units but fewer to get still gives what is there.
    """
    round_size = effect.buy_quantity + effect.get_quantity
    total = _count(pieces)
    rounds, odd = divmod(total, round_size)
    if effect.times_max is not None and rounds >= effect.times_max:
        rounds, odd = effect.times_max, 0
    extra = max(0, odd - effect.buy_quantity)
    taken = take_first(pieces, rounds * round_size + (effect.buy_quantity + extra if extra else 0))
    takings: list[Taking] = []
    position = 0
    for piece in taken:
        full_end = max(position, min(position + piece.quantity, rounds * round_size))
        reduced = _reduced_between(position, full_end, round_size, effect.get_quantity)
        tail_start = rounds * round_size + effect.buy_quantity
        reduced += max(0, position + piece.quantity - max(position, tail_start)) if extra else 0
        position += piece.quantity
        takings += _cut(piece, reduced, effect.percent_bp, units)
    return _if_worth(takings, state)


def _times(effect: BuyGet, only_buy: int, only_get: int, both: int) -> int:
    """How often the offer applies: each time needs all bought units and at least one to get."""
    times = min((only_buy + both) // effect.buy_quantity, only_get + both)
    if effect.times_max is not None:
        times = min(times, effect.times_max)
    while times > 0:
        from_both = max(0, times * effect.buy_quantity - only_buy)
        if only_get + both - from_both > (times - 1) * effect.get_quantity:
            return times
        times -= 1
    return 0


def _spared(effect: BuyGet, times: int, only_buy: Sequence[Piece]) -> int:
    """How many units that could be either must be bought rather than got."""
    return max(0, times * effect.buy_quantity - _count(only_buy))


def _take_with_spare(ordered: Sequence[Piece], count: int, both: Sequence[Piece], spare: int) -> list[Piece]:
    """Take units to get, leaving *spare* of those that could be either for buying."""
    may_take = _count(both) - spare
    either = {(piece.number, piece.run) for piece in both}
    taken = []
    for piece in ordered:
        room = min(count, piece.quantity, may_take if (piece.number, piece.run) in either else piece.quantity)
        if room <= 0:
            continue
        taken.append(first_of(piece, room))
        count -= room
        if (piece.number, piece.run) in either:
            may_take -= room
    return taken


def _buy(
    effect: BuyGet, times: int, only_buy: Sequence[Piece], both: Sequence[Piece], got: Sequence[Piece]
) -> list[Piece]:
    """Take the units to buy: those that can only be bought first, the cheapest first."""
    gone = {(piece.number, piece.run): piece.quantity for piece in got}
    left = []
    for piece in both:
        taken = gone.get((piece.number, piece.run), 0)
        if taken < piece.quantity:
            left.append(rest_of(piece, taken) if taken else piece)
    return take_first([*reversed(only_buy), *reversed(left)], times * effect.buy_quantity)


def _next_set(effect: Bundle, queues: list[list[Piece]]) -> list[Piece]:
    """Take one set off the queues, or nothing when a part is missing. Parts may share products."""
    chosen: list[Piece] = []
    for place, (_, quantity) in enumerate(effect.parts):
        part = take_first(_left(queues[place], chosen), quantity)
        if _count(part) < quantity:
            return []
        chosen += part
    for place, queue in enumerate(queues):
        queues[place] = _left(queue, chosen)
    return chosen


def _left(queue: Sequence[Piece], chosen: Sequence[Piece]) -> list[Piece]:
    gone: dict[tuple[int, int], int] = {}
    for piece in chosen:
        gone[piece.number, piece.run] = gone.get((piece.number, piece.run), 0) + piece.quantity
    return [
        rest_of(piece, taken) if taken else piece
        for piece in queue
        if (taken := gone.get((piece.number, piece.run), 0)) < piece.quantity
    ]
