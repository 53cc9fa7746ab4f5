"""What every screen's template can use beside its own values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from wracam.faces.console.ports import NAVIGATION, NavigationItem, Section, ShellShop, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellItem:
    """A page in the navigation, as this person sees it."""

    title: str
    url: str
    icon: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellSection:
    """A job in the navigation with its pages."""

    title: str
    url: str
    icon: str
    is_here: bool
    is_last: bool
    items: tuple[ShellItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Everything around the content of a console page."""

    sections: tuple[ShellSection, ...]
    shop: ShellShop | None
    shops: tuple[ShellShop, ...]
    initials: str
    language: str


def console(request: HttpRequest) -> dict[str, Any]:
    """Return the shell, built only by templates that use it."""
    return {"shell": SimpleLazyObject(lambda: shell(request))}


def shell(request: HttpRequest) -> Shell:
    """Return the frame of console pages for this person on this page."""
    return Shell(
        sections=sections(request),
        shop=getattr(request, "shop", None),
        shops=tuple(getattr(request, "shops", ())),
        initials=initials(str(request.user)),
        language=getattr(request.user, "language", "en"),
    )


def sections(request: HttpRequest) -> tuple[ShellSection, ...]:
    """Return the jobs that have at least one page this person may see, in their order."""
    items = allowed_items(request)
    here = _here(request.path, [reverse(item.url) for item in items])
    found = []
    for section in sorted(Section, key=lambda section: section.position):
        own = [_shell_item(item, here) for item in items if item.section is section]
        if own:
            found.append(
                ShellSection(
                    title=say(section.title),
                    url=own[0].url,
                    icon=section.icon,
                    is_here=any(item.is_here for item in own),
                    is_last=section is Section.SETTINGS,
                    items=tuple(own),
                )
            )
    return tuple(found)


def allowed_items(request: HttpRequest) -> list[NavigationItem]:
    """Return the navigation items this person may open, in the order of the navigation."""
    may = getattr(request.user, "may", lambda permission: False)
    items = [item for item in NAVIGATION if may(item.permission)]
    return sorted(items, key=lambda item: (item.section.position, item.order, item.name))


def initials(name: str) -> str:
    """Return up to two capital letters of a name or e-mail address."""
    words = name.partition("@")[0].replace(".", " ").split()
    return "".join(word[0] for word in words[:2]).upper()


def _here(path: str, urls: list[str]) -> str:
    """Return the address of the navigation that the page at *path* belongs to: the longest one it starts with."""
    matching = [url for url in urls if path == url or (path.startswith(url) and url != reverse("console:home"))]
    return max(matching, key=len, default="")


def _shell_item(item: NavigationItem, here: str) -> ShellItem:
    url = reverse(item.url)
    return ShellItem(title=say(item.title), url=url, icon=item.icon, is_here=url == here)
