"""The left navigation: the user's jobs, of which only those are shown that some feature has a page for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wracam.kernel.language import Words
from wracam.kernel.registry import Registry


class Section(Enum):
    """A job people come to the console for: its order, icon and name."""

    HOME = (0, "house", Words(pl="Start", en="Home"))
    CUSTOMERS = (1, "users", Words(pl="Klienci", en="Customers"))
    PROGRAMME = (2, "gift", Words(pl="Program", en="Programme"))
    PROMOTIONS = (3, "ticket-percent", Words(pl="Promocje", en="Promotions"))
    JOURNEYS = (4, "waypoints", Words(pl="Ścieżki", en="Journeys"))
    MESSAGES = (5, "mail", Words(pl="Wiadomości", en="Messages"))
    RECOMMENDATIONS = (6, "sparkles", Words(pl="Rekomendacje", en="Recommendations"))
    FEEDBACK = (7, "message-circle", Words(pl="Opinie", en="Feedback"))
    CARE = (8, "life-buoy", Words(pl="Obsługa", en="Care"))
    INSIGHTS = (9, "chart-column", Words(pl="Analizy", en="Insights"))
    DATA = (10, "database", Words(pl="Dane", en="Data"))
    SETTINGS = (11, "settings", Words(pl="Ustawienia", en="Settings"))

    @property
    def position(self) -> int:
        """Its place from the top."""
        return self.value[0]

    @property
    def icon(self) -> str:
        """Its icon."""
        return self.value[1]

    @property
    def title(self) -> Words:
        """What it is called."""
        return self.value[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """A page in the navigation. `url` is a URL name without arguments, such as `"customers:index"`."""

    name: str
    section: Section
    title: Words
    url: str
    permission: str
    order: int
    icon: str
    about: Words | None


NAVIGATION: Registry[NavigationItem] = Registry("navigation item")


def navigate(
    name: str,
    section: Section,
    *,
    pl: str,
    en: str,
    url: str,
    permission: str = "view",
    order: int = 100,
    icon: str = "",
    about: Words | None = None,
) -> NavigationItem:
    """Put a page into the navigation; the first one of a section (by *order*) is where the section leads.

    *about* is one sentence for overview pages such as Settings.
    """
    item = NavigationItem(
        name=name,
        section=section,
        title=Words(pl=pl, en=en),
        url=url,
        permission=permission,
        order=order,
        icon=icon,
        about=about,
    )
    return NAVIGATION.register(name, item)
