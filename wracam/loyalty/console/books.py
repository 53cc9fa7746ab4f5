"""The books for the accountant: liability per day, the roll-forward, breakage, IFRS 15, and files to take out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.faces.console.ports import Action, ConsoleRequest, Empty, Figure, console_page
from wracam.faces.console.ports.pages import csv_response
from wracam.foundation import clock
from wracam.kernel.language import POINTS, Language, date_text, money_text, number_text
from wracam.kernel.money import to_major
from wracam.loyalty import actions, queries
from wracam.loyalty.console import charts
from wracam.loyalty.contracts import BookDay, BookFlow, NoProgramError
from wracam.loyalty.core.program import POINTS_KIND
from wracam.rules.templatetags.conditions import language_of_screen

DAYS_SHOWN = 92
FILES = ("days", "months", "revenue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which book, and which of its days are looked at."""

    program: str
    point_kind: str
    kinds: Sequence[str]
    first: date
    last: date


@console_page()
def show(request: ConsoleRequest) -> HttpResponse:
    """Show what the programme owes, how it came to be, and what is expected to be used."""
    try:
        asked = _asked(request)
    except NoProgramError:
        return HttpResponseRedirect(reverse("loyalty:overview"))
    language, currency = language_of_screen(), request.shop.currency
    whole = queries.book_days(shop_id=request.shop.id, program=asked.program, point_kind=asked.point_kind)
    shown = [one for one in whole if asked.first <= one.day <= asked.last]
    context = {
        "asked": asked,
        "days": list(reversed(shown)),
        "months": list(reversed(queries.book_months(shown))),
        "revenue": list(reversed(queries.book_revenue(whole))),
        "figures": _figures(shown, currency, language) if shown else [],
        "chart": _chart(shown, currency, language),
        "currency": currency,
        "empty": _empty(),
        "may_rebuild": request.user.may("definitions.publish"),  # type: ignore[union-attr]  # signed in
        "actions": _files(request, asked) if shown else [],
    }
    return render(request, "loyalty/console/books.html", context)


@console_page(permission="export")
def export(request: ConsoleRequest, name: str) -> HttpResponseBase:
    """Give one of the books as a CSV file, amounts as plain decimals."""
    if name not in FILES:
        raise Http404
    try:
        asked = _asked(request)
    except NoProgramError as error:
        raise Http404 from error
    whole = queries.book_days(shop_id=request.shop.id, program=asked.program, point_kind=asked.point_kind)
    shown = [one for one in whole if asked.first <= one.day <= asked.last]
    header, rows = {
        "days": lambda: (_day_header(), _day_rows(shown, request.shop.currency)),
        "months": lambda: (_month_header(), _month_rows(shown, request.shop.currency)),
        "revenue": lambda: (_revenue_header(), _revenue_rows(whole, request.shop.currency)),
    }[name]()
    return csv_response(f"books-{name}-{asked.first}-{asked.last}", header, rows)


@console_page(permission="definitions.publish", methods=("POST",))
def rebuild(request: ConsoleRequest) -> HttpResponse:
    """Compute every day anew from the ledger; the figures come out the same unless the ledger was added to."""
    count = actions.rebuild_books(shop_id=request.shop.id, now=clock.now())
    messages.success(request, _("The books are computed anew from the ledger: %(count)s days.") % {"count": count})
    return HttpResponseRedirect(reverse("loyalty:books"))


