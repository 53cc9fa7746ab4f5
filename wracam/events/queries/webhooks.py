"""Webhook endpoints and the log of their deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import Delivery, Endpoint, WebhookState
from wracam.events.models import WebhookDelivery, WebhookEndpoint

PAGE_SIZE = 50


def endpoints(*, shop_id: int | None = None) -> list[Endpoint]:
    """Return all endpoints, or those that one shop's events go to, oldest first."""
    rows = WebhookEndpoint.objects.order_by("created_at", "id")
    return [endpoint_contract(row) for row in rows if shop_id is None or row.shop_id in {None, shop_id}]


def endpoint(endpoint_id: UUID) -> Endpoint | None:
    """Return one endpoint, or None."""
    row = WebhookEndpoint.objects.filter(id=endpoint_id).first()
    return endpoint_contract(row) if row else None


def deliveries(
    *,
    endpoint_id: UUID,
    state: WebhookState | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[Delivery]:
    """Return a page of an endpoint's deliveries, newest first, from before one of them."""
    rows = WebhookDelivery.objects.filter(endpoint_id=endpoint_id).order_by("-created_at", "-id")
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(created_at__lte=before[0]).exclude(created_at=before[0], id__gte=before[1])
    return [delivery_contract(row) for row in rows[:limit]]


def wanted_event_names() -> frozenset[str]:
    """Return the names of events that any active endpoint wants; `*` stands for all."""
    rows = WebhookEndpoint.objects.filter(is_active=True).values_list("event_names", flat=True)
    return frozenset(name for names in rows for name in names)


def endpoint_contract(row: WebhookEndpoint) -> Endpoint:
    """Return an endpoint's row as others see it, without its secrets."""
    return Endpoint(
        id=row.id,
        shop_id=row.shop_id,
        url=row.url,
        description=row.description,
        event_names=tuple(row.event_names),
        is_active=row.is_active,
        disabled_reason=row.disabled_reason,
        failing_since=row.failing_since,
        created_at=row.created_at,
    )


def delivery_contract(row: WebhookDelivery) -> Delivery:
    """Return a delivery's row as others see it."""
    return Delivery(
        id=row.id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        event_name=row.event_name,
        state=WebhookState(row.state),
        attempts=row.attempts,
        attempt_at=row.attempt_at,
        status_code=row.status_code,
        error=row.error,
        latency_ms=row.latency_ms,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
