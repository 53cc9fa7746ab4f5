"""How codes are stored: found by a keyed hash, read only with our key.

The id of a code is the first 128 bits of HMAC-SHA256 under a key of its own (derived from `SECRET_KEY`), so that a
leaked table can be neither searched by guessing nor read. The text of a promotional code is also kept, sealed with
AES-256-GCM for its row alone, because merchants must print and send it again. The text of a gift card is never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from wracam.foundation import secrets

ID_BYTES = 16


def code_id(folded: str) -> UUID:
    """Return the id under which a promotional code of this folded text is stored."""
    return UUID(bytes=secrets.blind_index(folded, purpose="voucher.code")[:ID_BYTES])


def code_ids(folded: Iterable[str]) -> list[bytes]:
    """Return the 16 bytes of `code_id` of each of these folded texts."""
    return [index[:ID_BYTES] for index in secrets.blind_indexes(folded, purpose="voucher.code")]


def card_id(folded: str) -> UUID:
    """Return the id under which a gift card of this folded text is stored."""
    return UUID(bytes=secrets.blind_index(folded, purpose="voucher.gift_card")[:ID_BYTES])


def seal(code: str, identity: UUID) -> str:
    """Return the text of a code, sealed for the row of this id."""
    return secrets.seal(code, aad=f"code:{identity}")


def seal_many(codes: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """Yield the texts of codes, each sealed for the row of the id (its 16 bytes) beside it."""
    return secrets.seal_many((code, f"code:{_uuid_text(identity)}") for code, identity in codes)


def unseal(sealed: str, identity: UUID) -> str | None:
    """Return the text of a code, or None when it was sealed under another key (a restored table, a lost key)."""
    try:
        return secrets.open_sealed(sealed, aad=f"code:{identity}")
    except secrets.UnreadableSecretError:
        return None


def _uuid_text(identity: bytes) -> str:
    """Return what `str(UUID(bytes=identity))` does, without making the object."""
    text = identity.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
