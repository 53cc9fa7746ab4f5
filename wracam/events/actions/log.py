"""Keeping the log: a partition for every month, and transaction numbers that only grow."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from wracam.events.core.lanes import LANES
from wracam.events.core.months import Month, months_needed
from wracam.events.queries.log import partitions

_MOVE = """
WITH caught AS (DELETE FROM event_default WHERE id >= %s AND id < %s RETURNING *)
INSERT INTO {name} SELECT * FROM caught
"""
_LACKING = """
SELECT greatest(coalesce(max(newest.txid), 0), (SELECT coalesce(max(txid), 0) FROM event_cursor)) - event_txid(),
       event_txid_offset()
FROM generate_series(0, %s) AS number, LATERAL (
    SELECT txid FROM event WHERE event.lane = number::smallint ORDER BY txid DESC LIMIT 1) AS newest
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('wracam.events.prepare_log'))"


def prepare_log(*, now: datetime, since: datetime | None = None) -> list[str]:
    """Make the partitions from the month of *since* (default: *now*) to some months ahead; return the new ones.

    Call it after every migration and restore, before anything is recorded, and every day. A history that starts
    in the past (a demo, an import of old events) passes *since*.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        _lift_transaction_numbers()
        existing = partitions()
        missing = [month for month in months_needed(since or now, now) if month.partition not in existing]
        for month in missing:
            _make_partition(month)
    return [month.partition for month in missing]


def _make_partition(month: Month) -> None:
    """Create the month's table, move there what the default partition already caught, and attach it."""
    name, first, end = month.partition, month.first_id, month.next.first_id
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE event_default IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"CREATE TABLE {name} (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(_MOVE.format(name=name), [first, end])
        cursor.execute(f"ALTER TABLE event ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}')")


def _lift_transaction_numbers() -> None:
    """Keep new transaction numbers above those in the log.

    Within one cluster they only grow. A log restored into a younger cluster holds numbers of its old one; new events
    would then sort below the cursors and never be delivered.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LACKING, [LANES - 1])
        lacking, offset = cursor.fetchone()
        if lacking > 0:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION event_txid_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE "
                f"AS 'SELECT {int(offset + lacking + 1)}::bigint'"
            )
