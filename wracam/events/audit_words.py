"""What the lines of webhooks and parked events in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_kinds, register_audit_verbs

register_audit_verbs(
    {
        "webhook.created": Words(pl="dodano webhook", en="added a webhook"),
        "webhook.changed": Words(pl="zmieniono webhook", en="changed a webhook"),
        "webhook.switched_on": Words(pl="włączono webhook", en="switched a webhook on"),
        "webhook.switched_off": Words(pl="wyłączono webhook", en="switched a webhook off"),
        "webhook.secret_changed": Words(pl="wydano nowy sekret webhooka", en="gave a webhook a new secret"),
        "webhook.old_secret_forgotten": Words(pl="wycofano stary sekret webhooka", en="retired a webhook's old secret"),
        "webhook.removed": Words(pl="usunięto webhook", en="removed a webhook"),
        "parked_event.retried": Words(pl="ponowiono odłożone zdarzenie", en="tried a parked event again"),
        "parked_event.dismissed": Words(pl="odrzucono odłożone zdarzenie", en="gave a parked event up"),
    }
)
register_audit_kinds(
    {
        "parked_event": Words(pl="odłożone zdarzenie", en="parked event"),
        "webhook_endpoint": Words(pl="webhook", en="webhook"),
    }
)
