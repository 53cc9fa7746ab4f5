"""Receiving a call of our hook: check the signature, store it once, answer. The work is done later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from wracam.connectors.woocommerce import models, queries
from wracam.connectors.woocommerce.contracts import Received, Verdict
from wracam.connectors.woocommerce.core.signing import is_ping, is_signed
from wracam.foundation import transactions
from wracam.foundation.bulk import as_json, fetch
from wracam.kernel.text import clean_text

HEADER_LENGTH_MAX = 300
KEPT_HEADERS = ("source", "topic", "resource", "event", "id", "delivery-id")

STORE = """
INSERT INTO woocommerce_delivery
    (connection_id, topic, delivery_id, body_hash, body, headers, received_at, verdict, error)
VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s, '')
ON CONFLICT (connection_id, delivery_id, body_hash) DO NOTHING RETURNING id
"""


def receive(*, hook_token: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Received:
    """Take one call: *headers* are those of WooCommerce without `X-WC-Webhook-`, in lower case.

    404 for an unknown token; 200 for the unsigned ping of a new webhook; 401, counted, for a wrong signature; else
    200, and the delivery is stored (once, however often it comes).
    """
    row = models.Connection.objects.filter(hook_token=hook_token).first()
    if row is None:
        return Received(status=404)
    given = headers.get("signature", "")
    if not given and is_ping(body):
        return Received(status=200)
    if not is_signed(body, given, queries.webhook_secrets(row)):
        _count_refusal(row, now)
        return Received(status=401)
    return Received(status=200, is_new=_store(row, headers, body, now), connection_id=row.id)


def _count_refusal(row: models.Connection, now: datetime) -> None:
    models.Connection.objects.filter(id=row.id).update(refused_count=F("refused_count") + 1, last_refused_at=now)


def _store(row: models.Connection, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    kept = {name: clean_text(headers.get(name, ""), length_max=HEADER_LENGTH_MAX) for name in KEPT_HEADERS}
    with transactions.action():
        stored = fetch(
            STORE,
            row.id,
            kept["topic"][:100],
            kept["delivery-id"][:100],
            hashlib.sha256(body).digest(),
            body,
            as_json([kept])[1:-1],
            now,
            Verdict.WAITING.value,
        )
        models.Connection.objects.filter(id=row.id).update(last_delivery_at=now)
    return bool(stored)
