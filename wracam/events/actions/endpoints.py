"""Webhook endpoints: made, changed, switched on and off; their secrets changed without missing a delivery."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import Endpoint, NewSecret, WebhookRefusedError, WebhookState
from wracam.events.core import signatures
from wracam.events.models import WebhookDelivery, WebhookEndpoint
from wracam.events.queries.webhooks import endpoint_contract
from wracam.foundation import outgoing, secrets, transactions
from wracam.kernel.ids import new_id
from wracam.kernel.text import clean_text
from wracam.shops.actions import audit
from wracam.shops.contracts import Actor

EVENT_NAMES_MAX = 200
ENDPOINTS_MAX = 50


def create_endpoint(
    *,
    url: str,
    event_names: Iterable[str],
    actor: Actor,
    now: datetime,
    shop_id: int | None = None,
    description: str = "",
) -> NewSecret:
    """Add an address that is told of events; raises `WebhookRefusedError`. The secret is shown this once."""
    if WebhookEndpoint.objects.count() >= ENDPOINTS_MAX:
        raise WebhookRefusedError(f"there are {ENDPOINTS_MAX} endpoints already; remove one first")
    row = WebhookEndpoint(id=new_id(now), shop_id=shop_id, is_active=True, created_at=now)
    _change(row, url, event_names, description)
    secret = _add_secret(row, [])
    with transactions.action():
        row.save(force_insert=True)
        _audit(row, "webhook.created", actor, now)
    return NewSecret(endpoint=endpoint_contract(row), secret=secret)


def change_endpoint(
    *, endpoint_id: UUID, url: str, event_names: Iterable[str], description: str, actor: Actor, now: datetime
) -> Endpoint:
    """Change where webhooks go and what they tell; raises `WebhookRefusedError`."""
    with transactions.action():
        row = _locked(endpoint_id)
        _change(row, url, event_names, description)
        row.save()
        _audit(row, "webhook.changed", actor, now)
    return endpoint_contract(row)


def switch_endpoint(*, endpoint_id: UUID, is_active: bool, actor: Actor, now: datetime) -> Endpoint:
    """Switch an endpoint on (with a clean record) or off."""
    with transactions.action():
        row = _locked(endpoint_id)
        row.is_active, row.disabled_reason = is_active, "" if is_active else "switched off by hand"
        row.failures, row.failing_since, row.paused_until = 0, None, None
        row.save()
        _audit(row, "webhook.switched_on" if is_active else "webhook.switched_off", actor, now)
    return endpoint_contract(row)


def change_secret(*, endpoint_id: UUID, actor: Actor, now: datetime) -> NewSecret:
    """Give an endpoint a new secret; until the next change the one before signs too."""
    with transactions.action():
        row = _locked(endpoint_id)
        secret = _add_secret(row, row.secrets_sealed[: signatures.SECRETS_MAX - 1])
        row.save(update_fields=["secrets_sealed"])
        _audit(row, "webhook.secret_changed", actor, now)
    return NewSecret(endpoint=endpoint_contract(row), secret=secret)


def forget_old_secret(*, endpoint_id: UUID, actor: Actor, now: datetime) -> None:
    """Let only the newest secret sign, once the receiver knows it."""
    with transactions.action():
        row = _locked(endpoint_id)
        row.secrets_sealed = row.secrets_sealed[:1]
        row.save(update_fields=["secrets_sealed"])
        _audit(row, "webhook.old_secret_forgotten", actor, now)


def remove_endpoint(*, endpoint_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove an endpoint with its delivery log."""
    with transactions.action():
        row = _locked(endpoint_id)
        _audit(row, "webhook.removed", actor, now)
        WebhookDelivery.objects.filter(endpoint=row).delete()
        row.delete()


def secrets_of(row: WebhookEndpoint) -> list[str]:
    """Open the secrets that sign an endpoint's webhooks, the newest first."""
    return [secrets.open_sealed(sealed, aad=_purpose(row.id)) for sealed in row.secrets_sealed]


def resend(*, endpoint_id: UUID, delivery_id: UUID, now: datetime) -> bool:
    """Send a webhook once more, whatever became of it; False when it or its endpoint is gone or off."""
    with transactions.action():
        found = WebhookDelivery.objects.filter(id=delivery_id, endpoint_id=endpoint_id, endpoint__is_active=True)
        return bool(found.update(state=WebhookState.WAITING, attempts=0, attempt_at=now, finished_at=None, error=""))


def _locked(endpoint_id: UUID) -> WebhookEndpoint:
    row = WebhookEndpoint.objects.select_for_update().filter(id=endpoint_id).first()
    if row is None:
        raise WebhookRefusedError("this endpoint has been removed")
    return row


def _change(row: WebhookEndpoint, url: str, event_names: Iterable[str], description: str) -> None:
    problem = outgoing.url_problem(url.strip())
    if problem:
        raise WebhookRefusedError(problem)
    names = sorted({clean_text(name, length_max=100) for name in event_names} - {""})
    if not names or len(names) > EVENT_NAMES_MAX:
        raise WebhookRefusedError(f"choose at least one kind of event, and {EVENT_NAMES_MAX} at most")
    row.url, row.event_names, row.description = url.strip(), names, clean_text(description, length_max=200)


def _add_secret(row: WebhookEndpoint, older: list[str]) -> str:
    secret = signatures.secret_text(os.urandom(signatures.SECRET_BYTES))
    row.secrets_sealed = [secrets.seal(secret, aad=_purpose(row.id)), *older]
    return secret


def _purpose(endpoint_id: UUID) -> str:
    return f"webhook_endpoint:{endpoint_id}:secret"


def _audit(row: WebhookEndpoint, verb: str, actor: Actor, now: datetime) -> None:
    audit(
        actor=actor,
        verb=verb,
        object_kind="webhook_endpoint",
        object_id=row.id,
        summary=row.url,
        now=now,
    )
