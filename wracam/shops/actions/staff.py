"""Staff: invite, accept, change roles, deactivate."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from wracam.foundation import secrets, transactions
from wracam.kernel.language import LANGUAGES
from wracam.kernel.text import clean_text, normal_email
from wracam.shops import models
from wracam.shops.actions.audit import audit
from wracam.shops.contracts import (
    Actor,
    EmailTakenError,
    InvitationClosedError,
    LastOwnerError,
    Role,
    ShopsError,
    StaffMember,
)
from wracam.shops.queries import staff_contract

INVITATION_LIFE = timedelta(days=7)


def invite_staff(*, email: str, role: Role, invited_by: StaffMember, now: datetime) -> str:
    """Invite somebody and return the token of their link; an earlier invitation of the address closes."""
    address = normal_email(email)
    if address is None:
        raise ShopsError(f"{email!r} is not an e-mail address")
    token = secrets.new_token(prefix="invite_")
    with transactions.action():
        if models.Staff.objects.filter(email=address).exists():
            raise EmailTakenError(EmailTakenError.__doc__)
        models.StaffInvitation.objects.filter(email=address, closed_at=None).update(closed_at=now)
        row = models.StaffInvitation.objects.create(
            email=address,
            role=role.value,
            token_hash=secrets.hash_token(token),
            invited_by_id=invited_by.id,
            created_at=now,
            expires_at=now + INVITATION_LIFE,
        )
        _audit_staff(invited_by.as_actor, "staff.invited", row.pk, f"{address}: {role.value}", now)
    return token


def withdraw_invitation(*, invitation_id: int, actor: Actor, now: datetime) -> None:
    """Close an invitation that nobody accepted yet."""
    with transactions.action():
        row = models.StaffInvitation.objects.select_for_update().get(id=invitation_id)
        if row.closed_at is None:
            row.closed_at = now
            row.save(update_fields=["closed_at"])
            _audit_staff(actor, "staff.invitation_withdrawn", row.pk, row.email, now)


def accept_invitation(*, token: str, name: str, password: str, language: str, now: datetime) -> StaffMember:
    """Use an invitation up and create its staff member; raises `InvitationClosedError`."""
    with transactions.action():
        row = (
            models.StaffInvitation.objects.select_for_update()
            .filter(token_hash=secrets.hash_token(token), closed_at=None, expires_at__gt=now)
            .first()
        )
        if row is None:
            raise InvitationClosedError(InvitationClosedError.__doc__)
        row.closed_at = now
        row.save(update_fields=["closed_at"])
        role = Role(row.role)
        member = add_staff(email=row.email, name=name, password=password, role=role, language=language, now=now)
        _audit_staff(member.as_actor, "staff.joined", member.id, f"{member.email}: {role.value}", now)
    return member


def change_role(*, staff_id: int, role: Role, actor: Actor, now: datetime) -> StaffMember:
    """Give somebody another role; the last active owner stays an owner."""
    with transactions.action():
        row = _locked(staff_id)
        if row.role != role.value:
            if role is not Role.OWNER:
                _keep_an_owner(row)
            before, row.role = row.role, role.value
            row.save(update_fields=["role"])
            _audit_staff(actor, "staff.role_changed", staff_id, f"{row.email}: {before} → {role.value}", now)
    return staff_contract(row)


def deactivate_staff(*, staff_id: int, actor: Actor, now: datetime) -> StaffMember:
    """Close somebody's access at once, open sessions included; what they did stays in the audit log."""
    with transactions.action():
        row = _locked(staff_id)
        if row.is_active:
            _keep_an_owner(row)
            row.is_active = False
            row.save(update_fields=["is_active"])
            _end_sessions(row)
            _audit_staff(actor, "staff.deactivated", staff_id, row.email, now)
    return staff_contract(row)


def reactivate_staff(*, staff_id: int, actor: Actor, now: datetime) -> StaffMember:
    """Let somebody in again."""
    with transactions.action():
        row = _locked(staff_id)
        if not row.is_active:
            row.is_active = True
            row.save(update_fields=["is_active"])
            _audit_staff(actor, "staff.reactivated", staff_id, row.email, now)
    return staff_contract(row)


def change_own_profile(*, staff_id: int, name: str, language: str, now: datetime) -> StaffMember:
    """Change one's own name and the language of the console."""
    if language not in LANGUAGES:
        raise ShopsError(f"{language!r} is no language we speak; choose pl or en")
    with transactions.action():
        row = _locked(staff_id)
        row.name, row.language = clean_text(name, length_max=120), language
        row.save(update_fields=["name", "language"])
        _audit_staff(staff_contract(row).as_actor, "staff.profile_changed", staff_id, row.email, now)
    return staff_contract(row)


def add_staff(*, email: str, name: str, password: str, role: Role, language: str, now: datetime) -> StaffMember:
    """Store a new staff member with a hashed password, within an open transaction; raises `EmailTakenError`.

    The address counts as verified: an owner on this machine or an owner's invitation vouches for it.
    """
    transactions.require_transaction()
    address = normal_email(email)
    if address is None:
        raise ShopsError(f"{email!r} is not an e-mail address")
    try:
        with transaction.atomic():
            row = models.Staff.objects.create_user(
                address, password, name=clean_text(name, length_max=120), role=role.value, language=language
            )
    except IntegrityError as error:
        raise EmailTakenError(EmailTakenError.__doc__) from error
    EmailAddress.objects.create(user=row, email=address, verified=True, primary=True)
    return staff_contract(row)


def _locked(staff_id: int) -> models.Staff:
    """Lock all owners, then the person, always in this order, so that two owners cannot remove each other."""
    list(models.Staff.objects.select_for_update().filter(role=Role.OWNER.value).order_by("id").values_list("id"))
    return models.Staff.objects.select_for_update().get(id=staff_id)


def _keep_an_owner(row: models.Staff) -> None:
    others = models.Staff.objects.filter(role=Role.OWNER.value, is_active=True).exclude(id=row.pk)
    if row.role == Role.OWNER.value and not others.exists():
        raise LastOwnerError(LastOwnerError.__doc__)


def _end_sessions(row: models.Staff) -> None:
    keys = UserSession.objects.filter(user=row).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    UserSession.objects.filter(user=row).delete()


def _audit_staff(actor: Actor, verb: str, object_id: int, summary: str, now: datetime) -> None:
    audit(actor=actor, verb=verb, object_kind="staff", object_id=object_id, summary=summary, now=now)
