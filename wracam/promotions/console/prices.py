"""How a shop's carts are priced: which promotions win, how is rounded, how tax is taken, what a refund gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import EditableDefinition
from wracam.definitions.ports import KINDS
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.promotions.core.policies import HINTS_FROM_PERCENT, RESERVATION_MINUTES
from wracam.promotions.queries.live import POLICY_KIND
from wracam.rules.templatetags.conditions import language_of_screen

KEY = "ceny"
"""The definition that this page begins where no policy is for the shop."""
FLAGS = ("exclusive_first", "conditions_on_running_total")
NUMBERS: dict[str, int | str] = {
    "promotions_max": "",
    "reservation_minutes": RESERVATION_MINUTES,
    "discount_max_percent": 100,
    "hints_from_percent": HINTS_FROM_PERCENT,
}
"""What is written as a whole number, with what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One choice: its name in the body, what is asked, and what may be answered; the first answer is the usual one."""

    name: str
    title: str
    choices: tuple[tuple[str, str], ...]
    chosen: str = ""


@console_page(methods=("GET", "POST"))
def show(request: ConsoleRequest) -> HttpResponse:
    """Show the price policy of the shop; a POST puts the chosen one in force."""
    found = _definition(request)
    if request.method == "POST":
        return _save(request, found)
    return _page(request, found, dict(found.body) if found else {})


def _save(request: ConsoleRequest, found: EditableDefinition | None) -> HttpResponse:
    user = request.user
    if not (user.may("definitions.edit") and user.may("definitions.publish")):  # type: ignore[union-attr]  # signed in
        return render(request, "console/forbidden.html", status=403)
    body = _body(request.POST, found.body if found else {})
    name = found.name if found else _("Prices in the cart")
    problems = definitions.problems(POLICY_KIND, name, body)
    if problems:
        return _page(request, found, body, [one.message.say(language_of_screen()) for one in problems])
    key = found.key if found else KEY
    actor, now = user.as_actor, clock.now()  # type: ignore[union-attr]  # console_page demands sign-in
    definition_actions.save_draft(
        kind=POLICY_KIND, key=key, name=name, body=body, expected_revision=None, actor=actor, now=now
    )
    changed = definitions.editable(POLICY_KIND, key)
    if changed is not None and changed.draft is not None:
        definition_actions.publish(kind=POLICY_KIND, key=key, expected_revision=None, actor=actor, now=now)
    messages.success(request, _("From now on carts are priced like this."))
    return HttpResponseRedirect(reverse("promotions:prices"))


def _body(posted: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that was chosen; what is usual is left out, what no control shows stays."""
    asked = fields({})
    shown = {*(one.name for one in asked), *FLAGS, *NUMBERS}
    body = {name: value for name, value in before.items() if name not in shown}
    for one in asked:
        if (value := str(posted.get(one.name, ""))) and value != one.choices[0][0]:
            body[one.name] = value
    body |= {name: True for name in FLAGS if posted.get(name)}
    for name, usual in NUMBERS.items():
        number = str(posted.get(name, "")).strip()
        if number and number != str(usual):
            body[name] = int(number) if number.isascii() and number.isdigit() else number
    return body


def _definition(request: ConsoleRequest) -> EditableDefinition | None:
    """Return the policy of this shop alone, else the one for all shops, else None."""
    listed = definitions.listed(POLICY_KIND)
    own = [one for one in listed if request.shop.key in one.body.get("shops", ())]
    return next(iter([*own, *(one for one in listed if not one.body.get("shops"))]), None)


def _page(
    request: ConsoleRequest, found: EditableDefinition | None, body: dict[str, Any], problems: list[str] | None = None
) -> HttpResponse:
    context = {
        "definition": found,
        "fields": fields(body),
        "exclusive_first": bool(body.get("exclusive_first")),
        "conditions_on_running_total": bool(body.get("conditions_on_running_total")),
        **{name: body.get(name, usual) for name, usual in NUMBERS.items()},
        "shops": body.get("shops") or (),
        "problems": problems or [],
        "sentence": "" if problems else KINDS.get(POLICY_KIND).sentence(body, language_of_screen()),
    }
    return render(request, "promotions/console/prices.html", context, status=422 if problems else 200)


def fields(body: Mapping[str, Any]) -> list[Field]:
    """Return the choices of a policy in words, with what a body chose."""
    asked = [*_of_promotions(), *_of_rounding(), *_of_afterwards()]
    return [
        Field(name=name, title=title, choices=choices, chosen=str(body.get(name, choices[0][0])))
        for name, title, choices in asked
    ]


Choices = tuple[str, str, tuple[tuple[str, str], ...]]


def _of_promotions() -> list[Choices]:
    return [
        ("combination", _("If several promotions fit"), (
            ("best", _("the best combination for the customer")), ("priority", _("in the order of their priority")))),
        ("per_product", _("By priority, one product is lowered by"), (
            ("all", _("all that fit")), ("best", _("the one that gives most, in each phase")),
            ("first", _("the first that fits, in each phase")))),
        ("percent_base", _("A second percentage is taken of"), (
            ("running", _("what the first one left")), ("original", _("the price before promotions")))),
    ]  # fmt: skip


def _of_rounding() -> list[Choices]:
    return [
        ("rounding", _("A percentage is rounded"), (
            ("line", _("once for a line")), ("unit", _("for each unit")))),
        ("rounding_mode", _("The discount is rounded"), (
            ("half_down", _("to the nearest, a half down")), ("half_up", _("to the nearest, a half up")),
            ("half_even", _("to the nearest, a half to even")), ("down", _("down")), ("up", _("up")))),
        ("remainder", _("The odd grosz of a split goes to"), (
            ("largest", _("the largest fraction")), ("first", _("the first line")), ("last", _("the last line")))),
        ("tax_rounding", _("VAT is rounded"), (
            ("rate", _("once for each rate, as on an invoice")), ("line", _("on each line")),
            ("unit", _("on each unit")))),
        ("omnibus", _("The 30 days before a reduction begin"), (
            ("each", _("with each reduction")), ("first", _("with the first of several in a row")))),
    ]  # fmt: skip


def _of_afterwards() -> list[Choices]:
    returned = (("returned", _("come back with a full refund")), ("kept", _("stay with the customer")))
    return [
        ("uses_after_refund", _("After a full refund, uses of codes and promotions"), (
            ("give_back", _("are given back")), ("keep", _("stay used")))),
        ("gifts_after_refund", _("Gifts"), returned),
        ("rewards_after_refund", _("Rewards"), returned),
    ]  # fmt: skip
