"""The ladders of tiers: what each says, and how many members stand where."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.definitions import ports
from wracam.definitions import queries as definitions
from wracam.definitions.templatetags.definitions import status_of
from wracam.faces.console.ports import Action, ConsoleRequest, Empty, console_page
from wracam.loyalty.console.overview import RuleLine
from wracam.loyalty.queries.programs import LADDER_KIND
from wracam.rules.templatetags.conditions import language_of_screen


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """List the ladders in words."""
    language = language_of_screen()
    kind = ports.KINDS.get(LADDER_KIND)
    lines = [
        RuleLine(
            name=one.name,
            sentence=_("This draft is not complete yet.")
            if kind.validate(one.body)
            else kind.sentence(one.body, language),
            url=reverse("loyalty:ladder", args=[one.key]),
            status=status_of(one),
        )
        for one in definitions.listed(LADDER_KIND)
    ]
    new = Action(title=_("New ladder"), url=reverse("loyalty:new_ladder"), icon="plus", post=True, is_main=True)
    empty = Empty(
        title=_("No tiers yet"),
        sentence=_("Begin with three tiers over the last 12 months. You can change every word of it."),
        icon="award",
        action=new,
    )
    context = {"lines": lines, "empty": empty, "actions": [new] if lines else []}
    return render(request, "loyalty/console/ladders.html", context)
