"""The public language of shops: sales channels, staff roles, and who did something."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from wracam.kernel.language import Language


class Role(StrEnum):
    """What a staff member may do in the console."""

    OWNER = "owner"
    """Everything, staff and keys included."""
    MARKETER = "marketer"
    """Programme, promotions, journeys, messages, imports; no staff, no keys."""
    AGENT = "agent"
    """Customers and care; manual points within limits; publishes nothing."""
    ANALYST = "analyst"
    """Reads everything, changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A sales channel as other features see it."""

    id: int
    key: str
    name: str
    currency: str
    language: Language
    time_zone: str
    url: str

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: a staff member, an API key, a connector or the product itself.

    `kind` is `"staff"`, `"key"`, `"connector"` or `"system"`; `name` is what people see.
    """

    kind: str
    id: str
    name: str


SYSTEM = Actor(kind="system", id="wracam", name="Wracam")
