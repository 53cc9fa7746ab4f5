"""Prepared statements: the same values and rows as psycopg's own way, errors, and a bounded number of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from wracam.foundation import prepared
from wracam.foundation.prepared import PreparedStatements

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def raw():
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    given = {name: parameters[name] for name in names if parameters.get(name)}
    with psycopg.connect(**given, autocommit=True) as raw:
        raw.execute("SET TIME ZONE 'UTC'")
        yield raw


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("SELECT %s::uuid, %s::int, %s::text", [UUID(int=7), 70_000, "zażółć"]),
        ("SELECT %(b)s::text, %(a)s::bigint, %(b)s::text", {"a": 2**40, "b": "twice", "c": "nobody asks"}),
        ("SELECT %s::timestamptz, %s::date", [datetime(2026, 6, 1, 12, tzinfo=UTC), date(2026, 6, 1)]),
        ("SELECT %s::uuid[], %s::bytea, %s::text", [[UUID(int=1), UUID(int=2)], b"\x00\xff", None]),
        ("SELECT %s::numeric, %s::boolean, '100 %%'", [Decimal("12.50"), True]),
        ("SELECT n FROM generate_series(1, 3) AS n", []),
        ("SELECT 1 WHERE false", []),
    ],
)
def test_values_and_rows_are_those_of_psycopg(raw, statement, values):
    expected = raw.execute(statement, values).fetchall()

    statements = PreparedStatements(raw)

    assert [statements.run(statement, values) for _ in range(3)] == [expected] * 3


def test_a_statement_without_rows_returns_none_of_them(raw):
    statements = PreparedStatements(raw)

    assert statements.run("CREATE TEMPORARY TABLE plant (id int)", []) == []
    assert statements.run("INSERT INTO plant VALUES (%s), (%s)", [1, 2]) == []
    assert statements.run("SELECT id FROM plant ORDER BY id", []) == [(1,), (2,)]


def test_an_error_of_the_server_is_raised_as_its_kind_and_the_connection_goes_on(raw):
    statements = PreparedStatements(raw)

    with pytest.raises(psycopg.errors.DivisionByZero):
        statements.run("SELECT 1 / %s::int", [0])
    with pytest.raises(psycopg.errors.SyntaxError):
        statements.run("SELEKT", [])

    assert not statements.is_lost
    assert statements.run("SELECT 1 / %s::int", [1]) == [(1,)]


def test_a_lost_connection_is_told(raw):
    statements = PreparedStatements(raw)
    statements.run("SELECT 1", [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        statements.run("SELECT 1", [])

    assert statements.is_lost


def test_so_many_statements_stay_prepared_and_no_more(raw, monkeypatch):
    monkeypatch.setattr(prepared, "STATEMENTS_MAX", 3)
    statements = PreparedStatements(raw)

    found = [statements.run(f"SELECT {number}", []) for _ in range(2) for number in range(5)]

    assert found == [[(number,)] for _ in range(2) for number in range(5)]
    assert raw.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 's%'").fetchone() == (3,)
