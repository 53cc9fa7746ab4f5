"""What happens to codes and stored value, as events of the log. None carries the text of a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import Event, event


@event("code.issued", pl="wydano kod", en="code issued")
@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIssued(Event):
    """A customer was given a code of a campaign."""

    code_id: UUID
    campaign: str
    valid_until: datetime | None


@event("gift_card.issued", pl="wydano kartę podarunkową", en="gift card issued")
@dataclass(frozen=True, slots=True, kw_only=True)
class GiftCardIssued(Event):
    """A gift card was issued; the customer, if any, is who it was given to."""

    account_id: UUID
    amount_minor: int
    currency: str
    expires_at: datetime | None


@event("stored_value.loaded", pl="doładowano kartę lub saldo sklepowe", en="stored value loaded")
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValueLoaded(Event):
    """A gift card or store credit was topped up, or corrected upwards."""

    account_id: UUID
    amount_minor: int
    currency: str


@event("stored_value.paid", pl="zapłacono kartą lub saldem sklepowym", en="paid with stored value")
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValuePaid(Event):
    """A gift card or store credit paid for the order of this reservation."""

    account_id: UUID
    amount_minor: int
    currency: str
    reservation_id: UUID


@event("stored_value.refunded", pl="zwrócono na kartę lub saldo sklepowe", en="refunded to stored value")
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValueRefunded(Event):
    """A refund went back to the gift card or store credit that had paid."""

    account_id: UUID
    amount_minor: int
    currency: str
    reservation_id: UUID


@event("stored_value.expired", pl="wygasła karta lub saldo sklepowe", en="stored value expired")
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValueExpired(Event):
    """What was left when the last day passed."""

    account_id: UUID
    amount_minor: int
    currency: str
