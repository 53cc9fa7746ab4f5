"""The public language of shops: sales channels, staff roles and permissions, keys, and who did something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


class Permission(StrEnum):
    """One thing a role may or may not do; `may(role, permission)` decides."""

    VIEW = "view"
    """See the console: every page that changes nothing."""
    EDIT_CUSTOMERS = "customers.edit"
    ERASE_CUSTOMERS = "customers.erase"
    EXPORT = "export"
    """Take lists of personal data out as files."""
    CORRECT_POINTS = "points.correct"
    APPROVE_POINTS = "points.approve"
    """Decide about corrections above somebody's limit; never one's own."""
    EDIT_DEFINITIONS = "definitions.edit"
    PUBLISH = "definitions.publish"
    """Make a definition live, roll it back or archive it."""
    IMPORT = "imports.run"
    CONNECT = "connections.edit"
    """Connect shops and senders; edit webhooks."""
    OPERATE = "operations.run"
    """Retry parked events, failed jobs and deliveries."""
    MANAGE_SHOPS = "shops.edit"
    MANAGE_KEYS = "keys.edit"
    MANAGE_STAFF = "staff.edit"
    VIEW_AUDIT = "audit.view"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MARKETER: frozenset(
        {
            Permission.VIEW,
            Permission.EDIT_CUSTOMERS,
            Permission.EXPORT,
            Permission.CORRECT_POINTS,
            Permission.APPROVE_POINTS,
            Permission.EDIT_DEFINITIONS,
            Permission.PUBLISH,
            Permission.IMPORT,
            Permission.CONNECT,
            Permission.OPERATE,
        }
    ),
    Role.AGENT: frozenset({Permission.VIEW, Permission.EDIT_CUSTOMERS, Permission.CORRECT_POINTS}),
    Role.ANALYST: frozenset({Permission.VIEW, Permission.EXPORT}),
}


class KeyKind(StrEnum):
    """Who holds an API key."""

    SERVER = "server"
    """A shop's server: secret, may do what its scopes say."""
    PUBLISHABLE = "publishable"
    """Pages in a browser: public, reads little, bound to the origins of the shop."""


KEY_PREFIXES = {KeyKind.SERVER: "wr_live_", KeyKind.PUBLISHABLE: "wr_pub_"}


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
class Theme:
    """How a shop's member pages look: its own colour, corners and logo."""

    accent: str = "#1f5c42"
    """Any `#rrggbb`; pages darken or lighten it until text on it can be read."""
    radius_px: int = 12
    logo_type: str = ""
    """The media type of the logo, or empty when there is none."""
    logo_version: str = ""
    """Changes with the logo, for addresses that may be cached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: a staff member, an API key, a connector or the product itself.

    `kind` is `"staff"`, `"key"`, `"connector"`, `"visitor"` (nobody we know) or `"system"`; `name` is what people see.
    """

    kind: str
    id: str
    name: str


SYSTEM = Actor(kind="system", id="wracam", name="Wracam")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who works in the console."""

    id: int
    email: str
    name: str
    role: Role
    language: Language
    is_active: bool
    created_at: datetime
    last_login: datetime | None
    has_second_factor: bool

    @property
    def as_actor(self) -> Actor:
        """This person as the one who did something."""
        return Actor(kind="staff", id=str(self.id), name=self.name or self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An open invitation to work in the console."""

    id: int
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as people see it in settings: never the secret, only its last four letters."""

    id: int
    shop_id: int
    kind: KeyKind
    name: str
    hint: str
    scopes: tuple[str, ...]
    origins: tuple[str, ...]
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made. `secret` is shown once and stored nowhere."""

    key: Key
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccess:
    """What a valid key opens."""

    key_id: int
    shop_id: int
    kind: KeyKind
    name: str
    scopes: frozenset[str]
    origins: tuple[str, ...]
    last_used_at: datetime | None = None
    """As far as it was noted when the key was read."""

    @property
    def as_actor(self) -> Actor:
        """This key as the one who did something."""
        return Actor(kind="key", id=str(self.key_id), name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit log."""

    id: int
    at: datetime
    actor: Actor
    verb: str
    object_kind: str
    object_id: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail of the outbox; without content once it was handed over."""

    id: int
    recipients: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str
    created_at: datetime
    sent_at: datetime | None


class ShopsError(ValueError):
    """The change cannot be made; `code` is stable, the message says what to do."""

    code = "shops.refused"


class SetupClosedError(ShopsError):
    """The setup link is used, expired or wrong; run `wracam init` again for a new one."""

    code = "shops.setup_closed"


class InvitationClosedError(ShopsError):
    """This invitation is used, withdrawn or expired; ask an owner for a new one."""

    code = "shops.invitation_closed"


class EmailTakenError(ShopsError):
    """Somebody with this e-mail address already works here."""

    code = "shops.email_taken"


class LastOwnerError(ShopsError):
    """This is the last active owner; make somebody else an owner first."""

    code = "shops.last_owner"


class ShopKeyTakenError(ShopsError):
    """Another shop has this short name; choose a different one."""

    code = "shops.key_taken"
