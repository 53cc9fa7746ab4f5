"""What did not hold when a decision was made, kept as a short text that can be said in any language later.

The text is JSON: a list of `[leaf, measured]` pairs, where the leaf is its condition and the measured value is written
as JSON has it. Without the vocabulary it stays readable; with it the leaf says how to read the value back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from wracam.kernel.money import Money
from wracam.rules.contracts import Attribute, Condition, LeafVerdict, ValueType

LEAVES_MAX = 5
LENGTH_MAX = 1_000


def pack(leaves: Iterable[LeafVerdict]) -> str:
    """Return the leaves that did not hold, with what each measured; the first few where they are many."""
    failed = [[dict(leaf.leaf), _plain(leaf.measured)] for leaf in leaves if leaf.truth is not True][:LEAVES_MAX]
    while failed and len(text := msgspec.json.encode(failed).decode()) > LENGTH_MAX:
        failed.pop()
    return text if failed else ""


def unpack(text: str) -> list[tuple[Condition, Any]]:
    """Return what was packed; nothing for a text that is no evidence."""
    if not text.startswith("[["):
        return []
    try:
        return [(leaf, measured) for leaf, measured in json.loads(text)]
    except (ValueError, TypeError):
        return []


def measured(attribute: Attribute, value: Any) -> Any:
    """Return a packed value as a fact of this attribute; None where it cannot be one."""
    if value is None or isinstance(value, bool):
        return value
    try:
        return _FACTS.get(attribute.type, lambda same: same)(value)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"minor": value.amount_minor, "currency": value.currency}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable):
        return sorted(str(each) for each in value)
    return str(value)


_FACTS: Mapping[ValueType, Callable[[Any], Any]] = {
    ValueType.MONEY: lambda value: Money(value["minor"], value["currency"]),
    ValueType.NUMBER: lambda value: value if isinstance(value, int) else Decimal(value),
    ValueType.MOMENT: datetime.fromisoformat,
    ValueType.DATE: date.fromisoformat,
}
