"""Pages outside the console: the first setup, and joining by invitation."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wracam.foundation.clock import now
from wracam.foundation.throttle import is_throttled
from wracam.shops import actions, queries
from wracam.shops.console.errors import error_text
from wracam.shops.console.forms import JoinForm, SetupForm
from wracam.shops.contracts import ShopsError
from wracam.shops.models import Staff

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TRIES_PER_MINUTE = 20


@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Create the first owner and the first shop with the one-time token that `wracam init` printed."""
    token = request.GET.get("token", "")[:100]
    if is_throttled("setup", request.META["REMOTE_ADDR"], limit=TRIES_PER_MINUTE, seconds=60):
        return render(request, "429.html", status=429)
    if not queries.setup_is_open(token=token, now=now()):
        return render(request, "shops/setup_closed.html", {"has_staff": queries.has_staff()}, status=403)
    form = SetupForm(request.POST or None, initial=_first_values())
    shops = queries.shops()
    if request.method == "POST" and form.is_valid():
        try:
            owner, _shop = actions.accept_setup(token=token, now=now(), **form.cleaned_data)
        except ShopsError as error:
            form.add_error(None, error_text(error))
        else:
            return _enter(request, owner.id)
    return render(request, "shops/setup.html", {"form": form, "shops": shops})


def _first_values() -> dict[str, str]:
    return {
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "currency": "PLN",
        "time_zone": settings.TIME_ZONE,
    }


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: choose a name and a password."""
    if is_throttled("join", request.META["REMOTE_ADDR"], limit=TRIES_PER_MINUTE, seconds=60):
        return render(request, "429.html", status=429)
    invitation = queries.invitation(token=token, now=now())
    if invitation is None:
        return render(request, "shops/invitation_closed.html", status=403)
    form = JoinForm(request.POST or None, initial={"language": translation.get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.accept_invitation(token=token, now=now(), **form.cleaned_data)
        except ShopsError as error:
            form.add_error(None, error_text(error))
        else:
            return _enter(request, member.id)
    return render(request, "shops/join.html", {"form": form, "invitation": invitation})


def _enter(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Sign the new person in, under a new session, and show the home page."""
    request.session.flush()
    login(request, Staff.objects.get(id=staff_id), backend=BACKEND)
    return HttpResponseRedirect(reverse("console:home"))
