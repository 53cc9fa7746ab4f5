"""Prices over time: observations become periods, in whatever order they arrive, and the lowest price of 30 days.

Directive (EU) 2019/2161 (Omnibus), article 6a: beside a reduction stands the lowest price of the 30 days before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

OMNIBUS_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price asked from `starts_at` on, last confirmed at `confirmed_at`, until the next one of its currency."""

    starts_at: datetime
    confirmed_at: datetime
    price_minor: int
    regular_minor: int | None

    def asks_the_same(self, other: Price) -> bool:
        """Whether both ask the same price, before and after reduction."""
        return (self.price_minor, self.regular_minor) == (other.price_minor, other.regular_minor)


def observe(known: Sequence[Price], seen: Price) -> list[Price]:
    """Return the periods after one more observation (`seen.starts_at == seen.confirmed_at`).

    The same price again only confirms the period it falls in. An older, different price splits the period that we
    thought unbroken: its end is believed only as far as it was confirmed. Of two prices at one moment the lower
    counts, which is the careful reading for the lowest price of 30 days.
    """
    place = bisect_right([price.starts_at for price in known], seen.starts_at)
    if place == 0:
        return [seen, *known]
    before, current, after = list(known[: place - 1]), known[place - 1], list(known[place:])
    if current.asks_the_same(seen):
        confirmed_at = max(current.confirmed_at, seen.confirmed_at)
        return [*before, replace(current, confirmed_at=confirmed_at), *after]
    if current.starts_at == seen.starts_at:
        return [*before, min(current, seen, key=lambda price: (price.price_minor, price.regular_minor or 0)), *after]
    if seen.starts_at > current.confirmed_at:
        return [*before, current, seen, *after]
    shortened = replace(current, confirmed_at=current.starts_at)
    resumed = replace(current, starts_at=current.confirmed_at)
    return [*before, shortened, seen, *([resumed] if resumed.starts_at > seen.starts_at else []), *after]


def lowest(known: Sequence[Price], moment: datetime, window: timedelta = OMNIBUS_WINDOW) -> int | None:
    """Return the lowest price asked in the *window* before *moment*; None when none was known in it."""
    opens_at = moment - window
    ends = [*(price.starts_at for price in known[1:]), None]
    asked = [
        price.price_minor
        for price, ends_at in zip(known, ends, strict=True)
        if price.starts_at < moment and (ends_at is None or ends_at > opens_at)
    ]
    return min(asked, default=None)
