"""Reads of shops, staff, keys and the audit log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from msgspec import Struct
from msgspec.structs import asdict

from wracam.foundation import secrets
from wracam.foundation.bulk import fetch
from wracam.foundation.questions import Execute, Question, ask, on_django
from wracam.kernel.language import Language
from wracam.shops import models
from wracam.shops.contracts import (
    KEY_PREFIXES,
    PERMISSIONS,
    Actor,
    AuditEntry,
    Invitation,
    Key,
    KeyAccess,
    KeyKind,
    Mail,
    Permission,
    Role,
    Shop,
    StaffMember,
    Theme,
)

AUDIT_PAGE_SIZE = 50
MAIL_AAD = "outbox_mail"


def may(role: Role, permission: str) -> bool:
    """Say whether *role* has *permission*; raises `ValueError` for a permission that does not exist."""
    return Permission(permission) in PERMISSIONS[role]


_SHOPS = "SELECT id, key, name, currency, language, time_zone, url FROM shop"
"""Read by every decision of the product: a statement of our own costs a quarter of one that a model makes."""


def shops() -> tuple[Shop, ...]:
    """Return all shops, oldest first."""
    return tuple(_shop(*row) for row in fetch(f"{_SHOPS} ORDER BY id"))


def shop(shop_id: int) -> Shop | None:
    """Return one shop."""
    return next((_shop(*row) for row in fetch(f"{_SHOPS} WHERE id = %s", shop_id)), None)


def shop_by_key(key: str) -> Shop | None:
    """Return the shop with this short name."""
    row = models.Shop.objects.filter(key=key).first()
    return shop_contract(row) if row else None


def theme(shop_id: int) -> Theme:
    """Return how the shop's member pages look; the default where nothing is set."""
    row = models.ShopTheme.objects.filter(shop_id=shop_id).defer("logo").first()
    if row is None:
        return Theme()
    return Theme(accent=row.accent, radius_px=row.radius_px, logo_type=row.logo_type, logo_version=row.logo_version)


def logo(shop_id: int) -> tuple[str, bytes] | None:
    """Return media type and content of the shop's logo, or None."""
    row = models.ShopTheme.objects.filter(shop_id=shop_id).exclude(logo_type="").first()
    return (row.logo_type, bytes(row.logo)) if row else None


def member_secret(shop_id: int) -> str | None:
    """Return the secret that signs the shop's session tokens for its members, or None while there is none."""
    sealed = models.Shop.objects.filter(id=shop_id).values_list("member_secret_sealed", flat=True).first()
    return secrets.open_sealed(sealed, aad=member_secret_aad(shop_id)) if sealed else None


def member_secret_aad(shop_id: int) -> str:
    """Return what binds a sealed member secret to its shop."""
    return f"shop:{shop_id}:member_secret"


def setup_is_open(*, token: str, now: datetime) -> bool:
    """Say whether *token* may create the first owner: nobody works here yet, and it is unused and not expired."""
    return not models.Staff.objects.exists() and setup_tokens(token=token, now=now).exists()


def setup_tokens(*, token: str, now: datetime) -> QuerySet[models.SetupToken]:
    """Return the unused setup token with this text, if there is one."""
    return models.SetupToken.objects.filter(token_hash=secrets.hash_token(token), used_at=None, expires_at__gt=now)


def has_staff() -> bool:
    """Say whether anybody works here yet."""
    return models.Staff.objects.exists()


def staff() -> tuple[StaffMember, ...]:
    """Return everybody who works or worked here, active ones first, by name."""
    return tuple(staff_contract(row) for row in _staff_rows().order_by("-is_active", "name", "email"))


def staff_member(staff_id: int) -> StaffMember | None:
    """Return one staff member."""
    row = _staff_rows().filter(id=staff_id).first()
    return staff_contract(row) if row else None


