"""Credit notes matched to the purchases they take back.

Many systems write a return as a document of its own with negative units (`C536379`), which does not say what it takes
back. The rule: each returned unit belongs to the same customer's most recent earlier purchase of the same product in
the same currency that still has units, and money enough, left. What finds no purchase stays a return of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wracam.connectors.csv_files.core.drafts import Draft, DraftLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedUnits:
    """Units of one purchased line that a credit note took back; the amount is positive."""

    sale_key: str
    line_external_id: str
    credit_number: str
    credited_at: datetime
    quantity: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """What a credit note gives back without a purchase that we know; both are positive for money given back."""

    credit: Draft
    total_minor: int
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """All returned units by the purchase they belong to, and what belongs to none."""

    returned: tuple[ReturnedUnits, ...]
    unmatched: tuple[Unmatched, ...]


@dataclass(slots=True, kw_only=True)
class _Stock:
    """What is left to return of one purchased line."""

    sale: Draft
    line: DraftLine
    units: int
    money_minor: int


@dataclass(slots=True)
class _Purchases:
    """The customer's purchased lines by product, most recent first, and the money left in each order."""

    by_product: dict[tuple[str, str], list[_Stock]] = field(default_factory=lambda: defaultdict(list))
    money_by_sale: dict[str, int] = field(default_factory=dict)


def match_returns(sales: Sequence[Draft], credits: Sequence[Draft]) -> Matching:
    """Match one customer's *credits* to their *sales*; every returned grosz is in the result exactly once.

    Neither the order of the sales nor of the credits matters: credits are taken by date, then number.
    """
    purchases = _purchases(sales)
    returned: list[ReturnedUnits] = []
    unmatched: list[Unmatched] = []
    for credit in sorted(credits, key=lambda draft: (draft.placed_at, draft.number)):
        found = [part for item in credit.lines for part in _take_back(purchases, credit, item)]
        returned += found
        left = -credit.total_minor - sum(part.total_minor for part in found)
        if left or not found:
            unmatched.append(Unmatched(credit=credit, total_minor=left, is_whole=not found))
    return Matching(returned=tuple(returned), unmatched=tuple(unmatched))


def _purchases(sales: Sequence[Draft]) -> _Purchases:
    purchases = _Purchases()
    for sale in sorted(sales, key=lambda draft: (draft.placed_at, draft.number), reverse=True):
        purchases.money_by_sale[sale.key] = sale.total_minor - sale.refunded_minor
        for item in sale.lines:
            if item.line.service is None and item.line.quantity > 0 and item.line.sku:
                stock = _Stock(sale=sale, line=item, units=item.line.quantity, money_minor=item.total_minor)
                purchases.by_product[_product_key(sale, item)].append(stock)
    return purchases


def _product_key(draft: Draft, item: DraftLine) -> tuple[str, str]:
    return item.line.sku.casefold(), draft.currency


def _take_back(purchases: _Purchases, credit: Draft, item: DraftLine) -> list[ReturnedUnits]:
    """Take the units of one credited line from purchases, newest first, until none are left or none fit."""
    units, money_minor = -item.line.quantity, -item.total_minor
    if units <= 0 or money_minor < 0 or item.line.service is not None:
        return []
    parts = []
    for stock in purchases.by_product.get(_product_key(credit, item), ()):
        if not units:
            break
        if stock.sale.placed_at > credit.placed_at or not stock.units:
            continue
        taken = min(units, stock.units)
        part_minor = money_minor * taken // units
        if part_minor > min(stock.money_minor, purchases.money_by_sale[stock.sale.key]):
            continue
        units, money_minor = units - taken, money_minor - part_minor
        stock.units -= taken
        stock.money_minor -= part_minor
        purchases.money_by_sale[stock.sale.key] -= part_minor
        parts.append(
            ReturnedUnits(
                sale_key=stock.sale.key,
                line_external_id=stock.line.external_id,
                credit_number=credit.number,
                credited_at=credit.placed_at,
                quantity=taken,
                total_minor=part_minor,
            )
        )
    return parts
