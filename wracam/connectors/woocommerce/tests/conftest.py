"""The shop zielnik and its connection, with the secret of the recorded deliveries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wracam.connectors.woocommerce import actions
from wracam.connectors.woocommerce.contracts import Connection
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, Shop

LIVE = Path(__file__).resolve().parents[5] / "shared" / "fixtures" / "woocommerce-live"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RECORDED_SECRET = 's3cret & "quoted"'
PREFIX = "x-wc-webhook-"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One delivery as WooCommerce made it."""

    name: str
    headers: dict[str, str]
    body: bytes

    @property
    def own_headers(self) -> dict[str, str]:
        return {
            name.lower().removeprefix(PREFIX): value
            for name, value in self.headers.items()
            if name.lower().startswith(PREFIX)
        }


def recorded() -> list[Recorded]:
    return [
        Recorded(
            name=path.name.removesuffix(".headers.json"),
            headers=json.loads(path.read_text("utf-8"))["headers"],
            body=path.with_name(path.name.replace(".headers.json", ".body")).read_bytes(),
        )
        for path in sorted(LIVE.glob("*.headers.json"))
    ]


@pytest.fixture
def zielnik(db) -> Shop:
    return shops.create_shop(name="Zielnik", currency="PLN", now=NOW, key="zielnik")


@pytest.fixture
def connection(zielnik: Shop) -> Connection:
    made = actions.connect(shop_id=zielnik.id, url="https://sklep.zielnik.example/", actor=SYSTEM, now=NOW)
    actions.rotate_secret(connection_id=made.id, actor=SYSTEM, now=NOW, secret=RECORDED_SECRET)
    return made
