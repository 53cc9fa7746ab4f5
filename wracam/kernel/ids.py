"""Identifiers: time-ordered UUIDv7 (RFC 9562) and ids derived from names, for writes that may be retried."""

from __future__ import annotations

import hashlib
import os
import uuid
from datetime import datetime

NAMESPACE = uuid.UUID("5f2b8f0e-8c55-7d0a-9a41-77726163616d")
_RANDOM_BYTES = 10
_RANDOM_LOW = (1 << 62) - 1
_NAME_BITS_KEPT = ~(0xF << 76 | 0b11 << 62)
_VERSION_5 = 0x5 << 76 | 0b10 << 62
_NAMESPACE_HASH = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
"""What every derived id begins with, hashed once: `uuid.uuid5` does it for each, and parses what it made again."""


def new_id(now: datetime) -> uuid.UUID:
    """Return a UUIDv7 of *now* (millisecond precision) with 74 random bits.

    Ids are no secrets: tokens that open something come from `secrets`.
    """
    return new_ids(1, now)[0]


def new_ids(count: int, now: datetime) -> list[uuid.UUID]:
    """Return many ids like `new_id`, with one call for all their random bits."""
    moment = (int(now.timestamp() * 1000) & (1 << 48) - 1) << 80 | 0x7 << 76 | 0b10 << 62
    chance = os.urandom(_RANDOM_BYTES * count)
    ids = []
    for start in range(0, len(chance), _RANDOM_BYTES):
        bits = int.from_bytes(chance[start : start + _RANDOM_BYTES], "big")
        ids.append(uuid.UUID(int=moment | (bits >> 68 & 0xFFF) << 64 | bits & _RANDOM_LOW))
    return ids


def derived_id(*parts: object) -> uuid.UUID:
    """Return the same UUIDv5 for the same *parts*, so that a retried write meets its first try."""
    digest = _NAMESPACE_HASH.copy()
    digest.update("\x1f".join(map(str, parts)).encode())
    return uuid.UUID(int=int.from_bytes(digest.digest()[:16], "big") & _NAME_BITS_KEPT | _VERSION_5)
