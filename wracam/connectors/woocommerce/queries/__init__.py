"""Reads of WooCommerce connections: as people see them, and with their secrets for our own calls."""

from __future__ import annotations

from django.db.models import Count, Q

from wracam.connectors.woocommerce import models
from wracam.connectors.woocommerce.contracts import Connection, Resource, Sync, SyncState, Verdict
from wracam.foundation import secrets


def connection_of(*, shop_id: int) -> Connection | None:
    """Return the shop's connection."""
    row = models.Connection.objects.filter(shop_id=shop_id).first()
    return connection_contract(row) if row else None


def connection(*, connection_id: int) -> Connection | None:
    """Return one connection."""
    row = models.Connection.objects.filter(id=connection_id).first()
    return connection_contract(row) if row else None


def ready_connections() -> tuple[int, ...]:
    """Return the ids of connections that can be read by REST."""
    rows = models.Connection.objects.exclude(consumer_secret_sealed="").order_by("id")
    return tuple(rows.values_list("id", flat=True))


def connections_with_waiting() -> tuple[int, ...]:
    """Return the ids of connections whose deliveries wait to be handled."""
    waiting = models.Delivery.objects.filter(verdict=Verdict.WAITING)
    return tuple(waiting.order_by("connection_id").values_list("connection_id", flat=True).distinct())


def webhook_secrets(row: models.Connection) -> tuple[str, ...]:
    """Return the secrets that may sign deliveries: the present one, and during a rotation the one before."""
    sealed = (("webhook_secret", row.webhook_secret_sealed), ("previous_secret", row.previous_secret_sealed))
    return tuple(secrets.open_sealed(text, aad=secret_aad(row.id, name)) for name, text in sealed if text)


def rest_keys(row: models.Connection) -> tuple[str, str] | None:
    """Return consumer key and secret, or None while the shop has given none."""
    if not row.consumer_secret_sealed:
        return None
    return (
        secrets.open_sealed(row.consumer_key_sealed, aad=secret_aad(row.id, "consumer_key")),
        secrets.open_sealed(row.consumer_secret_sealed, aad=secret_aad(row.id, "consumer_secret")),
    )


def secret_aad(connection_id: int, name: str) -> str:
    """Return what binds a sealed secret to its connection and purpose."""
    return f"woocommerce:{connection_id}:{name}"


def connection_contract(row: models.Connection) -> Connection:
    """Return a connection as people see it."""
    deliveries = models.Delivery.objects.filter(connection=row).aggregate(
        waiting=Count("id", filter=Q(verdict=Verdict.WAITING)), failed=Count("id", filter=Q(verdict=Verdict.FAILED))
    )
    syncs = {sync.resource: sync for sync in models.Sync.objects.filter(connection=row)}
    return Connection(
        id=row.id,
        shop_id=row.shop_id,
        url=row.url,
        hook_token=row.hook_token,
        has_keys=bool(row.consumer_secret_sealed),
        has_webhooks=row.webhooks_created_at is not None,
        last_delivery_at=row.last_delivery_at,
        waiting_deliveries=deliveries["waiting"],
        failed_deliveries=deliveries["failed"],
        refused_count=row.refused_count,
        last_refused_at=row.last_refused_at,
        last_error=row.last_error,
        last_error_at=row.last_error_at,
        syncs=tuple(_sync(resource, syncs.get(resource.value)) for resource in Resource),
    )


def _sync(resource: Resource, row: models.Sync | None) -> Sync:
    if row is None:
        return Sync(resource=resource, state=SyncState.NEVER, taken=0, refused=0, finished_at=None, error="")
    return Sync(
        resource=resource,
        state=SyncState(row.state),
        taken=row.taken,
        refused=row.refused,
        finished_at=row.finished_at,
        error=row.error,
    )
