"""The books over the API: closed days, and revenue by IFRS 15."""

from __future__ import annotations

from datetime import date, timedelta

from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.problems import Problem
from wracam.faces.api.values import Answer
from wracam.foundation import clock
from wracam.loyalty import queries
from wracam.loyalty.api.routing import NO_PROGRAM, router
from wracam.loyalty.contracts import BookDay, NoProgramError, RevenueMonth

DAYS_DEFAULT = 31


class BookDayAnswer(Answer):
    """One closed day: opening + issued + corrected + moved − spent − expired − reversed = closing.

    Amounts are minor units of the shop's currency. `worth_minor` counts every point, `liability_minor` only the part
    expected to be used (`expected_use_bp` of 10 000).
    """

    day: date
    program: str
    point_kind: str
    opening: int
    issued: int
    corrected: int
    moved: int
    spent: int
    expired: int
    reversed: int
    closing: int
    sales_minor: int
    expected_use_bp: int
    worth_minor: int
    liability_minor: int


class RevenueAnswer(Answer):
    """One month by IFRS 15, in minor units: what sales set aside for points, and what became revenue by their use."""

    month: date
    sales_minor: int
    issued: int
    allocated_minor: int
    used: int
    recognized_minor: int
    deferred_minor: int


@router.endpoint("GET", "/loyalty/books/days", scope="loyalty:read")
def list_book_days(
    request: ApiRequest, first: date | None = None, last: date | None = None, point_kind: str = "points"
) -> list[BookDayAnswer]:
    """List closed days, oldest first; the last 31 without dates."""
    last = last or clock.now().date()
    first = first or last - timedelta(days=DAYS_DEFAULT)
    found = queries.book_days(
        shop_id=request.auth.shop_id, program=_program(), point_kind=point_kind, first=first, last=last
    )
    return [_day(one) for one in found]


@router.endpoint("GET", "/loyalty/books/revenue", scope="loyalty:read")
def list_revenue(request: ApiRequest, point_kind: str = "points") -> list[RevenueAnswer]:
    """List revenue by IFRS 15 per month since the programme began."""
    found = queries.book_days(shop_id=request.auth.shop_id, program=_program(), point_kind=point_kind)
    return [_month(one) for one in queries.book_revenue(found)]


def _program() -> str:
    try:
        return queries.live_program().key
    except NoProgramError as error:
        raise Problem(NO_PROGRAM, str(error)) from error


def _day(one: BookDay) -> BookDayAnswer:
    flow = one.flow
    return BookDayAnswer(
        day=one.day, program=one.program, point_kind=one.point_kind, opening=one.opening, issued=flow.issued,
        corrected=flow.corrected, moved=flow.moved, spent=flow.spent, expired=flow.expired, reversed=flow.reversed,
        closing=one.closing, sales_minor=one.sales_minor, expected_use_bp=one.used_bp, worth_minor=one.worth_minor,
        liability_minor=one.liability_minor,
    )  # fmt: skip


def _month(one: RevenueMonth) -> RevenueAnswer:
    return RevenueAnswer(
        month=one.month, sales_minor=one.sales_minor, issued=one.issued, allocated_minor=one.allocated_minor,
        used=one.used, recognized_minor=one.recognized_minor, deferred_minor=one.deferred_minor,
    )  # fmt: skip
