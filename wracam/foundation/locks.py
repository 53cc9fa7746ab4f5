"""Locks on many named things at once, held to the end of the transaction.

A call locks a number per key, in order, beside a shared lock on the space; a call with more keys than PostgreSQL's
lock table should hold locks the whole space alone instead. So two bulk loads of different things go on side by side,
and no load fills the table.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache

from wracam.foundation.bulk import execute, fetch
from wracam.foundation.transactions import require_transaction

KEYS_MAX = 3_000
KEYS_MAX_SMALLEST = 64
SHARE_OF_TABLE = 16
"""One call takes at most this part of the table: some calls of some transactions have room in it together."""
_LARGEST = 0x7FFFFFFF
# Counted, because each lock would send an empty row; OFFSET 0 keeps the order from being thought needless.
_LOCK_IN_ORDER = """
SELECT count(pg_advisory_xact_lock(%s, key))
FROM (SELECT key FROM unnest(%s::int[]) WITH ORDINALITY AS k(key, n) ORDER BY n OFFSET 0) AS wanted
"""


def lock_many(space: str, keys: Iterable[object]) -> None:
    """Wait until this transaction alone may touch the *keys* of *space*; call spaces in a fixed order."""
    require_transaction()
    wanted = sorted({_number(str(key)) for key in keys})
    if not wanted:
        return
    if len(wanted) > KEYS_MAX_SMALLEST and len(wanted) > _keys_max():
        lock_space(space)
        return
    number = _number(space)
    execute("SELECT pg_advisory_xact_lock_shared(%s, -1)", number)
    execute(_LOCK_IN_ORDER, number, "{" + ",".join(map(str, wanted)) + "}")


def lock_space(space: str) -> None:
    """Wait until this transaction alone may touch anything of *space*."""
    require_transaction()
    execute("SELECT pg_advisory_xact_lock(%s, -1)", _number(space))


@cache
def _keys_max() -> int:
    """Return how many keys one call may lock one by one, by the size of the server's lock table."""
    [(slots,)] = fetch(
        "SELECT current_setting('max_locks_per_transaction')::bigint * current_setting('max_connections')::bigint"
    )
    return max(KEYS_MAX_SMALLEST, min(KEYS_MAX, int(slots) // SHARE_OF_TABLE))


def _number(name: str) -> int:
    return zlib.crc32(name.encode()) & _LARGEST
