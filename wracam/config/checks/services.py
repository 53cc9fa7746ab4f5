"""Checks of what should be running: pages, hot process, workers."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from wracam.config import installation, programs
from wracam.config.checks.contracts import Check, fine, warning
from wracam.foundation import clock
from wracam.foundation.configuration import Configuration

HEARTBEAT_AGE_MAX = timedelta(seconds=60)


def look(loaded: Configuration) -> list[Check]:
    """Check the ports and the heartbeat of the job worker."""
    return [_port(loaded, "port", "pages"), _port(loaded, "hot_port", "hot process"), _worker(loaded)]


def _port(loaded: Configuration, setting: str, name: str) -> Check:
    where = installation.listening(loaded)
    address = f"{where['bind']}:{where[setting]}"
    if programs.listens(where["bind"], where[setting]):
        return fine(name, f"listens on {address}")
    return warning(name, f"nothing listens on {address}", "wracam up")


def _worker(loaded: Configuration) -> Check:
    try:
        with psycopg.connect(installation.database_url(loaded)) as connection:
            row = connection.execute("SELECT max(last_heartbeat) FROM procrastinate_workers").fetchone()
    except psycopg.errors.UndefinedTable:
        return warning("worker", "the database is not migrated yet", "wracam migrate")
    except psycopg.OperationalError as error:
        return warning("worker", f"its heartbeat cannot be read: {error}", "Look at the check of the database first.")
    last = row[0] if row else None
    if last is None or clock.now() - last > HEARTBEAT_AGE_MAX:
        return warning("worker", "no worker runs: events are stored, but nothing follows from them", "wracam up")
    return fine("worker", "alive")
