"""Notes that colleagues leave on a customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.customers import models
from wracam.customers.contracts import RefusalReason, Refused
from wracam.foundation import transactions
from wracam.kernel.ids import new_id
from wracam.kernel.text import clean_text
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

NOTE_LENGTH_MAX = 5_000


def add_note(*, customer_id: UUID, text: str, actor: Actor, now: datetime) -> UUID | Refused:
    """Write a note on a customer and return its id."""
    cleaned = clean_text(text, length_max=NOTE_LENGTH_MAX)
    if not cleaned:
        return Refused(RefusalReason.EMPTY_NOTE)
    with transactions.action():
        if not models.CustomerRow.objects.filter(id=customer_id, erased_at=None).exists():
            return Refused(RefusalReason.UNKNOWN_CUSTOMER)
        author = {"kind": actor.kind, "id": actor.id, "name": actor.name}
        note = models.NoteRow.objects.create(
            id=new_id(now), customer_id=customer_id, text=cleaned, author=author, created_at=now
        )
        return note.id


def remove_note(*, note_id: UUID, actor: Actor, now: datetime) -> bool:
    """Remove a note; say whether there was one."""
    with transactions.action():
        note = models.NoteRow.objects.filter(id=note_id).first()
        if note is None:
            return False
        shops.audit(
            actor=actor,
            verb="note.removed",
            object_kind="customer",
            object_id=str(note.customer_id),
            summary="",
            now=now,
        )
        note.delete()
        return True
