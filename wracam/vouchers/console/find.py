"""Finding one code: what it is, whose, how often it was used, and why it would not work."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wracam.customers import queries as customers
from wracam.faces.console.ports import Action, ConsoleRequest, console_page, say
from wracam.foundation import clock
from wracam.kernel.language import number_text
from wracam.rules.templatetags.conditions import language_of_screen
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import CardState, CodeRecord, CodeState
from wracam.vouchers.core import words


@console_page()
def show(request: ConsoleRequest) -> HttpResponse:
    """Look a code up by its exact text, however it is typed."""
    typed = request.GET.get("code", "").strip()[:128]
    context: dict[str, Any] = {"typed": typed}
    if typed:
        context |= _found(request, typed)
    return render(request, "vouchers/find.html", context)


@console_page(permission="definitions.publish", methods=("POST",))
def disable(request: ConsoleRequest) -> HttpResponse:
    """Take one code out of use."""
    typed = request.POST.get("code", "")[:128]
    record = queries.code_record(code=typed, now=clock.now())
    if record is None or record.shop_id != request.shop.id:
        raise Http404
    actions.disable_code(code_id=record.id, actor=request.user.as_actor, now=clock.now())  # type: ignore[union-attr]
    messages.success(request, _("The code no longer works."))
    return HttpResponseRedirect(f"{reverse('vouchers:find')}?code={typed}")


def _found(request: ConsoleRequest, typed: str) -> dict[str, Any]:
    now = clock.now()
    record = queries.code_record(code=typed, now=now)
    owner = record.customer_id if record else None
    answer = queries.look_up(shop_id=request.shop.id, codes=[typed], customer_id=owner, now=now)[typed]
    card = queries.card_by_code(code=typed, now=now)
    is_card = card.card is not None and card.card.shop_id == request.shop.id
    if is_card and card.card is not None:
        return {"card_url": reverse("vouchers:card", args=[card.card.id]), "is_good": card.state is CardState.OK}
    disable_it = None
    if record is not None and record.disabled_at is None and record.shop_id == request.shop.id:
        disable_it = Action(
            title=_("Take out of use"), url=reverse("vouchers:disable_code"), post=True, is_dangerous=True,
            values={"code": typed}, confirm=_("This code stops working for ever."),
        )  # fmt: skip
    return {
        "state": say(words.STATES[answer.state]),
        "is_good": answer.state is CodeState.OK,
        "campaign_url": reverse("vouchers:campaign", args=[answer.campaign]) if answer.campaign else "",
        "campaign": answer.campaign,
        "facts": _facts(record, answer.uses_left),
        "customer": customers.customer(owner) if owner else None,
        "disable": disable_it,
    }


def _facts(record: CodeRecord | None, uses_left: int | None) -> list[tuple[str, str]]:
    language = language_of_screen()
    facts: list[tuple[str, str]] = []
    if record is not None:
        facts.append((pgettext("code", "Used"), number_text(record.used, language)))
        if record.held:
            facts.append((_("Held by carts"), number_text(record.held, language)))
    if uses_left is not None:
        facts.append((_("Uses left"), number_text(uses_left, language)))
    return facts