def _staff_rows() -> QuerySet[models.Staff]:
    factors = Authenticator.objects.filter(user_id=OuterRef("id")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return models.Staff.objects.annotate(has_second_factor=Exists(factors))


def open_invitations(*, now: datetime) -> tuple[Invitation, ...]:
    """Return the invitations that can still be accepted, newest first."""
    rows = models.StaffInvitation.objects.filter(closed_at=None, expires_at__gt=now).order_by("-id")
    return tuple(invitation_contract(row) for row in rows)


def invitation(*, token: str, now: datetime) -> Invitation | None:
    """Return the open invitation of this link."""
    row = models.StaffInvitation.objects.filter(
        token_hash=secrets.hash_token(token), closed_at=None, expires_at__gt=now
    ).first()
    return invitation_contract(row) if row else None


def keys(shop_id: int) -> tuple[Key, ...]:
    """Return the shop's API keys: those in use first, newest first."""
    rows = models.ApiKey.objects.filter(shop_id=shop_id).order_by("revoked_at", "-id")
    return tuple(sorted((key_contract(row) for row in rows), key=lambda key: key.revoked_at is not None))


class _KeyRow(Struct, frozen=True, array_like=True):
    """What is stored of a key that was not revoked."""

    key_id: int
    shop_id: int
    kind: KeyKind
    name: str
    scopes: frozenset[str]
    origins: tuple[str, ...]
    last_used_at: datetime | None


_KEY = Question(
    """SELECT id, shop_id, kind, name, scopes, origins, last_used_at FROM api_key
       WHERE secret_hash = %(key_hash)s::bytea AND revoked_at IS NULL""",
    _KeyRow,
)


def key_of(secret: str, execute: Execute = on_django) -> KeyAccess | None:
    """Return what *secret* opens, or None if it is unknown or revoked. One indexed read by hash."""
    if not secret.startswith(tuple(KEY_PREFIXES.values())) or len(secret) > 100:
        return None
    [rows] = ask(execute, [_KEY.with_values(key_hash=secrets.hash_token(secret))])
    return next((KeyAccess(**asdict(row)) for row in rows), None)


def audit_entries(
    *,
    before_id: int | None = None,
    object_kind: str = "",
    object_id: str = "",
    actor_id: str = "",
    limit: int = AUDIT_PAGE_SIZE,
) -> Sequence[AuditEntry]:
    """Return a page of the audit log, newest first, from before entry *before_id*."""
    rows = models.AuditEntry.objects.order_by("-id")
    filters = {"object_kind": object_kind, "object_id": object_id, "actor_id": actor_id}
    rows = rows.filter(**{name: value for name, value in filters.items() if value})
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return [_audit_contract(row) for row in rows[:limit]]


def mails(*, before_id: int | None = None, limit: int) -> list[Mail]:
    """Return the newest mails of the outbox, without their content."""
    rows = models.OutboxMail.objects.order_by("-id")
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return [_mail_contract(row, "", "") for row in rows[:limit]]


def mail(mail_id: int) -> Mail | None:
    """Return one mail with its content, if that is still there."""
    row = models.OutboxMail.objects.filter(id=mail_id).first()
    if row is None:
        return None
    sealed = row.content_sealed
    text, html = json.loads(secrets.open_sealed(sealed, aad=MAIL_AAD)) if sealed else ("", "")
    return _mail_contract(row, text, html)


def shop_contract(row: models.Shop) -> Shop:
    """Return a shop's row as others see it."""
    return _shop(row.id, row.key, row.name, row.currency, row.language, row.time_zone, row.url)


def _shop(id_: int, key: str, name: str, currency: str, language: str, time_zone: str, url: str) -> Shop:
    return Shop(
        id=id_, key=key, name=name, currency=currency, language=cast(Language, language), time_zone=time_zone, url=url
    )


def staff_contract(row: models.Staff) -> StaffMember:
    """Return a staff row as others see it."""
    return StaffMember(
        id=row.pk,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        language=cast(Language, row.language),
        is_active=row.is_active,
        created_at=row.created_at,
        last_login=row.last_login,
        has_second_factor=bool(getattr(row, "has_second_factor", False)),
    )


def invitation_contract(row: models.StaffInvitation) -> Invitation:
    """Return an invitation's row as others see it."""
    return Invitation(
        id=row.pk, email=row.email, role=Role(row.role), created_at=row.created_at, expires_at=row.expires_at
    )


def key_contract(row: models.ApiKey) -> Key:
    """Return a key's row as settings show it."""
    return Key(
        id=row.pk,
        shop_id=row.shop_id,
        kind=KeyKind(row.kind),
        name=row.name,
        hint=row.hint,
        scopes=tuple(row.scopes),
        origins=tuple(row.origins),
        created_at=row.created_at,
        created_by=row.created_by,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _audit_contract(row: models.AuditEntry) -> AuditEntry:
    return AuditEntry(
        id=row.pk,
        at=row.at,
        actor=Actor(kind=row.actor_kind, id=row.actor_id, name=row.actor_name),
        verb=row.verb,
        object_kind=row.object_kind,
        object_id=row.object_id,
        summary=row.summary,
    )


def _mail_contract(row: models.OutboxMail, text: str, html: str) -> Mail:
    return Mail(
        id=row.pk,
        recipients=tuple(row.recipients),
        sender=row.sender,
        subject=row.subject,
        text=text,
        html=html,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
