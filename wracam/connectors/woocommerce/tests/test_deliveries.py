"""Recorded deliveries of WooCommerce 11.0.1: stored once, checked, and whatever their order, one state in the end."""

from __future__ import annotations

import random

import pytest
from django.db import transaction
from django.test import Client

from wracam.connectors.woocommerce import actions, models, queries
from wracam.connectors.woocommerce.contracts import Connection, Verdict
from wracam.connectors.woocommerce.tests.conftest import LIVE, NOW, RECORDED_SECRET, Recorded, recorded
from wracam.foundation.bulk import fetch
from wracam.foundation.jobs import run_due
from wracam.shops.contracts import SYSTEM

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not LIVE.is_dir(), reason="the recorded deliveries are not on this machine"),
]
RUNS = 200


def post(client: Client, connection: Connection, delivery: Recorded, **changed: str):
    headers = delivery.headers | changed
    return client.post(
        f"/hooks/woocommerce/{connection.hook_token}",
        data=delivery.body,
        content_type=headers["Content-Type"],
        headers={name: value for name, value in headers.items() if name.startswith("X-WC")},
    )


def receive(connection: Connection, delivery: Recorded):
    return actions.receive(hook_token=connection.hook_token, headers=delivery.own_headers, body=delivery.body, now=NOW)


def state() -> dict[str, list[tuple]]:
    """All that we know of trade and people after deliveries, whoever came first."""
    return {
        "orders": fetch(
            """SELECT o.external_id, o.modified_at, o.placed_at, o.paid_at, o.delivered_at, o.status, o.payment_status,
                      o.total_minor, o.shipping_minor, o.discount_minor, o.refunded_minor, o.is_valid, o.is_sale,
                      o.coupon_codes, (SELECT min(i.value) FROM customer_identity i WHERE i.customer_id = o.customer_id)
               FROM shop_order o ORDER BY 1"""
        ),
        "lines": fetch(
            """SELECT o.external_id, l.external_id, l.sku, l.name, l.quantity, l.total_minor, l.discount_minor,
                      p.external_id FROM order_line l JOIN shop_order o ON o.id = l.order_id
               LEFT JOIN product p ON p.id = l.product ORDER BY 1, 2"""
        ),
        "refunds": fetch("SELECT external_id, total_minor, refunded_at FROM refund ORDER BY 1"),
        "products": fetch(
            "SELECT external_id, sku, name, price_minor, regular_minor, stock_quantity, is_active FROM product ORDER BY 1"
        ),
        "people": fetch(
            """SELECT c.first_name, c.last_name, c.city, c.is_guest, array_agg(i.kind || ':' || i.value ORDER BY i.kind, i.value)
               FROM customer c JOIN customer_identity i ON i.customer_id = c.id
               WHERE c.merged_into_id IS NULL GROUP BY c.id ORDER BY 1, 2"""
        ),
        "statistics": fetch(
            """SELECT c.first_name, s.currency, s.order_count, s.sale_count, s.gross_minor, s.refunded_minor, s.units
               FROM trade_statistic s JOIN customer c ON c.id = s.customer_id WHERE s.order_count > 0 ORDER BY 1"""
        ),
    }


def test_all_recorded_deliveries_are_answered_with_200_and_end_in_what_the_shop_says(
    client: Client, connection: Connection
):
    statuses = [post(client, connection, delivery).status_code for delivery in recorded()]
    run_due()

    told = state()
    assert statuses == [200] * 22
    assert models.Delivery.objects.count() == 13
    assert [(row[0], row[5], row[7], row[10], row[11]) for row in told["orders"]] == [
        ("14", "processing", 21207, 2000, True),
        ("15", "deleted", 9498, 0, False),
    ]
    assert [row[:4] for row in told["people"]] == [
        ("Jan", "Kowalski", "Kraków", True),
        ("Zosia", "Wiśniewska", "Warszawa", False),
    ]
    assert [row[0] for row in told["products"]] == ["10", "11", "12"]
    assert set(models.Delivery.objects.values_list("topic", "verdict")) >= {
        ("coupon.created", Verdict.IGNORED), ("action.woocommerce_add_to_cart", Verdict.IGNORED),
        ("order.deleted", Verdict.DONE), ("order.created", Verdict.DONE),
    }  # fmt: skip
    assert not models.Delivery.objects.exclude(verdict__in=[Verdict.DONE, Verdict.IGNORED]).exists()


