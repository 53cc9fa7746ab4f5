"""Orders arrive in any order and any number of times, in a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from wracam.commerce import actions, queries
from wracam.commerce.contracts import (
    InvalidSnapshotError,
    LineSnapshot,
    Order,
    OrderOutcome,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    PriceChanged,
    ProductSnapshot,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.customers import actions as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MONSTERA = LineSnapshot(
    external_id="1", sku="MON-1", name="Monstera", quantity=2, total_minor=12_000, categories=("Rośliny",)
)
POT = LineSnapshot(external_id="2", sku="DON-9", name="Doniczka", quantity=1, total_minor=3_000)


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


def buyer(name: str = "ania", day: int = 0) -> PersonSnapshot:
    return PersonSnapshot(
        identities=(Identity(kind=IdentityKind.EMAIL, value=f"{name}@zielnik.example"),),
        modified_at=NOON - timedelta(days=100 - day),
        first_name=name.title(),
    )


def snapshot(shop_id: int, number: int = 1, *, day: int = 0, **changes) -> OrderSnapshot:
    moment = NOON - timedelta(days=100 - day)
    basic = OrderSnapshot(
        shop_id=shop_id,
        source="woocommerce",
        external_id=str(number),
        number=f"Z/{number}",
        modified_at=moment,
        placed_at=moment,
        status=OrderStatus.PROCESSING,
        payment_status=PaymentStatus.PAID,
        currency="PLN",
        total_minor=15_000,
        person=buyer(),
        lines=(MONSTERA, POT),
    )
    return replace(basic, **changes)


def take(*snapshots: OrderSnapshot):
    return actions.take_orders(snapshots, now=NOON)


def held(order_id) -> Order:
    found = queries.order(order_id)
    assert found is not None
    return found


def happened() -> list[str]:
    return [row[0] for row in fetch("SELECT name FROM event WHERE name LIKE 'order.%%' ORDER BY position", *())]


def test_a_paid_order_is_placed_and_paid_once(shop_id):
    [created] = take(snapshot(shop_id))
    [again] = take(snapshot(shop_id))

    order = held(created.order_id)
    assert (created.outcome, again.outcome) == (OrderOutcome.CREATED, OrderOutcome.UNCHANGED)
    assert happened() == ["order.placed", "order.paid"]
    assert (order.total_minor, order.is_sale, order.is_first_sale, len(order.lines)) == (15_000, True, True, 2)
    assert order.lines[0].categories == ("Rośliny",)


def test_an_unpaid_order_that_is_paid_later_says_so_at_the_shops_moment(shop_id):
    placed = snapshot(shop_id, payment_status=PaymentStatus.UNPAID, status=OrderStatus.PENDING)
    paid = snapshot(shop_id, modified_at=NOON - timedelta(days=50))

    take(placed, paid)

    [row] = fetch("SELECT occurred_at FROM event WHERE name = 'order.paid'")
    assert row[0] == NOON - timedelta(days=50)
    assert happened() == ["order.placed", "order.paid"]


def test_an_older_snapshot_changes_nothing(shop_id):
    take(snapshot(shop_id, day=5, total_minor=15_000))

    [late] = take(snapshot(shop_id, day=1, total_minor=99_000))

    assert late.outcome is OrderOutcome.STALE
    assert held(late.order_id).total_minor == 15_000


def test_a_deletion_before_the_order_keeps_it_deleted_until_the_shop_says_something_newer(shop_id):
    actions.delete_order(
        shop_id=shop_id, source="woocommerce", external_id="1", modified_at=NOON - timedelta(days=90), now=NOON
    )
    [late] = take(snapshot(shop_id, day=1))
    assert held(late.order_id).status is OrderStatus.DELETED
    assert happened() == ["order.placed", "order.cancelled"]

    take(snapshot(shop_id, day=20))

    assert held(late.order_id).status is OrderStatus.PROCESSING
    assert happened()[2:] == ["order.paid", "order.restored"]
    assert queries.trade_statistics([late.customer_id])[late.customer_id][0].sale_count == 1


def test_refunds_come_by_line_and_unit_and_can_be_withdrawn(shop_id):
    back = RefundSnapshot(
        external_id="r1",
        refunded_at=NOON - timedelta(days=3),
        total_minor=6_000,
        lines=(RefundLineSnapshot(line_external_id="1", quantity=1, total_minor=6_000),),
    )
    [taken] = take(snapshot(shop_id))

    take(snapshot(shop_id, day=1, payment_status=PaymentStatus.PARTIALLY_REFUNDED, refunds=(back,)))
    refunded = held(taken.order_id)
    take(snapshot(shop_id, day=2))

    assert (refunded.refunded_minor, refunded.lines[0].refunded_quantity) == (6_000, 1)
    assert held(taken.order_id).refunded_minor == 0
    assert happened() == ["order.placed", "order.paid", "order.refunded", "order.refund_cancelled"]
    [row] = fetch("SELECT data FROM event WHERE name = 'order.refunded'")
    assert json.loads(row[0])["units"] == [{"line_id": str(refunded.lines[0].id), "quantity": 1, "total_minor": 6_000}]


def test_an_order_only_said_to_be_refunded_counts_as_wholly_refunded(shop_id):
    [taken] = take(snapshot(shop_id, payment_status=PaymentStatus.REFUNDED))

    order = held(taken.order_id)
    assert order.refunded_minor == 15_000
    assert [line.refunded_quantity for line in order.lines] == [2, 1]


def test_an_edited_paid_order_is_corrected_and_a_merely_shipped_one_is_not(shop_id):
    take(snapshot(shop_id))
    take(snapshot(shop_id, day=1, status=OrderStatus.SHIPPED))
    take(snapshot(shop_id, day=2, status=OrderStatus.SHIPPED, lines=(MONSTERA,), total_minor=12_000))

    assert happened() == ["order.placed", "order.paid", "order.shipped", "order.corrected"]


def test_an_order_claimed_by_another_customer_moves_with_its_figures(shop_id):
    [first] = take(snapshot(shop_id))

    [second] = take(snapshot(shop_id, day=1, person=buyer("bartek", day=1)))

    statistics = queries.trade_statistics([first.customer_id, second.customer_id])
    assert first.customer_id not in statistics
    assert statistics[second.customer_id][0].gross_minor == 15_000
    assert happened()[-1] == "order.claimed"


def test_a_merge_of_customers_moves_their_orders_and_figures(shop_id):
    [ania] = take(snapshot(shop_id, 1))
    [bartek] = take(snapshot(shop_id, 2, day=10, person=buyer("bartek")))
    kept = customers.merge(
        shop_id=shop_id, left_id=ania.customer_id, right_id=bartek.customer_id, actor=SYSTEM, now=NOON
    )
    assert isinstance(kept, UUID)
    absorbed = ({ania.customer_id, bartek.customer_id} - {kept}).pop()

    moved = actions.follow_merges(absorbed_ids=[absorbed])

    statistics = queries.trade_statistics([kept, absorbed])
    assert moved == 1 and absorbed not in statistics
    assert (statistics[kept][0].sale_count, statistics[kept][0].gap_days_mean) == (2, 10.0)


def test_figures_of_several_currencies_stay_apart(shop_id):
    [taken, _] = take(snapshot(shop_id, 1), snapshot(shop_id, 2, currency="EUR", total_minor=4_000))

    statistics = {
        one.currency: one.gross_minor for one in queries.trade_statistics([taken.customer_id])[taken.customer_id]
    }
    assert statistics == {"PLN": 15_000, "EUR": 4_000}


def test_an_impossible_snapshot_stops_the_batch_before_anything_is_written(shop_id):
    with pytest.raises(InvalidSnapshotError) as raised:
        take(snapshot(shop_id, 1), snapshot(shop_id, 2, currency="złoty"))

    assert [index for index, _ in raised.value.problems] == [1]
    assert fetch("SELECT count(*) FROM shop_order") == [(0,)]


def product(shop_id: int, *, day: int, price_minor: int) -> ProductSnapshot:
    return ProductSnapshot(
        shop_id=shop_id,
        source="woocommerce",
        external_id="7",
        modified_at=NOON - timedelta(days=100 - day),
        name="Monstera",
        currency="PLN",
        price_minor=price_minor,
    )


def test_prices_keep_their_history_in_any_order_and_the_lowest_of_thirty_days_is_known(shop_id):
    told = [product(shop_id, day=day, price_minor=price) for day, price in ((90, 4_900), (50, 5_900), (70, 3_900))]

    outcomes = actions.take_products(told, now=NOON) + actions.take_products(told, now=NOON)

    [one] = queries.search_products(shop_id=shop_id, wanted=queries.ProductFilter(text="monst")).products
    assert [outcome.value for outcome in outcomes] == ["created", "stale", "stale", "unchanged", "stale", "stale"]
    assert one.price_minor == 4_900
    assert [period.price_minor for period in queries.price_history(one.id)] == [5_900, 3_900, 4_900]
    assert queries.lowest_price(one.id, currency="PLN", before=NOON) == 3_900
    assert queries.lowest_price(one.id, currency="PLN", before=NOON + timedelta(days=60)) == 4_900
    assert queries.lowest_price(one.id, currency="PLN", before=NOON - timedelta(days=99)) is None


def test_a_new_price_is_announced_and_the_first_one_is_not(shop_id):
    actions.take_products([product(shop_id, day=1, price_minor=4_900)], now=NOON)
    actions.take_products([product(shop_id, day=2, price_minor=3_900)], now=NOON)

    [row] = fetch("SELECT data FROM event WHERE name = %s", PriceChanged.name)
    assert json.loads(row[0])["previous_minor"] == 4_900


def test_a_product_named_on_a_line_first_is_filled_by_the_products_list(shop_id):
    line = replace(MONSTERA, product_external_id="7")
    [taken] = take(snapshot(shop_id, lines=(line,)))

    actions.take_products([product(shop_id, day=1, price_minor=4_900)], now=NOON)

    [one] = queries.search_products(shop_id=shop_id, wanted=queries.ProductFilter()).products
    assert (one.id, one.price_minor) == (held(taken.order_id).lines[0].product_id, 4_900)
