"""The home page: figures, notes and roads that features contribute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wracam.faces.console.ports.parts import Action, Figure, Tone
from wracam.kernel.language import Words
from wracam.kernel.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that wants attention, with the step to take, for those who may take it."""

    tone: Tone
    text: str
    action: Action | None = None
    permission: str = "view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A way in for data: how a shop begins, and how it brings in more. `url` is a URL name without arguments."""

    name: str
    order: int
    icon: str
    title: Words
    sentence: Words
    button: Words
    url: str
    permission: str


Figures = Callable[[int, str, datetime], Sequence[Figure]]
"""`(shop_id, language, now)` → figures; no figure at all means that there is no data yet."""
Notes = Callable[[int, str, datetime], Sequence[Note]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureProvider:
    """A feature's figures and their place on the page."""

    name: str
    order: int
    figures: Figures


HOME_FIGURES: Registry[FigureProvider] = Registry("home figures")
HOME_NOTES: Registry[Notes] = Registry("home notes")
HOME_ROADS: Registry[Road] = Registry("road on the home page")


def home_figures(name: str, *, order: int = 100) -> Callable[[Figures], Figures]:
    """Register what happened, in figures: `@home_figures("loyalty", order=20)`."""

    def register(figures: Figures) -> Figures:
        HOME_FIGURES.register(name, FigureProvider(name=name, order=order, figures=figures))
        return figures

    return register


def home_notes(name: str) -> Callable[[Notes], Notes]:
    """Register what wants attention: `@home_notes("events")`."""

    def register(notes: Notes) -> Notes:
        return HOME_NOTES.register(name, notes)

    return register


def road(
    name: str,
    *,
    order: int,
    icon: str,
    title: Words,
    sentence: Words,
    button: Words,
    url: str,
    permission: str = "imports.run",
) -> Road:
    """Register a way to begin: connect a shop, upload a file."""
    way = Road(
        name=name,
        order=order,
        icon=icon,
        title=title,
        sentence=sentence,
        button=button,
        url=url,
        permission=permission,
    )
    return HOME_ROADS.register(name, way)
