"""The event log and webhooks for programs. `POST /v1/events` itself is served by the hot process."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from wracam.events import actions, queries
from wracam.events.contracts import Delivery, Endpoint, IntakeResult, RecordedEvent, WebhookRefusedError
from wracam.events.core.intake import BATCH_EVENTS_MAX, DocumentedBatch
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.paging import Page, Paging
from wracam.faces.api.ports import HotRoute, document_hot_route
from wracam.faces.api.problems import invalid, not_found
from wracam.faces.api.values import Answer, Body
from wracam.foundation.clock import now
from wracam.shops.contracts import Actor
from wracam.shops.ports import register_scope

router = Router(tags=["Events"])
register_scope("events:write", pl="wysyłanie zdarzeń", en="send events", is_public=True)
register_scope("events:read", pl="czytanie zdarzeń", en="read events")
register_scope("webhooks:write", pl="zarządzanie webhookami", en="manage webhooks")


class IntakeAnswer(Answer):
    """One result for each event of the batch, in its order."""

    results: list[IntakeResult]


document_hot_route(
    HotRoute(
        method="POST",
        path="/v1/events",
        scope="events:write",
        tag="Events",
        summary="Send events",
        description=(
            f"Up to {BATCH_EVENTS_MAX} events in a body of at most 1 MB, recorded before the answer. Each has your own "
            "`id`: sent again with the same `source` and `id` it is answered as a duplicate and not recorded twice. "
            "A wrong event is answered with a code and a path and does not stop the others. A publishable key sends "
            "only what visitors do (`page.viewed`, `product.viewed`, `search.made`), with an `anonymous_id` at most."
        ),
        body=DocumentedBatch,
        answer=IntakeAnswer,
    )
)


class EventAnswer(Answer):
    """One recorded event. `data` are the fields of its kind."""

    id: UUID
    name: str
    customer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    cause_id: UUID | None
    data: dict[str, Any]


class WebhookBody(Body):
    """An address, and the names of the events it is told of (`*` for all)."""

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    event_names: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(min_length=1, max_length=200)
    ]
    description: Annotated[str, msgspec.Meta(max_length=200)] = ""


class WebhookAnswer(Answer):
    """A webhook endpoint. `secret` is told only when it is made or changed."""

    id: UUID
    url: str
    description: str
    event_names: list[str]
    is_active: bool
    disabled_reason: str
    created_at: datetime
    secret: str | None = None


class DeliveryAnswer(Answer):
    """One webhook on its way, and how its last attempt went."""

    id: UUID
    event_id: UUID
    event_name: str
    state: str
    attempts: int
    next_attempt_at: datetime | None
    status_code: int | None
    error: str
    created_at: datetime


@router.endpoint("GET", "/events", scope="events:read")
def list_events(
    request: ApiRequest, paging: Paging, customer_id: UUID | None = None, name: str = ""
) -> Page[EventAnswer]:
    """Recorded events, newest first, of one customer or one kind if asked."""
    rows = queries.search(
        shop_id=request.auth.shop_id,
        customer_id=customer_id,
        name=name,
        before_id=UUID(paging.position[0]) if paging.position else None,
        limit=paging.fetch,
    )
    return paging.page(rows, item=_event, key=lambda row: (str(row.id),))


@router.endpoint("GET", "/events/{event_id}/chain", scope="events:read")
def show_chain(request: ApiRequest, event_id: UUID) -> list[EventAnswer]:
    """Everything that came of the first cause of an event, causes before effects."""
    chain = [item for item in queries.chain_of(event_id) if item.shop_id == request.auth.shop_id]
    if event_id not in {item.id for item in chain}:
        raise not_found("event")
    return [_event(item) for item in chain]


@router.endpoint("GET", "/webhooks", scope="webhooks:write")
def list_webhooks(request: ApiRequest) -> list[WebhookAnswer]:
    """All webhook endpoints of the shop."""
    return [_webhook(item) for item in queries.endpoints() if item.shop_id == request.auth.shop_id]


@router.endpoint("POST", "/webhooks", scope="webhooks:write", status=201)
def make_webhook(request: ApiRequest, body: WebhookBody) -> WebhookAnswer:
    """Have an address told of events. The answer holds the secret that signs them; it is not shown again.

    Deliveries follow Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    """
    try:
        made = actions.create_endpoint(
            url=body.url,
            event_names=body.event_names,
            description=body.description,
            shop_id=request.auth.shop_id,
            actor=_actor(request),
            now=now(),
        )
    except WebhookRefusedError as error:
        raise invalid("body.url", "webhook", str(error)) from error
    return _webhook(made.endpoint, made.secret)


@router.endpoint("POST", "/webhooks/{endpoint_id}/secret", scope="webhooks:write")
def change_webhook_secret(request: ApiRequest, endpoint_id: UUID) -> WebhookAnswer:
    """Give an endpoint a new secret; until the next change the one before signs too."""
    _own(request, endpoint_id)
    made = actions.change_secret(endpoint_id=endpoint_id, actor=_actor(request), now=now())
    return _webhook(made.endpoint, made.secret)


@router.endpoint("DELETE", "/webhooks/{endpoint_id}", scope="webhooks:write")
def remove_webhook(request: ApiRequest, endpoint_id: UUID) -> None:
    """Remove an endpoint with its delivery log."""
    _own(request, endpoint_id)
    actions.remove_endpoint(endpoint_id=endpoint_id, actor=_actor(request), now=now())


@router.endpoint("GET", "/webhooks/{endpoint_id}/deliveries", scope="webhooks:write")
def list_webhook_deliveries(request: ApiRequest, endpoint_id: UUID, paging: Paging) -> Page[DeliveryAnswer]:
    """What was sent to an endpoint, newest first."""
    _own(request, endpoint_id)
    before = (datetime.fromisoformat(paging.position[0]), UUID(paging.position[1])) if paging.position else None
    rows = queries.deliveries(endpoint_id=endpoint_id, before=before, limit=paging.fetch)
    return paging.page(rows, item=_delivery, key=lambda row: (row.created_at, str(row.id)))


@router.endpoint("POST", "/webhooks/{endpoint_id}/deliveries/{delivery_id}/resend", scope="webhooks:write", status=202)
def resend_webhook(request: ApiRequest, endpoint_id: UUID, delivery_id: UUID) -> None:
    """Send a webhook once more, with the same `webhook-id`."""
    _own(request, endpoint_id)
    if not actions.resend(endpoint_id=endpoint_id, delivery_id=delivery_id, now=now()):
        raise not_found("delivery")


def _own(request: ApiRequest, endpoint_id: UUID) -> Endpoint:
    found = queries.endpoint(endpoint_id)
    if found is None or found.shop_id != request.auth.shop_id:
        raise not_found("webhook")
    return found


def _actor(request: ApiRequest) -> Actor:
    return Actor(kind="key", id=str(request.auth.id), name=request.auth.name)


def _event(item: RecordedEvent) -> EventAnswer:
    return EventAnswer(
        id=item.id,
        name=item.name,
        customer_id=item.customer_id,
        occurred_at=item.occurred_at,
        recorded_at=item.recorded_at,
        cause_id=item.cause_id,
        data=item.data,
    )


def _webhook(item: Endpoint, secret: str | None = None) -> WebhookAnswer:
    return WebhookAnswer(
        id=item.id,
        url=item.url,
        description=item.description,
        event_names=list(item.event_names),
        is_active=item.is_active,
        disabled_reason=item.disabled_reason,
        created_at=item.created_at,
        secret=secret,
    )


def _delivery(item: Delivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=item.id,
        event_id=item.event_id,
        event_name=item.event_name,
        state=item.state.value,
        attempts=item.attempts,
        next_attempt_at=item.attempt_at,
        status_code=item.status_code,
        error=item.error,
        created_at=item.created_at,
    )
