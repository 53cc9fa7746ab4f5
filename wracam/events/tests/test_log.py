"""The log over time: months, retention, replay, new subscriptions, and a move to another cluster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from wracam.events import actions as events
from wracam.events import ports, queries
from wracam.events.contracts import NamedEvent, PageViewed
from wracam.events.models import LoggedEvent
from wracam.events.queries.log import partitions

from .plants import ANIA, BARTEK, NOW, SHOP, watered

pytestmark = pytest.mark.django_db


def _named(name: str, moment: datetime) -> NamedEvent:
    return NamedEvent(name=name, shop_id=SHOP, customer_id=ANIA, occurred_at=moment)


def _tables() -> dict[str, int]:
    """Count the events in each partition that has any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM event GROUP BY 1")
        return dict(cursor.fetchall())


def test_months_are_made_ahead_and_once():
    made = events.prepare_log(now=NOW)
    again = events.prepare_log(now=NOW)

    assert {"event_2026_11", "event_2026_12", "event_2027_01", "event_2027_02"} <= partitions()
    assert set(made) <= partitions()
    assert again == []


def test_an_event_lands_in_its_month_and_one_of_an_unprepared_month_is_caught_and_moved_later():
    events.prepare_log(now=NOW)
    later = datetime(2031, 5, 31, 23, 59, 59, 999000, tzinfo=UTC)
    events.record([watered(ANIA)], now=NOW)
    [caught] = events.record([watered(BARTEK, "late")], now=later)
    assert _tables() == {"event_2026_11": 1, "event_default": 1}

    events.prepare_log(now=later)

    assert _tables() == {"event_2026_11": 1, "event_2031_05": 1}
    found = queries.event(caught)
    assert found is not None
    assert found.data["plant"] == "late"


def test_a_history_that_starts_in_the_past_gets_its_months():
    events.prepare_log(now=NOW, since=NOW - timedelta(days=730))
    events.record([watered(ANIA)], now=NOW - timedelta(days=700))

    assert _tables() == {"event_2024_12": 1}


def test_kinds_leave_the_log_by_their_own_retention_and_empty_months_go():
    old = NOW - timedelta(days=900)
    events.prepare_log(now=NOW, since=old)
    viewed = PageViewed(shop_id=SHOP, customer_id=ANIA, occurred_at=old, path="/")
    events.record([watered(ANIA), viewed], now=old)
    events.record([viewed], now=NOW - timedelta(days=300))
    events.record([viewed], now=NOW)
    events.record_named([_named("calculator.used", old)], now=old)
    events.record_named([_named("calculator.used", NOW)], now=NOW - timedelta(days=300))

    count = events.forget_old(now=NOW)

    kept = sorted(LoggedEvent.objects.values_list("name", flat=True))
    assert count == 3
    assert kept == ["calculator.used", "page.viewed", "test.watered"]
    assert len(partitions()) < 10
    assert {"event_2024_06", "event_2026_01", "event_2026_11", "event_default"} <= partitions()


def _seen(reader, **options) -> list[str]:
    seen: list[str] = []
    reader(lambda batch, now: seen.extend(item.data["plant"] for item in batch), **options)
    return seen


def test_a_replay_from_an_event_reads_it_and_all_after_it_again(reader):
    seen = _seen(reader)
    ids = events.record([watered(ANIA, str(number)) for number in range(5)], now=NOW)
    events.deliver_all(now=NOW)
    seen.clear()

    events.replay_from(subscription="test.reader", event_id=ids[3], now=NOW)
    events.deliver_all(now=NOW)

    assert seen == ["3", "4"]


def test_a_replay_since_a_moment_reads_what_was_recorded_from_then_on(reader):
    seen = _seen(reader)
    events.record([watered(ANIA, "yesterday")], now=NOW - timedelta(days=1))
    events.record([watered(ANIA, "today"), watered(BARTEK, "today too")], now=NOW)
    events.deliver_all(now=NOW)
    seen.clear()

    events.replay_since(subscription="test.reader", since=NOW, now=NOW)
    events.deliver_all(now=NOW)

    assert sorted(seen) == ["today", "today too"]
    with pytest.raises(events.NothingToReplayError):
        events.replay_since(subscription="test.reader", since=NOW + timedelta(days=1), now=NOW)


def test_in_a_new_installation_every_subscription_reads_from_the_beginning(reader):
    seen = _seen(reader)
    events.record([watered(ANIA, "first")], now=NOW)

    events.deliver_all(now=NOW)

    assert seen == ["first"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("starts_from", "expected"), [(ports.StartsFrom.NOW, ["new"]), (ports.StartsFrom.BEGINNING, ["old", "new"])]
)
def test_a_subscription_that_joins_later_starts_where_it_says(reader, starts_from, expected):
    from django.db import transaction

    _seen(reader)
    with transaction.atomic():
        events.record([watered(ANIA, "old")], now=NOW)
    events.deliver_all(now=NOW)
    seen: list[str] = []
    ports.subscribe("test.latecomer", names=lambda: frozenset({"test.watered"}), starts_from=starts_from)(
        lambda batch, now: seen.extend(item.data["plant"] for item in batch)
    )

    events.deliver_all(now=NOW)
    with transaction.atomic():
        events.record([watered(ANIA, "new")], now=NOW)
    events.deliver_all(now=NOW)

    assert seen == expected


@pytest.mark.django_db(transaction=True)
def test_a_log_restored_into_a_younger_cluster_still_delivers_new_events(reader):
    """Transaction numbers of another cluster are higher than ours; without lifting ours nothing new would be read."""
    from django.db import transaction

    seen = _seen(reader)
    with transaction.atomic():
        events.record([watered(ANIA, "restored")], now=NOW)
    events.deliver_all(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE event SET txid = txid + 1000000000")
        cursor.execute("UPDATE event_cursor SET txid = txid + 1000000000")
    with transaction.atomic():
        events.record([watered(ANIA, "lost without lifting")], now=NOW)
    lost_without_lifting = events.deliver_all(now=NOW)
    LoggedEvent.objects.filter(data__plant="lost without lifting").delete()

    try:
        events.prepare_log(now=NOW)
        with transaction.atomic():
            events.record([watered(ANIA, "new")], now=NOW)
        events.deliver_all(now=NOW)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION event_txid_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE "
                "AS 'SELECT 0::bigint'"
            )

    assert lost_without_lifting == 0
    assert seen == ["restored", "new"]
