"""Challenges in the console: the list with results, and the editor whose words are the controls."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.challenges import queries
from wracam.challenges.console import form
from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import DefinitionState, EditableDefinition, StaleRevisionError
from wracam.definitions.ports import KINDS
from wracam.definitions.templatetags.definitions import status_of
from wracam.faces.console.ports import Action, ConsoleRequest, Empty, console_page
from wracam.foundation import clock
from wracam.kernel.ids import new_id
from wracam.rules.templatetags.conditions import language_of_screen
from wracam.shops import queries as shops

KIND = queries.CHALLENGE_KIND
TOP_SHOWN = 10


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """List the challenges with what they say and how they go."""
    language = language_of_screen()
    lines = [
        {
            "definition": one,
            "sentence": KINDS.get(KIND).sentence(one.body, language),
            "status": status_of(one),
            "results": queries.results(one.key, request.shop.id),
        }
        for one in definitions.listed(KIND)
        if one.state is not DefinitionState.ARCHIVED
    ]
    empty = Empty(
        title=_("No challenge yet"),
        sentence=_("Ten purchases for a free one, three weekends in a row, a ranking of the month: set a goal."),
        icon="award",
        action=Action(title=_("New challenge"), url=reverse("challenges:new"), post=True, is_main=True),
    )
    return render(request, "challenges/console/index.html", {"lines": lines, "empty": empty})


@console_page(permission="definitions.edit", methods=("POST",))
def create(request: ConsoleRequest) -> HttpResponse:
    """Begin a new challenge as a draft and open it."""
    key = f"challenge_{new_id(clock.now()).hex[-8:]}"
    first = {
        "title": {"pl": "Co dziesiąta gratis", "en": "Every tenth free"}, "when": "order.paid", "count": "units",
        "goal": 10, "repeats": True, "stamps": True, "rewards": [{"effect": form.POINTS_EFFECT, "points": 100}],
    }  # fmt: skip
    definition_actions.save_draft(
        kind=KIND, key=key, name=_("New challenge"), body=first, expected_revision=None, actor=_actor(request),
        now=clock.now(),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("challenges:edit", args=[key]))


@console_page(methods=("GET", "POST"))
def edit(request: ConsoleRequest, key: str) -> HttpResponse:
    """Show the challenge; a POST saves it as the draft."""
    definition = _definition(key)
    if request.method == "POST":
        return _save(request, definition)
    return render(request, "challenges/console/edit.html", _context(request, definition, definition.body, []))


def _definition(key: str) -> EditableDefinition:
    definition = definitions.editable(KIND, key)
    if definition is None:
        raise Http404
    return definition


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _save(request: ConsoleRequest, definition: EditableDefinition) -> HttpResponse:
    if not request.user.may("definitions.edit"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    body = form.body_of(request.POST, definition.body)
    revision = request.POST.get("revision", "")
    title = body["title"].get(language_of_screen()) or next(iter(body["title"].values()), definition.name)
    try:
        definition_actions.save_draft(
            kind=KIND, key=definition.key, name=title, body=body,
            expected_revision=int(revision) if revision.isascii() and revision.isdigit() else None,
            actor=_actor(request), now=clock.now(),
        )  # fmt: skip
    except StaleRevisionError:
        problem = _("Somebody else changed this challenge in the meantime. Reload the page and repeat your change.")
        return render(
            request, "challenges/console/edit.html", _context(request, definition, body, [problem]), status=409
        )
    if "publish" in request.POST:
        return _publish(request, definition.key)
    messages.success(request, _("The draft is saved."))
    return HttpResponseRedirect(reverse("challenges:edit", args=[definition.key]))


def _publish(request: ConsoleRequest, key: str) -> HttpResponse:
    """Bring the draft into force, or show what is wrong with it."""
    if not request.user.may("definitions.publish"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    definition = _definition(key)
    found = definitions.problems(KIND, definition.name, definition.body)
    if found:
        problems = [f"{one.path}: {one.message.say(language_of_screen())}" for one in found]
        return render(request, "challenges/console/edit.html", _context(request, definition, definition.body, problems))
    if definition.draft is None:
        messages.info(request, _("There is nothing new to publish."))
    else:
        definition_actions.publish(kind=KIND, key=key, expected_revision=None, actor=_actor(request), now=clock.now())
        messages.success(request, _("The challenge is live: what happens from now on counts."))
    return HttpResponseRedirect(reverse("challenges:edit", args=[key]))


def _context(request: ConsoleRequest, definition: EditableDefinition, body: Any, problems: list[str]) -> dict[str, Any]:
    language = language_of_screen()
    found = definitions.problems(KIND, definition.name, body)
    shop = shops.shop(request.shop.id)
    return {
        "definition": definition,
        "values": form.initial_of(body, language),
        "events": form.event_choices(language, str(body.get("when", "order.paid"))),
        "weekdays": form.weekday_choices(),
        "currency": shop.currency if shop else "PLN",
        "sentence": "" if found else KINDS.get(KIND).sentence(body, language),
        "side_problems": [f"{one.path}: {one.message.say(language)}" for one in found],
        "results": queries.results(definition.key, request.shop.id),
        "problems": problems,
        **_top(request, definition),
    }


def _top(request: ConsoleRequest, definition: EditableDefinition) -> dict[str, Any]:
    """Return the best places of a live, ranked challenge without periods."""
    live = next((one for one in queries.live_challenges() if one.key == definition.key), None)
    if live is None or not live.is_ranked or live.window.period:
        return {"top": ()}
    found = queries.ranking(challenge=live.key, shop_id=request.shop.id, period="all", limit=TOP_SHOWN)
    return {"top": found.lines}
