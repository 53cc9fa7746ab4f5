"""Recording events and reading them back."""

from __future__ import annotations

import pytest
from django.db import transaction

from wracam.events import actions as events
from wracam.events import queries
from wracam.events.contracts import CAUSE_DEPTH_MAX, Cause, CauseTooDeepError, NamedEvent
from wracam.events.models import LoggedEvent
from wracam.foundation.transactions import TransactionRequiredError

from .plants import ANIA, BARTEK, NOW, SHOP, bloomed, watered


@pytest.mark.django_db
def test_a_recorded_event_comes_back_as_the_same_object():
    [event_id] = events.record([watered(ANIA, "monstera")], now=NOW)

    found = queries.event(event_id)

    assert found is not None
    assert found.typed() == watered(ANIA, "monstera")
    assert (found.name, found.depth, found.cause_id, found.recorded_at) == ("test.watered", 0, None, NOW)


@pytest.mark.django_db
def test_events_of_one_call_keep_their_order():
    ids = events.record([watered(ANIA, str(number)) for number in range(300)], now=NOW)

    stored = list(LoggedEvent.objects.order_by("txid", "position").values_list("id", flat=True))

    assert stored == ids


@pytest.mark.django_db(transaction=True)
def test_recording_without_a_transaction_is_refused():
    with pytest.raises(TransactionRequiredError):
        events.record([watered(ANIA)], now=NOW)

    assert LoggedEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_events_of_a_rolled_back_transaction_never_happened():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.record([watered(ANIA)], now=NOW)
        raise ZeroDivisionError

    assert LoggedEvent.objects.count() == 0


@pytest.mark.django_db
def test_nul_and_lone_surrogates_are_dropped_from_texts_and_a_written_backslash_is_kept():
    ids = events.record([watered(ANIA, "a\x00b"), watered(ANIA, "c\ud800d"), watered(ANIA, "\\u0000")], now=NOW)

    plants = [item.data["plant"] for item in (queries.event(event_id) for event_id in ids) if item]

    assert plants == ["ab", "cd", "\\u0000"]


@pytest.mark.django_db
def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        events.record_named(
            [NamedEvent(name="x.happened", shop_id=SHOP, customer_id=None, occurred_at=NOW.replace(tzinfo=None))],
            now=NOW,
        )


@pytest.mark.django_db
def test_a_chain_that_is_too_deep_is_refused_and_named():
    cause = None
    for depth in range(CAUSE_DEPTH_MAX + 1):
        happened = watered(ANIA, cause=cause) if depth % 2 == 0 else bloomed(ANIA, cause=cause)
        [event_id] = events.record([happened], now=NOW)
        recorded = queries.event(event_id)
        assert recorded is not None
        assert recorded.depth == depth
        cause = recorded.as_cause()

    with pytest.raises(CauseTooDeepError, match=r"test\.watered → test\.bloomed → .* → test\.bloomed$"):
        events.record([bloomed(ANIA, cause=cause)], now=NOW)

    assert LoggedEvent.objects.count() == CAUSE_DEPTH_MAX + 1


@pytest.mark.django_db
def test_events_of_one_customer_share_a_lane_and_those_without_one_spread():
    events.record([watered(ANIA) for _ in range(20)] + [watered(None) for _ in range(200)], now=NOW)

    assert LoggedEvent.objects.filter(customer_id=ANIA).values("lane").distinct().count() == 1
    assert LoggedEvent.objects.filter(customer_id=None).values("lane").distinct().count() > 8


@pytest.mark.django_db
def test_a_cause_keeps_its_link_across_customers():
    [first] = events.record([watered(ANIA)], now=NOW)
    [second] = events.record([bloomed(BARTEK, cause=Cause(event_id=first, depth=1))], now=NOW)

    found = queries.event(second)

    assert found is not None
    assert (found.cause_id, found.depth) == (first, 1)
