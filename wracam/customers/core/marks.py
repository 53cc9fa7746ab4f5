"""Identities in one normal form: e-mails lower-cased, phones in E.164, marketplace masks told from mailboxes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers

from wracam.customers.contracts import Identity, IdentityKind
from wracam.kernel.text import clean_text, normal_email

VALUE_LENGTH_MAX = 254
IDENTITIES_MAX = 20
"""How many identities of one person one snapshot may carry; the rest is dropped."""
REGION_DEFAULT = "PL"
REGION_OF_CURRENCY = {
    "PLN": "PL", "CZK": "CZ", "GBP": "GB", "USD": "US", "HUF": "HU", "RON": "RO", "SEK": "SE", "NOK": "NO",
    "DKK": "DK", "CHF": "CH", "UAH": "UA", "BGN": "BG", "EUR": "DE",
}  # fmt: skip
STRENGTH = {kind: strength for strength, kind in enumerate(IdentityKind)}
"""Smaller is stronger: the order in which the kinds are declared."""

_MASKS = (
    re.compile(r"(?P<buyer>[^@+]+)(\+[^@]*)?@(?P<market>([a-z0-9-]+\.)*allegromail\.pl)"),
    re.compile(r"(?P<buyer>[^@]+)@(?P<market>user\.allegrogroup\.pl|mail\.erli\.pl|members\.ebay\.[a-z.]+)"),
    re.compile(r"(?P<buyer>[^@]+)@(?P<market>marketplace\.amazon\.[a-z.]+|[a-z]*relay\.amazon\.[a-z.]+)"),
)


def region(country: str | None, currency: str) -> str:
    """The country a phone number without prefix is read in: the person's own, else the shop's by its currency."""
    code = (country or "").strip().upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    return REGION_OF_CURRENCY.get(currency, REGION_DEFAULT)


def normal_identities(told: Iterable[Identity], *, source: str, region: str) -> tuple[Identity, ...]:
    """Return the usable identities of *told*, normalised, without repeats, strongest first."""
    usable = (normal_identity(mark, source=source, region=region) for mark in told)
    unique = {(mark.kind, mark.value): mark for mark in usable if mark is not None}
    ordered = sorted(unique.values(), key=lambda mark: (STRENGTH[mark.kind], mark.value))
    return tuple(ordered[:IDENTITIES_MAX])


def normal_identity(mark: Identity, *, source: str, region: str) -> Identity | None:
    """Return *mark* in its normal form, or None when nobody can be recognised by it."""
    match mark.kind:
        case IdentityKind.EMAIL:
            return _normal_mailbox(mark.value)
        case IdentityKind.PHONE:
            number = normal_phone(mark.value, region)
            return Identity(kind=IdentityKind.PHONE, value=number) if number else None
        case IdentityKind.SHOP_ACCOUNT:
            value = clean_text(mark.value, length_max=VALUE_LENGTH_MAX)
            return Identity(kind=mark.kind, value=f"{source}:{value}") if value not in ("", "0") else None
        case _:
            value = clean_text(mark.value, length_max=VALUE_LENGTH_MAX)
            return Identity(kind=mark.kind, value=value) if value else None


def _normal_mailbox(value: str) -> Identity | None:
    address = normal_email(value)
    if address is None:
        return None
    for mask in _MASKS:
        if found := mask.fullmatch(address):
            return Identity(kind=IdentityKind.MARKETPLACE, value=f"{found['buyer']}@{found['market']}")
    return Identity(kind=IdentityKind.EMAIL, value=address)


@lru_cache(maxsize=65_536)
def normal_phone(value: str, region: str) -> str | None:
    """Return a phone number in E.164 (`+48600700800`), or None when it can be nobody's."""
    text = clean_text(value, length_max=40).lstrip("'")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def account_source(value: str) -> str:
    """The shop system a normal SHOP_ACCOUNT value belongs to."""
    return value.partition(":")[0]
