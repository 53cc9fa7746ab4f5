"""Whatever the order and however often snapshots come: one state, true statistics. In a real database."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import count, pairwise
from math import log
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.commerce import actions, queries
from wracam.commerce.contracts import (
    LineSnapshot,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.commerce.tests.test_actions import NOON
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops

pytestmark = pytest.mark.django_db
SOURCES = count(1)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


@st.composite
def tellings(draw) -> dict[str, Any]:
    """One thing a shop may say of order 1, 2 or 3: a state of it, or that it was deleted."""
    moment = NOON - timedelta(days=draw(st.integers(1, 9)))
    quantity = draw(st.integers(1, 3))
    refund = RefundSnapshot(
        external_id="r",
        refunded_at=moment,
        total_minor=1_000,
        lines=(RefundLineSnapshot(line_external_id="1", quantity=1, total_minor=1_000),),
    )
    return {
        "external_id": str(draw(st.integers(1, 3))),
        "modified_at": moment,
        "placed_at": NOON - timedelta(days=draw(st.integers(10, 14))),
        "status": draw(st.sampled_from(OrderStatus)),
        "payment_status": draw(st.sampled_from([PaymentStatus.UNPAID, PaymentStatus.PAID, PaymentStatus.REFUNDED])),
        "currency": draw(st.sampled_from(["PLN", "PLN", "EUR"])),
        "total_minor": quantity * 1_000,
        "lines": (LineSnapshot(external_id="1", sku="M", name="M", quantity=quantity, total_minor=quantity * 1_000),),
        "refunds": draw(st.sampled_from([(), (refund,)])),
        "coupon_codes": draw(st.sampled_from([(), ("WIOSNA",)])),
        "buyer": draw(st.sampled_from(["ania", "bartek", None])),
        "is_deletion": draw(st.integers(0, 5)) == 0,
    }


def tell(shop_id: int, source: str, told: list[dict[str, Any]], sizes: list[int]) -> None:
    """Say it to the product, in batches of these sizes."""
    waiting: list[OrderSnapshot] = []
    step = iter(sizes)
    size = next(step, 3)

    def flush() -> None:
        if waiting:
            actions.take_orders(waiting, now=NOON)
            waiting.clear()

    for one in told:
        fields = {key: value for key, value in one.items() if key not in {"buyer", "is_deletion"}}
        if one["is_deletion"]:
            flush()
            actions.delete_order(
                shop_id=shop_id,
                source=source,
                external_id=one["external_id"],
                modified_at=one["modified_at"],
                now=NOON,
            )
            continue
        mark = Identity(kind=IdentityKind.SHOP_ACCOUNT, value=str(one["buyer"]))
        person = PersonSnapshot(identities=(mark,), modified_at=one["modified_at"]) if one["buyer"] else None
        waiting.append(OrderSnapshot(shop_id=shop_id, source=source, number="Z", person=person, **fields))
        if len(waiting) >= size:
            flush()
            size = next(step, 3)
    flush()


def state(shop_id: int, source: str) -> list[tuple]:
    """Everything we hold of the orders of a source, without ids and the time of recording."""
    return fetch(
        """SELECT external_id, status, told_status, payment_status, is_valid, is_sale, shop_order.currency,
                  total_minor, refunded_minor, units, refunded_units, coupon_codes, placed_at, modified_at,
                  deleted_as_of, shop_order.content_hash IS NOT NULL, identity.value,
                  (SELECT array_agg((line.external_id, line.quantity, line.refunded_quantity, line.refunded_minor)::text
                                    ORDER BY position) FROM order_line AS line WHERE line.order_id = shop_order.id),
                  (SELECT array_agg((refund.external_id, refund.total_minor)::text ORDER BY refund.external_id)
                   FROM refund WHERE refund.order_id = shop_order.id)
           FROM shop_order LEFT JOIN customer_identity AS identity ON identity.customer_id = shop_order.customer_id
           WHERE shop_order.shop_id = %s AND shop_order.source = %s ORDER BY external_id""",
        shop_id,
        source,
    )


def plain(rows: list[tuple], source: str) -> list[tuple]:
    return [
        tuple(value.replace(f"{source}:", "") if isinstance(value, str) else value for value in row) for row in rows
    ]


@FEW
@given(
    told=st.lists(tellings(), max_size=8),
    extra=st.lists(st.integers(0, 7), max_size=3),
    random=st.randoms(use_true_random=False),
    sizes=st.lists(st.integers(1, 4), max_size=4),
)
def test_any_order_and_repetition_of_snapshots_ends_in_one_state(shop_id, told, extra, random, sizes):
    first, second = f"s{next(SOURCES)}", f"s{next(SOURCES)}"
    shuffled = [*told, *(told[index] for index in extra if index < len(told))]
    random.shuffle(shuffled)

    tell(shop_id, first, told, [1] * 20)
    tell(shop_id, second, shuffled, sizes)

    one = plain(state(shop_id, first), first)
    assert plain(state(shop_id, second), second) == one


@FEW
@given(told=st.lists(tellings(), max_size=10), sizes=st.lists(st.integers(1, 4), max_size=4))
def test_statistics_equal_a_computation_from_scratch(shop_id, told, sizes):
    source = f"s{next(SOURCES)}"

    tell(shop_id, source, told, sizes)

    buyers = [row[0] for row in fetch("SELECT customer_id FROM customer_identity WHERE source = %s", source)]
    for buyer in buyers:
        held = {one.currency: one for one in queries.trade_statistics([buyer]).get(buyer, [])}
        assert {currency: figures(one) for currency, one in held.items()} == from_scratch(buyer)
        for currency, one in held.items():
            assert one.gap_log_sum == pytest.approx(log_gaps(buyer, currency))


def figures(one) -> tuple:
    return (
        one.order_count,
        one.sale_count,
        one.gross_minor,
        one.refunded_minor,
        one.units,
        one.first_sale_at,
        one.last_sale_at,
        one.gap_seconds_sum,
        one.gap_seconds_squared_sum,
        one.returned_count,
        one.discounted_count,
    )


def valid_orders(buyer) -> dict[str, list]:
    found = defaultdict(list)
    for order in queries.orders_of(buyer, limit=500):
        if order.status not in {OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.DELETED}:
            found[order.currency].append(order)
    return found


def sales_of(orders: list) -> list:
    return sorted(
        (order for order in orders if order.payment_status is not PaymentStatus.UNPAID),
        key=lambda order: order.placed_at,
    )


def gaps(sales: list) -> list[int]:
    return [int((after.placed_at - before.placed_at).total_seconds()) for before, after in pairwise(sales)]


def from_scratch(buyer) -> dict[str, tuple]:
    found = {}
    for currency, orders in valid_orders(buyer).items():
        sales = sales_of(orders)
        found[currency] = (
            len(orders),
            len(sales),
            sum(order.total_minor for order in sales),
            sum(refund.total_minor for order in sales for refund in order.refunds),
            sum(line.quantity for order in sales for line in order.lines),
            min((order.placed_at for order in sales), default=None),
            max((order.placed_at for order in sales), default=None),
            sum(gaps(sales)),
            sum(gap**2 for gap in gaps(sales)),
            sum(bool(order.refunds) for order in sales),
            sum(bool(order.coupon_codes) for order in sales),
        )
    return found


def log_gaps(buyer, currency: str) -> float:
    return sum(log(gap / 86_400) for gap in gaps(sales_of(valid_orders(buyer)[currency])) if gap)
