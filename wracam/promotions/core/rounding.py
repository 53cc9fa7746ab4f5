"""Rounding percentages of whole amounts, in whole numbers."""

from __future__ import annotations

from collections.abc import Callable

from wracam.promotions.contracts import RoundingMode

WHOLE_BP = 10_000
Percentage = Callable[[int, int], int]
"""From an amount and basis points to the discount."""


def half_down(amount: int, percent_bp: int) -> int:
    """Half a minor unit of discount down, so that the price rounds half up."""
    return (2 * amount * percent_bp + 9_999) // 20_000


def half_up(amount: int, percent_bp: int) -> int:
    """Half a minor unit of discount up."""
    return (2 * amount * percent_bp + WHOLE_BP) // 20_000


def half_even(amount: int, percent_bp: int) -> int:
    """Half a minor unit of discount to the even number."""
    whole, rest = divmod(amount * percent_bp, WHOLE_BP)
    return whole + (2 * rest > WHOLE_BP or (2 * rest == WHOLE_BP and whole % 2 == 1))


def down(amount: int, percent_bp: int) -> int:
    """Any fraction of discount down."""
    return amount * percent_bp // WHOLE_BP


def up(amount: int, percent_bp: int) -> int:
    """Any fraction of discount up."""
    return -(-amount * percent_bp // WHOLE_BP)


PERCENTAGES: dict[RoundingMode, Percentage] = {
    RoundingMode.HALF_DOWN: half_down,
    RoundingMode.HALF_UP: half_up,
    RoundingMode.HALF_EVEN: half_even,
    RoundingMode.DOWN: down,
    RoundingMode.UP: up,
}
