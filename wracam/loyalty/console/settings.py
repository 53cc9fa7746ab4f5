"""The programme's own settings as a form: joining, pending, validity, returns, and the value of a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import EditableDefinition
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.loyalty import queries
from wracam.loyalty.core import words
from wracam.loyalty.core.program import CORRECTING_ROLES, Program, read_program
from wracam.loyalty.queries.programs import PROGRAM_KIND
from wracam.rules.templatetags.conditions import language_of_screen


@console_page(methods=("GET", "POST"))
def edit(request: ConsoleRequest) -> HttpResponse:
    """Show the settings; a POST saves them as the draft."""
    definition = _definition()
    if request.method == "POST":
        if not request.user.may("definitions.edit"):  # type: ignore[union-attr]  # console_page demands sign-in
            return render(request, "console/forbidden.html", status=403)
        body = {**definition.body, **_body(request)}
        definition_actions.save_draft(
            kind=PROGRAM_KIND, key=definition.key, name=str(body["name"]), body=body, expected_revision=None,
            actor=_actor(request), now=clock.now(),
        )  # fmt: skip
        messages.success(request, _("The draft is saved."))
        return HttpResponseRedirect(reverse("loyalty:settings"))
    return render(request, "loyalty/console/settings.html", _context(request, definition))


def _definition() -> EditableDefinition:
    found = definitions.listed(PROGRAM_KIND)
    if not found:
        raise Http404
    return found[0]


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _whole(text: str) -> int | str:
    bare = text.strip().replace(" ", "").replace("\u00a0", "")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else bare


def _as_typed(amount: object, language: str) -> str:
    """Return the amount with the decimal sign of the reader; both signs are accepted back."""
    return str(amount).replace(".", ",") if language == "pl" else str(amount)


def _body(request: ConsoleRequest) -> dict[str, Any]:
    posted = request.POST
    validity: dict[str, Any] = {"kind": posted.get("validity", "never")}
    if validity["kind"] in ("rolling", "inactivity"):
        validity["months"] = _whole(posted.get("months", ""))
    if validity["kind"] == "rolling" and posted.get("round_up_to"):
        validity["round_up_to"] = posted["round_up_to"]
        validity |= {"month": _whole(posted.get("month", "12"))} if posted["round_up_to"] == "named_month" else {}
    if validity["kind"] == "fixed":
        validity |= {"month": _whole(posted.get("month", "12")), "day": _whole(posted.get("day", "31"))}
    return {
        "name": posted.get("name", "").strip() or _("Club"),
        "joining": posted.get("joining", "registered"),
        "pending": {"until": posted.get("until", "nothing"), "days": _whole(posted.get("days", "0") or "0")},
        "validity": validity,
        "shortage": posted.get("shortage", "carry"),
        "value": {
            "points": _whole(posted.get("value_points", "0") or "0"),
            "amount": posted.get("value_amount", "0").strip().replace(",", ".") or "0",
        },
        "correction_limits": {
            role: _whole(posted[f"limit_{role}"])
            for role in CORRECTING_ROLES
            if posted.get(f"limit_{role}", "").strip()
        },
        "payment": {
            name: _whole(posted[f"payment_{name}"])
            for name in ("least", "most", "most_percent", "step")
            if posted.get(f"payment_{name}", "").strip()
        },
    }


def _limits(program: Program) -> list[tuple[str, str, int]]:
    """Return the limits of corrections by role, each with what the role is called."""
    titles = {
        "owner": _("the owner"),
        "marketer": _("a marketer"),
        "agent": _("an agent"),
        "key": _("a shop's system (API)"),
    }
    return [(role, titles[role], program.limit_for(role)) for role in CORRECTING_ROLES]


def _context(request: ConsoleRequest, definition: EditableDefinition) -> dict[str, Any]:
    body: Mapping[str, Any] = definition.body
    program, found = read_program(body)
    language = language_of_screen()
    said = [] if found else words.program_sentences(program, language, currency=queries.currency_of(request.shop.id))
    return {
        "definition": definition,
        "program": program,
        "value_amount": _as_typed(body.get("value", {}).get("amount", "0"), language),
        "currency": queries.currency_of(request.shop.id),
        "sentences": said,
        "limits": _limits(program),
    }
