"""Noting sign-ins in the audit log, those that failed too."""

from __future__ import annotations

from datetime import datetime

from wracam.foundation import transactions
from wracam.shops import models
from wracam.shops.actions.audit import audit
from wracam.shops.contracts import Actor
from wracam.shops.queries import staff_contract


def note_sign_in(*, staff_id: int, peer: str, now: datetime) -> None:
    """Note that somebody signed in from the address *peer*."""
    _note("sign_in.succeeded", staff_id, peer, now)


def note_failed_code(*, staff_id: int, now: datetime) -> None:
    """Note a wrong second-factor code after a right password."""
    _note("sign_in.code_failed", staff_id, "", now)


def note_failed_sign_in(*, email: str, peer: str, now: datetime) -> None:
    """Note a wrong password of somebody who works here, or a try with an address that nobody here has.

    An unknown address is not kept: people type their passwords there by mistake.
    """
    row = models.Staff.objects.filter(email__iexact=email).first() if email else None
    visitor = Actor(kind="visitor", id=peer, name=peer)
    with transactions.action():
        audit(
            actor=visitor,
            verb="sign_in.failed",
            object_kind="staff",
            object_id=row.pk if row else "",
            summary=row.email if row else "",
            now=now,
        )


def _note(verb: str, staff_id: int, summary: str, now: datetime) -> None:
    row = models.Staff.objects.get(id=staff_id)
    with transactions.action():
        audit(
            actor=staff_contract(row).as_actor,
            verb=verb,
            object_kind="staff",
            object_id=staff_id,
            summary=summary,
            now=now,
        )
