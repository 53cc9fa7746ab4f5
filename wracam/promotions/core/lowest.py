"""Beside every reduced price: the lowest price of the 30 days before the reduction (see `core.omnibus`).

A reduction is the shop's own (a regular price above the price) or that of a promotion which everybody gets. Personal
promotions and codes are no announcement of a reduced price, so they ask for nothing beside them. What earlier public
promotions made a piece cost (see `core.announced`) counts among the prices of the 30 days. Where a promotion is older
than the product, there is no price before it: then the lowest of the last 30 days stands there, with what it announced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from wracam.promotions.contracts import Cart, CartLine, LowestPrice, Quote
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.omnibus import UTC_ZONE, PriceSpan, lowest_price, overlaid, price_before_reduction
from wracam.promotions.core.policies import Progressive

Reduced = tuple[int, datetime | None]
"""So many minor units off a line, from when on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOf:
    """What the catalogue knows of one product: its categories, and its prices over time, oldest first."""

    sku: str
    categories: tuple[str, ...] = ()
    spans: tuple[PriceSpan, ...] = ()
    promoted: tuple[tuple[str, PriceSpan], ...] = ()
    """What public promotions made it cost, oldest first, with the channel (empty: every)."""


def lowest_prices(
    cart: Cart,
    quote: Quote,
    prices: Mapping[str, PriceOf],
    promotions: Mapping[str, Promotion],
    progressive: Progressive,
    at: datetime,
    *,
    zone: ZoneInfo = UTC_ZONE,
    channel: str = "",
) -> tuple[LowestPrice, ...]:
    """Return the lowest price for each line that shows a reduction, in the order of the lines."""
    public = _public_reductions(quote, promotions)
    told = []
    for line in cart.lines:
        regular = line.regular_minor
        if line.id in public or (regular is not None and regular > line.unit_minor):
            known = prices.get(line.sku) or PriceOf(sku=line.sku)
            promoted = [span for where, span in known.promoted if where in ("", channel)]
            told.append(_lowest(line, public.get(line.id), known.spans, promoted, progressive, at, zone))
    return tuple(told)


def _public_reductions(quote: Quote, promotions: Mapping[str, Promotion]) -> dict[str, Reduced]:
    """Return by line what promotions that everybody gets took off it."""
    public: dict[str, Reduced] = {}
    for offer in quote.applied:
        promotion = promotions[offer.key]
        if offer.lines and promotion.is_on_products and promotion.is_public:
            for line_id, off in offer.lines:
                before, since = public.get(line_id, (0, None))
                starts = [moment for moment in (since, promotion.begins_at) if moment]
                public[line_id] = (before + off, max(starts, default=None))
    return public


def _lowest(
    line: CartLine,
    reduction: Reduced | None,
    asked: Sequence[PriceSpan],
    promoted: Sequence[PriceSpan],
    progressive: Progressive,
    at: datetime,
    zone: ZoneInfo,
) -> LowestPrice:
    """Say the lowest price before the line's reduction: the shop's own began by its prices, ours by both together."""
    price, lowest = line.unit_minor, None
    if reduction is not None:
        price = max(0, line.unit_minor - -(-reduction[0] // line.quantity))
    if asked or promoted:
        spans = list(asked)
        if reduction is not None:
            spans = _cut(overlaid(spans, promoted), reduction[1] or at, price)
        lowest = price_before_reduction(
            spans, at, is_progressive=progressive is Progressive.FIRST, zone=zone, besides=promoted
        )
        if lowest is None and reduction is not None:
            lowest = lowest_price([*asked, *promoted], at, zone=zone)
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
