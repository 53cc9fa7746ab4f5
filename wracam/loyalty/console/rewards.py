"""Rewards in the console: what is on offer, and what waits to be handed over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.customers import queries as customers
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.loyalty import actions, queries


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """Show rewards and the list of redemptions to hand over."""
    titles = {reward.key: reward.title for reward in queries.live_rewards()}
    waiting = []
    for one in queries.open_redemptions(request.shop.id):
        member = queries.member(one.member_id)
        person = customers.customer(member.customer_id) if member else None
        waiting.append({"redemption": one, "title": titles.get(one.reward), "person": person, "member": member})
    context = {"rewards": queries.live_rewards(), "waiting": waiting}
    return render(request, "loyalty/console/rewards.html", context)


@console_page(permission="points.correct", methods=("POST",))
def settle(request: ConsoleRequest, redemption_id: UUID) -> HttpResponse:
    """Hand a reward over, or return its points."""
    if redemption_id not in {one.id for one in queries.open_redemptions(request.shop.id)}:
        raise Http404
    if "return" in request.POST:
        actions.return_redemption(redemption_id=redemption_id, now=clock.now())
        messages.success(request, _("The points are back with the member."))
    else:
        actions.fulfill_redemption(redemption_id=redemption_id, now=clock.now())
        messages.success(request, _("The reward is handed over."))
    return HttpResponseRedirect(reverse("loyalty:rewards"))
