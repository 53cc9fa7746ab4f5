"""Signing members in: a code or link by e-mail, or the shop's own token; and signing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import F

from wracam.faces.portal import models
from wracam.foundation import secrets, transactions

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES_MAX = 5
SESSION_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCode:
    """What an attempt to sign in needs: the ticket for the browser, code and link token for the mail."""

    ticket: str
    code: str
    link_token: str


def ask_code(*, shop_id: int, customer_id: UUID | None, now: datetime) -> AskedCode:
    """Begin signing in by e-mail. For an unknown address everything is the same but the customer."""
    asked = AskedCode(ticket=secrets.new_token(), code=secrets.new_code(), link_token=secrets.new_token())
    with transactions.action():
        models.SignInCode.objects.filter(expires_at__lt=now).delete()
        models.SignInCode.objects.create(
            ticket_hash=secrets.hash_token(asked.ticket),
            code_hash=secrets.keyed_hash(asked.code, purpose=f"member:{asked.ticket}"),
            link_hash=secrets.hash_token(asked.link_token),
            shop_id=shop_id,
            customer_id=customer_id,
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    return asked


def enter_code(*, shop_id: int, ticket: str, code: str, now: datetime) -> str | None:
    """Use a code up and open a session; returns its token, or None for a wrong, used or expired code.

    Each try is counted in the database before the code is compared, so that trying in parallel gains nothing.
    """
    attempt = models.SignInCode.objects.filter(
        ticket_hash=secrets.hash_token(ticket), shop_id=shop_id, used_at=None, expires_at__gt=now
    )
    if not attempt.filter(tries__lt=CODE_TRIES_MAX).update(tries=F("tries") + 1):
        return None
    with transactions.action():
        row = attempt.select_for_update().first()
        expected = secrets.keyed_hash(code, purpose=f"member:{ticket}")
        if row is None or row.customer_id is None or not secrets.equal(bytes(row.code_hash), expected):
            return None
        return _open(row, now)


def enter_link(*, shop_id: int, link_token: str, now: datetime) -> str | None:
    """Use the link of the mail up and open a session; returns its token or None."""
    with transactions.action():
        row = (
            models.SignInCode.objects.select_for_update()
            .filter(link_hash=secrets.hash_token(link_token), shop_id=shop_id, used_at=None, expires_at__gt=now)
            .exclude(customer_id=None)
            .first()
        )
        return _open(row, now) if row else None


def enter_by_shop(*, shop_id: int, customer_id: UUID, token_id: str, now: datetime) -> str | None:
    """Open a session for a token the shop signed; a token works once."""
    entry = f"member-token:{shop_id}:{secrets.hash_token(token_id).hex()}"
    if not cache.add(entry, 1, timeout=900):
        return None
    return _new_session(shop_id, customer_id, "shop", now)


def end_session(*, token: str, now: datetime) -> None:
    """End a session; its cookie opens nothing any more."""
    models.MemberSession.objects.filter(token_hash=secrets.hash_token(token), ended_at=None).update(ended_at=now)


def end_sessions_of(*, customer_id: UUID, now: datetime) -> None:
    """End every session of a customer, for an erasure or when they ask."""
    models.MemberSession.objects.filter(customer_id=customer_id, ended_at=None).update(ended_at=now)


def customer_of(*, shop_id: int, token: str, now: datetime) -> UUID | None:
    """Return whose session this is, or None for one that is unknown, ended, expired or of another shop."""
    return (
        models.MemberSession.objects.filter(
            token_hash=secrets.hash_token(token), shop_id=shop_id, ended_at=None, expires_at__gt=now
        )
        .values_list("customer_id", flat=True)
        .first()
    )


def _open(row: models.SignInCode, now: datetime) -> str:
    row.used_at = now
    row.save(update_fields=["used_at"])
    assert row.customer_id is not None
    return _new_session(row.shop_id, row.customer_id, "mail", now)


def _new_session(shop_id: int, customer_id: UUID, opened_by: str, now: datetime) -> str:
    token = secrets.new_token()
    models.MemberSession.objects.create(
        token_hash=secrets.hash_token(token),
        shop_id=shop_id,
        customer_id=customer_id,
        opened_by=opened_by,
        created_at=now,
        expires_at=now + SESSION_LIFE,
    )
    return token
