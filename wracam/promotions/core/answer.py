"""Turning a choice into the answer: lines, taxes, gifts, and what each offer gave, all adding up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

from wracam.promotions.contracts import (
    AppliedOffer,
    Cart,
    CartLine,
    Charge,
    Gift,
    GiftChoice,
    GrantedReward,
    PointsMultiplier,
    PricedCharge,
    PricedLine,
    Quote,
    RefusedOffer,
    TaxShare,
)
from wracam.promotions.core.beside import charges_of
from wracam.promotions.core.hints import effect_shortfalls, nearly
from wracam.promotions.core.offers import ALL, Give, MultiplyPoints
from wracam.promotions.core.reducing import Discounts
from wracam.promotions.core.runs import spread
from wracam.promotions.core.search import Choice
from wracam.promotions.core.taxes import taxes
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import UnitClass

UNCHANGED_BP: Final = 10_000
NO_MULTIPLIERS: Final[Mapping[str, int]] = {}
NOTHING: Final[Discounts] = {}
_key_of, _id_of = attrgetter("key"), attrgetter("id")


def quote_of(desk: Desk, choice: Choice, refused: list[RefusedOffer], always_hinted: Collection[str] = ()) -> Quote:
    """Return the quote of *choice*: discounts split to lines by largest remainder, tax per rate."""
    cart, outcome = desk.units.cart, choice.outcome
    places = _places_in_order(outcome)
    applied, discounts = _split(desk, outcome, places)
    charges = charges_of(cart) if cart.shipments or cart.fees else ()
    offs = _charge_offs(cart, outcome, len(charges)) if charges else ()
    fees_off = sum(outcome.fees_by_offer.values())
    fees = sum([fee.amount_minor for fee in cart.fees]) - fees_off
    lines, taxes_beside, shares, tax = _lines(desk, outcome, discounts, charges, offs)
    items = desk.units.start_total
    discount = outcome.items_saved_minor
    total = items - discount + outcome.shipping_minor + fees
    refused.sort(key=_key_of)
    growing = [desk.entries[place] for place in places if desk.entries[place].can_grow]
    more = [(entry.key, effect_shortfalls(entry, desk.units)) for entry in growing]
    return Quote(
        currency=cart.currency,
        lines=lines,
        items_minor=items,
        discount_minor=discount,
        shipping_minor=outcome.shipping_minor,
        shipping_discount_minor=cart.shipping_minor - outcome.shipping_minor,
        total_minor=total,
        tax_minor=tax,
        gross_minor=total if cart.prices_include_tax else total + tax,
        taxes=shares,
        applied=tuple(applied),
        refused=tuple(refused),
        prices_include_tax=cart.prices_include_tax,
        shipping_tax_rate_bp=cart.shipping_tax_rate_bp,
        charges=_priced_charges(cart, charges, offs, taxes_beside) if charges else (),
        fees_minor=fees,
        fees_discount_minor=fees_off,
        nearly=nearly(refused, more, desk.policy.nearly_share_bp, always_hinted),
        gifts=_gifts(desk, outcome),
        gift_choices=_gift_choices(desk, choice),
        rewards=tuple(
            [
                GrantedReward(offer=desk.entries[place].key, reward=effect.reward, quantity=effect.quantity)
                for place, effect in outcome.rewards
            ]
        ),
        multipliers=tuple([_points_multiplier(desk, place, effect) for place, effect in outcome.points]),
        points_multiplier_bp=_multiplier([effect for _, effect in outcome.points if effect.units is ALL]),
        proved_optimal=choice.gap_minor == 0,
        gap_minor=choice.gap_minor,
    )


def _priced_charges(
    cart: Cart, charges: Sequence[Charge], offs: Sequence[int], taxes_beside: Sequence[int]
) -> tuple[PricedCharge, ...]:
    return tuple(
        PricedCharge(
            name=one.name,
            amount_minor=one.amount_minor - off,
            discount_minor=off,
            tax_rate_bp=one.tax_rate_bp,
            tax_minor=tax,
            is_fee=number >= len(charges) - len(cart.fees),
        )
        for number, (one, off, tax) in enumerate(zip(charges, offs, taxes_beside, strict=True))
    )


def _charge_offs(cart: Cart, outcome: Outcome, count: int) -> list[int]:
    """Return what came off each shipment and fee."""
    offs = [outcome.charged.get(number, 0) for number in range(count)]
    if count and not cart.shipments:
        offs[0] = cart.shipping_minor - outcome.shipping_minor
    return offs


def _lines(
    desk: Desk, outcome: Outcome, discounts: dict[str, int], charges: Sequence[Charge], offs: Sequence[int]
) -> tuple[tuple[PricedLine, ...], list[int], tuple[TaxShare, ...], int]:
    """Return the priced lines, the tax of what costs beside them, tax per rate and the tax in all."""
    cart = desk.units.cart
    by_id = sorted(cart.lines, key=_id_of)
    amounts = [(line.quantity * line.unit_minor - discounts.get(line.id, 0), line.tax_rate_bp) for line in by_id]
    if charges:
        amounts += [(one.amount_minor - off, one.tax_rate_bp) for one, off in zip(charges, offs, strict=True)]
    else:
        amounts.append((outcome.shipping_minor, cart.shipping_tax_rate_bp))
    quantities = [line.quantity for line in by_id]
    shares, parts = taxes(amounts, cart.prices_include_tax, desk.policy.tax_rounding, quantities)
    tax_of_line = dict(zip([line.id for line in by_id], parts, strict=False))
    multipliers = _multipliers_of_lines(desk, outcome) if outcome.points else NO_MULTIPLIERS
    lines = [
        _priced(line, discounts.get(line.id, 0), tax_of_line[line.id], multipliers.get(line.id, UNCHANGED_BP))
        for line in cart.lines
    ]
    return tuple(lines), parts[len(by_id) :], shares, sum(parts)


def _multipliers_of_lines(desk: Desk, outcome: Outcome) -> dict[str, int]:
    found: dict[str, int] = {}
    for _, effect in outcome.points:
        for line in _lines_of(desk, effect):
            found[line] = found.get(line, UNCHANGED_BP) * effect.multiplier_bp // UNCHANGED_BP
    return found


def _lines_of(desk: Desk, effect: MultiplyPoints) -> list[str]:
    return [line for number in desk.units.matching(effect.units) for line, _ in desk.units.classes[number].lines]


def _points_multiplier(desk: Desk, place: int, effect: MultiplyPoints) -> PointsMultiplier:
    lines = None if effect.units is ALL else tuple(sorted(_lines_of(desk, effect)))
    return PointsMultiplier(offer=desk.entries[place].key, multiplier_bp=effect.multiplier_bp, lines=lines)


def _multiplier(effects: Iterable[MultiplyPoints]) -> int:
    multiplier = UNCHANGED_BP
    for effect in effects:
        multiplier = multiplier * effect.multiplier_bp // UNCHANGED_BP
    return multiplier


def _gifts(desk: Desk, outcome: Outcome) -> tuple[Gift, ...]:
    gifts = [
        Gift(offer=desk.entries[place].key, sku=sku, quantity=quantity, value_minor=value)
        for place, sku, quantity, value in outcome.gifts
    ]
    return tuple(sorted(gifts, key=lambda gift: gift.offer))


def _gift_choices(desk: Desk, choice: Choice) -> tuple[GiftChoice, ...]:
    """The gifts that a customer may pick, with the pick so far; those out of stock are not offered."""
    given = {(place, sku) for place, sku, _, _ in choice.outcome.gifts}
    found = []
    for place in sorted(choice.outcome.extras):
        for effect in desk.offer(place).effects:
            if isinstance(effect, Give) and effect.is_picked:
                skus = tuple(
                    option.sku
                    for option in effect.options
                    if (place, option.sku) in given or desk.stocks.get(option.sku, effect.quantity) >= effect.quantity
                )
                picked = next((option.sku for option in effect.options if (place, option.sku) in given), "")
                found.append(
                    GiftChoice(offer=desk.entries[place].key, skus=skus, quantity=effect.quantity, picked=picked)
                )
    return tuple(choice for choice in found if choice.skus)


def _places_in_order(outcome: Outcome) -> list[int]:
    extras = outcome.extras.difference(outcome.without_stock)
    return sorted(extras.union(outcome.by_offer, outcome.shipping_by_offer))


def _split(desk: Desk, outcome: Outcome, places: Sequence[int]) -> tuple[list[AppliedOffer], dict[str, int]]:
    """Split what each offer gave to the lines; return it, and the discount of each line."""
    units, by_offer = desk.units, outcome.by_offer
    names = [unit.lines[0][0] for unit in units.classes if len(unit.lines) == 1]
    if len(set(names)) < len(units.classes):
        discounts: dict[str, int] = {}
        return [
            _applied(desk, outcome, place, tuple(_shared(desk, outcome, place, discounts))) for place in places
        ], discounts
    applied = []
    for place in places:
        given = by_offer.get(place, NOTHING)
        if len(given) == 1:
            [(number, off)] = given.items()
            lines: tuple[tuple[str, int], ...] = ((names[number], off),)
        else:
            lines = tuple([(names[number], given[number]) for number in sorted(given)]) if given else ()
        applied.append(_applied(desk, outcome, place, lines))
    amounts = zip(names, units.start_amounts, outcome.state.amounts, strict=True)
    return applied, {name: before - after for name, before, after in amounts}


def _shared(desk: Desk, outcome: Outcome, place: int, discounts: dict[str, int]) -> list[tuple[str, int]]:
    """Split what one offer gave to lines of equal units; *discounts* carries what each line has got so far."""
    classes = desk.units.classes
    by_class = outcome.by_offer.get(place, NOTHING)
    lines: list[tuple[str, int]] = []
    for number in sorted(by_class):
        unit, off = classes[number], by_class[number]
        shares = [(unit.lines[0][0], off)] if len(unit.lines) == 1 else _line_shares(unit, off, discounts)
        for line, share in shares:
            discounts[line] = discounts.get(line, 0) + share
        lines += shares
    return lines


def _applied(desk: Desk, outcome: Outcome, place: int, lines: tuple[tuple[str, int], ...]) -> AppliedOffer:
    shipping = outcome.shipping_by_offer.get(place, 0) if outcome.shipping_by_offer else 0
    discount = outcome.given_by(place)
    return AppliedOffer(
        key=desk.entries[place].key,
        discount_minor=discount,
        lines=lines,
        shipping_minor=shipping,
        desired_minor=discount + outcome.cuts[place] if place in outcome.cuts else discount,
        fees_minor=outcome.fees_by_offer.get(place, 0) if outcome.fees_by_offer else 0,
    )


def _line_shares(unit: UnitClass, off: int, discounts: dict[str, int]) -> list[tuple[str, int]]:
    """Split a class's discount over its lines by quantity; no line gets more than it still costs."""
    rooms = [quantity * unit.unit_minor - discounts.get(line, 0) for line, quantity in unit.lines]
    shares = spread(off, [quantity for _, quantity in unit.lines], rooms)
    return [(line, share) for (line, _), share in zip(unit.lines, shares, strict=True) if share]


def _priced(line: CartLine, discount: int, tax: int, points_multiplier_bp: int) -> PricedLine:
    subtotal = line.quantity * line.unit_minor
    return PricedLine(
        id=line.id,
        sku=line.sku,
        quantity=line.quantity,
        subtotal_minor=subtotal,
        discount_minor=discount,
        total_minor=subtotal - discount,
        tax_rate_bp=line.tax_rate_bp,
        tax_minor=tax,
        regular_minor=line.regular_minor,
        lowest_30_days_minor=line.lowest_30_days_minor,
        points_multiplier_bp=points_multiplier_bp,
    )
