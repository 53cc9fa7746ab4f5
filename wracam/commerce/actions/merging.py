"""Following merges of profiles: orders and statistics go with the person."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wracam.commerce.actions.statistics import LOCK_SPACE, rewrite_statistics
from wracam.customers import queries as customers
from wracam.foundation import transactions
from wracam.foundation.bulk import execute
from wracam.foundation.locks import lock_many


def follow_merges(*, absorbed_ids: Sequence[UUID]) -> int:
    """Give the orders of absorbed profiles to the profiles that live for them today; return how many moved."""
    living = {old: new for old, new in customers.canonical(absorbed_ids).items() if old != new}
    if not living:
        return 0
    with transactions.action():
        touched = {*living, *living.values()}
        lock_many(LOCK_SPACE, sorted(touched))
        moved = execute(
            """UPDATE shop_order SET customer_id = pair.living_id
               FROM unnest(%s::uuid[], %s::uuid[]) AS pair(absorbed_id, living_id)
               WHERE customer_id = pair.absorbed_id""",
            list(living),
            list(living.values()),
        )
        rewrite_statistics(customer_ids=touched)
        return moved
