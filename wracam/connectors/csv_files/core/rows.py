"""One row of a file as the line of an order: its product, units and money, exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from wracam.connectors.csv_files.core.columns import ColumnMapping
from wracam.connectors.csv_files.core.problems import Reason, RowError
from wracam.connectors.csv_files.core.text import NUL_SIGN, unescaped
from wracam.connectors.csv_files.core.values import (
    QUANTITY_MAX,
    UNIT_PRICE_MAX,
    Amount,
    DateOrder,
    DecimalMark,
    parse_amount,
)
from wracam.kernel.text import clean_text, search_key

CELL_LENGTH_MAX = 2_000
CODE_LENGTH_MAX = 120
NAME_LENGTH_MAX = 300
CACHE_SIZE = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read the rows of one file: its columns, and what was found out over the whole of it."""

    header: tuple[str, ...]
    mapping: ColumnMapping
    decimal_mark: DecimalMark
    date_order: DateOrder
    zone: tzinfo
    currency: str
    shop_id: int
    source: str
    now: datetime


class ServiceKind(StrEnum):
    """What a code that is no product stands for; its money counts, its units do not."""

    SHIPPING = "shipping"
    DISCOUNT = "discount"
    OTHER = "other"


_SERVICES_ANYWHERE = {
    **dict.fromkeys(("postage", "shipping", "delivery", "dostawa", "wysylka", "przesylka"), ServiceKind.SHIPPING),
    **dict.fromkeys(("discount", "rabat"), ServiceKind.DISCOUNT),
}
_SERVICES_BY_LAYOUT = {
    "online_retail": {
        **dict.fromkeys(("post", "dot", "c2"), ServiceKind.SHIPPING),
        "d": ServiceKind.DISCOUNT,
        **dict.fromkeys(("m", "s", "b", "bank charges", "amazonfee", "cruk"), ServiceKind.OTHER),
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one row says of one product. Units and amounts are negative where goods came back.

    `amount` is what the whole line costs after its own discount, in major units.
    """

    line_number: int
    external_id: str
    sku: str
    name: str
    quantity: int
    amount: Decimal
    tax: Decimal
    discount: Decimal
    product_id: str
    variant_id: str
    categories: tuple[str, ...]
    currency: str | None
    service: ServiceKind | None

    @property
    def sort_key(self) -> tuple[str, str, str, int, Decimal, Decimal]:
        """Order lines by what they say, so that shuffled rows give the same order."""
        return (self.external_id, self.sku, self.name, self.quantity, self.amount, self.discount)


LINE_FIELDS = ("line.sku", "line.name", "line.quantity", "line.unit_price", "line.total")


class LineReader:
    """Reads rows into lines by the positions of one mapping."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._positions = {field: position for position, field in enumerate(reading.mapping.fields) if field}
        self._line_positions = [self._positions[field] for field in LINE_FIELDS if field in self._positions]
        self._services = _SERVICES_ANYWHERE | _SERVICES_BY_LAYOUT.get(reading.mapping.layout, {})

    def line(self, line_number: int, cells: Sequence[str]) -> Line | None:
        """Return the row's line, or None when none of its line cells is filled; raises `RowError`."""
        if not any(cells[position] for position in self._line_positions):
            return None
        quantity_exact = self._quantity(cells)
        quantity = int(quantity_exact) if quantity_exact == int(quantity_exact) else (1 if quantity_exact > 0 else -1)
        discount = self._amount(cells, "line.discount")
        total, price = self._amount(cells, "line.total"), self._amount(cells, "line.unit_price")
        if total is None and price is None and "order.total" not in self._positions:
            raise RowError(Reason.AMOUNT_MISSING)
        off = abs(discount.value) if discount else Decimal(0)
        priced = price.value * quantity_exact - off if price else Decimal(0)
        sku = self._code(cells, "line.sku")
        name = self._text(cells, "line.name", NAME_LENGTH_MAX)
        tax = self._amount(cells, "line.tax")
        return Line(
            line_number=line_number,
            external_id=self._code(cells, "line.id"),
            sku=sku,
            name=name or sku,
            quantity=quantity,
            amount=total.value if total else priced,
            tax=tax.value if tax else Decimal(0),
            discount=off,
            product_id=self._code(cells, "line.product_id"),
            variant_id=self._code(cells, "line.variant_id"),
            categories=self._categories(cells),
            currency=(price and price.currency) or (total and total.currency) or None,
            service=self._services.get(sku.lower()) if sku else None,
        )

    def _quantity(self, cells: Sequence[str]) -> Decimal:
        position = self._positions.get("line.quantity")
        text = cells[position] if position is not None else ""
        if not text:
            return Decimal(1)
        found = cached_amount(text, self._reading.decimal_mark)
        if found is None or abs(found.value) > QUANTITY_MAX:
            raise RowError(Reason.QUANTITY_UNREADABLE, self._column("line.quantity"), text)
        return found.value

    def _amount(self, cells: Sequence[str], field: str) -> Amount | None:
        position = self._positions.get(field)
        if position is None or not cells[position]:
            return None
        return read_amount(cells[position], self._reading.decimal_mark, self._column(field))

    def _text(self, cells: Sequence[str], field: str, length_max: int) -> str:
        position = self._positions.get(field)
        return cached_text(cells[position], length_max) if position is not None else ""

    def _code(self, cells: Sequence[str], field: str) -> str:
        return whole_code(self._text(cells, field, CODE_LENGTH_MAX))

    def _categories(self, cells: Sequence[str]) -> tuple[str, ...]:
        text = self._text(cells, "line.categories", NAME_LENGTH_MAX)
        return tuple(part.strip() for part in re.split(r"[,;|]", text) if part.strip()) if text else ()

    def _column(self, field: str) -> str:
        return self._reading.header[self._positions[field]]


def check_cells(cells: Sequence[str], width: int) -> None:
    """Raise `RowError` for a row that could not be stored: too many cells, a too long one, NUL."""
    if len(cells) > width and any(cells[width:]):
        raise RowError(Reason.TOO_MANY_CELLS)
    for cell in cells:
        if len(cell) > CELL_LENGTH_MAX:
            raise RowError(Reason.CELL_TOO_LONG, "", cell)
        if NUL_SIGN in cell:
            raise RowError(Reason.CELL_HAS_NUL, "", cell)


@lru_cache(maxsize=CACHE_SIZE)
def cached_amount(text: str, mark: DecimalMark) -> Amount | None:
    """`parse_amount`, remembered: the same few prices fill most files."""
    return parse_amount(unescaped(text), mark)


@lru_cache(maxsize=CACHE_SIZE)
def cached_text(text: str, length_max: int) -> str:
    """`clean_text` without a spreadsheet's apostrophe, remembered."""
    return clean_text(unescaped(text), length_max=length_max)


@lru_cache(maxsize=CACHE_SIZE)
def cached_key(text: str) -> str:
    """`search_key`, remembered."""
    return search_key(text)


def read_amount(text: str, mark: DecimalMark, column: str) -> Amount:
    """Read an amount or raise `RowError` with the column it stands in."""
    found = cached_amount(text, mark)
    if found is None:
        raise RowError(Reason.AMOUNT_UNREADABLE, column, text)
    if abs(found.value) > UNIT_PRICE_MAX:
        raise RowError(Reason.AMOUNT_ABSURD, column, text)
    return found


def whole_code(text: str) -> str:
    """Return a code without the `.0` that spreadsheets add to numbers."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text
