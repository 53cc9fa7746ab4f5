"""Prices over time: sightings in whatever order they arrive, and the lowest price of 30 days.

Directive (EU) 2019/2161 (Omnibus), article 6a: beside a reduction stands the lowest price of the 30 days before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

OMNIBUS_WINDOW = timedelta(days=30)
THINNED_WITHIN = timedelta(days=1)
"""A sighting between two of the same price less than this apart says nothing worth keeping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price seen at a moment; it was asked until the next sighting."""

    seen_at: datetime
    price_minor: int
    regular_minor: int | None

    @property
    def asked(self) -> tuple[int, int | None]:
        """What was asked: the price, and the one before reduction."""
        return self.price_minor, self.regular_minor


def observe(known: Sequence[Price], seen: Price) -> list[Price]:
    """Return the sightings, oldest first, after one more, in whatever order they come.

    Of two prices at one moment the lower counts, which is the careful reading for the lowest price of 30 days. The
    same price seen many times a day is thinned to the first and the last.
    """
    place = bisect_left([price.seen_at for price in known], seen.seen_at)
    before, after = list(known[:place]), list(known[place:])
    if after and after[0].seen_at == seen.seen_at:
        seen = min(after.pop(0), seen, key=lambda price: (price.price_minor, price.regular_minor or 0))
    around = [*before[-2:], seen, *after[:2]]
    return [*before[:-2], *_thinned(around), *after[2:]]


def periods(known: Sequence[Price]) -> list[tuple[Price, datetime | None]]:
    """Return each price as long as it was asked: its first sighting, and when another price followed."""
    firsts = [next(group) for _, group in groupby(known, key=lambda price: price.asked)]
    return list(zip(firsts, [*(price.seen_at for price in firsts[1:]), None], strict=bool(firsts)))


def lowest(known: Sequence[Price], moment: datetime, window: timedelta = OMNIBUS_WINDOW) -> int | None:
    """Return the lowest price asked in the *window* before *moment*; None when none was known in it."""
    opens_at = moment - window
    asked = [
        price.price_minor
        for price, ends_at in periods(known)
        if price.seen_at < moment and (ends_at is None or ends_at > opens_at)
    ]
    return min(asked, default=None)


def _thinned(prices: list[Price]) -> list[Price]:
    """Drop those between two of the same price that lie close together."""
    kept = prices[:1]
    for index in range(1, len(prices) - 1):
        middle, following = prices[index], prices[index + 1]
        is_close = following.seen_at - kept[-1].seen_at < THINNED_WITHIN
        if not (is_close and kept[-1].asked == middle.asked == following.asked):
            kept.append(middle)
    return kept + prices[1:][-1:]
