"""The editor of a promotion: a sentence whose words are the controls, with what it says and forbids beside it."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.commerce import queries as commerce
from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import EditableDefinition, Problem, StaleRevisionError
from wracam.definitions.ports import KINDS
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.kernel.ids import new_id
from wracam.promotions.console import campaigns, form, form_values
from wracam.promotions.console.overlapping import overlap_lines
from wracam.promotions.queries.live import PROMOTION_KIND
from wracam.rules.templatetags.conditions import language_of_screen

FIRST = {"effects": [{"kind": "percent", "percent": "10"}]}
CATEGORIES_MAX = 200
NAME_LENGTH_MAX = 200


@console_page(permission="definitions.edit", methods=("POST",))
def create(request: ConsoleRequest) -> HttpResponse:
    """Begin a new promotion as a draft and open it."""
    return _begun(request, _("New promotion"), FIRST)


@console_page(permission="definitions.edit", methods=("POST",))
def duplicate(request: ConsoleRequest, key: str) -> HttpResponse:
    """Begin a new draft that says what this promotion says."""
    found = _definition(key)
    name = _("%(name)s (copy)") % {"name": found.name}
    return _begun(request, name[:NAME_LENGTH_MAX], dict(found.body))


def _begun(request: ConsoleRequest, name: str, body: dict[str, Any]) -> HttpResponse:
    key = f"promotion_{new_id(clock.now()).hex[-8:]}"
    definition_actions.save_draft(
        kind=PROMOTION_KIND, key=key, name=name, body=body, expected_revision=None, actor=_actor(request),
        now=clock.now(),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("promotions:edit", args=[key]))


@console_page(methods=("GET", "POST"))
def edit(request: ConsoleRequest, key: str) -> HttpResponse:
    """Show the promotion; a POST saves it as the draft, and publishes it if that button was pressed."""
    definition = _definition(key)
    if request.method == "POST":
        return _save(request, definition)
    return render(request, "promotions/console/edit.html", _context(request, definition, definition.body))


@console_page(methods=("POST",))
def preview(request: ConsoleRequest, key: str) -> HttpResponse:
    """Say what the promotion as it stands in the form says, and what is wrong with it; nothing is saved."""
    body = form.body_of(request.POST, _definition(key).body, _zone(request))
    return render(request, "promotions/console/side.html", _side(request, key, request.POST.get("name", ""), body))


def _save(request: ConsoleRequest, definition: EditableDefinition) -> HttpResponse:
    if not request.user.may("definitions.edit"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    body = form.changed_rows(form.body_of(request.POST, definition.body, _zone(request)), request.POST)
    revision = request.POST.get("revision", "")
    name = request.POST.get("name", "").strip()[:NAME_LENGTH_MAX] or definition.name
    try:
        definition_actions.save_draft(
            kind=PROMOTION_KIND, key=definition.key, name=name, body=body,
            expected_revision=int(revision) if revision.isascii() and revision.isdigit() else None,
            actor=_actor(request), now=clock.now(),
        )  # fmt: skip
    except StaleRevisionError:
        stale = _("Somebody else changed this promotion in the meantime. Reload the page and repeat your change.")
        context = _context(request, definition, body) | {"stale": stale}
        return render(request, "promotions/console/edit.html", context, status=409)
    return _after_saving(request, definition.key, name, body)


def _after_saving(request: ConsoleRequest, key: str, name: str, body: dict[str, Any]) -> HttpResponse:
    """Go back to the place of a changed row, or publish, or say that it is saved."""
    place = reverse("promotions:edit", args=[key])
    changed = request.POST.get("add") or request.POST.get("remove")
    if changed:
        return HttpResponseRedirect(f"{place}#{changed.partition('.')[0]}")
    if "publish" not in request.POST:
        messages.success(request, _("The draft is saved."))
        return HttpResponseRedirect(place)
    if not request.user.may("definitions.publish"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    if definitions.problems(PROMOTION_KIND, name, body):
        messages.error(request, _("The draft is saved but not published: mend what is marked first."))
    elif _definition(key).draft is None:
        messages.info(request, _("There is nothing new to publish."))
    else:
        definition_actions.publish(
            kind=PROMOTION_KIND, key=key, expected_revision=None, actor=_actor(request), now=clock.now()
        )
        messages.success(request, _("The promotion is live."))
    return HttpResponseRedirect(place)


def _context(request: ConsoleRequest, definition: EditableDefinition, body: Any) -> dict[str, Any]:
    language, zone = language_of_screen(), _zone(request)
    others = [one for one in definitions.listed(PROMOTION_KIND) if one.key != definition.key]
    values = form_values.values_of(body, language, zone)
    return {
        "definition": definition,
        "values": values,
        "effect_kinds": effect_kinds(),
        "measures": measures(),
        "currency": request.shop.currency,
        "sign": "zł" if request.shop.currency == "PLN" else request.shop.currency,
        "categories": _categories(request.shop.id),
        "campaigns": campaigns.choices(request.shop, values["campaigns"]),
        "others": [{"key": one.key, "name": one.name, "is_on": one.key in values["excludes"]} for one in others],
        **_side(request, definition.key, definition.name, body),
    }


def _side(request: ConsoleRequest, key: str, name: str, body: Any) -> dict[str, Any]:
    """Return the sentence or the problems with their places, and the live promotions it would meet."""
    language = language_of_screen()
    found = definitions.problems(PROMOTION_KIND, name or key, body)
    problems = [_problem(one) for one in found]
    is_sound = not found
    return {
        "key": key,
        "side_problems": problems,
        "errors": json.dumps({one["control"]: one["message"] for one in reversed(problems)}),
        "sentence": KINDS.get(PROMOTION_KIND).sentence(body, language) if is_sound else "",
        "overlaps": overlap_lines(request.shop, language, draft=(key, name, body)) if is_sound else [],
    }


def _problem(one: Problem) -> dict[str, str]:
    return {
        "control": form_values.control_of(one.path),
        "path": one.path,
        "message": one.message.say(language_of_screen()),
    }


def effect_kinds() -> list[tuple[str, str]]:
    """Return what a promotion can do, in words."""
    return [
        ("percent", _("a percentage off")),
        ("amount", _("an amount off")),
        ("set_price", _("a set price")),
        ("nth_unit", _("every n-th unit for less")),
        ("buy_get", _("buy some, get others for less")),
        ("bundle", _("a set for one price")),
        ("gift", _("a gift")),
        ("points", _("more points")),
        ("reward", _("a reward")),
    ]


def measures() -> list[tuple[str, str]]:
    """Return what a condition of the cart can measure, in words."""
    return [
        ("items_total", _("the goods cost")),
        ("items_total_net", _("the goods cost without VAT")),
        ("discounted_total", _("the goods cost after other promotions")),
        ("quantity", _("the number of units is")),
        ("distinct_products", _("the number of different products is")),
        ("shipping_method", _("delivery is by")),
    ]


def _categories(shop_id: int) -> list[str]:
    """Return the shop's categories, for suggestions."""
    page = commerce.search_products(shop_id=shop_id, wanted=commerce.ProductFilter(is_active=True), limit=500)
    return sorted({name for one in page.products for name in one.categories})[:CATEGORIES_MAX]


def _zone(request: ConsoleRequest) -> ZoneInfo:
    return ZoneInfo(request.shop.time_zone)


def _definition(key: str) -> EditableDefinition:
    definition = definitions.editable(PROMOTION_KIND, key)
    if definition is None:
        raise Http404
    return definition


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in
