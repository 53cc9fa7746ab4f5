"""Who tries wrong codes: how many, when, and who was stopped."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wracam.customers import queries as customers
from wracam.faces.console.ports import Column, ConsoleRequest, Empty, Figure, Row, Table, console_page
from wracam.foundation import clock
from wracam.kernel.language import number_text
from wracam.rules.templatetags.conditions import language_of_screen
from wracam.vouchers import queries
from wracam.vouchers.core import guessing as core

HOURS = 24


@console_page()
def show(request: ConsoleRequest) -> HttpResponse:
    """Show the wrong codes of the last day."""
    seen = queries.guesses(shop_id=request.shop.id, now=clock.now(), hours=HOURS)
    language = language_of_screen()
    period = _("the last 24 hours")
    figures = [
        Figure(
            title=_("Wrong codes"), value=number_text(seen.wrong, language), period=period,
            trend=[float(wrong) for _hour, wrong, _blocked in seen.hours],
            how=_("Different codes that do not exist. Typing mistakes do not count."),
        ),
        Figure(
            title=_("Blocked tries"), value=number_text(seen.blocked, language), period=period,
            trend=[float(blocked) for _hour, _wrong, blocked in seen.hours],
            how=_("After %(limit)s wrong codes in ten minutes a customer, or the guests of an address, must wait.")
            % {"limit": core.CUSTOMER_MAX},
        ),
    ]  # fmt: skip
    table = Table(
        name="guessers",
        caption=_("Who tried wrong codes"),
        columns=[
            Column(name="who", title=_("Who"), is_main=True),
            Column(name="wrong", title=_("Wrong codes"), kind="number"),
            Column(name="blocked", title=_("Blocked tries"), kind="number"),
            Column(name="last", title=_("Last"), kind="moment"),
        ],
        rows=[_row(one) for one in seen.guessers],
        empty=Empty(
            title=_("Nobody guesses"),
            sentence=_("Whoever tries many codes that do not exist will be shown here, and has to wait."),
            icon="shield-check",
        ),
    )
    return render(request, "vouchers/guessing.html", {"figures": figures, "table": table})


def _row(one: queries.Guesser) -> Row:
    kind, _separator, name = one.subject.partition(":")
    person = customers.customer(UUID(name)) if kind == "customer" else None
    return Row(
        id=one.subject,
        url=f"/console/customers/{person.id}/" if person else "",
        cells={
            "who": person.display_name if person else name,
            "wrong": one.wrong,
            "blocked": one.blocked,
            "last": one.last_hour,
        },
        detail=_("customer") if kind == "customer" else _("network address"),
    )
