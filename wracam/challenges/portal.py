"""The member's own challenges: progress, stamps, badges, joining, and rankings under a name of their choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse

from wracam.challenges import actions, queries
from wracam.challenges.contracts import Standing, UnknownChallengeError
from wracam.faces.portal.ports import PortalRequest, Visit, frame, portal_page, section
from wracam.kernel.language import date_text

RANKING_SHOWN = 20
PERCENT_MAX = 100
STAMPS_MAX = 30


@section("challenges", order=30, template="challenges/portal/challenges.html")
def challenges_section(visit: Visit) -> Mapping[str, object] | None:
    """Where the member stands in every running challenge, and their badges."""
    if visit.customer_id is None:
        return None
    standings = queries.standings(customer_id=visit.customer_id, shop_id=visit.shop.id, now=visit.now)
    badges = queries.badges(visit.customer_id)
    if not standings and not badges:
        return None
    return {"challenges": [_shown(one, visit) for one in standings], "badges": badges}


@portal_page(signed_in=True, methods=("POST",))
def join(request: PortalRequest, key: str) -> HttpResponse:
    """Take part in a challenge."""
    visit = request.visit
    if visit.customer_id is not None:
        try:
            actions.join(challenge=key, customer_id=visit.customer_id, shop_id=visit.shop.id, now=visit.now)
        except UnknownChallengeError as error:
            raise Http404 from error
    return HttpResponseRedirect(reverse("portal:home", args=[visit.shop.key]))


@portal_page(signed_in=True)
def ranking(request: PortalRequest, key: str) -> HttpResponse:
    """Show the top of a ranking and the member's own place."""
    visit = request.visit
    standing = _standing(visit, key)
    if standing is None or visit.customer_id is None:
        raise Http404
    asked = {"challenge": key, "shop_id": visit.shop.id, "period": standing.period}
    nickname, is_listed = queries.appearance(visit.customer_id)
    context = {
        **frame(visit),
        "standing": standing,
        "lines": queries.ranking(**asked, limit=RANKING_SHOWN).lines,  # type: ignore[arg-type]  # named as it takes them
        "mine": queries.place_of(**asked, customer_id=visit.customer_id),  # type: ignore[arg-type]  # as above
        "customer_id": visit.customer_id,
        "nickname": nickname,
        "is_listed": is_listed,
    }
    return render(request, "challenges/portal/ranking.html", context)


@portal_page(signed_in=True, methods=("POST",))
def appear(request: PortalRequest, key: str) -> HttpResponse:
    """Set how the member appears in rankings."""
    visit = request.visit
    if visit.customer_id is not None:
        actions.appear(
            customer_id=visit.customer_id, shop_id=visit.shop.id, nickname=request.POST.get("nickname", ""),
            is_listed="is_listed" in request.POST,
        )  # fmt: skip
    return HttpResponseRedirect(reverse("challenges:portal_ranking", args=[visit.shop.key, key]))


def _standing(visit: Visit, key: str) -> Standing | None:
    if visit.customer_id is None:
        return None
    found = queries.standings(customer_id=visit.customer_id, shop_id=visit.shop.id, now=visit.now)
    return next((one for one in found if one.challenge == key and one.is_ranked), None)


def _shown(one: Standing, visit: Visit) -> dict[str, object]:
    return {
        "standing": one,
        "percent": PERCENT_MAX if one.is_done else min(PERCENT_MAX, one.amount * PERCENT_MAX // max(1, one.goal)),
        "stamps": _stamps(one) if one.shows_stamps and one.goal <= STAMPS_MAX else (),
        "last_day": _last_day(one, visit),
        "rewards": [said.say(visit.language) for said in one.rewards],
    }


def _last_day(one: Standing, visit: Visit) -> str:
    """Return the last day that counts in words, from the exclusive end; nothing when there is none."""
    if one.ends_at is None:
        return ""
    ends_at = one.ends_at.astimezone(ZoneInfo(visit.shop.time_zone)) - timedelta(seconds=1)
    return date_text(ends_at.date(), visit.language)


def _stamps(one: Standing) -> Sequence[bool]:
    """Return the fields of a stamp card, those stamped first."""
    return [place < one.amount for place in range(one.goal)]


urlpatterns = [
    path("club/<slug:shop_key>/challenges/<slug:key>/join/", join, name="portal_join"),
    path("club/<slug:shop_key>/challenges/<slug:key>/ranking/", ranking, name="portal_ranking"),
    path("club/<slug:shop_key>/challenges/<slug:key>/appear/", appear, name="portal_appear"),
]
