"""Public intake: a batch from outside becomes recorded events, each once, in one statement and one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from wracam.events.contracts import EVENTS, IntakeResult, IntakeStatus
from wracam.events.core.intake import Batch, Item, Person, Rules, error_at, intake_key, read_items
from wracam.events.core.lanes import lane_of
from wracam.kernel.ids import new_ids

Execute = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
"""Runs one prepared statement in a transaction of its own and returns its rows."""


class People(Protocol):
    """Finds out whom events are about; offered by the composition root, since customers live above this floor."""

    def living(self, shop_id: int, customer_ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
        """Map ids of the shop's customers, these at least, to the profiles that live for them; not the unknown."""

    def identify(self, shop_id: int, people: Sequence[Person], source: str, now: datetime) -> list[UUID | None]:
        """Recognise (or create) people by their marks, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends a batch."""

    shop_id: int
    is_browser: bool


class _Row(msgspec.Struct):
    """One event as the insert statement reads it from JSON."""

    n: int
    id: UUID
    key: str
    lane: int
    name: str
    customer_id: UUID | None
    occurred_at: datetime | None
    source_id: str
    data: dict[str, Any]


TAKE_IN = """
WITH item AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::text::json) AS item(
        n integer, id uuid, key uuid, lane smallint, name text, customer_id uuid, occurred_at timestamptz,
        source_id text, data jsonb)
), fresh AS (
    INSERT INTO event_intake_key (key, event_id, recorded_at)
    SELECT key, id, %s FROM item ORDER BY key
    ON CONFLICT (key) DO NOTHING RETURNING event_id
), stored AS (
    INSERT INTO event (id, lane, name, shop_id, customer_id, occurred_at, recorded_at, data, source, source_id)
    SELECT id, lane, name, %s, customer_id, occurred_at, %s, data, %s, source_id
    FROM item JOIN fresh ON fresh.event_id = item.id ORDER BY n
)
SELECT n FROM item WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.event_id = item.id)
"""
_AND_WAKE = "UNION ALL SELECT NULL::integer FROM pg_notify('wracam_events', '')"
_FIRST_TIMES = "SELECT key, event_id FROM event_intake_key WHERE key = ANY(%s::uuid[])"


def take_in(
    *, batch: Batch, sender: Sender, people: People, execute: Execute, is_waking: bool, now: datetime
) -> list[IntakeResult]:
    """Record a batch and answer each of its items, in order, after the commit.

    The same (source, id) is recorded once however often and in however many batches it comes.
    """
    rules = Rules(kind_of=EVENTS.find, is_browser=sender.is_browser, now=now)
    items = read_items(batch, rules)
    customers = _customers(items, sender.shop_id, batch.source, people, now)
    results: list[IntakeResult | None] = [item if isinstance(item, IntakeResult) else None for item in items]
    rows: list[_Row] = []
    ids = new_ids(len(items), now)
    for number, item in enumerate(items):
        if isinstance(item, IntakeResult):
            continue
        customer_id = customers.get(number)
        if item.customer is not None and customer_id is None:
            message = "nobody of this shop is known by this"
            results[number] = error_at(number, "unknown_customer", ".customer", message, item.id)
            continue
        rows.append(_row(number, item, customer_id, ids[number], intake_key(sender.shop_id, batch.source, item.id)))
    known = _store(rows, sender.shop_id, batch.source, execute, now, is_waking=is_waking) if rows else set()
    _answer(results, rows, known, execute)
    return [result for result in results if result is not None]


def _customers(
    items: Sequence[Item | IntakeResult], shop_id: int, source: str, people: People, now: datetime
) -> dict[int, UUID]:
    """Return the customer of each item that names one and whom we know or now know."""
    by_id: dict[int, UUID] = {}
    by_marks: dict[int, Person] = {}
    for n, item in enumerate(items):
        if isinstance(item, Item) and (person := item.customer):
            if person.id:
                by_id[n] = person.id
            else:
                by_marks[n] = person
    found: dict[int, UUID] = {}
    if by_id:
        living = people.living(shop_id, by_id.values())
        found = {n: customer for n, customer_id in by_id.items() if (customer := living.get(customer_id))}
    if by_marks:
        strangers = list(dict.fromkeys(by_marks.values()))
        known = dict(zip(strangers, people.identify(shop_id, strangers, source, now), strict=True))
        found |= {n: customer for n, person in by_marks.items() if (customer := known[person])}
    return found


def _row(number: int, item: Item, customer_id: UUID | None, event_id: UUID, key: str) -> _Row:
    return _Row(
        n=number,
        id=event_id,
        key=key,
        lane=lane_of(customer_id, event_id),
        name=item.name,
        customer_id=customer_id,
        occurred_at=item.occurred_at,
        source_id=item.id,
        data=item.data,
    )


def _store(
    rows: list[_Row], shop_id: int, source: str, execute: Execute, now: datetime, *, is_waking: bool
) -> set[int]:
    """Insert what is new; return the numbers of the items that were known already."""
    payload = msgspec.json.encode(rows).decode()
    known = execute(TAKE_IN + _AND_WAKE * is_waking, [payload, now, shop_id, now, source])
    return {row[0] for row in known if row[0] is not None}


def _answer(results: list[IntakeResult | None], rows: list[_Row], known: set[int], execute: Execute) -> None:
    """Fill in the answers of recorded items and of duplicates, with the event of their first time."""
    first_times: dict[str, UUID] = {}
    if known:
        found = execute(_FIRST_TIMES, [[row.key for row in rows if row.n in known]])
        first_times = {key.hex: event_id for key, event_id in found}
    for row in rows:
        is_known = row.n in known
        results[row.n] = IntakeResult(
            id=row.source_id,
            status=IntakeStatus.DUPLICATE if is_known else IntakeStatus.RECORDED,
            event_id=first_times.get(row.key) if is_known else row.id,
        )
