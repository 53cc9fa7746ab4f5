"""Corrections that wait for a second person: who asks for what and why; approve or decline, never one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wracam.customers import queries as customers
from wracam.faces.console.ports import ConsoleRequest, Status, console_page, say
from wracam.foundation import clock
from wracam.kernel.language import POINTS, date_text
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import CorrectionRequest, Refused, RequestState
from wracam.loyalty.core.refusals import refusal_words
from wracam.rules.templatetags.conditions import language_of_screen


@console_page(permission="points.correct")
def index(request: ConsoleRequest) -> HttpResponse:
    """List what waits, and what was decided lately."""
    actor = request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in
    waiting, decided = (
        _lines(found, actor)
        for found in (queries.waiting_corrections(request.shop.id), queries.decided_corrections(request.shop.id))
    )
    may_approve = request.user.may("points.approve")  # type: ignore[union-attr]  # signed in
    context = {"waiting": waiting, "decided": decided, "may_approve": may_approve}
    return render(request, "loyalty/console/approvals.html", context)


@console_page(permission="points.correct", methods=("POST",))
def decide(request: ConsoleRequest, request_id: UUID) -> HttpResponse:
    """Approve or decline a request; makers may only withdraw their own."""
    found = queries.correction_request(request_id)
    if found is None or found.shop_id != request.shop.id:
        raise Http404
    actor = request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in
    is_own = (found.maker_kind, found.maker_id) == (actor.kind, actor.id)
    approves = "approve" in request.POST
    if not request.user.may("points.approve") and (approves or not is_own):  # type: ignore[union-attr]  # signed in
        return render(request, "console/forbidden.html", status=403)
    if not approves:
        actions.decline_correction(request_id=request_id, actor=actor, now=clock.now())
        messages.success(request, _("Nothing was moved; the request is closed."))
        return HttpResponseRedirect(reverse("loyalty:approvals"))
    outcome = actions.approve_correction(request_id=request_id, actor=actor, now=clock.now())
    if isinstance(outcome, Refused):
        messages.error(request, say(refusal_words(outcome)))
    else:
        messages.success(request, _("Approved and done."))
    return HttpResponseRedirect(reverse("loyalty:approvals"))


def _lines(found: Sequence[CorrectionRequest], actor: Any) -> list[dict[str, Any]]:
    members = {one.member_id: queries.member(one.member_id) for one in found}
    people = {one.id: one for one in customers.customers([m.customer_id for m in members.values() if m])}
    lines = []
    for one in found:
        member = members[one.member_id]
        lines.append(
            {
                "request": one,
                "what": _what(one),
                "person": people.get(member.customer_id) if member else None,
                "is_own": (one.maker_kind, one.maker_id) == (actor.kind, actor.id),
                "status": _status(one.state),
            }
        )
    return lines


def _what(one: CorrectionRequest) -> str:
    """Say what is asked for: `+500 points`, or a tier and until when."""
    language = language_of_screen()
    if not one.ladder:
        return f"{'+' if one.points > 0 else ''}{POINTS.say(one.points, language)}"
    ladder = next((live for live in queries.live_ladders(clock.now()) if live.key == one.ladder), None)
    if one.tier is None:
        return _("Take the gift back")
    title = ladder.text(one.tier).title.say(language) if ladder else one.tier
    if one.tier_until is None:
        return _("Tier %(tier)s, for good") % {"tier": title}
    day = date_text(timezone.localtime(one.tier_until).date(), language)
    return _("Tier %(tier)s until %(day)s") % {"tier": title, "day": day}


def _status(state: RequestState) -> Status:
    return {
        RequestState.WAITING: Status(title=_("waiting"), tone="look"),
        RequestState.APPROVED: Status(title=_("approved"), tone="good"),
        RequestState.DECLINED: Status(title=_("declined"), tone="quiet"),
    }[state]
