"""The database that a test runs on: its address for processes that the test starts, and emptying it afterwards."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import connection
from psycopg import sql

KEPT = ("django_migrations", "django_content_type", "auth_permission")
"""What belongs to the schema, not to a test."""


def url_of_test_database() -> str:
    """Return the URL of the database of the running test."""
    known = connection.settings_dict
    password = f":{known['PASSWORD']}" if known["PASSWORD"] else ""
    place = {"host": known["HOST"], "port": known["PORT"]}
    query = urlencode({name: value for name, value in place.items() if value})
    return f"postgresql://{known['USER']}{password}@/{known['NAME']}?{query}"


def empty_tables() -> None:
    """Empty the tables that a test filled.

    Django's own `flush` does the same to every table, full or not, which takes a second for each test that commits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
            [list(KEPT)],
        )
        looks = [
            sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(table), sql.Identifier(table))
            for (table,) in cursor.fetchall()
        ]
        cursor.execute(sql.SQL(" UNION ALL ").join(looks))
        if filled := [sql.Identifier(row[0]) for row in cursor.fetchall()]:
            cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(filled)))
