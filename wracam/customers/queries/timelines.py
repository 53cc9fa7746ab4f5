"""One timeline of everything that happened to a customer: the event log and all providers, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.customers import ports
from wracam.customers.ports import Telling, TimelineEntry
from wracam.customers.queries.people import all_ids
from wracam.events.contracts import EVENTS, RecordedEvent
from wracam.events.queries import history
from wracam.kernel.language import Words

TIMELINE_PAGE_SIZE = 30
SAME_MOMENT_MAX = 100
"""How many entries of the cursor's own moment may lie on the pages before."""
Cursor = tuple[datetime, str]
"""The moment and key of the last entry seen."""


def timeline(
    customer_id: UUID, *, before: Cursor | None = None, limit: int = TIMELINE_PAGE_SIZE
) -> tuple[list[TimelineEntry], Cursor | None]:
    """Return a page of entries older than *before*, newest first, and the cursor of the next page.

    Entries of one moment are ordered by their keys, so that no page repeats one.
    """
    ids = all_ids(customer_id)
    moment = before[0] if before else None
    entries = [
        entry
        for provider in (_from_the_log, *ports.TIMELINE)
        for entry in provider(ids, moment, limit + SAME_MOMENT_MAX)
        if before is None or (entry.moment, entry.key) < before
    ]
    entries.sort(key=lambda entry: (entry.moment, entry.key), reverse=True)
    page = entries[:limit]
    last = page[-1] if len(entries) > limit else None
    return page, (last.moment, last.key) if last else None


def _from_the_log(ids: Sequence[UUID], until: datetime | None, limit: int) -> list[TimelineEntry]:
    """Tell the person's events, each in the words of its feature, or by its title."""
    recorded = history.of_customers(ids, until=until, limit=limit)
    told = _told(recorded)
    return [
        TimelineEntry(
            key=f"{one.position:020d}",
            moment=one.occurred_at,
            icon=telling.icon,
            sentence=telling.sentence,
            link=telling.link,
            detail=telling.detail,
            event_id=one.id,
        )
        for one in recorded
        if (telling := told.get(one.id, _plain(one))) is not None
    ]


def _told(recorded: Sequence[RecordedEvent]) -> dict[UUID, Telling | None]:
    by_teller: dict[ports.Teller, list[RecordedEvent]] = {}
    for one in recorded:
        if (teller := ports.TELLERS.find(one.name)) is not None:
            by_teller.setdefault(teller, []).append(one)
    told: dict[UUID, Telling | None] = {}
    for teller, batch in by_teller.items():
        told |= teller(batch)
    return told


def _plain(one: RecordedEvent) -> Telling:
    kind = EVENTS.find(one.name)
    if kind is None:
        return Telling(sentence=Words(pl=one.name, en=one.name))
    return Telling(sentence=Words(pl=_capital(kind.title.pl), en=_capital(kind.title.en)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
