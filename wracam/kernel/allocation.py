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
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    if len(weights) == 1:
        return [total]
    if total < 0:
        return [-part for part in split_by_weights(-total, weights)]
    shares = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    remainders = [total * share % whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers, rounding a half away from zero; *denominator* must be positive."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
