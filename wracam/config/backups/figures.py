"""The figures of a database: for each table its rows and a digest of their contents, whatever their order.

Two databases with equal figures hold the same data. The digest adds up a 64-bit hash of each row's text, the hash that
PostgreSQL itself keeps stable between versions because hash-partitioned tables depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
    SELECT n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'p'
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    ORDER BY 1, 2
"""
_FIGURES = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {table} AS t"
_STEADY_TEXT = ("SET TIME ZONE 'UTC'", "SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'postgres'")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFigures:
    """How many rows a table has, and the digest of their contents."""

    rows: int
    digest: str


def figures(connection: psycopg.Connection[Any]) -> dict[str, TableFigures]:
    """Return the figures of all tables as *connection*'s open transaction sees them."""
    for statement in _STEADY_TEXT:
        connection.execute(statement)
    found = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        query = sql.SQL(_FIGURES).format(table=sql.Identifier(schema, table))
        rows, digest = connection.execute(query).fetchone() or (0, "0")
        found[f"{schema}.{table}"] = TableFigures(rows=rows, digest=digest)
    return found


def figures_of(url: str) -> dict[str, TableFigures]:
    """Return the figures of the database at *url*."""
    with psycopg.connect(url) as connection:
        return figures(connection)


def differences(expected: dict[str, TableFigures], found: dict[str, TableFigures]) -> list[str]:
    """Say in words where *found* differs from *expected*; empty when they are equal."""
    words = []
    for table in sorted(expected.keys() | found.keys()):
        one, other = expected.get(table), found.get(table)
        if one is None or other is None:
            words.append(f"{table}: {'not expected' if one is None else 'missing'}")
        elif one.rows != other.rows:
            words.append(f"{table}: {other.rows} rows instead of {one.rows}")
        elif one != other:
            words.append(f"{table}: the same number of rows, other contents")
    return words


def is_empty(url: str) -> bool:
    """Say whether the database at *url* has no tables at all."""
    with psycopg.connect(url) as connection:
        return connection.execute(_TABLES).fetchone() is None
