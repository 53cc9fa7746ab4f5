"""Rewards in the console: what is on offer, and what waits to be handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.customers import queries as customers
from wracam.definitions import queries as definitions
from wracam.definitions.templatetags.definitions import status_of
from wracam.faces.console.ports import Action, ConsoleRequest, Empty, Status, Tab, console_page
from wracam.foundation import clock
from wracam.kernel.language import Words
from wracam.loyalty import actions, queries
from wracam.loyalty.console.reward_form import kind_title
from wracam.loyalty.contracts import Redemption, RedemptionState
from wracam.loyalty.core.rewards import read_reward
from wracam.loyalty.queries.rewards import REWARD_KIND


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """Show rewards and the list of redemptions: those to hand over, or those settled lately."""
    is_settled = request.GET.get("list") == "settled"
    waiting = queries.open_redemptions(request.shop.id)
    shown = queries.settled_redemptions(request.shop.id) if is_settled else waiting
    new = Action(title=_("New reward"), url=reverse("loyalty:new_reward"), icon="plus", post=True, is_main=True)
    address = reverse("loyalty:rewards")
    context = {
        "rewards": [_card(one) for one in definitions.listed(REWARD_KIND)],
        "lines": _lines(shown),
        "is_settled": is_settled,
        "tabs": [
            Tab(title=_("To hand over"), url=address, is_on=not is_settled, count=len(waiting)),
            Tab(title=_("Settled"), url=f"{address}?list=settled", is_on=is_settled),
        ],
        "actions": [new],
        "currency": request.shop.currency,
        "empty": Empty(
            title=_("No reward yet"),
            sentence=_("Members take rewards for points: free delivery, a code, a product, an invitation."),
            icon="gift",
            action=new,
        ),
    }
    return render(request, "loyalty/console/rewards.html", context)


@console_page(permission="points.correct", methods=("POST",))
def settle(request: ConsoleRequest, redemption_id: UUID) -> HttpResponse:
    """Hand a reward over, or return its points."""
    found = queries.redemption(redemption_id)
    if found is None or found[0] != request.shop.id:
        raise Http404
    if "return" in request.POST:
        actions.return_redemption(redemption_id=redemption_id, now=clock.now())
        messages.success(request, _("The points are back with the member."))
    else:
        actions.fulfill_redemption(redemption_id=redemption_id, now=clock.now())
        messages.success(request, _("The reward is handed over."))
    return HttpResponseRedirect(reverse("loyalty:rewards"))


def _card(one: Any) -> dict[str, Any]:
    reward = read_reward(one.live.body if one.live else one.body, key=one.key)[0]
    return {
        "reward": reward,
        "kind": kind_title(reward.kind),
        "url": reverse("loyalty:reward", args=[one.key]),
        "status": status_of(one),
    }


def _lines(found: Sequence[Redemption]) -> list[dict[str, Any]]:
    titles = queries.reward_titles()
    members = {one.member_id: queries.member(one.member_id) for one in found}
    people = {one.id: one for one in customers.customers([m.customer_id for m in members.values() if m])}
    lines = []
    for one in found:
        member = members[one.member_id]
        lines.append(
            {
                "redemption": one,
                "title": titles.get(one.reward, Words(pl=one.reward, en=one.reward)),
                "person": people.get(member.customer_id) if member else None,
                "status": _status(one.state),
            }
        )
    return lines


def _status(state: RedemptionState) -> Status:
    return {
        RedemptionState.PENDING: Status(title=_("waiting"), tone="look"),
        RedemptionState.FULFILLED: Status(title=_("handed over"), tone="good"),
        RedemptionState.RETURNED: Status(title=_("returned"), tone="quiet"),
    }[state]
