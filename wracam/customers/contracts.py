"""The public language of customers: who somebody is, told by a shop, and what happened to our knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from wracam.events.contracts import Event, event


class IdentityKind(StrEnum):
    """How a person can be recognised, strongest first."""

    SHOP_ACCOUNT = "shop_account"
    """The id of the account in the shop's own system; unique within a shop and source."""
    EMAIL = "email"
    PHONE = "phone"
    LOYALTY_CARD = "loyalty_card"
    MARKETPLACE = "marketplace"
    """A marketplace's masked address: recognises the buyer there again, but is no mailbox."""
    CHAT = "chat"
    ANONYMOUS = "anonymous"
    """A browser's anonymous id; never merges two known people."""


class Identity(Struct, frozen=True, kw_only=True):
    """One mark by which somebody is recognised. `value` is normalised by `customers.actions`."""

    kind: IdentityKind
    value: str


class PersonSnapshot(Struct, frozen=True, kw_only=True):
    """What a shop says of a person at `modified_at` (the shop's own clock). None means "not said".

    Fields of an older snapshot never overwrite those of a newer one.
    """

    identities: tuple[Identity, ...]
    modified_at: datetime
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    birthday_on: date | None = None
    sex: str | None = None
    company: str | None = None
    tax_number: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    is_guest: bool | None = None
    registered_at: datetime | None = None
    accepts_email: bool | None = None
    accepts_sms: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Anyone we know, as other features see them."""

    id: UUID
    shop_id: int
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    company: str
    city: str
    country: str
    birthday_on: date | None
    is_guest: bool
    created_at: datetime
    registered_at: datetime | None
    postcode: str = ""
    sex: str = ""
    tax_number: str = ""
    accepts_email: bool | None = None
    accepts_sms: bool | None = None
    merged_into: UUID | None = None
    is_erased: bool = False

    @property
    def display_name(self) -> str:
        """The name people see: first and last name, else company, e-mail, phone, or the short id."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.company or self.email or self.phone or str(self.id)[-8:]


class RefusalReason(StrEnum):
    """Why something about a customer was not done."""

    UNKNOWN_CUSTOMER = "unknown_customer"
    INVALID_TAX_NUMBER = "invalid_tax_number"
    EMPTY_NOTE = "empty_note"


@dataclass(frozen=True, slots=True)
class MergeRefused:
    """The profiles were not merged; nothing changed."""

    reason: RefusalReason


@dataclass(frozen=True, slots=True)
class Refused:
    """The change was not made; nothing changed."""

    reason: RefusalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldIdentity:
    """An identity as a profile holds it."""

    kind: IdentityKind
    value: str
    source: str
    first_seen_at: datetime
    last_seen_at: datetime
    verified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConflict:
    """An identity that two people with accounts of their own both gave; `holder_id` had it first and keeps it."""

    kind: IdentityKind
    value: str
    holder_id: UUID
    other_id: UUID
    noted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeExplained:
    """One merge: who was absorbed, when, by which proof, by whom, and everything that moved."""

    survivor_id: UUID
    absorbed_id: UUID
    reason_kind: str
    """The kind of the identity both had, or `"person"` for a merge by hand."""
    reason_value: str
    actor_name: str
    merged_at: datetime
    identities: tuple[Identity, ...]
    facts: dict[str, str | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStatement:
    """One word on consent, as it reached us."""

    channel: str
    is_granted: bool
    told_at: datetime
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a colleague wrote about a customer."""

    id: UUID
    text: str
    author_name: str
    created_at: datetime


class MemberRole(StrEnum):
    """What somebody does for their firm."""

    OWNER = "owner"
    BUYER = "buyer"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationMember:
    """A person's place in a firm."""

    customer_id: UUID
    role: MemberRole
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A firm that buys through its people."""

    id: UUID
    shop_id: int
    name: str
    tax_number: str
    country: str
    members: tuple[OrganisationMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """One page of a list, and the cursor of the next one."""

    customers: tuple[Customer, ...]
    next_cursor: str | None


@event("customer.created", pl="poznaliśmy klienta", en="customer became known")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCreated(Event):
    """We heard of this person for the first time."""

    source: str


@event("customer.registered", pl="klient założył konto", en="customer registered")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRegistered(Event):
    """The person opened an account in the shop (a guest may do so later)."""

    source: str


@event("customer.merged", pl="połączono dwa profile", en="profiles merged")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMerged(Event):
    """`absorbed_id` turned out to be the same person as `customer_id`; every fact moved, none was lost."""

    absorbed_id: UUID
    reason: str
    """The identity that proved it, as `kind` only (`"email"`); personal data stays out of the log."""


@event("customer.erased", pl="usunięto dane klienta", en="customer erased")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErased(Event):
    """Everything personal was removed at the person's wish; what must be kept stays under the bare id."""


@event("customer.joined_organisation", pl="klient dołączył do firmy", en="customer joined an organisation")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerJoinedOrganisation(Event):
    """The person buys for this firm now."""

    organisation_id: UUID
    role: str
