from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import transaction

from wracam.shops import actions, queries
from wracam.shops.contracts import SYSTEM, Shop, StaffMember

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PASSWORD = "trzy zielone paprocie"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def zielnik(db: None) -> Shop:
    return actions.create_shop(name="Zielnik", currency="PLN", actor=SYSTEM, now=NOW)


@pytest.fixture
def daria(db: None) -> StaffMember:
    owner = actions.create_owner(email="daria@zielnik.pl", name="Daria", password=PASSWORD, now=NOW)
    member = queries.staff_member(owner.id)
    assert member
    return member


@contextmanager
def refused(error: type[Exception]) -> Iterator[None]:
    """Expect *error* and undo what the action began, as its own transaction would outside of a test."""
    with pytest.raises(error), transaction.atomic():
        yield
