"""API keys: create, revoke, and note their last use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from wracam.foundation import secrets, transactions
from wracam.kernel.text import clean_text
from wracam.shops import models
from wracam.shops.actions.audit import audit
from wracam.shops.contracts import KEY_PREFIXES, Actor, KeyKind, NewKey, ShopsError
from wracam.shops.core import rules
from wracam.shops.queries import key_contract

USE_NOTED_EVERY = timedelta(minutes=5)


def create_key(
    *,
    shop_id: int,
    kind: KeyKind,
    name: str,
    actor: Actor,
    now: datetime,
    scopes: Iterable[str] = (),
    origins: Iterable[str] = (),
) -> NewKey:
    """Make a key with 192 random bits. The secret is in the answer and nowhere else."""
    label = clean_text(name, length_max=80)
    try:
        granted, allowed = rules.checked_scopes(tuple(scopes)), rules.checked_origins(tuple(origins))
    except ValueError as error:
        raise ShopsError(str(error)) from error
    if not label:
        raise ShopsError("give the key a name that says who uses it")
    secret = secrets.new_token(prefix=KEY_PREFIXES[kind])
    with transactions.action():
        row = models.ApiKey.objects.create(
            shop_id=shop_id,
            kind=kind.value,
            name=label,
            secret_hash=secrets.hash_token(secret),
            hint=secret[-4:],
            scopes=list(granted),
            origins=list(allowed),
            created_at=now,
            created_by=actor.name[:120],
        )
        summary = f"{label} (…{row.hint}): {', '.join(granted) or '–'}"
        audit(actor=actor, verb="key.created", object_kind="key", object_id=row.pk, summary=summary, now=now)
    return NewKey(key=key_contract(row), secret=secret)


def revoke_key(*, key_id: int, actor: Actor, now: datetime) -> None:
    """Stop a key at once; revoking twice changes nothing."""
    with transactions.action():
        row = models.ApiKey.objects.select_for_update().get(id=key_id)
        if row.revoked_at is not None:
            return
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        summary = f"{row.name} (…{row.hint})"
        audit(actor=actor, verb="key.revoked", object_kind="key", object_id=key_id, summary=summary, now=now)


def note_key_use(*, key_id: int, now: datetime, last_used_at: datetime | None = None) -> None:
    """Remember that a key was used, at most once in five minutes, so that a busy key costs no writes.

    Who has just read *last_used_at* gives it, and pays no statement when it is recent.
    """
    if last_used_at is not None and last_used_at >= now - USE_NOTED_EVERY:
        return
    is_stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    models.ApiKey.objects.filter(is_stale, id=key_id).update(last_used_at=now)
