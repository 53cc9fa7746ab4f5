"""The address of the database that a test runs on, for processes that the test starts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import connection


def url_of_test_database() -> str:
    """Return the URL of the database of the running test."""
    known = connection.settings_dict
    password = f":{known['PASSWORD']}" if known["PASSWORD"] else ""
    place = {"host": known["HOST"], "port": known["PORT"]}
    query = urlencode({name: value for name, value in place.items() if value})
    return f"postgresql://{known['USER']}{password}@/{known['NAME']}?{query}"
