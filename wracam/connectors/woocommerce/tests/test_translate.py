"""Recorded payloads become the orders, people and products they tell of, to the grosz."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.commerce.contracts import OrderSnapshot, OrderStatus, PaymentStatus
from wracam.connectors.woocommerce import translate
from wracam.customers.contracts import IdentityKind

FIXTURES = Path(__file__).resolve().parents[5] / "shared" / "fixtures"
LIVE = FIXTURES / "woocommerce-live"
WARSAW = ZoneInfo("Europe/Warsaw")
pytestmark = pytest.mark.skipif(not LIVE.is_dir(), reason="the recorded deliveries are not on this machine")


def body(name: str) -> bytes:
    return next(LIVE.glob(f"{name}*.body")).read_bytes()


def order(data: bytes, *, details: dict[int, translate.RefundBody] | None = None) -> OrderSnapshot:
    told = translate.order_snapshot(
        translate.read(data, translate.OrderBody), shop_id=1, zone=WARSAW, details=details or {}
    )
    assert told is not None
    return told


def test_net_lines_and_shipping_become_gross_and_add_up_to_the_total():
    told = order(body("016"))

    assert [
        (line.external_id, line.sku, line.quantity, line.total_minor, line.discount_minor) for line in told.lines
    ] == [
        ("1", "KAWA-1KG", 2, 14398, 1600),
        ("2", "KOSZ-M", 1, 5310, 590),
    ]
    assert (told.total_minor, told.shipping_minor, told.tax_minor, told.discount_minor) == (21207, 1499, 3965, 2191)
    assert sum(line.total_minor for line in told.lines) + told.shipping_minor == told.total_minor


def test_an_orders_moments_codes_and_partial_refund_are_read():
    told = order(body("016"))

    assert told.modified_at == datetime(2026, 11, 22, 4, 45, 57, tzinfo=UTC)
    assert told.coupon_codes == ("wracam10",)
    assert (told.status, told.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.PARTIALLY_REFUNDED)
    assert [(refund.external_id, refund.total_minor, refund.reason) for refund in told.refunds] == [
        ("16", 2000, "uszkodzone")
    ]
    assert told.person is not None
    assert {mark.kind: mark.value for mark in told.person.identities} == {
        IdentityKind.SHOP_ACCOUNT: "2",
        IdentityKind.EMAIL: "zofia.wisniewska@example.com",
        IdentityKind.PHONE: "+48600100200",
    }


def test_a_guests_trashed_order_is_deleted_and_its_buyer_is_a_guest():
    told = order(body("020"))

    assert told.status is OrderStatus.DELETED
    assert told.person is not None
    assert told.person.is_guest is True
    assert IdentityKind.SHOP_ACCOUNT not in {mark.kind for mark in told.person.identities}


def test_rest_and_webhook_tell_the_same_order():
    assert order((LIVE / "api" / "order.rest.after-refund.json").read_bytes()) == order(body("017"))


def test_a_refund_with_lines_says_which_units_came_back():
    refunds = translate.parts_of((FIXTURES / "woocommerce" / "order-refunds.list-all-refunds.json").read_bytes())
    details = {item.id: item for item in (translate.read(part, translate.RefundBody) for part in refunds)}
    data = json.loads((FIXTURES / "woocommerce" / "orders.retrieve-an-order.json").read_text("utf-8"))
    data["refunds"] = [{"id": 726, "reason": "", "total": "-10.00"}, {"id": 724, "reason": "", "total": "-9.00"}]

    told = order(json.dumps(data).encode(), details=details)

    assert [
        (refund.total_minor, [(u.line_external_id, u.quantity, u.total_minor) for u in refund.lines])
        for refund in told.refunds
    ] == [
        (1000, []),
        (900, [("311", 1, 900)]),
    ]
    assert told.refunds[0].refunded_at == datetime(2017, 3, 21, 20, 7, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "status", "payment"),
    [
        ({"status": "pending", "date_paid_gmt": None, "date_paid": None}, "pending", "unpaid"),
        ({"status": "on-hold", "date_paid_gmt": None, "date_paid": None}, "pending", "unpaid"),
        ({"status": "completed"}, "delivered", "paid"),
        ({"status": "cancelled", "date_paid_gmt": None, "date_paid": None}, "cancelled", "unpaid"),
        ({"status": "failed", "date_paid_gmt": None, "date_paid": None}, "failed", "unpaid"),
        ({"status": "refunded"}, "delivered", "refunded"),
        (
            {"status": "processing", "payment_method": "cod", "date_paid_gmt": None, "date_paid": None},
            "processing",
            "unpaid",
        ),
        ({"status": "w-pakowaniu"}, "processing", "paid"),
    ],
)
def test_statuses_are_translated(changes: dict, status: str, payment: str):
    data = json.loads(body("020")) | changes

    told = order(json.dumps(data).encode())

    assert (told.status, told.payment_status) == (OrderStatus(status), PaymentStatus(payment))


def test_a_checkout_that_is_no_order_yet_is_nothing():
    data = json.loads(body("020")) | {"status": "checkout-draft"}

    assert (
        translate.order_snapshot(
            translate.read(json.dumps(data).encode(), translate.OrderBody), shop_id=1, zone=WARSAW, details={}
        )
        is None
    )


def test_moments_without_gmt_are_of_the_shops_zone():
    data = {key: value for key, value in json.loads(body("020")).items() if not key.endswith("_gmt")}

    assert order(json.dumps(data).encode()).modified_at == datetime(2026, 11, 22, 3, 45, 57, tzinfo=UTC)


def test_a_customer_with_an_account_is_read():
    told = translate.person_snapshot(translate.read(body("013"), translate.CustomerBody), zone=WARSAW)

    assert (told.first_name, told.last_name, told.is_guest) == ("Zosia", "Wiśniewska", False)
    assert told.registered_at == datetime(2026, 11, 22, 4, 45, 53, tzinfo=UTC)


def test_products_and_variations_are_read():
    simple = translate.product_snapshot(
        translate.read(body("010"), translate.ProductBody), shop_id=1, currency="PLN", zone=WARSAW
    )
    variation = translate.product_snapshot(
        translate.read((LIVE / "api" / "product.variation.json").read_bytes(), translate.ProductBody),
        shop_id=1, currency="PLN", zone=WARSAW,
    )  # fmt: skip

    assert (simple.price_minor, simple.regular_minor, simple.categories, simple.stock_quantity) == (
        7999,
        8999,
        ("Kawa",),
        47,
    )
    assert (variation.parent_external_id, variation.sku, variation.price_minor) == ("11", "KOSZ-M", 5900)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"id":"x"}', b'{"id":1}', b'{"id":1,"status":"x","currency":"PLNX","total":"1"}',
                                  b'{"id":1,"status":"x","currency":"PLN","total":"abc"}', b"\xff", b"[" * 5000])  # fmt: skip
def test_what_is_no_order_is_refused_with_a_reason(data: bytes):
    with pytest.raises(translate.PayloadError):
        order(data)


@given(st.lists(st.decimals(min_value=0, max_value=10_000, places=4), min_size=1, max_size=12))
def test_rounded_parts_add_up_to_the_rounded_total(exact: list[Decimal]):
    total_minor = int((sum(exact, Decimal(0)) * 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))

    parts = translate.parts_adding_up(exact, total_minor, "PLN")

    assert sum(parts) == total_minor
    assert all(abs(part - value * 100) <= 1 for part, value in zip(parts, exact, strict=True))


def test_a_total_that_rounding_does_not_explain_stays_the_truth():
    assert translate.parts_adding_up([Decimal("10.00"), Decimal("5.005")], 1000, "PLN") == [1000, 501]
