"""Following merges of profiles: orders and statistics go with the person."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wracam.commerce.actions.statistics import rewrite_statistics
from wracam.customers import queries as customers
from wracam.foundation import transactions
from wracam.foundation.bulk import execute, fetch


def follow_merges(*, absorbed_ids: Sequence[UUID]) -> int:
    """Give the orders of absorbed profiles to the profiles that live for them today; return how many moved."""
    living = {old: new for old, new in customers.canonical(absorbed_ids).items() if old != new}
    if not living:
        return 0
    with transactions.action():
        # Rows before statistics, as in taking orders: one order of locks, no deadlock.
        fetch("SELECT id FROM shop_order WHERE customer_id = ANY(%s) ORDER BY id FOR UPDATE", list(living))
        moved = execute(
            """UPDATE shop_order SET customer_id = pair.living_id
               FROM unnest(%s::uuid[], %s::uuid[]) AS pair(absorbed_id, living_id)
               WHERE customer_id = pair.absorbed_id""",
            list(living),
            list(living.values()),
        )
        rewrite_statistics(customer_ids={*living, *living.values()})
        return moved
