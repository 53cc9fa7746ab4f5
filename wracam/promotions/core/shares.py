"""What refunds give back of payments that were not money: parts that telescope to exactly what was paid."""

from __future__ import annotations

from collections.abc import Sequence


def payment_shares(paid: Sequence[int], whole_minor: int, before_minor: int, now_minor: int) -> list[int]:
    """Return what comes back of each payment when *now_minor* of *whole_minor* is refunded after *before_minor*."""
    if not whole_minor:
        return [0 for _ in paid]
    return [
        amount * (before_minor + now_minor) // whole_minor - amount * before_minor // whole_minor for amount in paid
    ]
