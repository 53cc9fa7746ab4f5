"""Sending webhooks: events fan out into deliveries in the transaction of their subscription; jobs send them.

Each endpoint has a job of its own, which stops at the first failure and leaves the endpoint alone for a while: a dead
endpoint costs one attempt now and then and delays nobody else. A delivery is claimed by moving its next attempt ahead,
so that no transaction is open while the network is waited for, and a killed worker's delivery comes back by itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wracam.events.actions.endpoints import secrets_of
from wracam.events.contracts import RecordedEvent, WebhookState
from wracam.events.core import signatures, webhooks
from wracam.events.core.webhooks import Attempt
from wracam.events.models import WebhookDelivery, WebhookEndpoint
from wracam.events.queries.log import events_by_id
from wracam.foundation import outgoing
from wracam.kernel.ids import derived_id

LEASE = timedelta(minutes=2)
SEND_BATCH_MAX = 200
RESPONSE_BYTES_MAX = 64_000
ERROR_LENGTH_MAX = 500
ANY = "*"

Schedule = Callable[[UUID, datetime | None], None]
"""Has the job of an endpoint run, at a moment or as soon as possible."""


_schedules: list[Schedule] = []


def use_schedule(schedule: Schedule) -> None:
    """Set how an endpoint's job is deferred; the jobs live above the actions and introduce themselves."""
    _schedules[:] = [schedule]


def fan_out(*, batch: Sequence[RecordedEvent], now: datetime) -> int:
    """Write a delivery for each event and each endpoint that wants it; return how many are new."""
    rows = []
    for endpoint in WebhookEndpoint.objects.filter(is_active=True):
        wanted = set(endpoint.event_names)
        mine = [item for item in batch if _wants(endpoint, wanted, item)]
        rows += [_delivery(endpoint, item, now) for item in mine]
        for schedule in _schedules if mine else ():
            schedule(endpoint.id, endpoint.paused_until)
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    return len(rows)


def _wants(endpoint: WebhookEndpoint, wanted: set[str], item: RecordedEvent) -> bool:
    return (ANY in wanted or item.name in wanted) and endpoint.shop_id in {None, item.shop_id}


def _delivery(endpoint: WebhookEndpoint, item: RecordedEvent, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        id=derived_id("webhook", endpoint.id, item.id),
        endpoint=endpoint,
        event_id=item.id,
        event_name=item.name,
        state=WebhookState.WAITING,
        attempts=0,
        attempt_at=now,
        created_at=now,
    )


def send_due(*, endpoint_id: UUID, clock: Callable[[], datetime]) -> int:
    """Send what is due for one endpoint, oldest first, until a failure; return how many were delivered."""
    count = 0
    with outgoing.Caller() as caller:
        for _ in range(SEND_BATCH_MAX):
            endpoint = WebhookEndpoint.objects.filter(id=endpoint_id, is_active=True).first()
            if endpoint is None or (endpoint.paused_until and endpoint.paused_until > clock()):
                break
            delivery = _claim(endpoint_id, clock())
            if delivery is None:
                break
            attempt = _attempt(caller, endpoint, delivery, clock())
            _note(delivery, attempt, clock())
            if not attempt.is_success:
                break
            count += 1
    return count


def _claim(endpoint_id: UUID, now: datetime) -> WebhookDelivery | None:
    """Take the next due delivery; it comes back after `LEASE` if we die with it."""
    due = WebhookDelivery.objects.filter(endpoint_id=endpoint_id, state=WebhookState.WAITING, attempt_at__lte=now)
    with transaction.atomic():
        row = due.select_for_update(skip_locked=True).order_by("attempt_at", "created_at", "event_id").first()
        if row:
            row.attempt_at = now + LEASE
            row.attempts += 1
            row.save(update_fields=["attempt_at", "attempts"])
    return row


def _attempt(caller: outgoing.Caller, endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime) -> Attempt:
    event = events_by_id([delivery.event_id]).get(delivery.event_id)
    if event is None:
        return Attempt(status_code=webhooks.GONE, error="the event is no longer in the log", latency_ms=None)
    body = webhooks.body_of(event)
    headers = signatures.headers(secrets_of(endpoint), str(delivery.id), now, body)
    try:
        answer = caller.send(
            "POST",
            endpoint.url,
            headers={"Content-Type": "application/json", **headers},
            body=body,
            response_bytes_max=RESPONSE_BYTES_MAX,
        )
    except outgoing.OutgoingError as error:
        return Attempt(status_code=None, error=str(error)[:ERROR_LENGTH_MAX], latency_ms=None)
    said = "" if answer.is_success else answer.body[:200].decode("utf-8", "replace").replace("\x00", "")
    return Attempt(status_code=answer.status, error=said, latency_ms=answer.latency_ms)


def _note(delivery: WebhookDelivery, attempt: Attempt, now: datetime) -> None:
    """Store how an attempt went, for the delivery and for its endpoint, together."""
    following = webhooks.after(attempt, delivery.attempts, now, random.random())  # noqa: S311 spreads retries only
    with transaction.atomic():
        WebhookDelivery.objects.filter(id=delivery.id).update(
            state=following.state,
            attempt_at=following.attempt_at,
            status_code=attempt.status_code,
            error=attempt.error,
            latency_ms=attempt.latency_ms,
            finished_at=None if following.state is WebhookState.WAITING else now,
        )
        if attempt.is_success:
            _note_health(delivery.endpoint_id)
        elif attempt.latency_ms is not None or attempt.status_code is None:
            _note_trouble(delivery.endpoint_id, attempt, now)


def _note_health(endpoint_id: UUID) -> None:
    ill = WebhookEndpoint.objects.filter(Q(failures__gt=0) | Q(paused_until__isnull=False), id=endpoint_id)
    ill.update(failures=0, failing_since=None, paused_until=None)


def _note_trouble(endpoint_id: UUID, attempt: Attempt, now: datetime) -> None:
    """Leave the endpoint alone for a while; switch it off when it is gone or has failed for days."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(id=endpoint_id)
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.paused_until = webhooks.pause_until(endpoint.failures, now)
    if attempt.is_gone:
        endpoint.is_active, endpoint.disabled_reason = False, "the receiver answered 410 Gone"
    elif webhooks.is_given_up(endpoint.failing_since, now):
        endpoint.is_active, endpoint.disabled_reason = False, "every delivery failed for five days"
    endpoint.save()


def endpoints_with_due(*, now: datetime) -> list[UUID]:
    """Return the endpoints that have something to be sent now and are not being left alone."""
    due = WebhookDelivery.objects.filter(state=WebhookState.WAITING, attempt_at__lte=now, endpoint__is_active=True)
    awake = due.filter(Q(endpoint__paused_until=None) | Q(endpoint__paused_until__lte=now))
    return list(awake.values_list("endpoint_id", flat=True).distinct())
