"""The books as other features and faces read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFlow:
    """Points that entered and left members' hands; every figure may be negative when more was undone than done."""

    issued: int = 0
    corrected: int = 0
    spent: int = 0
    expired: int = 0
    reversed: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BookDay:
    """One closed day of one programme and kind of points in a shop, in the shop's calendar.

    `worth_minor` is what the closing points are worth if all are used, `liability_minor` what is expected to be used
    (`used_bp` of 10 000, from the breakage estimate of the month). `sales_minor` are the orders that earned,
    without tax.
    """

    program: str
    point_kind: str
    day: date
    opening: int
    flow: BookFlow
    closing: int
    sales_minor: int
    value_points: int
    value_minor: int
    used_bp: int
    new_used_bp: int
    worth_minor: int
    liability_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPeriod:
    """Several days as one line of the roll-forward; money is that of its last day."""

    first: date
    last: date
    opening: int
    flow: BookFlow
    closing: int
    worth_minor: int
    liability_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueMonth:
    """One month under IFRS 15: what sales allocated to points, what became revenue, and what is still deferred."""

    month: date
    sales_minor: int
    issued: int
    allocated_minor: int
    used: int
    recognized_minor: int
    deferred_minor: int
