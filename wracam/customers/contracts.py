"""The public language of customers: who somebody is, told by a shop, and what happened to our knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from wracam.events.contracts import Event, event


class IdentityKind(StrEnum):
    """How a person can be recognised, strongest first."""

    SHOP_ACCOUNT = "shop_account"
    """The id of the account in the shop's own system; unique within a shop and source."""
    EMAIL = "email"
    PHONE = "phone"
    LOYALTY_CARD = "loyalty_card"
    CHAT = "chat"
    ANONYMOUS = "anonymous"
    """A browser's anonymous id; never merges two known people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One mark by which somebody is recognised. `value` is normalised by `customers.actions`."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSnapshot:
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

    @property
    def display_name(self) -> str:
        """The name people see: first and last name, else company, e-mail, phone, or the short id."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.company or self.email or self.phone or str(self.id)[-8:]


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
