"""Splitting whole numbers so that the parts add up to the total, to the last grosz or point."""

from __future__ import annotations

from collections.abc import Sequence


def split_by_weights(total: int, weights: Sequence[int]) -> list[int]:
    """Split *total* in proportion to *weights* by the largest-remainder method (Hamilton, 1792).

    Parts sum to *total* exactly; each differs from its exact share by less than one; equal remainders go to
    the earlier part. All-zero weights share evenly. A negative total mirrors the positive one. Raises
    `ValueError` for no weights or a negative weight.
    """
    if not weights:
        raise ValueError("there is nothing to split over")
    if min(weights) < 0:
        raise ValueError("weights must not be negative")
    if len(weights) == 1:
        return [total]
    if total < 0:
        return [-part for part in split_by_weights(-total, weights)]
    whole = sum(weights)
    if not whole:
        weights, whole = [1] * len(weights), len(weights)
    parts = [total * weight // whole for weight in weights]
    odd = total - sum(parts)
    if odd:
        remainders = [total * weight % whole for weight in weights]
        # A reversed sort keeps the order of equals: equal remainders go to the earlier part.
        for index in sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)[:odd]:
            parts[index] += 1
    return parts


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers, rounding a half away from zero; *denominator* must be positive."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
