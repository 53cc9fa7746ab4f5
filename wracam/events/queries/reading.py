"""What subscriptions still have to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection

from wracam.events.contracts import RecordedEvent
from wracam.events.ports import Subscription
from wracam.events.queries.log import COLUMNS, as_recorded
from wracam.foundation.bulk import Row, fetch

NO_BORDER = 2**63 - 1
"""Instead of a border, inside one open transaction, whose own events nobody else can see yet."""
IDLE_LAG_MAX = 10_000
"""An idle cursor further behind than this many transactions is moved, so that it never has far to search."""

_PENDING = """
SELECT reader.subscription, reader.lane
FROM jsonb_to_recordset(%(wanted)s::jsonb) AS wanted(subscription text, names text[])
JOIN event_cursor AS reader USING (subscription)
WHERE (%(border)s::bigint IS NULL AND reader.txid < event_border() - %(lag)s)
   OR EXISTS (
       SELECT FROM event
       WHERE event.lane = reader.lane AND (event.txid, event.position) > (reader.txid, reader.position)
         AND event.txid < coalesce(%(border)s::bigint, event_border()) AND event.name = ANY(wanted.names))
"""

# Reads what is new in each lane once, instead of asking each month of the log for each subscription and lane.
_PENDING_OF_SHARE = """
WITH reader AS MATERIALIZED (
    SELECT subscription, lane, ARRAY[cursor.txid, cursor.position] AS place, wanted.names
    FROM jsonb_to_recordset(%s::jsonb) AS wanted(subscription text, names text[])
    JOIN event_cursor AS cursor USING (subscription)
    WHERE cursor.lane %% %s = %s
), newest AS MATERIALIZED (
    SELECT behind.lane, event.name, max(ARRAY[event.txid, event.position]) AS place
    FROM (SELECT lane, min(place[1]) AS txid FROM reader GROUP BY lane) AS behind
    JOIN event ON event.lane = behind.lane AND event.txid >= behind.txid
    GROUP BY behind.lane, event.name
)
SELECT reader.subscription, reader.lane FROM reader
WHERE EXISTS (
    SELECT FROM newest
    WHERE newest.lane = reader.lane AND newest.name = ANY(reader.names) AND newest.place > reader.place)
"""

_FOUND = ", ".join(f"found.{name}" for name in COLUMNS.split(", "))
# One statement for many lanes, because planning it over every month of the log costs more than reading a lane.
_BATCHES = f"""
SELECT {_FOUND}, found.lane
FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) AS reader(lane, txid, position), LATERAL (
    SELECT * FROM event
    WHERE event.lane = reader.lane AND (event.txid, event.position) > (reader.txid, reader.position)
      AND event.txid < %s AND event.name = ANY(%s)
    ORDER BY event.txid, event.position LIMIT %s) AS found
ORDER BY found.lane, found.txid, found.position
"""  # noqa: S608 the columns are constant


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log: a reader there has handled everything up to and including it."""

    txid: int
    position: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one lane in order, and the place where their reader stands afterwards."""

    events: list[RecordedEvent]
    ends_at: Place
    is_last: bool


def pending_lanes(subscriptions: Iterable[Subscription], *, border: int | None = None) -> list[tuple[str, int]]:
    """Return (subscription, lane) of every cursor with something to read, or so far behind that it should move."""
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, {"wanted": _wanted(subscriptions), "border": border, "lag": IDLE_LAG_MAX})
        return list(cursor.fetchall())


def pending_lanes_of_share(subscriptions: Iterable[Subscription], share: tuple[int, int]) -> list[tuple[str, int]]:
    """Return (subscription, lane) of every cursor of a *share* of the lanes with something to read, border or not.

    For readers that have hardly fallen behind: it looks through all that is new to the last of them.
    """
    number, of = share
    return [(name, lane) for name, lane in fetch(_PENDING_OF_SHARE, _wanted(subscriptions), of, number)]


def _wanted(subscriptions: Iterable[Subscription]) -> str:
    named = [(item.name, sorted(item.event_names())) for item in subscriptions]
    return msgspec.json.encode([{"subscription": name, "names": names} for name, names in named if names]).decode()


def recent_lanes(since_txid: int) -> tuple[int, set[tuple[str, int]]]:
    """Return the border and the (event name, lane) of what was recorded from *since_txid* up to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_border()")
        border: int = cursor.fetchone()[0]
        cursor.execute(
            "SELECT DISTINCT name, lane FROM generate_series(0, 15) AS number, LATERAL ("
            "SELECT name, lane FROM event WHERE lane = number::smallint AND txid >= %s AND txid < %s) AS fresh",
            [since_txid, border],
        )
        return border, set(cursor.fetchall())


def border() -> int:
    """Return the number of the oldest transaction still running: what is below it is complete."""
    return int(fetch("SELECT event_border()")[0][0])


def next_batches(places: Mapping[int, Place], border: int, names: Sequence[str], size: int) -> dict[int, Batch]:
    """Read up to *size* events of each lane after its place and below the border."""
    rows = fetch(
        _BATCHES, list(places), [one.txid for one in places.values()], [one.position for one in places.values()],
        border, list(names), size,
    )  # fmt: skip
    lanes: dict[int, list[Row]] = {lane: [] for lane in places}
    for row in rows:
        lanes[row[-1]].append(row)
    return {lane: _batch(lanes[lane], after, border, size) for lane, after in places.items()}


def _batch(rows: Sequence[Row], after: Place, border: int, size: int) -> Batch:
    events = [as_recorded(row) for row in rows]
    is_last = len(rows) < size
    if not is_last or (rows and border == NO_BORDER):
        ends_at = Place(events[-1].txid, events[-1].position)
    else:
        ends_at = after if border == NO_BORDER else max(after, Place(border, 0), key=lambda place: place.txid)
    return Batch(events=events, ends_at=ends_at, is_last=is_last)
