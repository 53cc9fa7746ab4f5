"""Trade statistics, rewritten for the customers that a change touched, in the transaction of the change.

They are computed from the customer's own orders each time: by index, for a whole batch in one statement, and
therefore exact after corrections, cancellations, claims, merges and whatever else may come.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from uuid import UUID

from wracam.foundation import transactions
from wracam.foundation.bulk import execute
from wracam.foundation.locks import lock_many

LOCK_SPACE = "commerce.statistics"
_SQL = Path(__file__).resolve().parent.parent / "sql" / "trade_statistics.sql"


def rewrite_statistics(*, customer_ids: Iterable[UUID]) -> None:
    """Bring the statistics of these customers up to date; waits for others who do so for the same customers."""
    ids = sorted(set(customer_ids))
    if not ids:
        return
    with transactions.action():
        lock_many(LOCK_SPACE, ids)
        execute(_statement(), ids, ids)


@cache
def _statement() -> str:
    return _SQL.read_text("utf-8")
