"""Checks of the database itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
from django.db import OperationalError

from wracam.config import installation, schema
from wracam.config.checks.contracts import Check, fine, problem, warning
from wracam.config.errors import CommandError
from wracam.foundation import clock
from wracam.foundation.configuration import Configuration

SERVER_VERSION_MIN = 15
CLOCK_SKEW_MAX = timedelta(seconds=5)
_ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_DURABLE = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'"


def look(loaded: Configuration) -> list[Check]:
    """Check reachability, version, rights, durability, clock and tables."""
    try:
        with psycopg.connect(installation.database_url(loaded), connect_timeout=10) as connection:
            return [_version(connection), _role(connection), _durability(connection), _clock(connection), _tables()]
    except (psycopg.OperationalError, OperationalError) as error:
        return [problem("database", f"cannot be reached: {error}", "Start it, or correct DATABASE_URL.")]


def _version(connection: psycopg.Connection[Any]) -> Check:
    version = connection.info.server_version // 10_000
    if version < SERVER_VERSION_MIN:
        return problem("database", f"PostgreSQL {version}", f"Use PostgreSQL {SERVER_VERSION_MIN} or newer.")
    return fine("database", f"PostgreSQL {version} answers")


def _role(connection: psycopg.Connection[Any]) -> Check:
    (is_mighty,) = connection.execute(_ROLE).fetchone() or (False,)
    if is_mighty:
        return warning(
            "database role",
            f"{connection.info.user} is a superuser of the database",
            "Give Wracam a role of its own without superuser rights: docs/operate/own_postgresql.md",
        )
    return fine("database role", f"{connection.info.user}, without superuser rights")


def _durability(connection: psycopg.Connection[Any]) -> Check:
    off = [row[0] for row in connection.execute(_DURABLE).fetchall()]
    if off:
        return problem("durability", f"{' and '.join(off)} is off: a crash can lose data", "Switch it on.")
    (mode,) = connection.execute("SHOW synchronous_commit").fetchone() or ("on",)
    if mode == "off":
        return problem("durability", "synchronous_commit is off: a crash loses acknowledged orders", "Switch it on.")
    return fine("durability", "what was acknowledged survives a crash")


def _clock(connection: psycopg.Connection[Any]) -> Check:
    (theirs,) = connection.execute("SELECT clock_timestamp()").fetchone() or (clock.now(),)
    skew = abs(theirs - clock.now())
    if skew > CLOCK_SKEW_MAX:
        return problem(
            "clock",
            f"the database's clock differs by {skew.total_seconds():.0f} s",
            "Run a time service on both machines.",
        )
    return fine("clock", "the same here and in the database")


def _tables() -> Check:
    installation.set_up_django()
    try:
        waiting = schema.waiting_migrations()
    except CommandError as error:
        return problem("tables", str(error), "Install the newer version again.")
    if waiting:
        return problem("tables", f"{len(waiting)} migrations are waiting", "wracam migrate")
    return fine("tables", "up to date")
