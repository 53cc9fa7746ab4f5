"""Locks on many things: each key of its own, or the whole space when there are too many."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction

from wracam.foundation import locks
from wracam.foundation.testing.database import url_of_test_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def neighbour() -> Iterator[psycopg.Connection]:
    with psycopg.connect(url_of_test_database(), autocommit=True) as other:
        yield other


def is_free(neighbour: psycopg.Connection, space: str, key: object) -> bool:
    """Say whether another transaction could lock a key of a space at this moment."""
    with neighbour.transaction():
        row = neighbour.execute(
            "SELECT pg_try_advisory_xact_lock_shared(%s::int, -1) AND pg_try_advisory_xact_lock(%s::int, %s::int)",
            [locks._number(space), locks._number(space), locks._number(str(key))],
        ).fetchone()
    assert row is not None
    return bool(row[0])


def test_a_bulk_load_locks_its_own_keys_and_leaves_those_of_another(neighbour):
    with transaction.atomic():
        locks.lock_many("orders", range(1_000))

        assert not is_free(neighbour, "orders", 999)
        assert is_free(neighbour, "orders", 1_000)
        assert is_free(neighbour, "customers", 999)
    assert is_free(neighbour, "orders", 999)


def test_more_keys_than_the_table_should_hold_lock_the_whole_space(neighbour):
    with transaction.atomic():
        locks.lock_many("orders", range(locks.KEYS_MAX + 1))

        assert not is_free(neighbour, "orders", locks.KEYS_MAX + 2)
        assert is_free(neighbour, "customers", 1)
