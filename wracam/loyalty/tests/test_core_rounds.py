"""Rounds keep what must stay in order, and lose nothing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wracam.events.contracts import RecordedEvent
from wracam.loyalty.core.rounds import DELIVERED, PAID, rounds

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = (PAID, DELIVERED, "order.refunded", "order.cancelled", "customer.registered")


def happened(position: int, name: str, customer: int, order: int) -> RecordedEvent:
    return RecordedEvent(
        id=UUID(int=position + 1),
        position=position,
        name=name,
        shop_id=1,
        customer_id=UUID(int=customer + 1_000),
        occurred_at=NOW,
        recorded_at=NOW,
        data={"order_id": str(UUID(int=order + 5_000))} if name.startswith("order.") else {},
        cause_id=None,
        depth=0,
        txid=1,
    )


batches = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 2), st.integers(0, 3)), max_size=25).map(
    lambda told: [happened(place, *one) for place, one in enumerate(told)]
)


def commute(one: RecordedEvent, other: RecordedEvent) -> bool:
    """What the module promises may change places."""
    if one.customer_id != other.customer_id:
        return True
    names = {one.name, other.name}
    return DELIVERED in names <= {PAID, DELIVERED} and one.data["order_id"] != other.data["order_id"]


@given(batches)
def test_nothing_is_lost_and_only_what_commutes_changes_places(batch):
    split = rounds(batch)
    handled = [(number, one.position) for number, together in enumerate(split) for one in together]
    round_of = {position: number for number, position in handled}

    assert Counter(position for _, position in handled) == Counter(one.position for one in batch)
    for place, one in enumerate(batch):
        for later in batch[place + 1 :]:
            if commute(one, later):
                continue
            same_kind = one.name == later.name and one.name in (PAID, DELIVERED)
            assert round_of[one.position] < round_of[later.position] or (
                same_kind and round_of[one.position] == round_of[later.position]
            )
    assert all([one.position for one in together] == sorted(one.position for one in together) for together in split)


def test_a_customer_with_many_paid_and_delivered_orders_takes_two_rounds():
    batch = [
        event
        for order in range(10)
        for event in (happened(order * 2, PAID, 0, order), happened(order * 2 + 1, DELIVERED, 0, order))
    ]

    assert [len(together) for together in rounds(batch)] == [10, 10]


def test_the_same_names_of_different_customers_meet():
    lives = [
        [("customer.registered", 0), (PAID, 1), (DELIVERED, 1), ("order.refunded", 1)],
        [(PAID, 2), (DELIVERED, 2)],
        [(PAID, 3), ("order.cancelled", 3)],
    ]
    told = [(name, who, order) for who, life in enumerate(lives) for name, order in life]

    split = rounds([happened(place, *one) for place, one in enumerate(told)])

    assert [(together[0].name, len(together)) for together in split] == [
        ("customer.registered", 1), (PAID, 3), (DELIVERED, 2), ("order.refunded", 1), ("order.cancelled", 1),
    ]  # fmt: skip
    assert all(len({one.name for one in together}) == 1 for together in split)
