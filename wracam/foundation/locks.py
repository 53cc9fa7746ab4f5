"""Locks on many named things at once, held to the end of the transaction.

A small call locks one of `BUCKETS` per key, in order, beside a shared lock on the space; a call with many keys
locks the whole space alone instead, so that a bulk load never fills PostgreSQL's lock table.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from wracam.foundation.bulk import execute
from wracam.foundation.transactions import require_transaction

BUCKETS = 4096
KEYS_MAX = 64


def lock_many(space: str, keys: Iterable[object]) -> None:
    """Wait until this transaction alone may touch the *keys* of *space*; call spaces in a fixed order."""
    require_transaction()
    buckets = sorted({zlib.crc32(str(key).encode()) % BUCKETS for key in keys})
    if not buckets:
        return
    if len(buckets) > KEYS_MAX:
        lock_space(space)
        return
    number = _number(space)
    execute("SELECT pg_advisory_xact_lock_shared(%s, -1)", number)
    execute(
        "SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::int[]) WITH ORDINALITY AS b(bucket, n) ORDER BY n",
        number,
        buckets,
    )


def lock_space(space: str) -> None:
    """Wait until this transaction alone may touch anything of *space*."""
    require_transaction()
    execute("SELECT pg_advisory_xact_lock(%s, -1)", _number(space))


def _number(space: str) -> int:
    return zlib.crc32(space.encode()) & 0x7FFFFFFF
