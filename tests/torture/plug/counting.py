"""A reader of the log whose effect is not idempotent: an event handed over twice is counted twice."""

import time

from django.db import connection

TICK = "torture.tick"
SECONDS_UNLOCKED = 0.1
"""So long the reader holds a batch where the lock is removed: two workers must meet, however slow the machine."""


def install(*, is_locked):
    from wracam.events.ports import subscribe

    subscribe("torture.count", names=lambda: frozenset({TICK}))(count if is_locked else count_slowly)
    if not is_locked:
        from wracam.events.actions import delivery

        delivery._claim = claim_without_lock


def count(batch, now):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO torture_seen (event_id) SELECT unnest(%s::uuid[])", [[item.id for item in batch]])


def count_slowly(batch, now):
    count(batch, now)
    time.sleep(SECONDS_UNLOCKED)


def claim_without_lock(name, lanes):
    """What delivery does, but for the words FOR UPDATE SKIP LOCKED."""
    from wracam.events.queries.reading import Place

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lane, txid, position, event_border() FROM event_cursor "
            "WHERE subscription = %s AND lane = ANY(%s::smallint[]) ORDER BY lane",
            [name, list(lanes)],
        )
        rows = cursor.fetchall()
    return {lane: Place(txid, position) for lane, txid, position, _ in rows}, rows[0][3] if rows else 0
