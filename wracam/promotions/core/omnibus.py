"""The price that the law wants beside a reduction (Directive 98/6/EC, article 6a, added by Directive (EU) 2019/2161).

Paragraph 2: the lowest price of at least 30 days before the reduction. Paragraph 4, where a country adopted it: for
goods on the market for less than 30 days a shorter time. Paragraph 5, where adopted: when a reduction grows step by
step without interruption, the time before its first step counts. Poland adopted the shorter time but not the
progressive rule (act on informing about prices, article 4), so `is_progressive` is a choice of the shop's country.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

WINDOW = timedelta(days=30)
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSpan:
    """One price of a product in one channel: asked from `starts_at` to before `ends_at` (None: until now)."""

    price_minor: int
    starts_at: datetime
    ends_at: datetime | None = None


def price_before_reduction(
    history: Sequence[PriceSpan],
    moment: datetime,
    *,
    is_progressive: bool = False,
    window: timedelta = WINDOW,
    zone: ZoneInfo = UTC_ZONE,
    besides: Sequence[PriceSpan] = (),
) -> int | None:
    """Return the lowest price of the *window* before the reduction that is in force at *moment*.

    *history* may come in any order; spans must not overlap. The reduction began when the price last fell (a rise in
    between ends it; a change within one price does not). With *is_progressive*, steps down that follow each other
    without a rise or a gap count as one reduction, which began with the first. None when no price was asked before
    the reduction in that time, or when nothing is reduced at *moment*.
    """
    spans = sorted((span for span in history if span.starts_at <= moment), key=lambda span: span.starts_at)
    began_at = _began_at(spans, moment, is_progressive)
    if began_at is None:
        return None
    return lowest_price([*spans, *besides], began_at, window=window, zone=zone)


def lowest_price(
    spans: Sequence[PriceSpan], before: datetime, *, window: timedelta = WINDOW, zone: ZoneInfo = UTC_ZONE
) -> int | None:
    """Return the lowest price of the *window* before a moment; None when none was asked in that time."""
    opens_at = before.astimezone(zone) - window
    prices = [
        span.price_minor
        for span in spans
        if span.starts_at < before and (span.ends_at is None or span.ends_at > opens_at)
    ]
    return min(prices, default=None)


def overlaid(history: Sequence[PriceSpan], promoted: Sequence[PriceSpan]) -> list[PriceSpan]:
    """Return what was asked when lower prices are laid over a history: at each moment the lowest of all."""
    if not promoted:
        return list(history)
    everything = [*history, *promoted]
    ends = [span.ends_at for span in everything if span.ends_at]
    moments = sorted({*(span.starts_at for span in everything), *ends})
    found: list[PriceSpan] = []
    for start, end in zip(moments, [*moments[1:], None], strict=True):
        prices = [span.price_minor for span in everything if _covers(span, start)]
        if prices:
            found.append(PriceSpan(price_minor=min(prices), starts_at=start, ends_at=end))
    return found


def _covers(span: PriceSpan, moment: datetime) -> bool:
    return span.starts_at <= moment and (span.ends_at is None or moment < span.ends_at)


def _began_at(spans: Sequence[PriceSpan], moment: datetime, is_progressive: bool) -> datetime | None:
    """When the reduction in force at *moment* began: the start of the last fall, or of the first in a row."""
    if not spans or (spans[-1].ends_at is not None and spans[-1].ends_at <= moment):
        return None
    began_at = None
    for earlier, later in reversed(list(pairwise(spans))):
        is_joined = earlier.ends_at is None or earlier.ends_at >= later.starts_at
        if not is_joined or earlier.price_minor < later.price_minor:
            break
        if earlier.price_minor > later.price_minor:
            began_at = later.starts_at
            if not is_progressive:
                break
    return began_at
