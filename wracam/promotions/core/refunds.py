"""Refunds of a committed quote by unit, in any order: money per line, tax per rate, shipping, gifts, points.

What was promised is kept: a refund never re-runs the promotions. Every unit carries its share of what its line was
paid, pro rata, also where the cart that is left would no longer reach a condition; the customer neither loses a
discount on what they keep nor gains by sending something back.

How sums stay exact whatever the order: after `n` of a line's `q` units are back, `floor(total * n / q)` has been given
back in all, and a refund gives the difference to what was given before. So parts never exceed the whole, and the last
unit brings exactly what is left. Tax works alike from the tax of each line, so that each rate adds up to the grosz.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from wracam.promotions.contracts import PricedLine, Quote, TaxShare

K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What is back so far, or comes back now: units by line id, gift pieces by (offer, SKU), and shipping or not."""

    units: Mapping[str, int]
    gifts: Mapping[tuple[str, str], int]
    has_shipping: bool = False


NOTHING = Returned(units={}, gifts={})


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedLine:
    """What comes back for some units of a line. `amount_minor` is in the cart's prices (gross or net), tax beside.

    `discount_minor` is the share of promotions that is taken back with the units; `points` those earned on them.
    """

    id: str
    sku: str
    quantity: int
    amount_minor: int
    tax_minor: int
    tax_rate_bp: int
    discount_minor: int
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One refund. `gross_minor` is what the customer is paid back; `taxes` is the credit note's table per rate.

    `gifts_kept_minor` is the value of gifts that should have come back with what triggered them but did not; the shop
    decides whether it deducts it.
    """

    lines: tuple[RefundedLine, ...]
    items_minor: int
    shipping_minor: int
    shipping_tax_minor: int
    tax_minor: int
    gross_minor: int
    taxes: tuple[TaxShare, ...]
    gifts: tuple[tuple[str, str, int], ...]
    gifts_kept_minor: int
    points: int
    is_complete: bool
    """Whether nothing of the order is left with the customer (units and shipping)."""
    fees_minor: int = 0
    """Fees come back with shipping; their tax is in `shipping_tax_minor`."""


def refund(
    quote: Quote, now: Returned, before: Returned = NOTHING, points_by_line: Mapping[str, int] | None = None
) -> Refund:
    """Return what *now* brings back of a committed *quote*, when *before* is back already.

    *points_by_line* are the points that each line earned, as the ledger has them. Raises `ValueError` when more comes
    back than was sold: an unknown line, too many units or gifts, shipping twice.
    """
    _check(quote, now, before)
    lines = tuple(
        _line(line, now.units[line.id], before.units.get(line.id, 0), (points_by_line or {}).get(line.id, 0))
        for line in quote.lines
        if now.units.get(line.id, 0)
    )
    beside = _beside(quote) if now.has_shipping else []
    shipping_tax = sum(tax for _, tax, _ in beside)
    shipping = quote.shipping_minor if now.has_shipping else 0
    fees = quote.fees_minor if now.has_shipping else 0
    items = sum(line.amount_minor for line in lines)
    tax = sum(line.tax_minor for line in lines) + shipping_tax
    is_gross = quote.prices_include_tax
    return Refund(
        lines=lines,
        items_minor=items,
        shipping_minor=shipping,
        shipping_tax_minor=shipping_tax,
        tax_minor=tax,
        gross_minor=items + shipping + fees + (0 if is_gross else tax),
        taxes=_taxes(lines, beside, is_gross),
        gifts=tuple(sorted((offer, sku, pieces) for (offer, sku), pieces in now.gifts.items() if pieces)),
        gifts_kept_minor=_gifts_kept(quote, now, before),
        points=sum(line.points for line in lines),
        is_complete=_is_complete(quote, now, before),
        fees_minor=fees,
    )


def everything_of(quote: Quote) -> Returned:
    """Return what a full refund brings back."""
    gifts: dict[tuple[str, str], int] = {}
    for gift in quote.gifts:
        gifts[gift.offer, gift.sku] = gifts.get((gift.offer, gift.sku), 0) + gift.quantity
    return Returned(
        units={line.id: line.quantity for line in quote.lines}, gifts=gifts, has_shipping=costs_beside(quote)
    )


def costs_beside(quote: Quote) -> bool:
    """Say whether the order cost anything beside its products: shipping or fees."""
    return quote.shipping_minor > 0 or quote.fees_minor > 0


def together(one: Returned, other: Returned) -> Returned:
    """Return what is back after both."""
    return Returned(
        units=_added(one.units, other.units),
        gifts=_added(one.gifts, other.gifts),
        has_shipping=one.has_shipping or other.has_shipping,
    )


def _added(one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *(key for key in other if key not in one))}


def _check(quote: Quote, now: Returned, before: Returned) -> None:
    sold, back = everything_of(quote), together(now, before)
    _check_counts("line", back.units, sold.units)
    _check_counts("gift", back.gifts, sold.gifts)
    if any(count < 0 for count in (*now.units.values(), *now.gifts.values())):
        raise ValueError("a refund cannot bring back fewer than no units")
    if now.has_shipping and before.has_shipping:
        raise ValueError("shipping has been refunded already")


def _check_counts(what: str, back: Mapping[K, int], sold: Mapping[K, int]) -> None:
    for key, count in back.items():
        if count > sold.get(key, 0):
            raise ValueError(f"{count} units of {what} {key!r} cannot come back: {sold.get(key, 0)} were sold")


def _line(line: PricedLine, units: int, before: int, points: int) -> RefundedLine:
    def part(whole: int) -> int:
        return _share(whole, before + units, line.quantity) - _share(whole, before, line.quantity)

    return RefundedLine(
        id=line.id,
        sku=line.sku,
        quantity=units,
        amount_minor=part(line.total_minor),
        tax_minor=part(line.tax_minor),
        tax_rate_bp=line.tax_rate_bp,
        discount_minor=part(line.subtotal_minor) - part(line.total_minor),
        points=part(points),
    )


def _share(whole: int, units: int, quantity: int) -> int:
    return whole * units // quantity


def _beside(quote: Quote) -> list[tuple[int, int, int]]:
    """Return shipments and fees as (amount, tax, rate); the tax of one shipment is what the lines leave of all tax."""
    if quote.charges:
        return [(one.amount_minor, one.tax_minor, one.tax_rate_bp) for one in quote.charges]
    tax = quote.tax_minor - sum(line.tax_minor for line in quote.lines)
    return [(quote.shipping_minor, tax, quote.shipping_tax_rate_bp)]


def _taxes(
    lines: tuple[RefundedLine, ...], beside: Sequence[tuple[int, int, int]], is_gross: bool
) -> tuple[TaxShare, ...]:
    by_rate: dict[int, tuple[int, int]] = {}
    for line in lines:
        amount, tax = by_rate.get(line.tax_rate_bp, (0, 0))
        by_rate[line.tax_rate_bp] = (amount + line.amount_minor, tax + line.tax_minor)
    for charged, charged_tax, rate in beside:
        if charged or charged_tax:
            amount, tax = by_rate.get(rate, (0, 0))
            by_rate[rate] = (amount + charged, tax + charged_tax)
    return tuple(
        TaxShare(
            rate_bp=rate,
            net_minor=amount - tax if is_gross else amount,
            tax_minor=tax,
            gross_minor=amount if is_gross else amount + tax,
        )
        for rate, (amount, tax) in sorted(by_rate.items())
    )


def _gifts_kept(quote: Quote, now: Returned, before: Returned) -> int:
    """The value of gifts still kept once all products are back, counted in the refund that brings the last of them."""
    back = together(now, before)
    if not now.units or any(back.units.get(line.id, 0) < line.quantity for line in quote.lines):
        return 0
    kept = 0
    for gift in quote.gifts:
        missing = gift.quantity - back.gifts.get((gift.offer, gift.sku), 0)
        kept += gift.value_minor * max(0, missing) // gift.quantity
    return kept


def _is_complete(quote: Quote, now: Returned, before: Returned) -> bool:
    back = together(now, before)
    is_shipping_back = back.has_shipping or not costs_beside(quote)
    return is_shipping_back and all(back.units.get(line.id, 0) == line.quantity for line in quote.lines)
