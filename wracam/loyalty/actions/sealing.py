"""The hash chain over the ledger: written off the hot path, so that no later change of history goes unnoticed.

Each seal covers the transfers after the previous one, in the order of their ids, and hashes their contents together
with the previous hash. A short lock waits for writers under way, so no transfer with a lower id can still appear.
"""

from __future__ import annotations

from datetime import datetime

from django.db import OperationalError

from wracam.foundation.bulk import execute, fetch
from wracam.foundation.transactions import action
from wracam.loyalty import models
from wracam.loyalty.queries.verification import GENESIS, chain_hash

SEAL_SIZE_MAX = 50_000
SEALS_MAX = 10_000
LOCK_WAIT = "200ms"


def seal(*, now: datetime) -> int:
    """Seal everything posted so far; return how many transfers were sealed. Busy ledgers are left for later."""
    try:
        with action():
            newest = _newest_settled()
    except OperationalError:
        return 0
    total = 0
    for _ in range(SEALS_MAX):
        with action():
            sealed = _seal_next(newest, now)
        total += sealed
        if not sealed:
            break
    return total


def _newest_settled() -> int:
    """Return the highest id below which no transfer can still be committed."""
    execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
    execute("LOCK TABLE point_transfer IN SHARE MODE")
    return int(fetch("SELECT coalesce(max(id), 0) FROM point_transfer")[0][0])


def _seal_next(newest: int, now: datetime) -> int:
    execute("LOCK TABLE point_seal IN SHARE ROW EXCLUSIVE MODE")
    previous = models.Seal.objects.order_by("-id").first()
    after = previous.last_transfer_id if previous else 0
    ids = fetch(
        "SELECT min(id), max(id), count(*) FROM (SELECT id FROM point_transfer WHERE id > %s AND id <= %s"
        " ORDER BY id LIMIT %s) AS next",
        after,
        newest,
        SEAL_SIZE_MAX,
    )[0]
    first, last, count = ids
    if not count:
        return 0
    previous_hash = bytes(previous.hash) if previous else GENESIS
    models.Seal.objects.create(
        first_transfer_id=first,
        last_transfer_id=last,
        transfers=count,
        previous_hash=previous_hash,
        hash=chain_hash(previous_hash, after, last),
        sealed_at=now,
    )
    return int(count)
