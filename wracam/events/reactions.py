"""The log's own subscription: webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.events.actions.webhooks import ANY, fan_out
from wracam.events.contracts import EVENTS, RecordedEvent
from wracam.events.ports import OnFailure, subscribe
from wracam.events.queries.webhooks import wanted_event_names


def webhook_event_names() -> frozenset[str]:
    """Return the names that webhooks ask for now; `*` means every registered kind."""
    names = wanted_event_names()
    return names | frozenset(EVENTS.names()) if ANY in names else names


@subscribe("events.webhooks", names=webhook_event_names, on_failure=OnFailure.SKIP)
def fan_webhooks_out(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Write deliveries for the endpoints that want these events."""
    fan_out(batch=batch, now=now)
