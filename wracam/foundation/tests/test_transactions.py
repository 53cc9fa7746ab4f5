"""Commits that wait for the disk together."""

from __future__ import annotations

import pytest

from wracam.foundation import transactions
from wracam.foundation.bulk import execute, fetch


def _where_it_is_set() -> str:
    return str(fetch("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")[0][0])


@pytest.mark.django_db(transaction=True)
def test_commits_wait_for_the_disk_at_the_end_and_then_all_of_them_are_on_it():
    usual = _where_it_is_set()
    execute("CREATE TABLE seedling (id integer)")

    with transactions.flushed_at_the_end():
        inside = fetch("SHOW synchronous_commit")[0][0]
        for number in range(100):
            execute("INSERT INTO seedling VALUES (%s)", number)
        written = fetch("SELECT pg_current_wal_insert_lsn()")[0][0]

    assert inside == "off"
    assert fetch("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", written) == [(True,)]
    assert _where_it_is_set() == usual
    execute("DROP TABLE seedling")


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_leaves_the_connection_as_it_was():
    usual = _where_it_is_set()

    with pytest.raises(ZeroDivisionError), transactions.flushed_at_the_end():
        raise ZeroDivisionError

    assert _where_it_is_set() == usual
