"""One timeline of everything that happened to a customer, merged from all providers, newest first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.customers import ports
from wracam.customers.ports import TimelineEntry
from wracam.customers.queries.people import all_ids

TIMELINE_PAGE_SIZE = 30
Cursor = tuple[datetime, str]
"""The moment and key of the last entry seen."""


def timeline(
    customer_id: UUID, *, before: Cursor | None = None, limit: int = TIMELINE_PAGE_SIZE
) -> tuple[list[TimelineEntry], Cursor | None]:
    """Return a page of entries older than *before*, newest first, and the cursor of the next page.

    Entries of one moment are ordered by their keys, so that no page repeats or skips one. Each provider is asked
    for one page more than the cursor's own moment can hold.
    """
    ids = all_ids(customer_id)
    moment = before[0] if before else None
    entries = [
        entry
        for provider in ports.TIMELINE
        for entry in provider(ids, moment, limit * 2 + 1)
        if before is None or (entry.moment, entry.key) < before
    ]
    entries.sort(key=lambda entry: (entry.moment, entry.key), reverse=True)
    page = entries[:limit]
    last = page[-1] if len(entries) > limit else None
    return page, (last.moment, last.key) if last else None
