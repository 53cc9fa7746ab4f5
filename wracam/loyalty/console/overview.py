"""The programme at a glance: figures, the rules as sentences, and what is not published yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import EditableDefinition
from wracam.definitions.templatetags.definitions import status_of
from wracam.faces.console.ports import Action, ConsoleRequest, Empty, Status, console_page
from wracam.foundation import clock
from wracam.kernel.language import Language, date_text, number_text
from wracam.loyalty import queries
from wracam.loyalty.console import charts, figures
from wracam.loyalty.contracts import NoProgramError
from wracam.loyalty.core.rule import read_rule
from wracam.loyalty.queries.programs import EARNING_RULE_KIND, PROGRAM_KIND
from wracam.rules.templatetags.conditions import language_of_screen

PROGRAM_KEY = "club"
CHART_DAYS = 90
FIRST_RULE_KEY = "points_for_purchases"
FIRST_PROGRAM = {
    "name": "Klub",
    "joining": "registered",
    "validity": {"kind": "rolling", "months": 12},
    "value": {"points": 100, "amount": "5.00"},
}
FIRST_RULE = {"when": "order.paid", "give": {"kind": "per_amount", "points": 1, "per": "1.00"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One earning rule of the list."""

    name: str
    sentence: str
    url: str
    status: Status


@console_page()
def show(request: ConsoleRequest) -> HttpResponse:
    """Show how the programme does and what its rules say."""
    language = language_of_screen()
    try:
        live = queries.live_program()
    except NoProgramError:
        return render(request, "loyalty/console/empty.html", {"empty": _empty()})
    found = queries.overview(shop_id=request.shop.id, program=live.key, now=clock.now())
    currency = queries.currency_of(request.shop.id)
    words = queries.program_in_words(shop_id=request.shop.id, language=language)
    context = {
        "program": live.program,
        "figures": figures.all_figures(live, found, currency, language),
        "rules": [_line(one, live, currency, language) for one in definitions.listed(EARNING_RULE_KIND)],
        "words": words,
        "chart": _chart(request, live.key, language),
        "actions": [
            Action(title=_("Settings of the programme"), url=reverse("loyalty:settings"), icon="settings"),
            Action(title=_("New rule"), url=reverse("loyalty:new_rule"), icon="plus", post=True, is_main=True),
        ],
    }
    return render(request, "loyalty/console/overview.html", context)


def _chart(request: ConsoleRequest, program: str, language: Language) -> charts.Chart | None:
    """Draw what was issued and what was used, day by day, from the closed books."""
    first = clock.now().date() - timedelta(days=CHART_DAYS)
    days = queries.book_days(shop_id=request.shop.id, program=program, first=first)
    return charts.line_chart(
        title=_("Points earned and used"),
        summary=_("Each day of the last 90, as the books closed it."),
        days=[one.day for one in days],
        series=[
            charts.Series(title=_("Earned"), values=[one.flow.issued for one in days], has_area=True),
            charts.Series(title=_("Used"), values=[one.flow.spent for one in days], number=2),
            charts.Series(title=_("Expired"), values=[one.flow.expired for one in days], number=3),
        ],
        value=lambda points: number_text(points, language),
        day=lambda day: date_text(day, language),
        last_is_total=True,
    )


@console_page(permission="definitions.publish", methods=("POST",))
def start(request: ConsoleRequest) -> HttpResponse:
    """Publish a first programme with one rule, which can be changed at any time."""
    now, actor = clock.now(), request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in
    for kind, key, name, body in (
        (PROGRAM_KIND, PROGRAM_KEY, str(FIRST_PROGRAM["name"]), FIRST_PROGRAM),
        (EARNING_RULE_KIND, FIRST_RULE_KEY, _("Points for purchases"), FIRST_RULE),
    ):
        if definitions.editable(kind, key) is None:
            definition_actions.save_draft(
                kind=kind, key=key, name=name, body=body, expected_revision=None, actor=actor, now=now
            )
            definition_actions.publish(kind=kind, key=key, expected_revision=None, actor=actor, now=now)
    return HttpResponseRedirect(reverse("loyalty:overview"))


def _empty() -> Empty:
    return Empty(
        title=_("No programme yet"),
        sentence=_("Begin with one point for every 1 zł, valid for 12 months. You can change every word of it."),
        icon="gift",
        action=Action(title=_("Start the programme"), url=reverse("loyalty:start"), post=True, is_main=True),
    )


def _line(one: EditableDefinition, live: queries.LiveProgram, currency: str, language: Language) -> RuleLine:
    body = one.live.body if one.live else one.body
    rule, problems = read_rule(body, key=one.key)
    sentence = (
        _("This draft is not complete yet.") if problems else queries.rule_in_words(rule, live, language, currency)
    )
    return RuleLine(
        name=one.name, sentence=sentence, url=reverse("loyalty:rule", args=[one.key]), status=status_of(one)
    )
