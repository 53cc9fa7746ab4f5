"""The hash chain over the ledger: written off the hot path, so that no later change of history goes unnoticed.

Each seal covers the transfers after the previous one, in the order of their ids, and hashes their contents together
with the previous hash. A short lock waits for writers under way, so no transfer with a lower id can still appear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError

from wracam.foundation.bulk import execute, fetch
from wracam.foundation.hands import share_out
from wracam.foundation.transactions import action
from wracam.loyalty import models
from wracam.loyalty.queries.verification import GENESIS, content_hash, link_hash

SEAL_SIZE_MAX = 50_000
SEALS_AT_ONCE = 16
LOCK_WAIT = "200ms"
_NEXT = """
SELECT min(id), max(id), count(*) FROM (
    SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS seal FROM point_transfer
    WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
) AS next GROUP BY seal ORDER BY seal
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Transfers that one seal will cover: those above *after* up to *last*."""

    after: int
    first: int
    last: int
    transfers: int


def seal(*, now: datetime, hands: int = 1) -> int:
    """Seal everything posted so far; return how many transfers were sealed. Busy ledgers are left for later.

    Contents are hashed by so many *hands* at the same time; only the links between them are made one after another.
    """
    try:
        with action():
            newest = _newest_settled()
    except OperationalError:
        return 0
    total = 0
    while spans := _next_spans(newest):
        contents = dict(share_out(spans, lambda span: (span, content_hash(span.after, span.last)), hands=hands))
        sealed = sum(_link(span, contents[span], now) for span in spans)
        total += sealed
        if not sealed:
            break
    return total


def _newest_settled() -> int:
    """Return the highest id below which no transfer can still be committed."""
    execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
    execute("LOCK TABLE point_transfer IN SHARE MODE")
    return int(fetch("SELECT coalesce(max(id), 0) FROM point_transfer")[0][0])


def _next_spans(newest: int) -> list[_Span]:
    after = fetch("SELECT coalesce(max(last_transfer_id), 0) FROM point_seal")[0][0]
    spans = []
    for first, last, transfers in fetch(_NEXT, SEAL_SIZE_MAX, after, newest, SEAL_SIZE_MAX * SEALS_AT_ONCE):
        spans.append(_Span(after=after, first=first, last=last, transfers=transfers))
        after = last
    return spans


def _link(span: _Span, content: bytes, now: datetime) -> int:
    """Join a span to the chain unless another worker went on with it meanwhile."""
    with action():
        execute("LOCK TABLE point_seal IN SHARE ROW EXCLUSIVE MODE")
        previous = models.Seal.objects.order_by("-id").first()
        if (previous.last_transfer_id if previous else 0) != span.after:
            return 0
        previous_hash = bytes(previous.hash) if previous else GENESIS
        models.Seal.objects.create(
            first_transfer_id=span.first,
            last_transfer_id=span.last,
            transfers=span.transfers,
            previous_hash=previous_hash,
            hash=link_hash(previous_hash, content),
            sealed_at=now,
        )
    return span.transfers
