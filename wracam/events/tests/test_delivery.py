"""Delivery within one process: order, batches, failures."""

from __future__ import annotations

from itertools import chain

import pytest

from wracam.events import actions as events
from wracam.events.contracts import ParkedState
from wracam.events.core.lanes import LANES
from wracam.events.models import ParkedEvent
from wracam.events.ports import SUBSCRIPTIONS
from wracam.events.queries.reading import NO_BORDER, pending_lanes, pending_lanes_of_share
from wracam.kernel.ids import derived_id

from .plants import ANIA, BARTEK, NOW, Bloomed, Watered, bloomed, watered


@pytest.mark.django_db
def test_a_subscription_gets_its_events_once_and_in_order(reader):
    seen: list[str] = []
    reader(lambda batch, now: seen.extend(item.data["plant"] for item in batch), Watered, batch_size=7)
    events.record([watered(ANIA, str(number)) for number in range(50)] + [bloomed(ANIA)], now=NOW)

    first = events.deliver_all(now=NOW)
    second = events.deliver_all(now=NOW)

    assert seen == [str(number) for number in range(50)]
    assert (first, second) == (50, 0)


@pytest.mark.django_db
def test_what_a_handler_records_is_delivered_in_the_same_run(reader):
    seen: list[tuple[str, int]] = []

    def handle(batch, now):
        seen.extend((item.name, item.depth) for item in batch)
        events.record([bloomed(ANIA, cause=item.as_cause()) for item in batch if item.name == "test.watered"], now=now)

    reader(handle, Watered, Bloomed)
    events.record([watered(ANIA)], now=NOW)

    events.deliver_all(now=NOW)

    assert seen == [("test.watered", 0), ("test.bloomed", 1)]


@pytest.mark.django_db
def test_deliver_all_raises_what_a_handler_raises_and_moves_nothing(reader):
    def handle(batch, now):
        raise ZeroDivisionError

    reader(handle)
    events.record([watered(BARTEK)], now=NOW)

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            events.deliver_all(now=NOW)

    assert not ParkedEvent.objects.filter(state=ParkedState.RETRYING).exists()


@pytest.mark.django_db
def test_each_share_finds_the_lanes_that_wait_in_it(reader):
    mine = reader(lambda batch, now: None, Watered, batch_size=4)
    events.join_subscriptions(now=NOW)
    owners = [derived_id("owner", number) for number in range(40)]
    events.record([watered(owner) for owner in owners[:30]] + [bloomed(owner) for owner in owners], now=NOW)
    for lane in range(0, LANES, 3):
        events.deliver_lanes(mine, [lane], now=NOW, is_own_transaction=True)

    waiting = pending_lanes(SUBSCRIPTIONS, border=NO_BORDER)
    shares = [pending_lanes_of_share(SUBSCRIPTIONS, (number, 3)) for number in range(3)]

    assert 0 < len(waiting) < LANES
    assert sorted(waiting) == sorted(chain(*shares))
    assert all(lane % 3 == number for number, share in enumerate(shares) for _name, lane in share)
