"""Events that cannot be handled: halving, retries, parking, order behind them, retry and dismissal by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.events import actions as events
from wracam.events import ports, queries
from wracam.events.contracts import ParkedState
from wracam.events.core.schedules import HANDLING_DELAYS
from wracam.events.models import ParkedEvent
from wracam.events.queries.reading import pending_lanes
from wracam.kernel.ids import derived_id

from .plants import ANIA, BARTEK, NOW, only_subscription, watered

pytestmark = pytest.mark.django_db
WAIT, SKIP = ports.OnFailure.WAIT, ports.OnFailure.SKIP


class Handler:
    """Remembers what it handled; refuses some plants until they are healed."""

    def __init__(self, *sick: str) -> None:
        self.sick = set(sick)
        self.handled: list[str] = []
        self.batches: list[int] = []

    def __call__(self, batch, now: datetime) -> None:
        self.batches.append(len(batch))
        plants = [item.data["plant"] for item in batch]
        bad = self.sick & set(plants)
        if bad:
            raise ValueError(f"{min(bad)} is sick")
        self.handled += plants


def _work(now: datetime = NOW) -> None:
    """Do what a worker does, within the open transaction."""
    events.join_subscriptions(now=now)
    for _ in range(100):
        lanes = pending_lanes(ports.SUBSCRIPTIONS, border=2**62)
        for name, numbers in events.by_subscription(lanes).items():
            events.deliver_lanes(ports.SUBSCRIPTIONS.get(name), numbers, now=now, is_own_transaction=True)
        if not lanes and not events.retry_due(now=now):
            return


def _states() -> dict[str, str]:
    found = {}
    for item in queries.parked():
        event = queries.event(item.event_id)
        assert event is not None
        found[event.data["plant"]] = item.state.value
    return found


def test_one_bad_event_among_many_is_found_by_halving_and_the_others_are_handled(reader):
    handler = Handler("77")
    reader(handler, on_failure=SKIP, batch_size=500)
    events.record([watered(ANIA, str(number)) for number in range(200)], now=NOW)

    _work()

    assert handler.handled == [str(number) for number in range(200) if number != 77]
    assert len(handler.batches) < 25
    [parked] = queries.parked()
    assert (parked.state, parked.attempts, parked.retry_at) == (ParkedState.RETRYING, 1, NOW + HANDLING_DELAYS[0])
    assert "ValueError: 77 is sick" in parked.error


def test_what_a_failing_handler_wrote_is_undone(reader):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE wrote (plant text)")

    def handle(batch, now):
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO wrote VALUES (%s)", [[item.data["plant"]] for item in batch])
        if any(item.data["plant"] == "bad" for item in batch):
            raise ValueError

    reader(handle)
    events.record([watered(ANIA, "good"), watered(BARTEK, "bad"), watered(BARTEK, "behind")], now=NOW)

    _work()

    with connection.cursor() as cursor:
        cursor.execute("SELECT plant FROM wrote")
        assert cursor.fetchall() == [("good",)]


def test_later_events_of_the_customer_wait_in_order_and_other_customers_go_on(reader):
    handler = Handler("a2")
    reader(handler, on_failure=WAIT)
    events.record([watered(ANIA, "a1"), watered(ANIA, "a2"), watered(BARTEK, "b1"), watered(ANIA, "a3")], now=NOW)
    _work()
    events.record([watered(ANIA, "a4"), watered(BARTEK, "b2")], now=NOW)
    _work()

    assert sorted(handler.handled) == ["a1", "b1", "b2"]
    assert _states() == {"a2": "retrying", "a3": "waiting", "a4": "waiting"}
    handler.sick.clear()
    _work(NOW + HANDLING_DELAYS[0])

    assert [plant for plant in handler.handled if plant[0] == "a"] == ["a1", "a2", "a3", "a4"]
    assert queries.parked() == []


def test_with_skip_later_events_are_handled_at_once(reader):
    handler = Handler("a2")
    reader(handler, on_failure=SKIP)
    events.record([watered(ANIA, f"a{number}") for number in (1, 2, 3)], now=NOW)

    _work()

    assert handler.handled == ["a1", "a3"]
    assert _states() == {"a2": "retrying"}


def test_a_failure_without_a_customer_holds_nobody(reader):
    handler = Handler("x1")
    reader(handler, on_failure=WAIT)
    events.record([watered(None, "x1"), watered(None, "x2"), watered(ANIA, "a1")], now=NOW)

    _work()

    assert sorted(handler.handled) == ["a1", "x2"]


def test_an_event_that_fails_at_every_attempt_is_parked_until_somebody_retries_it(reader):
    handler = Handler("a1")
    reader(handler, on_failure=WAIT)
    events.record([watered(ANIA, "a1"), watered(ANIA, "a2")], now=NOW)
    moment = NOW
    _work(moment)
    for delay in HANDLING_DELAYS:
        assert _states()["a1"] == "retrying"
        moment += delay
        _work(moment)
    [head] = queries.parked(state=ParkedState.PARKED)
    assert (head.attempts, head.retry_at) == (len(HANDLING_DELAYS) + 1, None)
    _work(moment + timedelta(days=30))
    assert handler.handled == []

    handler.sick.clear()
    assert events.retry_parked(parked_id=head.id, now=moment)
    _work(moment)

    assert handler.handled == ["a1", "a2"]
    assert queries.parked() == []


def test_dismissing_the_first_lets_the_next_go_on_and_leaves_the_first_unhandled(reader):
    handler = Handler("a1")
    reader(handler, on_failure=WAIT)
    events.record([watered(ANIA, "a1"), watered(ANIA, "a2"), watered(ANIA, "a3")], now=NOW)
    _work()
    head = queries.parked(state=ParkedState.RETRYING)[0]

    assert events.dismiss_parked(parked_id=head.id, now=NOW)
    assert not events.dismiss_parked(parked_id=head.id, now=NOW)
    _work()

    assert handler.handled == ["a2", "a3"]
    assert queries.parked() == []


def test_a_waiting_event_cannot_be_retried_before_the_one_it_waits_for(reader):
    reader(Handler("a1"), on_failure=WAIT)
    events.record([watered(ANIA, "a1"), watered(ANIA, "a2")], now=NOW)
    _work()
    waiting = queries.parked(state=ParkedState.WAITING)[0]

    assert not events.retry_parked(parked_id=waiting.id, now=NOW)


def test_more_waiting_events_than_a_batch_are_all_released(reader):
    handler = Handler("0")
    reader(handler, on_failure=WAIT, batch_size=3)
    events.record([watered(ANIA, str(number)) for number in range(10)], now=NOW)
    _work()
    handler.sick.clear()

    _work(NOW + HANDLING_DELAYS[0])

    assert handler.handled == [str(number) for number in range(10)]
    assert ParkedEvent.objects.count() == 0


def test_the_progress_of_a_subscription_tells_what_waits_and_what_is_aside(reader):
    reader(Handler("a1"), on_failure=SKIP)
    events.record([watered(ANIA, "a1")], now=NOW)
    _work()
    events.record([watered(ANIA, "a2"), watered(BARTEK, "b1")], now=NOW)

    [progress] = [item for item in queries.progress() if item.name == "test.reader"]

    assert (progress.waiting_count, progress.retrying_count, progress.parked_count) == (2, 1, 0)
    assert progress.oldest_waiting_at == NOW


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    owners=st.lists(st.integers(0, 3), min_size=1, max_size=25),
    outcomes=st.lists(st.booleans(), max_size=60),
    batch_size=st.integers(1, 8),
)
def test_whatever_fails_each_event_has_its_effect_once_and_in_its_customers_order(owners, outcomes, batch_size):
    """The handler fails by a random script, then recovers; effects are counted where they commit."""
    script = iter(outcomes)
    label = derived_id(*owners, *outcomes, batch_size).hex
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS effects (number serial, label text, plant text)")

    def handle(batch, now):
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO effects (label, plant) VALUES (%s, %s)", [[label, item.data["plant"]] for item in batch]
            )
        if not next(script, True):
            raise ValueError("the script says so")

    with only_subscription(handle, on_failure=WAIT, batch_size=batch_size):
        recorded = [watered(derived_id("owner", owner, label), f"{owner}-{n}") for n, owner in enumerate(owners)]
        events.join_subscriptions(now=NOW)
        events.record(recorded, now=NOW)
        moment = NOW
        _work(moment)
        while aside := queries.parked(limit=100):
            moment += timedelta(hours=2)
            for item in aside:
                events.retry_parked(parked_id=item.id, now=moment)
            _work(moment)

    with connection.cursor() as cursor:
        cursor.execute("SELECT plant FROM effects WHERE label = %s ORDER BY number", [label])
        effects = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM effects WHERE label = %s", [label])
    assert sorted(effects) == sorted(event.plant for event in recorded)
    for owner in set(owners):
        mine = [int(plant.partition("-")[2]) for plant in effects if plant.startswith(f"{owner}-")]
        assert mine == sorted(mine)
