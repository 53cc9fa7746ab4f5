"""Revenue of a sale that gives points, by IFRS 15 B39–B43: points are a separate performance obligation.

The price of a sale is split by relative stand-alone selling prices. That of the points is their number, times the
value of a point, times the part that will be used (B42). What is allocated to points becomes revenue as they are
used, in proportion to all that are expected to be used; when the expectation changes, the difference is caught up at
once (the portfolio reading of examples IE52 and IE267–IE270). Points that expire unused leave the expectation, so
what was kept for them is revenue by then. Rounding: half up to a minor unit, at each of the two divisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

ALL_USED_BP = 10_000
"""Rates are basis points: 10 000 means that every point is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A sale split into what is revenue at once and what waits for its points; the parts add up to the sale."""

    sale_minor: int
    goods_minor: int
    points_minor: int


def stand_alone_price(points: int, *, value_points: int, value_minor: int, used_bp: int) -> Fraction:
    """Return what *points* would sell for alone, in minor units: *value_points* are worth *value_minor*."""
    if value_points <= 0:
        return Fraction(0)
    return Fraction(points * value_minor * used_bp, value_points * ALL_USED_BP)


def allocate(sale_minor: int, points_price: Fraction) -> Allocation:
    """Split a sale by relative stand-alone prices (B42); the goods' own price is the price of the sale."""
    whole = sale_minor + points_price
    points_minor = _rounded(sale_minor * points_price / whole) if whole > 0 else 0
    return Allocation(sale_minor=sale_minor, goods_minor=sale_minor - points_minor, points_minor=points_minor)


def recognize(*, allocated_minor: int, used: int, expected: int, recognized_minor: int) -> int:
    """Return the revenue of this period: the cumulative part of what was allocated, less what was recognized before.

    *used* are all points used so far, *expected* all that will ever be used (at least *used*). Negative when the
    expectation grew more than use did.
    """
    if allocated_minor == 0:
        return -recognized_minor
    expected = max(expected, used)
    due = allocated_minor if expected == 0 else _rounded(Fraction(allocated_minor * used, expected))
    return due - recognized_minor


def _rounded(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
