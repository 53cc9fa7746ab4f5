"""Writing the audit log, in the transaction of what it tells about."""

from __future__ import annotations

from datetime import datetime

from wracam.foundation.transactions import require_transaction
from wracam.kernel.text import clean_text
from wracam.shops import models
from wracam.shops.contracts import Actor

SUMMARY_LENGTH_MAX = 500


def audit(*, actor: Actor, verb: str, object_kind: str, object_id: object, summary: str, now: datetime) -> None:
    """Add one line to the audit log; demands the open transaction of the change itself.

    *verb* is a stable past-tense code (`"key.created"`) that the feature's `audit_words.py` puts in words;
    *summary* says with which values, as data without secrets: names, addresses, figures, never a sentence of ours.
    """
    require_transaction()
    models.AuditEntry.objects.create(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=clean_text(actor.name, length_max=120),
        verb=verb,
        object_kind=object_kind,
        object_id=str(object_id),
        summary=clean_text(summary, length_max=SUMMARY_LENGTH_MAX),
    )
