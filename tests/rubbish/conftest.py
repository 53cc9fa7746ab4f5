from __future__ import annotations

import pytest
from django.test import Client

from wracam.faces.api import limits
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind, Shop


@pytest.fixture
def zielnik(transactional_db: None) -> Shop:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=clock.now())


@pytest.fixture
def owner_key(zielnik: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key that may do everything, in a world without rate limits: here the answers count, not the pace."""
    monkeypatch.setattr(limits, "take", lambda **_: None)
    return new_key(zielnik.id)


@pytest.fixture
def api(owner_key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {owner_key}"})


def new_key(shop_id: int) -> str:
    made = shops.create_key(
        shop_id=shop_id, kind=KeyKind.SERVER, name="rubbish", scopes=["*"], actor=SYSTEM, now=clock.now()
    )
    return made.secret