def _asked(request: ConsoleRequest) -> Asked:
    live = queries.live_program()
    kinds = [kind.key for kind in live.program.point_kinds]
    today = clock.now().date()
    last = _day(request.GET.get("last", "")) or today
    first = _day(request.GET.get("first", "")) or last - timedelta(days=DAYS_SHOWN - 1)
    kind = request.GET.get("kind", POINTS_KIND)
    return Asked(
        program=live.key, point_kind=kind if kind in kinds else kinds[0], kinds=kinds, first=min(first, last), last=last
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _empty() -> Empty:
    return Empty(
        title=_("No closed day yet"),
        sentence=_("Each day is closed soon after midnight. Points of today are in the books tomorrow."),
        icon="calendar-days",
    )


def _files(request: ConsoleRequest, asked: Asked) -> list[Action]:
    query = f"?first={asked.first}&last={asked.last}&kind={asked.point_kind}"
    titles = {"days": _("Days as CSV"), "months": _("Months as CSV"), "revenue": _("Revenue as CSV")}
    if not request.user.may("export"):  # type: ignore[union-attr]  # console_page demands sign-in
        return []
    return [
        Action(title=titles[name], url=reverse("loyalty:books_export", args=[name]) + query, icon="download")
        for name in FILES
    ]


def _figures(days: Sequence[BookDay], currency: str, language: Language) -> list[Figure]:
    last, first = days[-1], days[0]
    period = date_text(last.day, language)
    rate = number_text(round((10_000 - last.used_bp) / 100, 1), language)  # type: ignore[arg-type]  # one decimal
    return [
        Figure(
            title=_("Liability"), value=money_text(last.liability_minor, currency, language), period=period,
            how=_("Points in members' hands at the value of a point, less what is expected never to be used."),
            compared_with=_("at the start: %(amount)s")
            % {"amount": money_text(first.liability_minor, currency, language)},
            trend=[one.liability_minor for one in days],
        ),
        Figure(
            title=_("Worth if all are used"), value=money_text(last.worth_minor, currency, language), period=period,
            how=_("Points in members' hands at the value of a point."),
        ),
        Figure(
            title=_("Points in members' hands"), value=POINTS.say(last.closing, language), period=period,
            how=_("Pending, active and held points, less what members owe."),
        ),
        Figure(
            title=_("Breakage"), value=f"{rate}\u00a0%", period=_("estimate of the month"),
            how=_(
                "The part of outstanding points that will never be used: for each age in months, what was used and "
                "what expired of the points still there, over all months old enough (Aalen and Johansen 1978). "
                "Beyond the oldest age seen everything counts as used."
            ),
        ),
    ]  # fmt: skip


def _chart(days: Sequence[BookDay], currency: str, language: Language) -> charts.Chart | None:
    return charts.line_chart(
        title=_("Liability per day"),
        summary=_("What the points in members' hands are worth, and the part that is expected to be used."),
        days=[one.day for one in days],
        series=[
            charts.Series(title=_("Worth if all are used"), values=[one.worth_minor for one in days], number=2),
            charts.Series(title=_("Liability"), values=[one.liability_minor for one in days], has_area=True),
        ],
        value=lambda amount: money_text(amount, currency, language),
        day=lambda day: date_text(day, language),
    )


def _flow_header() -> list[str]:
    return [
        _("Opening points"), _("Issued"), _("Corrected by hand"), _("Moved"), _("Used"), _("Expired"),
        _("Taken back"), _("Closing points"),
    ]  # fmt: skip


def _day_header() -> list[str]:
    return [
        _("Day"), _("Programme"), _("Kind of points"), *_flow_header(), _("Value of 100 points"), _("Expected use, %"),
        _("Worth"), _("Liability"), _("Sales that earned"), _("Currency"),
    ]  # fmt: skip


def _month_header() -> list[str]:
    return [_("From"), _("To"), *_flow_header(), _("Worth"), _("Liability"), _("Currency")]


def _revenue_header() -> list[str]:
    return [
        _("Month"), _("Sales that earned"), _("Points issued"), _("Allocated to points"), _("Points used"),
        _("Revenue from points"), _("Deferred at the end"), _("Currency"),
    ]  # fmt: skip


def _day_rows(days: Sequence[BookDay], currency: str) -> Iterable[Sequence[object]]:
    for one in days:
        value = to_major(one.value_minor * 100 // one.value_points, currency) if one.value_points else 0
        yield [
            one.day.isoformat(), one.program, one.point_kind, one.opening, *_flow_cells(one.flow), one.closing, value,
            one.used_bp / 100, *_amounts(currency, one.worth_minor, one.liability_minor, one.sales_minor), currency,
        ]  # fmt: skip


def _month_rows(days: Sequence[BookDay], currency: str) -> Iterable[Sequence[object]]:
    for one in queries.book_months(days):
        money = _amounts(currency, one.worth_minor, one.liability_minor)
        yield [
            one.first.isoformat(), one.last.isoformat(), one.opening, *_flow_cells(one.flow), one.closing, *money,
            currency,
        ]  # fmt: skip


def _revenue_rows(days: Sequence[BookDay], currency: str) -> Iterable[Sequence[object]]:
    for one in queries.book_revenue(days):
        yield [
            one.month.isoformat()[:7], *_amounts(currency, one.sales_minor), one.issued,
            *_amounts(currency, one.allocated_minor), one.used,
            *_amounts(currency, one.recognized_minor, one.deferred_minor), currency,
        ]  # fmt: skip


def _flow_cells(flow: BookFlow) -> list[int]:
    return [flow.issued, flow.corrected, flow.moved, flow.spent, flow.expired, flow.reversed]


def _amounts(currency: str, *amounts: int) -> list[Any]:
    return [to_major(amount, currency) for amount in amounts]
