"""Identifiers: time-ordered UUIDv7 (RFC 9562) and ids derived from names, for writes that may be retried."""

from __future__ import annotations

import os
import uuid
from datetime import datetime

NAMESPACE = uuid.UUID("5f2b8f0e-8c55-7d0a-9a41-77726163616d")


def new_id(now: datetime) -> uuid.UUID:
    """Return a UUIDv7 of *now* (millisecond precision) with 74 random bits.

    Ids are no secrets: tokens that open something come from `secrets`.
    """
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return uuid.UUID(int=value)


def derived_id(*parts: object) -> uuid.UUID:
    """Return the same UUIDv5 for the same *parts*, so that a retried write meets its first try."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))
