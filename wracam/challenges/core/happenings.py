"""What one happening adds to a challenge: the facts of an order's kept lines, or of any other event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wracam.challenges.core.challenge import Challenge, Count
from wracam.challenges.core.counting import Fact

VALUE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is kept of one order line."""

    key: str
    sku: str
    categories: tuple[str, ...]
    units: int
    value_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What is kept of an order: its lines, and its whole value less what was returned. Nothing of one that is gone."""

    key: str
    at: datetime
    lines: Sequence[Line]
    value_minor: int
    is_kept: bool


def order_facts(challenge: Challenge, trade: Trade, matching: Collection[int] | None) -> list[Fact]:
    """Return what an order adds, with amount 0 for what it would add if it were kept.

    *matching* are the indexes of the lines that count; None when all of the order does.
    """
    lines = [line for index, line in enumerate(trade.lines) if matching is None or index in matching]
    if challenge.count is Count.DISTINCT:
        return _distinct(challenge, trade, lines)
    if challenge.count is Count.UNITS:
        amount = sum(line.units for line in lines)
    elif challenge.count is Count.VALUE:
        amount = trade.value_minor if matching is None else sum(line.value_minor for line in lines)
    else:
        amount = int(any(line.units > 0 for line in lines) if trade.lines else trade.value_minor > 0)
    return [Fact(key=trade.key, at=trade.at, amount=max(0, amount) if trade.is_kept else 0)]


def _distinct(challenge: Challenge, trade: Trade, lines: Sequence[Line]) -> list[Fact]:
    kept: dict[str, int] = {}
    for line in lines:
        for value in (line.sku,) if challenge.of == "sku" else line.categories:
            if value:
                kept[value] = kept.get(value, 0) + max(0, line.units)
    return [
        Fact(
            key=f"{trade.key}:{value}"[:VALUE_LENGTH_MAX], at=trade.at, value=value[:VALUE_LENGTH_MAX],
            amount=int(units > 0 and trade.is_kept),
        )
        for value, units in sorted(kept.items())
    ]  # fmt: skip


def event_fact(challenge: Challenge, key: str, at: datetime, data: dict[str, Any]) -> Fact | None:
    """Return what an event that is no order adds; None when its field says nothing to count."""
    if challenge.count is Count.DISTINCT:
        value = data.get(challenge.of)
        return None if value in (None, "") else Fact(key=key, at=at, amount=1, value=str(value)[:VALUE_LENGTH_MAX])
    if challenge.count is Count.VALUE:
        number = data.get(challenge.of)
        is_number = isinstance(number, int | float) and not isinstance(number, bool) and number >= 1
        return Fact(key=key, at=at, amount=int(number)) if is_number and number is not None else None
    return Fact(key=key, at=at, amount=1)
