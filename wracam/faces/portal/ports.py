"""Where features plug into the member pages: who the shops and members are, and sections of the member's home."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from wracam.faces.portal.core.colours import readable_accent
from wracam.kernel.language import Language, Words
from wracam.kernel.registry import Registry

MEMBER_COOKIE = "wracam_member"
LANGUAGE_COOKIE = "wracam_member_language"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalShop:
    """A shop as its member pages need it."""

    id: int
    key: str
    name: str
    language: Language
    time_zone: str
    currency: str
    url: str
    accent: str
    radius_px: int
    logo_version: str


class Shops(Protocol):
    """Who knows the shops; registered by their feature."""

    def by_key(self, key: str) -> PortalShop | None:
        """Return the shop of an address."""
        ...

    def logo(self, shop_id: int) -> tuple[str, bytes] | None:
        """Return media type and content of the shop's logo."""
        ...

    def member_secret(self, shop_id: int) -> str | None:
        """Return the secret with which the shop signs its customers in."""
        ...


class Members(Protocol):
    """Who knows the customers; registered by their feature."""

    def by_email(self, shop_id: int, email: str) -> UUID | None:
        """Return the customer with this address."""
        ...

    def by_account(self, shop_id: int, source: str, account: str) -> UUID | None:
        """Return the customer with this account in the shop."""
        ...

    def living(self, shop_id: int, customer_id: UUID) -> UUID | None:
        """Return whom this customer was merged into (or is), or None once erased."""
        ...

    def first_name(self, customer_id: UUID) -> str:
        """Return how to greet them, or an empty text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody looks at a shop's member pages: a member, or not signed in (`customer_id` is None)."""

    shop: PortalShop
    language: Language
    now: datetime
    customer_id: UUID | None = None
    first_name: str = ""


class PortalRequest(HttpRequest):
    """A request on a member page, for type checkers."""

    visit: Visit
    csp_nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSection:
    """A part of the member's home. `context` gives the template's values, or None to show nothing.

    With `is_public` it is also asked for visitors who are not signed in: the programme in words.
    """

    name: str
    order: int
    template: str
    context: Callable[[Visit], Mapping[str, Any] | None]
    is_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalPage:
    """A page in the member's navigation. `url` is a URL name that takes the shop's key."""

    name: str
    order: int
    icon: str
    title: Words
    url: str


SECTIONS: Registry[PortalSection] = Registry("section of member pages")
PAGES: Registry[PortalPage] = Registry("member page")
_shops: list[Shops] = []
_members: list[Members] = []
_sessions: list[Callable[[HttpRequest, PortalShop, datetime], UUID | None]] = []


def register_shops(directory: Shops) -> None:
    """Tell the member pages who knows the shops."""
    _shops[:] = [directory]


def register_members(directory: Members) -> None:
    """Tell the member pages who knows the customers."""
    _members[:] = [directory]


def register_sessions(find: Callable[[HttpRequest, PortalShop, datetime], UUID | None]) -> None:
    """Tell the pages how a request's member is found; done by the shell itself."""
    _sessions[:] = [find]


def section(
    name: str, *, order: int, template: str, is_public: bool = False
) -> Callable[[Callable[[Visit], Mapping[str, Any] | None]], Callable[[Visit], Mapping[str, Any] | None]]:
    """Add a part to the member's home: `@section("balance", order=10, template="loyalty/portal/balance.html")`."""

    def register(context: Callable[[Visit], Mapping[str, Any] | None]) -> Callable[[Visit], Mapping[str, Any] | None]:
        SECTIONS.register(
            name, PortalSection(name=name, order=order, template=template, context=context, is_public=is_public)
        )
        return context

    return register


def page(name: str, *, order: int, icon: str, pl: str, en: str, url: str) -> PortalPage:
    """Add a page to the member's navigation."""
    return PAGES.register(name, PortalPage(name=name, order=order, icon=icon, title=Words(pl=pl, en=en), url=url))


def shops() -> Shops | None:
    """Return who knows the shops, if anybody registered."""
    return _shops[0] if _shops else None


def members() -> Members | None:
    """Return who knows the customers, if anybody registered."""
    return _members[0] if _members else None


def portal_page(
    *, signed_in: bool = False, methods: Sequence[str] = ("GET",)
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Make a function of `(request, **kwargs)` a member page of the shop in its address (`<slug:shop_key>`).

    The view gets `request.visit`; its language and clock are the visitor's and the shop's. With *signed_in* others
    are led to sign in.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapped(request: HttpRequest, shop_key: str, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {*methods, *({"HEAD"} if "GET" in methods else set())}:
                return HttpResponseNotAllowed(list(methods))
            visit = _visit(request, shop_key)
            request.visit = visit  # type: ignore[attr-defined] # Django's way to hand things to views
            translation.activate(visit.language)
            request.LANGUAGE_CODE = visit.language
            timezone.activate(ZoneInfo(visit.shop.time_zone))
            if signed_in and visit.customer_id is None:
                return HttpResponseRedirect(reverse("portal:sign_in", args=[shop_key]))
            response = view(request, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return wrapped

    return decorate


def frame(visit: Visit) -> dict[str, object]:
    """Return what every member page's template needs: visit, theme and navigation."""
    pages = sorted(PAGES, key=lambda item: item.order)
    return {
        "visit": visit,
        "accent": readable_accent(visit.shop.accent),
        "pages": [
            {
                "title": page.title.say(visit.language),
                "icon": page.icon,
                "url": reverse(page.url, args=[visit.shop.key]),
            }
            for page in pages
        ],
    }


def _visit(request: HttpRequest, shop_key: str) -> Visit:
    from wracam.foundation.clock import now

    directory, moment = shops(), now()
    shop = directory.by_key(shop_key) if directory else None
    if shop is None:
        raise Http404
    customer_id = _sessions[0](request, shop, moment) if _sessions else None
    known = members()
    return Visit(
        shop=shop,
        language=_language(request, shop),
        now=moment,
        customer_id=customer_id,
        first_name=known.first_name(customer_id) if known and customer_id else "",
    )


def _language(request: HttpRequest, shop: PortalShop) -> Language:
    """Return the visitor's choice, else the shop's language."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE)
    if chosen == "pl":
        return "pl"
    if chosen == "en":
        return "en"
    return shop.language
