"""Keys, webhooks and history over real HTTP, against a small shop that checks signatures as WooCommerce does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from wracam.commerce import queries as commerce
from wracam.connectors.woocommerce import actions, models, queries, tasks
from wracam.connectors.woocommerce.actions import syncing
from wracam.connectors.woocommerce.contracts import Connection, Resource, SyncState
from wracam.connectors.woocommerce.core.errors import RestFailure, sentence
from wracam.connectors.woocommerce.tests.conftest import LIVE, NOW
from wracam.connectors.woocommerce.tests.fake_shop import KEY, SECRET, FakeShop
from wracam.foundation.bulk import fetch
from wracam.shops.contracts import SYSTEM, Shop

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not LIVE.is_dir(), reason="the recorded answers are not on this machine"),
]
FIRST = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[FakeShop]:
    monkeypatch.setattr("wracam.foundation.outgoing.allowed_hosts", lambda: ["127.0.0.1"])
    fake = FakeShop()
    yield fake
    fake.stop()


@pytest.fixture
def connected(zielnik: Shop, shop: FakeShop) -> Connection:
    made = actions.connect(shop_id=zielnik.id, url=shop.url, actor=SYSTEM, now=NOW)
    actions.store_keys(connection_id=made.id, key=KEY, secret=SECRET, actor=SYSTEM, now=NOW)
    return made


def api(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((LIVE / "api" / f"{name}.json").read_text("utf-8"))
    return told


def orders(count: int, *, start: int = 100) -> list[dict[str, Any]]:
    """Copies of the recorded order, changed one after another; three share each second, as bulk edits do."""
    made = []
    for number in range(start, start + count):
        order = deepcopy(api("order.guest.completed"))
        changed = (FIRST + timedelta(seconds=number // 3)).strftime("%Y-%m-%dT%H:%M:%S")
        order |= {"id": number, "number": str(number), "date_modified_gmt": changed}
        made.append(order)
    return made


def read_all(connection: Connection, *, is_full: bool = True) -> None:
    actions.start_sync(connection_id=connection.id, is_full=is_full, now=NOW)
    while actions.sync_page(connection_id=connection.id, now=NOW):
        pass


def sync_of(connection: Connection, resource: Resource):
    found = queries.connection(connection_id=connection.id)
    assert found is not None
    return next(sync for sync in found.syncs if sync.resource is resource)


def test_the_whole_history_is_read_once_over_many_pages(connected: Connection, shop: FakeShop):
    shop.lists["orders"] = orders(250)
    shop.lists["customers"] = [api("customer")]
    shop.lists["products"] = [api("product.simple"), api("product.variable")]
    shop.nested["products/11/variations"] = [api("product.variation")]

    read_all(connected)

    assert fetch("SELECT COUNT(*) FROM shop_order")[0][0] == 250
    assert fetch("SELECT external_id FROM product ORDER BY 1") == [("10",), ("11",), ("12",)]
    assert {sync.state for sync in queries.connection(connection_id=connected.id).syncs} == {SyncState.DONE}  # type: ignore[union-attr]
    first = next(query for _, path, query in shop.calls if path.endswith("/orders"))
    assert (first["per_page"], first["orderby"], first["order"]) == ("100", "modified", "asc")


def test_the_next_reading_asks_only_for_what_changed(connected: Connection, shop: FakeShop):
    shop.lists["orders"] = orders(150)
    read_all(connected)
    shop.calls.clear()
    changed = shop.lists["orders"][7]
    changed |= {"status": "cancelled", "date_modified_gmt": "2026-11-20T10:00:00"}

    read_all(connected, is_full=False)

    asked = [query for _, path, query in shop.calls if path.endswith("/orders")]
    assert len(asked) == 1
    assert asked[0]["modified_after"] == (FIRST + timedelta(seconds=249 // 3 - 1)).strftime("%Y-%m-%dT%H:%M:%S")
    assert not any(path.endswith("/customers") for path in shop.paths())
    order = commerce.order(commerce.order_id_of(shop_id=connected.shop_id, source="woocommerce", external_id="107"))
    assert order is not None
    assert order.status == "cancelled"


def test_a_reading_that_died_goes_on_where_it_was(connected: Connection, shop: FakeShop):
    shop.lists["orders"] = orders(250)
    actions.start_sync(connection_id=connected.id, is_full=True, now=NOW)
    for _ in range(3):
        actions.sync_page(connection_id=connected.id, now=NOW)
    half = fetch("SELECT COUNT(*) FROM shop_order")[0][0]

    actions.start_sync(connection_id=connected.id, is_full=True, now=NOW)
    while actions.sync_page(connection_id=connected.id, now=NOW):
        pass

    asked = [query.get("modified_after", "") for _, path, query in shop.calls if path.endswith("/orders")]
    assert half == 100
    assert fetch("SELECT COUNT(*) FROM shop_order")[0][0] == 250
    assert asked[0] == ""
    assert asked[1:] == sorted(set(asked[1:]))


def test_an_order_that_changes_while_we_read_is_not_missed(
    connected: Connection, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
):
    shop.lists["orders"] = orders(250)
    actions.start_sync(connection_id=connected.id, is_full=True, now=NOW)
    for _ in range(3):
        actions.sync_page(connection_id=connected.id, now=NOW)
    for order in shop.lists["orders"][:50]:
        order["date_modified_gmt"] = "2026-11-20T10:00:00"

    while actions.sync_page(connection_id=connected.id, now=NOW):
        pass

    assert fetch("SELECT COUNT(*) FROM shop_order")[0][0] == 250


def test_many_orders_changed_in_one_second_are_all_read(
    connected: Connection, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(syncing, "PAGE_SIZE", 10)
    shop.lists["orders"] = [order | {"date_modified_gmt": "2026-11-20T10:00:00"} for order in orders(35)]

    read_all(connected)

    assert fetch("SELECT COUNT(*) FROM shop_order")[0][0] == 35


def test_refunds_are_read_in_detail(connected: Connection, shop: FakeShop):
    order, refund = api("order.rest.after-refund"), api("refund")
    refund["line_items"] = [
        {
            "id": 20,
            "quantity": -1,
            "total": "-16.26",
            "total_tax": "-3.74",
            "meta_data": [{"key": "_refunded_item_id", "value": "1"}],
        }
    ]
    shop.lists["orders"] = [order]
    shop.nested["orders/14/refunds"] = [refund]

    read_all(connected)

    held = commerce.order(commerce.order_id_of(shop_id=connected.shop_id, source="woocommerce", external_id="14"))
    assert held is not None
    assert [
        (one.total_minor, one.refunded_at, [(u.quantity, u.total_minor) for u in one.units]) for one in held.refunds
    ] == [(2000, datetime(2026, 11, 22, 4, 45, 56, tzinfo=UTC), [(1, 2000)])]


def test_one_strange_order_does_not_hide_the_others(connected: Connection, shop: FakeShop):
    good = orders(3)
    good[1]["currency"] = "ZŁOTE"
    good.append({"id": "x", "date_modified_gmt": "2026-11-20T10:00:00"})
    shop.lists["orders"] = good

    read_all(connected)

    sync = sync_of(connected, Resource.ORDERS)
    assert fetch("SELECT external_id FROM shop_order ORDER BY 1") == [("100",), ("102",)]
    assert (sync.state, sync.refused) == (SyncState.DONE, 2)


def test_a_busy_shop_is_tried_again_and_says_so(connected: Connection, shop: FakeShop):
    shop.failures = [503]
    actions.start_sync(connection_id=connected.id, is_full=True, now=NOW)

    with pytest.raises(actions.RestError) as raised:
        actions.sync_page(connection_id=connected.id, now=NOW)

    found = queries.connection(connection_id=connected.id)
    assert raised.value.is_retryable
    assert found is not None
    assert found.last_error == RestFailure.SHOP_FAILED
    assert sync_of(connected, Resource.PRODUCTS).state is SyncState.RUNNING
    while actions.sync_page(connection_id=connected.id, now=NOW):
        pass
    again = queries.connection(connection_id=connected.id)
    assert again is not None
    assert again.last_error == ""


def test_refused_keys_end_the_reading_with_a_sentence(connected: Connection, shop: FakeShop):
    actions.store_keys(connection_id=connected.id, key="ck_wrong", secret="cs_wrong", actor=SYSTEM, now=NOW)

    read_all(connected)

    found = queries.connection(connection_id=connected.id)
    assert found is not None
    assert {sync.state for sync in found.syncs} == {SyncState.FAILED}
    words = sentence(found.last_error)
    assert words is not None
    assert words.en.startswith("The shop refused the keys.")


def test_each_topic_gets_one_active_webhook_with_our_secret(connected: Connection, shop: FakeShop):
    hook = "https://wracam.example/hooks/woocommerce/x"

    actions.create_webhooks(connection_id=connected.id, delivery_url=hook, now=NOW)
    shop.lists["webhooks"][0]["status"] = "disabled"
    actions.create_webhooks(connection_id=connected.id, delivery_url=hook, now=NOW)

    row = models.Connection.objects.get(id=connected.id)
    made = shop.lists["webhooks"]
    assert len(made) == 9
    assert {item["topic"] for item in made} >= {"order.created", "order.updated", "order.deleted", "customer.updated"}
    assert {(item["status"], item["secret"], item["delivery_url"]) for item in made} == {
        ("active", queries.webhook_secrets(row)[0], hook)
    }


def test_one_click_gives_keys_webhooks_and_history(client: Client, zielnik: Shop, shop: FakeShop, settings: Any):
    settings.PUBLIC_URL = "https://wracam.example"
    shop.lists["orders"] = orders(3)
    made = actions.connect(shop_id=zielnik.id, url=shop.url, actor=SYSTEM, now=NOW)
    page = actions.begin_authorization(
        connection_id=made.id, return_url="https://wracam.example/console/", actor=SYSTEM, now=datetime.now(UTC),
        callback_url="https://wracam.example/hooks/woocommerce/keys",
    )  # fmt: skip
    query = parse_qs(urlsplit(page).query)
    keys = {
        "key_id": 1,
        "user_id": query["user_id"][0],
        "consumer_key": KEY,
        "consumer_secret": SECRET,
        "key_permissions": "read_write",
    }

    stranger = client.post("/hooks/woocommerce/keys", keys | {"user_id": "guess"}, content_type="application/json")
    taken = client.post("/hooks/woocommerce/keys", keys, content_type="application/json")
    again = client.post("/hooks/woocommerce/keys", keys, content_type="application/json")
    from wracam.foundation.jobs import run_due

    run_due()

    found = queries.connection(connection_id=made.id)
    assert page.startswith(f"{shop.url}/wc-auth/v1/authorize?")
    assert query["scope"] == ["read_write"]
    assert (stranger.status_code, taken.status_code, again.status_code) == (404, 200, 404)
    assert found is not None
    assert (found.has_keys, found.has_webhooks) == (True, True)
    assert {item["delivery_url"] for item in shop.lists["webhooks"]} == {
        f"https://wracam.example/hooks/woocommerce/{made.hook_token}"
    }
    assert fetch("SELECT COUNT(*) FROM shop_order")[0][0] == 3


def test_the_nightly_reading_starts_for_shops_with_keys(connected: Connection, shop: FakeShop):
    shop.lists["orders"] = orders(2)

    tasks.reconcile()
    from wracam.foundation.jobs import run_due

    run_due()

    assert sync_of(connected, Resource.ORDERS).taken == 2
