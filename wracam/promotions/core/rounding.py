"""Rounding percentages of whole amounts, in whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wracam.promotions.contracts import RoundingMode

WHOLE_PPM: Final = 1_000_000
"""A whole, in parts per million: a percentage has up to four decimals."""
Percentage = Callable[[int, int], int]
"""From an amount and parts per million to the discount."""


def half_down(amount: int, percent_ppm: int) -> int:
    """Half a minor unit of discount down, so that the price rounds half up."""
    return (2 * amount * percent_ppm + 999_999) // 2_000_000


def half_up(amount: int, percent_ppm: int) -> int:
    """Half a minor unit of discount up."""
    return (2 * amount * percent_ppm + WHOLE_PPM) // 2_000_000


def half_even(amount: int, percent_ppm: int) -> int:
    """Half a minor unit of discount to the even number."""
    whole, rest = divmod(amount * percent_ppm, WHOLE_PPM)
    return whole + (2 * rest > WHOLE_PPM or (2 * rest == WHOLE_PPM and whole % 2 == 1))


def down(amount: int, percent_ppm: int) -> int:
    """Any fraction of discount down."""
    return amount * percent_ppm // WHOLE_PPM


def up(amount: int, percent_ppm: int) -> int:
    """Any fraction of discount up."""
    return -(-amount * percent_ppm // WHOLE_PPM)


PERCENTAGES: Final[dict[RoundingMode, Percentage]] = {
    RoundingMode.HALF_DOWN: half_down,
    RoundingMode.HALF_UP: half_up,
    RoundingMode.HALF_EVEN: half_even,
    RoundingMode.DOWN: down,
    RoundingMode.UP: up,
}
