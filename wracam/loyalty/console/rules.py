"""The editor of an earning rule: a sentence whose words are the controls, with its effect on real orders beside it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import EditableDefinition, StaleRevisionError
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.kernel.ids import new_id
from wracam.kernel.language import money_text
from wracam.loyalty import queries
from wracam.loyalty.console import rule_form
from wracam.loyalty.console.overview import FIRST_RULE
from wracam.loyalty.contracts import NoProgramError, Outcome
from wracam.loyalty.core.rule import EarningRule, read_rule
from wracam.loyalty.queries.programs import EARNING_RULE_KIND
from wracam.rules.templatetags.conditions import language_of_screen


def outcome_text(outcome: Outcome) -> str:
    """Say what became of a rule."""
    return {
        Outcome.APPLIED: _("gave points"),
        Outcome.CONDITION_FALSE: _("its condition does not hold"),
        Outcome.OUT_OF_CALENDAR: _("not at this time"),
        Outcome.NOTHING_MATCHES: _("no line is of its kind"),
        Outcome.DISPLACED: _("another rule came first"),
        Outcome.CAP_REACHED: _("its limit is used up"),
        Outcome.BELOW_ONE_POINT: _("less than one point"),
    }[outcome]


@console_page(permission="definitions.edit", methods=("POST",))
def create(request: ConsoleRequest) -> HttpResponse:
    """Begin a new rule as a draft and open it."""
    key = f"rule_{new_id(clock.now()).hex[-8:]}"
    definition_actions.save_draft(
        kind=EARNING_RULE_KIND, key=key, name=_("New rule"), body=FIRST_RULE, expected_revision=None,
        actor=_actor(request), now=clock.now(),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("loyalty:rule", args=[key]))


@console_page(methods=("GET", "POST"))
def edit(request: ConsoleRequest, key: str) -> HttpResponse:
    """Show the rule; a POST saves it as the draft."""
    definition = _definition(key)
    if request.method == "POST":
        return _save(request, definition)
    return render(request, "loyalty/console/rule.html", _context(request, definition, definition.body, []))


@console_page(methods=("POST",))
def preview(request: ConsoleRequest, key: str) -> HttpResponse:
    """Show what the rule as it stands in the form says, and what it would have given; nothing is saved."""
    body = rule_form.body_of(request.POST, _definition(key).body, ZoneInfo(request.shop.time_zone))
    return render(request, "loyalty/console/rule_side.html", _side(request, key, body, request.POST.get("number", "")))


def _definition(key: str) -> EditableDefinition:
    definition = definitions.editable(EARNING_RULE_KIND, key)
    if definition is None:
        raise Http404
    return definition


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _save(request: ConsoleRequest, definition: EditableDefinition) -> HttpResponse:
    body = rule_form.body_of(request.POST, definition.body, ZoneInfo(request.shop.time_zone))
    if not request.user.may("definitions.edit"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    revision = request.POST.get("revision", "")
    try:
        definition_actions.save_draft(
            kind=EARNING_RULE_KIND, key=definition.key, name=request.POST.get("name", "").strip() or definition.name,
            body=body, expected_revision=int(revision) if revision.isascii() and revision.isdigit() else None,
            actor=_actor(request), now=clock.now(),
        )  # fmt: skip
    except StaleRevisionError:
        problem = _("Somebody else changed this rule in the meantime. Reload the page and repeat your change.")
        return render(request, "loyalty/console/rule.html", _context(request, definition, body, [problem]), status=409)
    if "publish" in request.POST:
        return _publish(request, definition.key)
    messages.success(request, _("The draft is saved."))
    return HttpResponseRedirect(reverse("loyalty:rule", args=[definition.key]))


def _publish(request: ConsoleRequest, key: str) -> HttpResponse:
    """Bring the draft into force, or show what is wrong with it."""
    if not request.user.may("definitions.publish"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    definition = _definition(key)
    found = definitions.problems(EARNING_RULE_KIND, definition.name, definition.body)
    if found:
        problems = [f"{one.path}: {one.message.say(language_of_screen())}" for one in found]
        return render(request, "loyalty/console/rule.html", _context(request, definition, definition.body, problems))
    if definition.draft is None:
        messages.info(request, _("There is nothing new to publish."))
    else:
        definition_actions.publish(
            kind=EARNING_RULE_KIND, key=key, expected_revision=None, actor=_actor(request), now=clock.now()
        )
        messages.success(request, _("The rule is live."))
    return HttpResponseRedirect(reverse("loyalty:rule", args=[key]))


def _context(request: ConsoleRequest, definition: EditableDefinition, body: Any, problems: list[str]) -> dict[str, Any]:
    language = language_of_screen()
    return {
        "definition": definition,
        "values": rule_form.initial_of(body, language),
        "events": rule_form.event_choices(language),
        "weekdays": rule_form.weekday_choices(),
        "point_kinds": _point_kinds(),
        "periods": rule_form.period_choices(),
        "currency": queries.currency_of(request.shop.id),
        "problems": problems,
        **_side(request, definition.key, body, ""),
    }


def _point_kinds() -> list[tuple[str, str]]:
    """Return the kinds of points to choose from; none where there is no choice."""
    try:
        kinds = queries.live_program().program.point_kinds
    except NoProgramError:
        return []
    language = language_of_screen()
    return [(kind.key, kind.noun.form(5, language)) for kind in kinds] if len(kinds) > 1 else []


def _side(request: ConsoleRequest, key: str, body: Any, number: str) -> dict[str, Any]:
    """Return the sentence, its problems, and what the rule would have given to recent orders."""
    language = language_of_screen()
    currency = queries.currency_of(request.shop.id)
    found = definitions.problems(EARNING_RULE_KIND, key, body)
    side: dict[str, Any] = {
        "key": key,
        "number": number,
        "side_problems": [one.message.say(language) for one in found],
        "sentence": "",
        "preview": None,
    }
    if found:
        return side
    rule, _problems = read_rule(body, key=key)
    try:
        live = queries.live_program()
    except NoProgramError:
        return side
    side["sentence"] = queries.rule_in_words(rule, live, language, currency)
    side |= _effect(request, rule, live, number, currency)
    return side


def _effect(
    request: ConsoleRequest, rule: EarningRule, live: queries.LiveProgram, number: str, currency: str
) -> dict[str, Any]:
    if rule.event != "order.paid":
        return {"preview": None}
    preview = queries.draft_preview(shop_id=request.shop.id, rule=rule, number=number.strip(), now=clock.now())
    program = live.program
    cost = preview.points_draft * program.value_minor // program.value_points if program.value_points else None
    return {
        "preview": preview,
        "cost": money_text(cost, currency, language_of_screen()) if cost is not None else "",
        "trace": _traced(request, preview, rule),
    }


def _traced(request: ConsoleRequest, preview: queries.DraftPreview, rule: EarningRule) -> list[dict[str, Any]]:
    """Return what each rule would do with the previewed order; the draft itself by the name it has now."""
    if preview.decision is None:
        return []
    said = queries.reasons_in_words(preview.decision.trace, shop_id=request.shop.id, language=language_of_screen())
    names = {one.key: one.name for one in definitions.listed(EARNING_RULE_KIND)}
    return [
        {
            "name": names.get(one.rule, one.name),
            "points": one.points,
            "outcome": outcome_text(one.outcome),
            "because": one.because,
            "is_cut": one.points < one.desired and one.outcome is Outcome.APPLIED,
            "is_this": one.rule == rule.key,
        }
        for one in said
    ]
