"""The ten-line client of docs/api.md, which the README repeats, as people will paste it, against a running server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wracam.definitions import actions as definitions
from wracam.events import actions as events
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
CLUB = {"name": "Klub Zielnik", "joining": "everybody"}
RULE = {"when": "order.paid", "give": {"kind": "per_amount", "points": 1, "per": "1.00"}}


def client_source() -> str:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


@pytest.mark.django_db(transaction=True)
def test_the_ten_line_client_posts_an_order_and_reads_the_points(live_server, capsys):
    now = clock.now()
    shop = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=now)
    for kind, key, body in (("program", "klub", CLUB), ("earning_rule", "zakupy", RULE)):
        definitions.save_draft(kind=kind, key=key, name=key, body=body, expected_revision=None, actor=SYSTEM, now=now)
        definitions.publish(kind=kind, key=key, expected_revision=None, actor=SYSTEM, now=now)
    key = shops.create_key(
        shop_id=shop.id,
        kind=KeyKind.SERVER,
        name="client",
        scopes=["orders:write", "loyalty:read"],
        actor=SYSTEM,
        now=now,
    ).secret
    source = client_source().replace("http://127.0.0.1:8800", live_server.url).replace("wr_live_…", key)
    order, reading = source.split("# the points arrive", 1)

    names: dict[str, object] = {}
    exec(order, names)
    events.deliver_all(now=clock.now())
    exec("#" + reading, names)

    assert re.search(r"\b129\b", capsys.readouterr().out)
    assert len([line for line in source.splitlines() if line.strip()]) <= 12


def test_the_readme_shows_the_same_client():
    readme = (DOCUMENT.parents[1] / "README.md").read_text("utf-8")

    assert f"```python\n{client_source()}```" in readme