def test_two_hundred_random_orders_with_duplicates_end_in_one_state(connection: Connection):
    deliveries = [delivery for delivery in recorded() if delivery.own_headers]
    chance = random.Random(2026)
    ends: list[dict[str, list[tuple]]] = []
    for _ in range(RUNS):
        sent = chance.sample(deliveries * 2, len(deliveries) * 2)
        with transaction.atomic():
            for delivery in sent[: chance.randrange(len(sent))]:
                receive(connection, delivery)
            actions.handle_waiting(connection_id=connection.id, now=NOW)
            for delivery in [*sent, *chance.sample(deliveries, 3)]:
                receive(connection, delivery)
            actions.handle_waiting(connection_id=connection.id, now=NOW)
            end = state()
            transaction.set_rollback(True)
        if end not in ends:
            ends.append(end)

    assert len(deliveries) == 13
    assert ends[1:] == []
    assert [(row[0], row[5]) for row in ends[0]["orders"]] == [("14", "processing"), ("15", "deleted")]


def test_a_second_delivery_of_the_same_webhook_changes_nothing(client: Client, connection: Connection):
    order = next(item for item in recorded() if item.name == "016-order.created")
    post(client, connection, order)
    run_due()
    before, log = state(), fetch("SELECT COUNT(*) FROM event")

    answer = post(client, connection, order)

    assert (answer.status_code, run_due()) == (200, 0)
    assert (models.Delivery.objects.count(), state(), fetch("SELECT COUNT(*) FROM event")) == (1, before, log)


def test_one_delivery_id_for_two_orders_is_two_deliveries(client: Client, connection: Connection):
    first, second = (next(item for item in recorded() if item.name.startswith(name)) for name in ("016", "021"))
    assert first.own_headers["delivery-id"] == second.own_headers["delivery-id"]

    post(client, connection, first)
    post(client, connection, second)

    assert models.Delivery.objects.count() == 2


def test_a_wrong_signature_is_refused_counted_and_not_stored(client: Client, connection: Connection):
    order = next(item for item in recorded() if item.name.startswith("016"))
    wrong = {"X-WC-Webhook-Signature": "k2MKvLpdf3B3ZhHCXr0Z63pe2Kd0MD/arf3edun7MrA="}

    statuses = [
        post(client, connection, order, **wrong).status_code,
        post(client, connection, order, **{"X-WC-Webhook-Signature": ""}).status_code,
        post(client, connection, order, **{"X-WC-Webhook-Signature": "zażółć"}).status_code,
    ]

    found = queries.connection(connection_id=connection.id)
    assert statuses == [401, 401, 401]
    assert models.Delivery.objects.count() == 0
    assert found is not None
    assert found.refused_count == 3


def test_the_secret_before_the_last_rotation_still_signs_and_the_one_before_does_not(
    client: Client, connection: Connection
):
    order = next(item for item in recorded() if item.name.startswith("016"))

    actions.rotate_secret(connection_id=connection.id, actor=SYSTEM, now=NOW)
    after_one = post(client, connection, order).status_code
    actions.rotate_secret(connection_id=connection.id, actor=SYSTEM, now=NOW)
    after_two = post(client, connection, order).status_code

    assert (after_one, after_two) == (200, 401)


def test_an_unknown_address_is_not_found_and_a_huge_body_is_too_large(client: Client, connection: Connection):
    unknown = client.post("/hooks/woocommerce/nobody", data=b"webhook_id=1", content_type="application/json")
    huge = client.post(
        f"/hooks/woocommerce/{connection.hook_token}", data=b"x" * 4_000_001, content_type="application/json"
    )

    assert (unknown.status_code, huge.status_code) == (404, 413)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"\xff\x00", b'{"id":"\\u0000"}', b"[" * 10_000, b'{"id":15,"total":"1e999"}']
)
def test_a_signed_body_that_makes_no_sense_fails_alone_and_is_kept(connection: Connection, body: bytes):
    from wracam.connectors.woocommerce.core.signing import signature

    good = next(item for item in recorded() if item.name.startswith("016"))
    headers = {"topic": "order.updated", "delivery-id": "x", "signature": signature(body, RECORDED_SECRET)}

    stored = actions.receive(hook_token=connection.hook_token, headers=headers, body=body, now=NOW)
    receive(connection, good)
    actions.handle_waiting(connection_id=connection.id, now=NOW)

    assert stored.status == 200
    verdicts = dict(models.Delivery.objects.values_list("delivery_id", "verdict"))
    assert verdicts == {"x": Verdict.FAILED, good.own_headers["delivery-id"]: Verdict.DONE}
    assert [row[0] for row in state()["orders"]] == ["14"]


def test_the_secrets_in_the_database_are_sealed(connection: Connection):
    stored = repr(fetch("SELECT * FROM woocommerce_connection"))

    assert RECORDED_SECRET not in stored
    assert "s3cret" not in stored
