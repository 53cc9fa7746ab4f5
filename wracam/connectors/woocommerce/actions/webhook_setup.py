"""Creating our webhooks in the shop, or waking those that the shop has switched off."""

from __future__ import annotations

from datetime import datetime

import msgspec

from wracam.connectors.woocommerce import models, queries
from wracam.connectors.woocommerce.actions.rest import Rest, RestError, note_failure, note_success
from wracam.connectors.woocommerce.translate import read

TOPICS = (
    "order.created", "order.updated", "order.deleted", "order.restored",
    "customer.created", "customer.updated",
    "product.created", "product.updated", "product.restored",
)  # fmt: skip
WEBHOOKS_MAX = 100


class WebhookBody(msgspec.Struct, frozen=True):
    """A webhook as the shop lists it."""

    id: int
    topic: str = ""
    status: str = ""
    delivery_url: str = ""


def create_webhooks(*, connection_id: int, delivery_url: str, now: datetime) -> int:
    """Make sure that each topic has one active webhook of ours with the present secret; return how many were written.

    The shop switches a webhook off after five failures in a row; this switches it on again. Raises `RestError`.
    """
    row = models.Connection.objects.get(id=connection_id)
    secret = queries.webhook_secrets(row)[0]
    try:
        with Rest(row, now=now) as rest:
            there: list[WebhookBody] = read(rest.get("webhooks", {"per_page": str(WEBHOOKS_MAX)}), list[WebhookBody])
            ours = {hook.topic: hook for hook in there if hook.delivery_url == delivery_url}
            for topic in TOPICS:
                _write(rest, topic, ours.get(topic), delivery_url, secret)
    except RestError as error:
        note_failure(row, error, now)
        raise
    models.Connection.objects.filter(id=row.id).update(webhooks_created_at=now)
    note_success(row)
    return len(TOPICS)


def _write(rest: Rest, topic: str, present: WebhookBody | None, delivery_url: str, secret: str) -> None:
    if present is None:
        name = f"Wracam {topic}"
        rest.write("POST", "webhooks", {"name": name, "topic": topic, "delivery_url": delivery_url, "secret": secret})
    else:
        rest.write("PUT", f"webhooks/{present.id}", {"status": "active", "secret": secret})
