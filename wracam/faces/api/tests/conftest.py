from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from wracam.faces.api import openapi, ports
from wracam.faces.api.tests import sample

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = {
    "wr_live_zielnik": ports.Key(
        id=1, shop_id=1, name="zielnik", is_publishable=False, scopes=frozenset({"*"}), origins=()
    ),
    "wr_live_reader": ports.Key(
        id=2, shop_id=1, name="reader", is_publishable=False, scopes=frozenset({"notes:read"}), origins=()
    ),
    "wr_live_other": ports.Key(
        id=3, shop_id=2, name="other", is_publishable=False, scopes=frozenset({"*"}), origins=()
    ),
    "wr_pub_zielnik": ports.Key(
        id=4,
        shop_id=1,
        name="pages",
        is_publishable=True,
        scopes=frozenset({"notes:read"}),
        origins=("https://zielnik.pl",),
    ),
}


@pytest.fixture
def client(db: None, monkeypatch: pytest.MonkeyPatch, settings) -> Client:
    """A client of an API that has only the sample endpoints, with keys that need no shop."""
    whole = openapi.WracamApi(title="Sample", version="1", openapi_url=None, docs_url=None, urls_namespace="sample")
    whole.add_router("", sample.new_router())
    monkeypatch.setattr(ports, "_key_readers", [KEYS.get])
    monkeypatch.setattr("wracam.faces.api.dispatch.URLCONF", sample.urlconf(whole))
    return Client(headers={"Authorization": "Bearer wr_live_zielnik"})
