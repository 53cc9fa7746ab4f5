"""Columns of `sql.facts_query` as facts: how each kind of value travels, and what the Python interpreter gets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wracam.kernel.money import Money
from wracam.rules.contracts import ValueType

FACT_TYPES: dict[ValueType, Any] = {
    ValueType.TEXT: str | None,
    ValueType.CHOICE: str | None,
    ValueType.BOOLEAN: bool | None,
    ValueType.NUMBER: Decimal | None,
    ValueType.MONEY: str | None,
    ValueType.DATE: date | None,
    ValueType.MOMENT: datetime | None,
    ValueType.TEXTS: tuple[str, ...] | None,
}
"""What a column is in JSON, before `read_fact`."""


def read_fact(kind: ValueType, value: Any) -> Any:
    """Turn a column of `facts_query` into a fact as the Python interpreter expects it."""
    if value is None:
        return None
    if kind is ValueType.MONEY:
        amount, _, currency = value.partition(" ")
        return Money(int(Decimal(amount)), currency)
    if kind is ValueType.NUMBER:
        return int(value) if value == value.to_integral_value() else value
    return frozenset(value) if kind is ValueType.TEXTS else value
