"""Codes as coupons of a shop, over real HTTP against a small shop that answers as WooCommerce does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from wracam.connectors.woocommerce import actions
from wracam.connectors.woocommerce.tests.conftest import NOW
from wracam.connectors.woocommerce.tests.fake_shop import KEY, SECRET, FakeShop
from wracam.connectors.woocommerce.translate.coupons import coupon_of
from wracam.shops.contracts import SYSTEM, Shop
from wracam.vouchers import actions as vouchers
from wracam.vouchers.ports import CodeToPush, PushOutcome, ShopDiscount

pytestmark = pytest.mark.django_db
TEN_PERCENT = ShopDiscount(percent_bp=1_000)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeShop]:
    monkeypatch.setattr("wracam.foundation.outgoing.allowed_hosts", lambda: ["127.0.0.1"])
    fake = FakeShop()
    yield fake
    fake.stop()


@pytest.fixture
def connected(zielnik: Shop, shop: FakeShop) -> None:
    made = actions.connect(shop_id=zielnik.id, url=shop.url, actor=SYSTEM, now=NOW)
    actions.store_keys(connection_id=made.id, key=KEY, secret=SECRET, actor=SYSTEM, now=NOW)


def push(zielnik: Shop, *codes: CodeToPush) -> Any:
    return vouchers.push_codes(shop_id=zielnik.id, codes=codes, now=NOW)


def test_a_code_becomes_the_coupon_that_woocommerce_expects():
    code = CodeToPush(
        code="ROSE-7KQ2-M4XZ-9PTRH",
        discount=ShopDiscount(amount_minor=1_250, currency="PLN", minimum_minor=10_000),
        ends_at=datetime(2026, 12, 31, 23, tzinfo=UTC),
        uses=1,
        uses_per_customer=1,
        email="ania@zielnik.example",
    )

    assert coupon_of(code) == {
        "code": "rose-7kq2-m4xz-9ptrh",
        "discount_type": "fixed_cart",
        "amount": "12.50",
        "free_shipping": False,
        "minimum_amount": "100.00",
        "date_expires_gmt": "2026-12-31T23:00:00",
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "email_restrictions": ["ania@zielnik.example"],
    }
    assert coupon_of(CodeToPush(code="W", discount=TEN_PERCENT))["amount"] == "10.00"
    assert coupon_of(CodeToPush(code="W", discount=ShopDiscount(has_free_shipping=True)))["free_shipping"] is True


def test_codes_are_pushed_a_hundred_at_a_time_and_a_second_time_doubles_nothing(zielnik, shop, connected):
    codes = [CodeToPush(code=f"ROSE-{number}", discount=TEN_PERCENT) for number in range(150)]

    first, second = push(zielnik, *codes), push(zielnik, *codes[:2])

    assert [one.external_id for one in first] == [str(number + 1) for number in range(150)]
    assert second == first[:2]
    assert len(shop.lists["coupons"]) == 150
    assert shop.paths().count("/wp-json/wc/v3/coupons/batch") == 3


def test_a_coupon_that_is_there_is_brought_up_to_date_and_a_refusal_is_told(zielnik, shop, connected):
    shop.lists["coupons"].append({"id": 1, "code": "wiosna", "discount_type": "percent", "amount": "5.00"})

    outcomes = push(
        zielnik,
        CodeToPush(code="WIOSNA", discount=TEN_PERCENT),
        CodeToPush(code="LATO", discount=ShopDiscount(percent_bp=20_000)),
    )

    assert outcomes == [
        PushOutcome(code="WIOSNA", external_id="1"),
        PushOutcome(code="LATO", refusal="coupon_amount_error"),
    ]
    assert shop.lists["coupons"][0]["amount"] == "10.00"


def test_a_shop_that_does_not_answer_is_an_error_and_one_without_a_connection_is_none(zielnik, shop, connected):
    shop.failures = [503]

    with pytest.raises(actions.RestError) as failed:
        push(zielnik, CodeToPush(code="WIOSNA", discount=TEN_PERCENT))

    assert failed.value.is_retryable
    assert vouchers.push_codes(shop_id=zielnik.id + 1, codes=[], now=NOW) is None
