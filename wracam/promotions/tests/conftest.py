"""Fixtures of the promotions tests."""

from __future__ import annotations

import pytest

from wracam.shops import actions as shops

from .garden import NOON


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id
