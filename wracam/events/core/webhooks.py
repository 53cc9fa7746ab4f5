"""What a webhook says, and what follows from its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from wracam.events.contracts import RecordedEvent, WebhookState
from wracam.events.core.schedules import WEBHOOK_DELAYS, retry_at

BODY_BYTES_MAX = 20_000
PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
"""How long an endpoint that fails again and again is left alone; deliveries of others never wait for it."""
DISABLED_AFTER = timedelta(days=5)
GONE = 410


def body_of(event: RecordedEvent) -> bytes:
    """Return the JSON of a webhook. Data too large to be sent is left out; the receiver asks the API for it."""
    body = _encoded(event, event.data)
    return body if len(body) <= BODY_BYTES_MAX else _encoded(event, {"is_left_out": True})


def _encoded(event: RecordedEvent, data: dict[str, Any]) -> bytes:
    return msgspec.json.encode(
        {
            "type": event.name,
            "timestamp": event.occurred_at,
            "data": {
                "event_id": event.id,
                "shop_id": event.shop_id,
                "customer_id": event.customer_id,
                "cause_id": event.cause_id,
                **data,
            },
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one attempt went: the status answered, or the error when nobody answered."""

    status_code: int | None
    error: str
    latency_ms: int | None

    @property
    def is_success(self) -> bool:
        """Only 2xx counts; a redirect is a failure (Standard Webhooks)."""
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        """The receiver said that it wants no more."""
        return self.status_code == GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Where a delivery stands after an attempt."""

    state: WebhookState
    attempt_at: datetime | None


def after(attempt: Attempt, attempts: int, now: datetime, chance: float) -> Next:
    """Decide what becomes of a delivery after its *attempts*-th attempt."""
    if attempt.is_success:
        return Next(state=WebhookState.DELIVERED, attempt_at=None)
    again = None if attempt.is_gone else retry_at(WEBHOOK_DELAYS, attempts, now, chance)
    return Next(state=WebhookState.WAITING if again else WebhookState.FAILED, attempt_at=again)


def pause_until(failures: int, now: datetime) -> datetime:
    """Return until when an endpoint is left alone after *failures* failures in a row."""
    return now + PAUSES[min(failures, len(PAUSES)) - 1]


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Say whether an endpoint has failed for so long that it is switched off."""
    return failing_since is not None and now - failing_since >= DISABLED_AFTER
