"""The pages of the shell itself: home, palette, language, shop, and the gallery of components."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from wracam.faces.console import gallery
from wracam.faces.console.context import allowed_items
from wracam.faces.console.ports import (
    HOME_FIGURES,
    HOME_NOTES,
    HOME_ROADS,
    PALETTE,
    ConsoleRequest,
    PaletteEntry,
    Section,
    console_page,
    navigate,
    say,
)
from wracam.faces.console.ports.pages import SHOP_SESSION_KEY
from wracam.foundation import assets
from wracam.foundation.clock import now
from wracam.kernel.text import search_key

STATIC = Path(__file__).parent / "static" / "console"
CSS = STATIC / "css"
PALETTE_ENTRIES_MAX = 8
PALETTE_TEXT_MAX = 100

assets.register_bundle(
    "console.css",
    *(CSS / name for name in ("layers.css", "reset.css", "tokens.css", "base.css")),
    *sorted((CSS / "components").glob("*.css")),
    CSS / "pages.css",
)
assets.register_bundle("console.js", STATIC / "vendor/htmx/htmx.min.js", STATIC / "js/console.js")
navigate("home", Section.HOME, pl="Start", en="Home", url="console:home", order=0)


@console_page()
def home(request: ConsoleRequest) -> HttpResponse:
    """What happened, what wants attention, and the roads by which data comes in."""
    moment, shop = now(), request.shop
    language = _language(request)
    figures = [item for provider in _ordered_figures() for item in provider(shop.id, language, moment)]
    may = request.user.may  # type: ignore[union-attr] # console_page lets only staff in
    notes = [note for provider in HOME_NOTES for note in provider(shop.id, language, moment) if may(note.permission)]
    roads = [way for way in sorted(HOME_ROADS, key=lambda way: way.order) if may(way.permission)]
    values = {"figures": figures, "notes": notes, "roads": roads, "greeting": _greeting(request)}
    return render(request, "console/home.html", values)


def _ordered_figures() -> Iterator[Any]:
    return (provider.figures for provider in sorted(HOME_FIGURES, key=lambda provider: provider.order))


def _greeting(request: ConsoleRequest) -> str:
    name = getattr(request.user, "name", "").split(" ")[0]
    return _("Good to see you, %(name)s") % {"name": name} if name else _("Good to see you")


def _language(request: HttpRequest) -> str:
    return str(getattr(request.user, "language", "en"))


@console_page(needs_shop=False)
def palette(request: ConsoleRequest) -> HttpResponse:
    """Find pages, customers and definitions by typing."""
    text = request.GET.get("q", "")[:PALETTE_TEXT_MAX].replace("\x00", "").strip()
    entries = [*_pages(request, text), *_found(request, text)]
    entries.sort(key=lambda entry: entry.group != _("Pages"))
    groups = [{"title": title, "entries": list(found)} for title, found in groupby(entries, key=lambda e: e.group)]
    return render(request, "console/shell/palette_results.html", {"groups": groups})


def _pages(request: ConsoleRequest, text: str) -> list[PaletteEntry]:
    wanted = search_key(text)
    return [
        PaletteEntry(
            group=_("Pages"),
            title=say(item.title),
            url=reverse(item.url),
            detail=say(item.section.title) if item.section.title != item.title else "",
            icon=item.icon or item.section.icon,
        )
        for item in allowed_items(request)
        if wanted in search_key(f"{item.title.pl} {item.title.en} {item.section.title.pl} {item.section.title.en}")
    ][: PALETTE_ENTRIES_MAX if text else 20]


def _found(request: ConsoleRequest, text: str) -> list[PaletteEntry]:
    shop = getattr(request, "shop", None)
    if not text or shop is None:
        return []
    may = request.user.may  # type: ignore[union-attr] # console_page lets only staff in
    return [
        entry
        for provider in PALETTE
        if may(provider.permission)
        for entry in provider.find(shop.id, text, _language(request), PALETTE_ENTRIES_MAX)
    ]


@console_page(methods=("POST",), needs_shop=False)
def choose_shop(request: ConsoleRequest) -> HttpResponse:
    """Look at another shop."""
    chosen = request.POST.get("shop", "")
    if chosen.isdecimal() and any(shop.id == int(chosen) for shop in request.shops):
        request.session[SHOP_SESSION_KEY] = int(chosen)
    return _back(request)


@console_page(methods=("POST",), needs_shop=False, needs_factor=False)
def language(request: ConsoleRequest) -> HttpResponse:
    """Speak the other language from now on."""
    if request.POST.get("language") in {"pl", "en"}:
        get_user_model().objects.filter(pk=request.user.pk or 0).update(language=request.POST["language"])
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to the page asked from; never to another site."""
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(url if is_ours else reverse("console:home"))


@console_page(needs_shop=False)
def components(request: ConsoleRequest) -> HttpResponse:
    """Every component with example values, for those who build pages and for the browser tests."""
    return render(request, "console/gallery.html", gallery.examples())


def root(request: HttpRequest) -> HttpResponse:
    """The address of the installation leads to the console."""
    return HttpResponseRedirect(reverse("console:home"))


urlpatterns = [
    path("", root, name="root"),
    path("console/", home, name="home"),
    path("console/find/", palette, name="palette"),
    path("console/shop/", choose_shop, name="choose_shop"),
    path("console/language/", language, name="language"),
    path("console/components/", components, name="components"),
    path("assets/<slug:version>/<str:name>", assets.serve, name="bundle"),
]
