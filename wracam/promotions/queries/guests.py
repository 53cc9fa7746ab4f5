"""As whose uses those of a guest are counted: by the address or number in the cart, kept only as a keyed hash.

A guest whose address is a customer's is counted as that customer, though they get nothing that is the customer's. A
stranger is counted under a mark: HMAC-SHA256 of the address in its normal form, under a key of ours, shop by shop, so
that the counters tell nobody's address and are of no use to whoever does not know our secret.
"""

from __future__ import annotations

from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.foundation import secrets

PREFIX = "g-"
MARK_DIGITS = 32
"""128 bits in hexadecimal."""


def mark_of(*, shop_id: int, kind: IdentityKind, value: str) -> str:
    """Return the mark of an address or number in its normal form."""
    drawn = secrets.blind_index(f"{shop_id}:{kind.value}:{value}", purpose="promotions.guest")
    return PREFIX + drawn.hex()[:MARK_DIGITS]


def guest_mark(*, shop_id: int, email: str, phone: str) -> str:
    """Return the mark of a guest: of their address if it is one, else of their number, empty for neither."""
    contact = _contact(shop_id, email, phone)
    return mark_of(shop_id=shop_id, kind=contact[0], value=contact[1]) if contact else ""


def counted_as(*, shop_id: int, email: str, phone: str) -> str:
    """Return whom a guest is counted as: the customer whose address it is, else the guest's mark; empty for neither."""
    contact = _contact(shop_id, email, phone)
    if contact is None:
        return ""
    kind, value = contact
    known = customers.find(shop_id=shop_id, kind=kind, value=value)
    return str(known) if known else mark_of(shop_id=shop_id, kind=kind, value=value)


def _contact(shop_id: int, email: str, phone: str) -> tuple[IdentityKind, str] | None:
    for kind, value in ((IdentityKind.EMAIL, email), (IdentityKind.PHONE, phone)):
        normal = customers.normal_contact(shop_id=shop_id, kind=kind, value=value) if value else None
        if normal:
            return kind, normal
    return None
