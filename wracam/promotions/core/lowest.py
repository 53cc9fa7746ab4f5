"""Beside every reduced price: the lowest price of the 30 days before the reduction (see `core.omnibus`).

A reduction is the shop's own (a regular price above the price) or that of a promotion which everybody gets. Personal
promotions and codes are no announcement of a reduced price, so they ask for nothing beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wracam.promotions.contracts import Cart, CartLine, LowestPrice, Quote
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.omnibus import PriceSpan, price_before_reduction
from wracam.promotions.core.policies import Progressive


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOf:
    """What the catalogue knows of one product: its categories, and its prices over time, oldest first."""

    sku: str
    categories: tuple[str, ...] = ()
    spans: tuple[PriceSpan, ...] = ()


def lowest_prices(
    cart: Cart,
    quote: Quote,
    prices: Mapping[str, PriceOf],
    promotions: Mapping[str, Promotion],
    progressive: Progressive,
    at: datetime,
) -> tuple[LowestPrice, ...]:
    """Return the lowest price for each line that shows a reduction, in the order of the lines."""
    public: dict[str, tuple[int, datetime | None]] = {}
    for offer in quote.applied:
        promotion = promotions[offer.key]
        if promotion.is_public and promotion.is_on_products:
            for line_id, off in offer.lines:
                before, since = public.get(line_id, (0, None))
                starts = [moment for moment in (since, promotion.begins_at) if moment]
                public[line_id] = (before + off, max(starts, default=None))
    told = []
    for line in cart.lines:
        is_reduced = line.regular_minor is not None and line.regular_minor > line.unit_minor
        if is_reduced or line.id in public:
            told.append(_lowest(line, public.get(line.id), prices.get(line.sku), progressive, at))
    return tuple(told)


def _lowest(
    line: CartLine,
    reduction: tuple[int, datetime | None] | None,
    known: PriceOf | None,
    progressive: Progressive,
    at: datetime,
) -> LowestPrice:
    spans = list(known.spans) if known else []
    price = line.unit_minor
    if reduction is not None:
        off, since = reduction
        price = max(0, line.unit_minor - -(-off // line.quantity))
        spans = _cut(spans, since or at, price)
    lowest = price_before_reduction(spans, at, is_progressive=progressive is Progressive.FIRST)
    return LowestPrice(
        line_id=line.id,
        sku=line.sku,
        price_minor=price,
        regular_minor=line.regular_minor or line.unit_minor,
        lowest_minor=lowest,
    )


def _cut(spans: list[PriceSpan], since: datetime, price: int) -> list[PriceSpan]:
    """The prices until a promotion began, and from then on the promotion's."""
    before = [
        PriceSpan(price_minor=span.price_minor, starts_at=span.starts_at, ends_at=min(span.ends_at or since, since))
        for span in spans
        if span.starts_at < since
    ]
    return [*before, PriceSpan(price_minor=price, starts_at=since)]
