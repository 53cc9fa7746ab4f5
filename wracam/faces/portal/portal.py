"""The member pages' shell: home made of sections, signing in and out, language, the shop's look."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from wracam.faces.portal import actions, ports
from wracam.faces.portal.core.tokens import MemberClaim, RefusedToken, read_token
from wracam.faces.portal.ports import (
    LANGUAGE_COOKIE,
    MEMBER_COOKIE,
    SECTIONS,
    PortalRequest,
    PortalSection,
    PortalShop,
    Visit,
    frame,
    portal_page,
)
from wracam.foundation import assets
from wracam.foundation.clock import now
from wracam.foundation.throttle import is_throttled
from wracam.kernel.text import normal_email

TICKET_COOKIE = "wracam_member_ticket"
MAILS_PER_ADDRESS, TRIES_PER_PEER, WINDOW_SECONDS = 5, 30, 900
YEAR_SECONDS = 365 * 24 * 3600
CONSOLE_CSS = Path(__file__).parent.parent / "console/static/console/css"
STATIC = Path(__file__).parent / "static/portal"

assets.register_bundle(
    "portal.css",
    *(CONSOLE_CSS / name for name in ("layers.css", "reset.css", "tokens.css", "base.css")),
    *(CONSOLE_CSS / f"components/{name}.css" for name in ("button", "form", "status")),
    *sorted((STATIC / "css").glob("*.css")),
)
assets.register_bundle("portal.js", STATIC / "js/portal.js")


def member_of(request: HttpRequest, shop: PortalShop, moment: object) -> UUID | None:
    """Return the member whose session cookie this is, as the living customer they are now."""
    token = request.COOKIES.get(MEMBER_COOKIE, "")
    customer_id = actions.customer_of(shop_id=shop.id, token=token, now=now()) if 0 < len(token) < 100 else None
    known = ports.members()
    return known.living(shop.id, customer_id) if known and customer_id else None


ports.register_sessions(member_of)


@portal_page()
def home(request: PortalRequest) -> HttpResponse:
    """The member's home; for visitors the programme in words and the way in."""
    visit = request.visit
    return render(request, "portal/home.html", {**frame(visit), "sections": _sections(request, visit)})


def _sections(request: PortalRequest, visit: Visit) -> list[str]:
    """Return the rendered parts of the page, those that have something to show."""
    parts = [part for part in sorted(SECTIONS, key=lambda item: item.order) if _is_for(part, visit)]
    found = [(part.template, part.context(visit)) for part in parts]
    return [
        render_to_string(template, {**values, "visit": visit}, request)
        for template, values in found
        if values is not None
    ]


def _is_for(part: PortalSection, visit: Visit) -> bool:
    return part.is_public or visit.customer_id is not None


@portal_page(methods=("GET", "POST"))
def sign_in(request: PortalRequest) -> HttpResponse:
    """Ask for the e-mail address and send a code; the answer is the same for every address."""
    visit = request.visit
    if request.method != "POST":
        return render(request, "portal/sign_in.html", frame(visit))
    address = normal_email(request.POST.get("email", ""))
    if address is None:
        values = {**frame(visit), "error": _("Enter an e-mail address such as ania@example.com.")}
        return render(request, "portal/sign_in.html", values, status=422)
    if _asks_too_often(request, visit.shop.id, address):
        return render(request, "portal/too_often.html", frame(visit), status=429)
    ticket = _begin(request, visit, address)
    response = HttpResponseRedirect(reverse("portal:code", args=[visit.shop.key]))
    _set_cookie(response, TICKET_COOKIE, ticket, visit.shop, seconds=WINDOW_SECONDS)
    return response


def _asks_too_often(request: HttpRequest, shop_id: int, address: str) -> bool:
    by_address = is_throttled("member-mail", f"{shop_id}:{address}", limit=MAILS_PER_ADDRESS, seconds=WINDOW_SECONDS)
    return by_address or _tries_too_often(request)


def _tries_too_often(request: HttpRequest) -> bool:
    peer = request.META["REMOTE_ADDR"]
    return is_throttled("member-peer", peer, limit=TRIES_PER_PEER, seconds=WINDOW_SECONDS)


def _begin(request: HttpRequest, visit: Visit, address: str) -> str:
    known = ports.members()
    customer_id = known.by_email(visit.shop.id, address) if known else None
    asked = actions.ask_code(shop_id=visit.shop.id, customer_id=customer_id, now=visit.now)
    link = request.build_absolute_uri(reverse("portal:link", args=[visit.shop.key, asked.link_token]))
    values = {"visit": visit, "code": asked.code, "link": link}
    subject = _("%(code)s is your code for %(shop)s") % {"code": asked.code, "shop": visit.shop.name}
    text = render_to_string("portal/mail/code.txt", values)
    if customer_id is not None:
        send_mail(subject, text, None, [address])
    return asked.ticket


@portal_page(methods=("GET", "POST"))
def code(request: PortalRequest) -> HttpResponse:
    """Enter the code from the mail."""
    visit = request.visit
    if request.method != "POST":
        return render(request, "portal/code.html", frame(visit))
    if _tries_too_often(request):
        return render(request, "portal/too_often.html", frame(visit), status=429)
    typed = "".join(filter(str.isdigit, request.POST.get("code", "")[:20]))
    ticket = request.COOKIES.get(TICKET_COOKIE, "")[:100]
    token = actions.enter_code(shop_id=visit.shop.id, ticket=ticket, code=typed, now=visit.now)
    if token is None:
        values = {**frame(visit), "error": _("This code does not work. Check it, or ask for a new one.")}
        return render(request, "portal/code.html", values, status=422)
    return _enter(visit, token)


