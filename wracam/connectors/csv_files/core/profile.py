"""What the whole of a file proves about its dates and decimals, gathered row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from wracam.connectors.csv_files.core.columns import ColumnMapping
from wracam.connectors.csv_files.core.drafts import MOMENTS
from wracam.connectors.csv_files.core.rows import CACHE_SIZE
from wracam.connectors.csv_files.core.values import (
    DateOrder,
    DecimalMark,
    date_order_evidence,
    decimal_mark_evidence,
)

MONEY_FIELDS = frozenset(
    {
        "order.total", "order.items_total", "order.shipping", "order.tax", "order.discount", "order.refunded",
        "line.unit_price", "line.total", "line.discount", "line.tax",
    }
)  # fmt: skip

_mark_of = lru_cache(maxsize=CACHE_SIZE)(decimal_mark_evidence)
_order_of = lru_cache(maxsize=CACHE_SIZE)(date_order_evidence)


class Evidence:
    """Counts what cells prove. A lone `1.234` or `3/4/2026` proves nothing; the rest of the file decides."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self._money = [position for position, field in enumerate(mapping.fields) if field in MONEY_FIELDS]
        self._dates = [position for position, field in enumerate(mapping.fields) if field in MOMENTS]
        self._marks: Counter[DecimalMark] = Counter()
        self._orders: Counter[DateOrder] = Counter()

    def see(self, cells: Sequence[str]) -> None:
        """Take one row into account; rows shorter than the mapping must be padded first."""
        for position in self._money:
            if cells[position] and (mark := _mark_of(cells[position])):
                self._marks[mark] += 1
        for position in self._dates:
            if cells[position] and (order := _order_of(cells[position])):
                self._orders[order] += 1

    def decimal_mark(self, delimiter: str) -> DecimalMark:
        """Return the mark that most cells prove; without proof a comma where the file's delimiter is a semicolon."""
        default = DecimalMark.COMMA if delimiter == ";" else DecimalMark.POINT
        other = DecimalMark.POINT if default is DecimalMark.COMMA else DecimalMark.COMMA
        return other if self._marks[other] > self._marks[default] else default

    def date_order(self, currency: str) -> DateOrder:
        """Return the order that most dates prove; without proof the day is first, but for shops in US dollars."""
        default = DateOrder.MONTH_FIRST if currency == "USD" else DateOrder.DAY_FIRST
        other = DateOrder.DAY_FIRST if default is DateOrder.MONTH_FIRST else DateOrder.MONTH_FIRST
        return other if self._orders[other] > self._orders[default] else default
