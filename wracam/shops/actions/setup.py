"""The first visit: a one-time token creates the first owner and the first shop."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from wracam.foundation import secrets, transactions
from wracam.shops import models
from wracam.shops.actions.audit import audit
from wracam.shops.actions.shops import create_shop
from wracam.shops.actions.staff import add_staff
from wracam.shops.contracts import Role, SetupClosedError, Shop, StaffMember
from wracam.shops.queries import setup_tokens

SETUP_TOKEN_LIFE = timedelta(days=7)
SETUP_LOCK = 7_218_001


def issue_setup_token(*, now: datetime) -> str:
    """Return a new one-time token for `/console/setup?token=…`; earlier ones stop working.

    Raises `SetupClosedError` once somebody works here: then an owner invites people instead.
    """
    token = secrets.new_token(prefix="setup_")
    with transactions.action():
        _hold_setup()
        models.SetupToken.objects.filter(used_at=None).delete()
        models.SetupToken.objects.create(
            token_hash=secrets.hash_token(token), created_at=now, expires_at=now + SETUP_TOKEN_LIFE
        )
    return token


def accept_setup(
    *,
    token: str,
    email: str,
    name: str,
    password: str,
    shop_name: str,
    currency: str,
    now: datetime,
    language: str = "pl",
    time_zone: str = "Europe/Warsaw",
    shop_url: str = "",
) -> tuple[StaffMember, Shop | None]:
    """Use the token up: create the owner, and the first shop unless there already is one (the demo shop).

    Raises `SetupClosedError` for a token that is used, expired or wrong, or once somebody works here.
    """
    with transactions.action():
        _hold_setup()
        if not setup_tokens(token=token, now=now).update(used_at=now):
            raise SetupClosedError(SetupClosedError.__doc__)
        owner = add_staff(email=email, name=name, password=password, role=Role.OWNER, language=language, now=now)
        audit(
            actor=owner.as_actor,
            verb="setup.accepted",
            object_kind="staff",
            object_id=owner.id,
            summary=owner.email,
            now=now,
        )
        shop = None
        if shop_name:
            shop = create_shop(
                name=shop_name,
                currency=currency,
                language=language,
                time_zone=time_zone,
                url=shop_url,
                actor=owner.as_actor,
                now=now,
            )
    return owner, shop


def create_owner(*, email: str, name: str, password: str, now: datetime, language: str = "pl") -> StaffMember:
    """Create an owner from the command line of the machine, for tests, demos and locked-out merchants."""
    with transactions.action():
        owner = add_staff(email=email, name=name, password=password, role=Role.OWNER, language=language, now=now)
        audit(
            actor=owner.as_actor,
            verb="staff.created",
            object_kind="staff",
            object_id=owner.id,
            summary=owner.email,
            now=now,
        )
    return owner


def _hold_setup() -> None:
    """Let one setup run at a time and refuse it once somebody works here; two tabs make one owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETUP_LOCK])
    if models.Staff.objects.exists():
        raise SetupClosedError(SetupClosedError.__doc__)
