"""Fixtures of the tests of challenges."""

from __future__ import annotations

import pytest

from wracam.loyalty.tests.garden import NOON
from wracam.shops import actions as shops


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id