@portal_page(methods=("GET", "POST"))
def link(request: PortalRequest, token: str) -> HttpResponse:
    """Sign in by the link of the mail: opening it only shows a button, so that mail scanners use nothing up."""
    visit = request.visit
    if request.method != "POST":
        return render(request, "portal/link.html", frame(visit))
    if _tries_too_often(request):
        return render(request, "portal/too_often.html", frame(visit), status=429)
    session = actions.enter_link(shop_id=visit.shop.id, link_token=token[:100], now=visit.now)
    if session is None:
        return render(request, "portal/link.html", {**frame(visit), "is_closed": True}, status=403)
    return _enter(visit, session)


@csrf_exempt  # the shop's own page posts here; its signed token is the proof, and it works once
@portal_page(methods=("GET", "POST"))
def enter(request: PortalRequest) -> HttpResponse:
    """Sign in with the shop's signed token, posted, or left in the address after `#token=` for our script to post."""
    visit = request.visit
    if request.method != "POST":
        return render(request, "portal/enter.html", frame(visit))
    if _tries_too_often(request):
        return render(request, "portal/too_often.html", frame(visit), status=429)
    token = _session_by_shop(visit, request.POST.get("token", ""))
    if isinstance(token, RefusedToken):
        return render(request, "portal/enter.html", {**frame(visit), "reason": token.reason}, status=403)
    return _enter(visit, token)


def _session_by_shop(visit: Visit, token: str) -> str | RefusedToken:
    directory, known = ports.shops(), ports.members()
    secret = directory.member_secret(visit.shop.id) if directory else None
    if not secret or known is None:
        return RefusedToken(reason="the shop has no secret yet; make one in its settings")
    claim = read_token(token, secret=secret, shop_key=visit.shop.key, now=visit.now)
    if isinstance(claim, RefusedToken):
        return claim
    customer_id = _claimed(known, visit.shop.id, claim)
    if customer_id is None:
        return RefusedToken(reason="we do not know this customer yet")
    session = actions.enter_by_shop(
        shop_id=visit.shop.id, customer_id=customer_id, token_id=claim.token_id, now=visit.now
    )
    return session or RefusedToken(reason="this token was used before")


def _claimed(known: ports.Members, shop_id: int, claim: MemberClaim) -> UUID | None:
    if claim.account and claim.source:
        return known.by_account(shop_id, claim.source, claim.account)
    address = normal_email(claim.email)
    return known.by_email(shop_id, address) if address else None


def _enter(visit: Visit, token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:home", args=[visit.shop.key]))
    _set_cookie(response, MEMBER_COOKIE, token, visit.shop, seconds=int(actions.SESSION_LIFE.total_seconds()))
    response.delete_cookie(TICKET_COOKIE, path=_path(visit.shop))
    return response


@portal_page(methods=("POST",))
def sign_out(request: PortalRequest) -> HttpResponse:
    """End the session."""
    visit = request.visit
    actions.end_session(token=request.COOKIES.get(MEMBER_COOKIE, "")[:100], now=visit.now)
    response = HttpResponseRedirect(reverse("portal:home", args=[visit.shop.key]))
    response.delete_cookie(MEMBER_COOKIE, path=_path(visit.shop))
    return response


@portal_page(methods=("POST",))
def language(request: PortalRequest) -> HttpResponse:
    """Speak the other language from now on."""
    visit = request.visit
    response = HttpResponseRedirect(reverse("portal:home", args=[visit.shop.key]))
    if request.POST.get("language") in {"pl", "en"}:
        _set_cookie(response, LANGUAGE_COOKIE, request.POST["language"], visit.shop, seconds=YEAR_SECONDS)
    return response


def logo(request: HttpRequest, shop_key: str, version: str) -> HttpResponse:
    """Send the shop's logo; its address changes with it."""
    directory = ports.shops()
    shop = directory.by_key(shop_key) if directory else None
    found = directory.logo(shop.id) if directory and shop and shop.logo_version == version else None
    if found is None:
        raise Http404
    response = HttpResponse(found[1], content_type=found[0])
    response["Cache-Control"] = assets.FOREVER
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _set_cookie(response: HttpResponse, name: str, value: str, shop: PortalShop, *, seconds: int) -> None:
    """Set a cookie for this shop's member pages alone; staff cookies live elsewhere."""
    response.set_cookie(
        name, value, max_age=seconds, path=_path(shop), secure=settings.IS_SECURE, httponly=True, samesite="Lax"
    )


def _path(shop: PortalShop) -> str:
    return reverse("portal:home", args=[shop.key])


urlpatterns = [
    path("club/<slug:shop_key>/", home, name="home"),
    path("club/<slug:shop_key>/sign-in/", sign_in, name="sign_in"),
    path("club/<slug:shop_key>/sign-in/code/", code, name="code"),
    path("club/<slug:shop_key>/sign-in/<str:token>/", link, name="link"),
    path("club/<slug:shop_key>/enter/", enter, name="enter"),
    path("club/<slug:shop_key>/sign-out/", sign_out, name="sign_out"),
    path("club/<slug:shop_key>/language/", language, name="language"),
    path("club/<slug:shop_key>/logo/<slug:version>/", logo, name="logo"),
]
