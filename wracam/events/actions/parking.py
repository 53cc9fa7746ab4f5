"""Events that stand aside: retried by themselves with growing delays, then parked until somebody decides.

Everything here holds the lock of the lane's cursor, so that an event is never handled twice at once and a
customer's events keep their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wracam.events.actions.handling import Handled, handle
from wracam.events.actions.recording import CHANNEL
from wracam.events.contracts import ParkedState, RecordedEvent
from wracam.events.core.schedules import HANDLING_DELAYS, retry_at
from wracam.events.models import ParkedEvent, SubscriptionCursor
from wracam.events.ports import SUBSCRIPTIONS, OnFailure, Subscription
from wracam.events.queries.log import events_by_id
from wracam.events.queries.reading import Place
from wracam.foundation.wake_ups import wake
from wracam.shops.actions import audit
from wracam.shops.contracts import SYSTEM, Actor

RETRY_BATCH_MAX = 100


def held_customers(name: str, lanes: Sequence[int], events: Sequence[RecordedEvent]) -> frozenset[UUID]:
    """Return the customers of *events* who have an unhandled event aside for this subscription."""
    aside = ParkedEvent.objects.filter(subscription=name, lane__in=lanes, customer_id__isnull=False)
    if not aside.exists():
        return frozenset()
    customers = {item.customer_id for item in events if item.customer_id}
    held = aside.filter(customer_id__in=customers)
    return frozenset(row.customer_id for row in held.only("customer_id").distinct() if row.customer_id)


def put_aside(name: str, lane: int, result: Handled, places: Mapping[UUID, Place], now: datetime) -> None:
    """Store failed events to be retried and the ones behind them to wait. A replayed event keeps its first row."""
    rows = [
        _row(name, lane, item, places[item.id], now, state=ParkedState.RETRYING, error=error)
        for item, error in result.failed
    ]
    rows += [_row(name, lane, item, places[item.id], now, state=ParkedState.WAITING) for item in result.waiting]
    ParkedEvent.objects.bulk_create(rows, ignore_conflicts=True)


def _row(
    name: str, lane: int, item: RecordedEvent, place: Place, now: datetime, *, state: ParkedState, error: str = ""
) -> ParkedEvent:
    has_failed = state is ParkedState.RETRYING
    return ParkedEvent(
        subscription=name,
        lane=lane,
        event_id=item.id,
        txid=place.txid,
        position=place.position,
        event_name=item.name,
        customer_id=item.customer_id,
        state=state,
        attempts=1 if has_failed else 0,
        retry_at=retry_at(HANDLING_DELAYS, 1, now) if has_failed else None,
        error=error,
        parked_at=now,
        failed_at=now if has_failed else None,
    )


def retry_due(*, now: datetime, is_strict: bool = False) -> int:
    """Try events again whose delay is over, each with those waiting behind it; return how many went through."""
    due = ParkedEvent.objects.filter(state=ParkedState.RETRYING, retry_at__lte=now).order_by("retry_at", "id")
    ids = list(due.values_list("id", flat=True)[:RETRY_BATCH_MAX])
    return sum(_retry(parked_id, now, is_strict=is_strict) for parked_id in ids)


def _retry(parked_id: int, now: datetime, *, is_strict: bool) -> int:
    with transaction.atomic():
        row = ParkedEvent.objects.filter(id=parked_id).first()
        if row is None or not _lock_lane(row.subscription, row.lane):
            return 0
        subscription = SUBSCRIPTIONS.find(row.subscription)
        row = ParkedEvent.objects.filter(id=parked_id, state=ParkedState.RETRYING, retry_at__lte=now).first()
        if row is None or subscription is None:
            return 0
        queue = _queue_of(subscription, row)
        events = events_by_id([item.event_id for item in queue])
        result = handle(
            subscription, [events[item.event_id] for item in queue if item.event_id in events], now, is_strict=is_strict
        )
        count = _settle(queue, result, now)
        release_next(queue[0], now)
        return count


def _queue_of(subscription: Subscription, row: ParkedEvent) -> list[ParkedEvent]:
    """The event itself and, where order matters, everything of its customer that waits behind it."""
    if subscription.on_failure is OnFailure.SKIP or row.customer_id is None:
        return [row]
    return list(
        ParkedEvent.objects.filter(subscription=row.subscription, lane=row.lane, customer_id=row.customer_id).order_by(
            "txid", "position"
        )[: subscription.batch_size]
    )


def _settle(queue: Sequence[ParkedEvent], result: Handled, now: datetime) -> int:
    """Delete what went through (or left the log), note new failures, and return how many went through."""
    errors = {item.id: error for item, error in result.failed}
    aside = set(result.aside_ids)
    done = [row.id for row in queue if row.event_id not in aside]
    ParkedEvent.objects.filter(id__in=done).delete()
    for row in queue:
        if row.event_id in errors:
            note_failure(row, errors[row.event_id], now)
    return len(done)


def release_next(row: ParkedEvent, now: datetime) -> None:
    """Let the first of a customer's waiting events be tried, when nothing stands before it any more."""
    if row.customer_id is None:
        return
    queue = ParkedEvent.objects.filter(subscription=row.subscription, lane=row.lane, customer_id=row.customer_id)
    first = queue.order_by("txid", "position").first()
    if first and first.state == ParkedState.WAITING:
        ParkedEvent.objects.filter(id=first.id).update(state=ParkedState.RETRYING, retry_at=now)


def note_failure(row: ParkedEvent, error: str, now: datetime) -> None:
    """Count a failure: wait longer, or park when all attempts are used."""
    row.attempts += 1
    row.retry_at = retry_at(HANDLING_DELAYS, row.attempts, now)
    row.state = ParkedState.RETRYING if row.retry_at else ParkedState.PARKED
    row.error = error
    row.failed_at = now
    row.save(update_fields=["attempts", "retry_at", "state", "error", "failed_at"])


def retry_parked(*, parked_id: int, now: datetime, actor: Actor = SYSTEM) -> bool:
    """Let a parked event be tried again at once, with a fresh count of attempts; False when it is gone."""
    with transaction.atomic():
        found = ParkedEvent.objects.filter(id=parked_id).exclude(state=ParkedState.WAITING)
        changed = found.update(state=ParkedState.RETRYING, attempts=0, retry_at=now)
        if changed:
            _audit(parked_id, "parked_event.retried", "", actor, now)
            wake(CHANNEL)
    return bool(changed)


def dismiss_parked(*, parked_id: int, now: datetime, actor: Actor = SYSTEM) -> bool:
    """Give an event up for its subscription; those waiting behind it go on. False when it is gone already."""
    with transaction.atomic():
        row = ParkedEvent.objects.select_for_update().filter(id=parked_id).first()
        if row is None:
            return False
        _audit(parked_id, "parked_event.dismissed", f"{row.event_name} → {row.subscription}", actor, now)
        row.delete()
        release_next(row, now)
        wake(CHANNEL)
    return True


def _audit(parked_id: int, verb: str, summary: str, actor: Actor, now: datetime) -> None:
    audit(actor=actor, verb=verb, object_kind="parked_event", object_id=parked_id, summary=summary, now=now)


def _lock_lane(name: str, lane: int) -> bool:
    locked = SubscriptionCursor.objects.filter(subscription=name, lane=lane).select_for_update(skip_locked=True)
    return locked.first() is not None
