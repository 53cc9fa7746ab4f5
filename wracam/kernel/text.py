"""Text from outside, made safe to store and to find: NUL bytes, search keys, e-mail addresses."""

from __future__ import annotations

import re
import unicodedata

TEXT_LENGTH_MAX = 10_000
EMAIL_LENGTH_MAX = 254
_UNSTROKE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@[^@\s\"(),:;<>\[\]\\_]+\.[^@\s\"(),:;<>\[\]\\_]{2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean_text(value: str, *, length_max: int = TEXT_LENGTH_MAX) -> str:
    """Drop control characters and lone surrogates, compose accents (NFC), trim, and cut to *length_max*."""
    if value.isascii() and value.isprintable():  # most texts: nothing to drop or compose
        return value.strip()[:length_max]
    return unicodedata.normalize("NFC", _CONTROL.sub("", value)).strip()[:length_max]


def search_key(value: str) -> str:
    """Fold case and diacritics, so that `zolw` finds `Żółw`; white space becomes single spaces."""
    if value.isascii():  # nothing to decompose
        return " ".join(_CONTROL.sub("", value.lower()).split())
    decomposed = unicodedata.normalize("NFKD", value.casefold().translate(_UNSTROKE))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(_CONTROL.sub("", bare).split())


def normal_email(value: str) -> str | None:
    """Return the address trimmed, lower-cased and with an IDNA domain, or None when it is no address."""
    address = clean_text(value, length_max=1_000).strip("'\"<> ").lower()
    if len(address) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(address):
        return None
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
