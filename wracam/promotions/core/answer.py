"""Turning a choice into the answer: lines, taxes, gifts, and what each offer gave, all adding up."""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.contracts import AppliedOffer, CartLine, Gift, PricedLine, Quote, RefusedOffer
from wracam.promotions.core.runs import spread
from wracam.promotions.core.search import Choice
from wracam.promotions.core.taxes import taxes
from wracam.promotions.core.trial import Desk, Outcome
from wracam.promotions.core.units import UnitClass


def quote_of(desk: Desk, choice: Choice, refused: Sequence[RefusedOffer]) -> Quote:
    """Return the quote of *choice*: discounts split to lines by largest remainder, tax per rate."""
    cart, outcome = desk.units.cart, choice.outcome
    discounts: dict[str, int] = {}
    applied = tuple(_applied(desk, outcome, key, discounts) for key in _keys_in_order(desk, outcome))
    by_id = sorted(cart.lines, key=lambda line: line.id)
    shares, parts = taxes(
        [
            *((line.quantity * line.unit_minor - discounts.get(line.id, 0), line.tax_rate_bp) for line in by_id),
            (outcome.shipping_minor, cart.shipping_tax_rate_bp),
        ],
        cart.prices_include_tax,
    )
    tax_of_line = {line.id: part for line, part in zip(by_id, parts, strict=False)}
    lines = tuple(_priced(line, discounts.get(line.id, 0), tax_of_line[line.id]) for line in cart.lines)
    items = sum(line.subtotal_minor for line in lines)
    discount = sum(line.discount_minor for line in lines)
    total = items - discount + outcome.shipping_minor
    tax = sum(parts)
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
        applied=applied,
        refused=tuple(sorted(refused, key=lambda item: item.key)),
        gifts=tuple(
            Gift(
                offer=key,
                sku=give.options[0].sku,
                quantity=give.quantity,
                value_minor=give.options[0].value_minor * give.quantity,
            )
            for key, give in sorted(outcome.gifts, key=lambda gift: gift[0])
        ),
        points_multiplier_bp=outcome.points_multiplier_bp,
        proved_optimal=choice.gap_minor == 0,
        gap_minor=choice.gap_minor,
        evaluations=desk.trials,
    )


def _keys_in_order(desk: Desk, outcome: Outcome) -> list[str]:
    extras = {key for key, _ in outcome.gifts}
    return [
        offer.key
        for offer in desk.offers
        if offer.key in outcome.by_offer or offer.key in outcome.shipping_by_offer or offer.key in extras
    ]


def _applied(desk: Desk, outcome: Outcome, key: str, discounts: dict[str, int]) -> AppliedOffer:
    """Split what one offer gave to the lines; *discounts* carries what each line has got so far."""
    by_class = outcome.by_offer.get(key, {})
    lines = []
    for number in sorted(by_class):
        for line, off in _line_shares(desk.units.classes[number], by_class[number], discounts):
            discounts[line] = discounts.get(line, 0) + off
            lines.append((line, off))
    shipping = outcome.shipping_by_offer.get(key, 0)
    discount = sum(by_class.values()) + shipping
    return AppliedOffer(key=key, discount_minor=discount, lines=tuple(lines), shipping_minor=shipping)


def _line_shares(unit: UnitClass, off: int, discounts: dict[str, int]) -> list[tuple[str, int]]:
    """Split a class's discount over its lines by quantity; no line gets more than it still costs."""
    if len(unit.lines) == 1:
        return [(unit.lines[0][0], off)]
    rooms = [quantity * unit.unit_minor - discounts.get(line, 0) for line, quantity in unit.lines]
    shares = spread(off, [quantity for _, quantity in unit.lines], rooms)
    return [(line, share) for (line, _), share in zip(unit.lines, shares, strict=True) if share]


def _priced(line: CartLine, discount: int, tax: int) -> PricedLine:
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
    )
