"""What a console page needs: somebody signed in with the permission, a shop, its clock, and its language."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone, translation

from wracam.kernel.language import Language, Words

SHOP_SESSION_KEY = "console_shop_id"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellShop:
    """The shop a staff member looks at, as far as the shell needs it."""

    id: int
    key: str
    name: str
    currency: str
    language: Language
    time_zone: str


class ShopDirectory(Protocol):
    """Who knows the shops; registered by the feature that owns them."""

    def shops(self) -> Sequence[ShellShop]:
        """Return all shops, oldest first."""
        ...

    def url_of_first_shop(self) -> str:
        """Return the address where the first shop is opened."""
        ...

    def second_factor_missing(self, user: Any) -> str:
        """Return where *user* must set up a second factor before anything else, or an empty text."""
        ...


class ConsoleRequest(HttpRequest):
    """A request on a console page, for type checkers: `shop` and the staff member are there."""

    shop: ShellShop
    shops: Sequence[ShellShop]
    csp_nonce: str
    request_id: str


_directory: list[ShopDirectory] = []


def register_shop_directory(directory: ShopDirectory) -> None:
    """Tell the console who knows the shops."""
    _directory[:] = [directory]


View = Callable[..., HttpResponseBase]


def console_page(
    *, permission: str = "view", methods: Sequence[str] = ("GET",), needs_shop: bool = True, needs_factor: bool = True
) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Make a function a console page: signed in, allowed, in the shop's time zone and the person's language.

    The view gets a `ConsoleRequest`: `request.shop`, `request.user.as_actor`. Without permission the answer is a
    page that says so (403). List `"POST"` in *methods* where the page changes something; GET must never.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            refusal = _refusal(request, permission, needs_factor)
            if refusal is not None:
                return refusal
            missing = _enter_shop(cast(ConsoleRequest, request), needs_shop)
            if missing is not None:
                return missing
            return view(request, *args, **kwargs)

        page.console_permission = permission  # type: ignore[attr-defined] # tests list pages by it
        page.console_methods = frozenset(methods)  # type: ignore[attr-defined] # as above
        return page

    return decorate


def _refusal(request: HttpRequest, permission: str, needs_factor: bool) -> HttpResponse | None:
    if not request.user.is_authenticated:
        if is_partial(request):
            return HttpResponse(status=401, headers={"HX-Refresh": "true"})
        return redirect_to_login(request.get_full_path())
    if not cast(Any, request.user).may(permission):
        return render(request, "console/forbidden.html", status=403)
    if needs_factor and _directory:
        url = _directory[0].second_factor_missing(request.user)
        if url:
            return _redirect(url)
    return None


def _enter_shop(request: ConsoleRequest, needs_shop: bool) -> HttpResponse | None:
    shops = _directory[0].shops() if _directory else ()
    request.shops = shops
    chosen = request.session.get(SHOP_SESSION_KEY)
    shop = next((item for item in shops if item.id == chosen), shops[0] if shops else None)
    if shop is None:
        return _redirect(_directory[0].url_of_first_shop()) if needs_shop and _directory else None
    request.shop = shop
    timezone.activate(ZoneInfo(shop.time_zone))
    return None


def _redirect(url: str) -> HttpResponse:
    return HttpResponseRedirect(url)


def is_partial(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page only (answer with the component alone)."""
    return request.headers.get("HX-Request-Type") == "partial"


def say(words: Words) -> str:
    """Return *words* in the language of the screen."""
    return words.pl if (translation.get_language() or "en").startswith("pl") else words.en


class _Echo:
    """A file that hands back what is written to it, for streaming."""

    def write(self, value: str) -> str:
        """Return *value*."""
        return value


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Stream a CSV file that spreadsheets open well: UTF-8 with BOM, and no cell that could be a formula."""
    writer = csv.writer(_Echo())

    def lines() -> Iterable[str]:
        yield "\ufeff" + writer.writerow([harmless_cell(title) for title in header])
        for row in rows:
            yield writer.writerow([harmless_cell(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def harmless_cell(value: object) -> object:
    """Return *value*; a text that a spreadsheet would compute gets a leading apostrophe (CWE-1236)."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
