"""The member's own view: the balance and what comes next, history in sentences, and the rules in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from wracam.faces.portal.ports import PortalRequest, Visit, frame, page, portal_page, section
from wracam.foundation import assets
from wracam.kernel.language import Words
from wracam.kernel.money import to_minor
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import HistoryEntry, Member, NoProgramError, Refusal, Refused
from wracam.loyalty.core.history import last_day_text
from wracam.loyalty.core.refusals import refusal_words

HISTORY_SHOWN = 5
HISTORY_PAGE = 50
REDEMPTIONS_SHOWN = 5
KEY_LENGTH_MAX = 80

page("history", order=20, icon="history", pl="Historia", en="History", url="loyalty:portal_history")


@section("loyalty.balance", order=10, template="loyalty/portal/balance.html")
def balance_section(visit: Visit) -> Mapping[str, object] | None:
    """The balance, the next activation and the next expiry."""
    member = _member(visit)
    if member is None:
        return None
    return {
        "balance": queries.balance(member.id),
        "next": _next_reward(member, visit),
        **_expiry(member, visit),
    }


@section("loyalty.tiers", order=15, template="loyalty/portal/tiers.html")
def tiers_section(visit: Visit) -> Mapping[str, object] | None:
    """Where the member stands on each ladder, what that brings, what is next and what is at risk."""
    member = _member(visit)
    standings = queries.tier_standings(member, now=visit.now) if member else []
    if not standings:
        return None
    zone = ZoneInfo(visit.shop.time_zone)
    return {"tiers": [queries.tier_words(one, visit.language, zone) for one in standings]}


@section("loyalty.rewards", order=20, template="loyalty/portal/rewards.html")
def rewards_section(visit: Visit) -> Mapping[str, object] | None:
    """What the member can take for points now, and what is missing for the rest."""
    member = _member(visit)
    offers = queries.offers_for(member, now=visit.now) if member else []
    if not offers:
        return None
    amounts = {one.reward.key: to_minor(one.price.amount, visit.shop.currency) for one in offers}
    return {
        "offers": [(one, amounts[one.reward.key]) for one in offers],
        "key": visit.now.isoformat(),
        "currency": visit.shop.currency,
    }


@section("loyalty.tiers_told", order=65, template="loyalty/portal/tiers_told.html", is_public=True)
def tiers_told_section(visit: Visit) -> Mapping[str, object] | None:
    """The tiers, for those who are not signed in."""
    if visit.customer_id is not None:
        return None
    ladders = queries.ladders_told(language=visit.language, currency=visit.shop.currency, now=visit.now)
    return {"ladders": ladders} if ladders else None


@section("loyalty.rewards_told", order=70, template="loyalty/portal/rewards_told.html", is_public=True)
def rewards_told_section(visit: Visit) -> Mapping[str, object] | None:
    """What points can be used for, for those who are not signed in."""
    rewards = queries.live_rewards(visit.now) if visit.customer_id is None else []
    return {"rewards": [(one, one.price_for(frozenset())) for one in rewards]} if rewards else None


@section("loyalty.redemptions", order=25, template="loyalty/portal/redemptions.html")
def redemptions_section(visit: Visit) -> Mapping[str, object] | None:
    """What the member took lately: codes to copy, and what is on its way."""
    member = _member(visit)
    taken = queries.redemptions_of(member.id)[:REDEMPTIONS_SHOWN] if member else []
    if not taken:
        return None
    titles = queries.reward_titles()
    return {"taken": [(one, titles.get(one.reward, Words(pl=one.reward, en=one.reward))) for one in taken]}


@section("loyalty.history", order=40, template="loyalty/portal/recent.html")
def history_section(visit: Visit) -> Mapping[str, object] | None:
    """The last few movements."""
    member = _member(visit)
    if member is None:
        return None
    return {"entries": _newest_first(queries.history(member.id, limit=HISTORY_SHOWN))}


@section("loyalty.rules", order=60, template="loyalty/portal/rules.html", is_public=True)
def rules_section(visit: Visit) -> Mapping[str, object] | None:
    """The programme in plain words, also before signing in."""
    try:
        return {"words": queries.program_in_words(shop_id=visit.shop.id, language=visit.language)}
    except NoProgramError:
        return None


@portal_page(signed_in=True)
def history(request: PortalRequest) -> HttpResponse:
    """Show all movements, page by page."""
    visit = request.visit
    member = _member(visit)
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    entries = queries.history(member.id, before=before, limit=HISTORY_PAGE + 1) if member else []
    shown = entries[:HISTORY_PAGE]
    context = {
        **frame(visit),
        "entries": _newest_first(shown),
        "next_before": shown[-1].transfer_id if len(entries) > HISTORY_PAGE else None,
        **(_expiry(member, visit) if member else {}),
    }
    return render(request, "loyalty/portal/history.html", context)


@portal_page(signed_in=True)
def why(request: PortalRequest, transfer_id: int) -> HttpResponse:
    """Answer "why did I get this?": the sentence of the movement and what each rule gave, in plain words."""
    visit = request.visit
    member = _member(visit)
    found = queries.why(member_id=member.id, transfer_id=transfer_id, language=visit.language) if member else None
    if found is None:
        raise Http404
    rules = [one for one in found.rules if one.points]
    return render(request, "loyalty/portal/why.html", {**frame(visit), "why": found, "rules": rules})


@portal_page(signed_in=True, methods=("POST",))
def redeem(request: PortalRequest) -> HttpResponse:
    """Take a reward; a double click gets the first answer, a no is said in words."""
    visit = request.visit
    member = _member(visit)
    reward, key = request.POST.get("reward", ""), request.POST.get("key", "")[:KEY_LENGTH_MAX]
    if member is not None and key and queries.live_reward(reward, visit.now) is not None:
        outcome = actions.redeem_reward(member_id=member.id, reward=reward, key=f"portal:{reward}:{key}", now=visit.now)
        if isinstance(outcome, Refused):
            messages.error(request, refusal_words(outcome).say(visit.language))
        else:
            messages.success(request, _("It is yours."))
    return HttpResponseRedirect(reverse("portal:home", args=[visit.shop.key]))


def picture(request: HttpRequest, picture_id: str) -> HttpResponse:
    """Send a reward's picture; its address changes with it, so it may be kept for ever."""
    del request
    found = queries.picture(picture_id)
    if found is None:
        raise Http404
    response = HttpResponse(found[1], content_type=found[0])
    response["Cache-Control"] = assets.FOREVER
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _next_reward(member: Member, visit: Visit) -> dict[str, object] | None:
    """Return the nearest reward that only points keep from the member, and how far they are."""
    short = [
        one
        for one in queries.offers_for(member, now=visit.now)
        if one.refusal is not None and one.refusal.reason is Refusal.BALANCE_TOO_LOW
    ]
    if not short:
        return None
    nearest = min(short, key=lambda one: one.refusal.missing if one.refusal else 0)
    refusal = nearest.refusal or Refused(reason=Refusal.BALANCE_TOO_LOW)
    return {"reward": nearest.reward, "missing": refusal.missing, "of": refusal.required, "has": refusal.available}


def _newest_first(entries: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """Sort by when it counts: points may be booked some time after the moment they became active or expired."""
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _member(visit: Visit) -> Member | None:
    return queries.member_of(customer_id=visit.customer_id) if visit.customer_id else None


def _expiry(member: Member, visit: Visit) -> dict[str, object]:
    """Return the expiry calendar with the last day of each group of points in words."""
    zone = ZoneInfo(visit.shop.time_zone)
    calendar = queries.expiry_calendar(member.id, now=visit.now)
    return {"expiring": [(last_day_text(one.at, zone, visit.language), one.points) for one in calendar]}


urlpatterns = [
    path("pictures/<slug:picture_id>/", picture, name="picture"),
    path("club/<slug:shop_key>/history/", history, name="portal_history"),
    path("club/<slug:shop_key>/why/<int:transfer_id>/", why, name="portal_why"),
    path("club/<slug:shop_key>/redeem/", redeem, name="portal_redeem"),
]
