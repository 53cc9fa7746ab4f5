"""Connecting a shop: its address, our hook with its secret, and the keys its owner gives us with one click."""

from __future__ import annotations

from datetime import datetime, timedelta

from wracam.connectors.woocommerce import models, queries
from wracam.connectors.woocommerce.contracts import Connection
from wracam.connectors.woocommerce.core.addresses import authorization_address, shop_address
from wracam.foundation import secrets, transactions
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

AUTHORIZATION_LIFE = timedelta(hours=1)


def connect(*, shop_id: int, url: str, actor: Actor, now: datetime) -> Connection:
    """Connect the shop with the WooCommerce at *url*, or change that address; raises `ValueError` for a bad one.

    Our hook and its secret stay the same when the address changes; the keys of another address are forgotten.
    """
    address = shop_address(url)
    with transactions.action():
        row = models.Connection.objects.select_for_update().filter(shop_id=shop_id).first()
        if row is None:
            row = _create(shop_id, address, now)
        elif row.url != address:
            row.url, row.consumer_key_sealed, row.consumer_secret_sealed = address, "", ""
            row.webhooks_created_at = None
            row.save()
        _audit(row, "woocommerce.connected", actor, now)
        return queries.connection_contract(row)


def _create(shop_id: int, address: str, now: datetime) -> models.Connection:
    row = models.Connection.objects.create(
        shop_id=shop_id, url=address, hook_token=secrets.new_token(), webhook_secret_sealed="", created_at=now
    )
    row.webhook_secret_sealed = _sealed(row, "webhook_secret", secrets.new_token())
    row.save(update_fields=["webhook_secret_sealed"])
    return row


def rotate_secret(*, connection_id: int, actor: Actor, now: datetime, secret: str = "") -> str:
    """Give our webhooks a new secret and return it; the one before still signs until the next rotation."""
    fresh = secret or secrets.new_token()
    with transactions.action():
        row = models.Connection.objects.select_for_update().get(id=connection_id)
        before = queries.webhook_secrets(row)[0]
        row.previous_secret_sealed = _sealed(row, "previous_secret", before)
        row.webhook_secret_sealed = _sealed(row, "webhook_secret", fresh)
        row.save(update_fields=["previous_secret_sealed", "webhook_secret_sealed"])
        _audit(row, "woocommerce.secret_rotated", actor, now)
    return fresh


def begin_authorization(*, connection_id: int, return_url: str, callback_url: str, actor: Actor, now: datetime) -> str:
    """Return the page of the shop where its owner gives us keys; it works once, within the hour."""
    state = secrets.new_token()
    with transactions.action():
        row = models.Connection.objects.select_for_update().get(id=connection_id)
        row.authorization_hash = secrets.hash_token(state)
        row.authorization_expires_at = now + AUTHORIZATION_LIFE
        row.save(update_fields=["authorization_hash", "authorization_expires_at"])
        _audit(row, "woocommerce.authorization_begun", actor, now)
    return authorization_address(row.url, state=state, return_url=return_url, callback_url=callback_url)


def accept_keys(*, state: str, key: str, secret: str, now: datetime) -> int | None:
    """Store the keys that the shop posts after its owner agreed; return the connection, or None for a false state."""
    with transactions.action():
        row = (
            models.Connection.objects.select_for_update()
            .filter(authorization_hash=secrets.hash_token(state), authorization_expires_at__gt=now)
            .first()
        )
        if row is None:
            return None
        row.authorization_hash = row.authorization_expires_at = None
        _keep_keys(row, key, secret)
        _audit(row, "woocommerce.keys_received", Actor(kind="connector", id="woocommerce", name="WooCommerce"), now)
        return row.id


def store_keys(*, connection_id: int, key: str, secret: str, actor: Actor, now: datetime) -> None:
    """Store keys that the owner made by hand in WooCommerce; raises `ValueError` for what are no such keys."""
    if not key.startswith("ck_") or not secret.startswith("cs_") or max(len(key), len(secret)) > 100:
        raise ValueError("a consumer key begins with ck_ and a consumer secret with cs_")
    with transactions.action():
        row = models.Connection.objects.select_for_update().get(id=connection_id)
        _keep_keys(row, key, secret)
        _audit(row, "woocommerce.keys_stored", actor, now)


def _keep_keys(row: models.Connection, key: str, secret: str) -> None:
    row.consumer_key_sealed = _sealed(row, "consumer_key", key)
    row.consumer_secret_sealed = _sealed(row, "consumer_secret", secret)
    row.last_error, row.last_error_at = "", None
    row.save()


def _sealed(row: models.Connection, name: str, plaintext: str) -> str:
    return secrets.seal(plaintext, aad=queries.secret_aad(row.id, name))


def _audit(row: models.Connection, verb: str, actor: Actor, now: datetime) -> None:
    shops.audit(
        actor=actor, verb=verb, object_kind="woocommerce_connection", object_id=row.id, summary=row.url, now=now
    )
