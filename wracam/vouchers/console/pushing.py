"""Making a campaign's codes known to a connected shop: start it, watch it, see what became of each code, try again."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.faces.console.ports import Action, Column, ConsoleRequest, Empty, Progress, Row, Status, Table, console_page
from wracam.foundation import clock, jobs
from wracam.foundation.transactions import action
from wracam.kernel.language import number_text
from wracam.kernel.money import to_minor
from wracam.rules.templatetags.conditions import language_of_screen
from wracam.vouchers import actions, queries, tasks
from wracam.vouchers.contracts import CodePushed, NoPusherError, PushedCode, PushState, UnknownCampaignError
from wracam.vouchers.ports import ShopDiscount

PERCENT_MAX = 100


@console_page(permission="definitions.publish", methods=("POST",))
def start(request: ConsoleRequest, key: str) -> HttpResponse:
    """Begin to push the codes of a campaign into the shop."""
    campaign = reverse("vouchers:campaign", args=[key])
    discount = _discount(request)
    if discount is None:
        messages.error(request, _("Say what the shop gives for the codes: a percentage up to 100 or an amount."))
        return HttpResponseRedirect(campaign)
    try:
        with action():
            push = actions.start_push(
                shop_id=request.shop.id, campaign=key, discount=discount, actor=_actor(request), now=clock.now()
            )
            jobs.defer(tasks.push_codes, key=f"vouchers.push:{push.id}", push_id=str(push.id))
    except UnknownCampaignError:
        messages.error(request, _("Publish the campaign first."))
    except NoPusherError:
        messages.error(request, _("No connected shop takes codes. Connect one with keys that may write coupons."))
    else:
        return HttpResponseRedirect(reverse("vouchers:push", args=[push.id]))
    return HttpResponseRedirect(campaign)


@console_page()
def show(request: ConsoleRequest, push_id: UUID) -> HttpResponse:
    """Show how far a push is and what became of each code."""
    push = _push(request, push_id)
    again = Action(title=_("Try again"), url=reverse("vouchers:retry_push", args=[push.id]), post=True, is_main=True)
    context = {
        "push": push,
        "status": _status(push),
        "progress": _progress(push) if push.state is PushState.RUNNING else None,
        "results": _results(push),
        "actions": [again] if push.error or push.refused else [],
    }
    return render(request, "vouchers/push.html", context)


@console_page()
def progress(request: ConsoleRequest, push_id: UUID) -> HttpResponse:
    """Answer the progress component alone; when everything is said, have the page loaded anew."""
    push = _push(request, push_id)
    if push.state is not PushState.RUNNING or push.error:
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    return render(request, "console/components/progress.html", {"progress": _progress(push)})


@console_page(permission="definitions.publish", methods=("POST",))
def retry(request: ConsoleRequest, push_id: UUID) -> HttpResponse:
    """Push again what was refused and what is left."""
    push = _push(request, push_id)
    with action():
        actions.retry_push(push_id=push.id)
        jobs.defer(tasks.push_codes, key=f"vouchers.push:{push.id}", push_id=str(push.id))
    return HttpResponseRedirect(reverse("vouchers:push", args=[push.id]))


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _push(request: ConsoleRequest, push_id: UUID) -> CodePushed:
    found = queries.push(push_id=push_id)
    if found is None or found.shop_id != request.shop.id:
        raise Http404
    return found


def _discount(request: ConsoleRequest) -> ShopDiscount | None:
    gives, currency = request.POST.get("gives", ""), request.shop.currency
    minimum = _decimal(request.POST.get("minimum", ""))
    least = to_minor(minimum, currency) if minimum else None
    if gives == "delivery":
        return ShopDiscount(has_free_shipping=True, currency=currency, minimum_minor=least)
    value = _decimal(request.POST.get("value", ""))
    if not value:
        return None
    if gives == "amount":
        return ShopDiscount(amount_minor=to_minor(value, currency), currency=currency, minimum_minor=least)
    if value > PERCENT_MAX:
        return None
    return ShopDiscount(percent_bp=int(value * 100), currency=currency, minimum_minor=least)


def _decimal(text: str) -> Decimal | None:
    """Read an amount of up to two decimals above nothing, None for anything else."""
    try:
        value = Decimal(text.strip().replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    is_amount = value.is_finite() and 0 < value < 10**9 and value == round(value, 2)
    return round(value, 2) if is_amount else None


def _status(push: CodePushed) -> Status:
    if push.error:
        return Status(title=_("the shop does not answer"), tone="bad")
    if push.state is PushState.RUNNING:
        return Status(title=_("on their way"), tone="look")
    if push.refused:
        return Status(title=_("some were refused"), tone="look")
    return Status(title=_("in the shop"), tone="good")


def _progress(push: CodePushed) -> Progress:
    language = language_of_screen()
    detail = _("%(done)s of %(asked)s codes") % {
        "done": number_text(push.pushed + push.refused, language),
        "asked": number_text(push.asked, language),
    }
    return Progress(
        title=_("Pushing codes into the shop"), done=push.pushed + push.refused, total=push.asked, detail=detail,
        refresh_url=reverse("vouchers:push_progress", args=[push.id]),
    )  # fmt: skip


def _results(push: CodePushed) -> Table:
    pushed = queries.pushed_codes(push_id=push.id, shared_codes=_shared_codes(push))
    return Table(
        name="pushed",
        caption=_("What became of each code, refused ones first"),
        columns=[
            Column(name="code", title=_("Code"), is_main=True),
            Column(name="status", title=_("Status"), kind="status"),
            Column(name="answer", title=_("What the shop said")),
        ],
        rows=[_row(number, one) for number, one in enumerate(pushed)],
        empty=Empty(title=_("Nothing yet"), sentence=_("The first codes are on their way.")),
    )


def _shared_codes(push: CodePushed) -> tuple[str, ...]:
    """Return the codes that a live campaign shares; those of a stopped one are no longer known."""
    try:
        return queries.live_campaign(push.campaign).codes
    except UnknownCampaignError:
        return ()


def _row(number: int, one: PushedCode) -> Row:
    status = (
        Status(title=_("refused by the shop"), tone="bad")
        if one.refusal
        else Status(title=_("in the shop"), tone="good")
    )
    return Row(
        id=str(number), url="", cells={"code": one.code, "status": status, "answer": one.refusal or one.external_id}
    )
