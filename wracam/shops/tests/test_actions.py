"""Shops, staff, keys, setup and the audit log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from wracam.foundation import secrets
from wracam.foundation.transactions import TransactionRequiredError
from wracam.shops import actions, models, queries
from wracam.shops.contracts import (
    SYSTEM,
    EmailTakenError,
    InvitationClosedError,
    KeyKind,
    LastOwnerError,
    Role,
    SetupClosedError,
    ShopKeyTakenError,
    ShopsError,
)
from wracam.shops.tests.conftest import PASSWORD, refused

pytestmark = pytest.mark.django_db
LOGO = Path(__file__).parents[2] / "kernel" / "tests" / "pictures" / "drawing.png"


def _setup(token, now):
    return actions.accept_setup(
        token=token,
        email="Daria@Zielnik.pl",
        name="Daria",
        password=PASSWORD,
        shop_name="Zielnik",
        currency="pln",
        now=now,
    )


def test_a_setup_token_makes_one_owner_and_one_shop_once(now):
    token = actions.issue_setup_token(now=now)

    owner, shop = _setup(token, now)

    assert (owner.email, owner.role) == ("daria@zielnik.pl", Role.OWNER)
    assert shop is not None and (shop.key, shop.currency) == ("zielnik", "PLN")
    with refused(SetupClosedError):
        _setup(token, now)
    assert len(queries.staff()) == 1


def test_a_setup_token_is_stored_only_as_a_hash_and_the_newest_alone_works(now):
    old = actions.issue_setup_token(now=now)
    new = actions.issue_setup_token(now=now)

    assert not queries.setup_is_open(token=old, now=now)
    assert queries.setup_is_open(token=new, now=now)
    assert bytes(models.SetupToken.objects.get().token_hash) == secrets.hash_token(new)


def test_a_setup_token_expires(now):
    token = actions.issue_setup_token(now=now)

    with refused(SetupClosedError):
        _setup(token, now + timedelta(days=7))


def test_no_setup_token_is_issued_once_somebody_works_here(daria, now):
    with refused(SetupClosedError):
        actions.issue_setup_token(now=now)


def test_a_shop_key_comes_from_its_name_and_is_unique(zielnik, now):
    żółw = actions.create_shop(name="  Żółty Żółw & Spółka ", currency="EUR", now=now)

    assert żółw.key == "zolty-zolw-spolka"
    with refused(ShopKeyTakenError):
        actions.create_shop(name="Zielnik", currency="PLN", now=now)


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "złoty"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}, {"language": "de"},
     {"name": "\x00 "}, {"url": "javascript:alert(1)"}, {"key": "Ż!"}],
)  # fmt: skip
def test_a_shop_with_a_wrong_value_is_refused(wrong, now):
    with refused(ShopsError):
        actions.create_shop(**{"name": "Zielnik", "currency": "PLN", "now": now, **wrong})

    assert queries.shops() == ()


def test_a_key_opens_its_shop_and_its_secret_is_nowhere_in_the_database(zielnik, now):
    made = actions.create_key(
        shop_id=zielnik.id,
        kind=KeyKind.SERVER,
        name="ERP",
        scopes=["orders.write", "orders.write"],
        actor=SYSTEM,
        now=now,
    )

    access = queries.key_of(made.secret)

    assert made.secret.startswith("wr_live_") and len(made.secret) >= 8 + 32
    assert access is not None
    assert (access.shop_id, access.scopes, access.kind) == (zielnik.id, frozenset({"orders.write"}), KeyKind.SERVER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key::text FROM api_key UNION ALL SELECT audit_entry::text FROM audit_entry")
        assert made.secret not in str(cursor.fetchall())


def test_a_revoked_key_opens_nothing(zielnik, now):
    made = actions.create_key(shop_id=zielnik.id, kind=KeyKind.PUBLISHABLE, name="Shop", actor=SYSTEM, now=now)

    actions.revoke_key(key_id=made.key.id, actor=SYSTEM, now=now)

    assert queries.key_of(made.secret) is None
    assert [key.revoked_at for key in queries.keys(zielnik.id)] == [now]


@pytest.mark.parametrize("secret", ["", "wr_live_", "wr_live_" + "a" * 32, "Bearer", "wr_live_" + "x" * 10_000, "\x00"])
def test_an_unknown_key_opens_nothing(secret, zielnik):
    assert queries.key_of(secret) is None


@pytest.mark.parametrize("origin", ["javascript:alert(1)", "https://a.pl/path", "*", "https://"])
def test_an_origin_that_is_none_is_refused(origin, zielnik, now):
    with refused(ShopsError):
        actions.create_key(
            shop_id=zielnik.id, kind=KeyKind.PUBLISHABLE, name="Shop", origins=[origin], actor=SYSTEM, now=now
        )


def test_the_use_of_a_key_is_noted_at_most_every_five_minutes(zielnik, now):
    key = actions.create_key(shop_id=zielnik.id, kind=KeyKind.SERVER, name="ERP", actor=SYSTEM, now=now).key

    actions.note_key_use(key_id=key.id, now=now)
    actions.note_key_use(key_id=key.id, now=now + timedelta(minutes=1))

    assert queries.keys(zielnik.id)[0].last_used_at == now


def test_an_invitation_is_accepted_once_with_its_role(daria, now):
    token = actions.invite_staff(email="bartek@zielnik.pl", role=Role.AGENT, invited_by=daria, now=now)

    joined = actions.accept_invitation(token=token, name="Bartek", password=PASSWORD, language="pl", now=now)

    assert (joined.email, joined.role) == ("bartek@zielnik.pl", Role.AGENT)
    with refused(InvitationClosedError):
        actions.accept_invitation(token=token, name="Zły", password=PASSWORD, language="pl", now=now)
    with refused(EmailTakenError):
        actions.invite_staff(email="BARTEK@zielnik.pl", role=Role.OWNER, invited_by=daria, now=now)


def test_a_second_invitation_closes_the_first_and_one_withdrawn_or_expired_opens_nothing(daria, now):
    first = actions.invite_staff(email="bartek@zielnik.pl", role=Role.AGENT, invited_by=daria, now=now)
    second = actions.invite_staff(email="bartek@zielnik.pl", role=Role.ANALYST, invited_by=daria, now=now)

    assert queries.invitation(token=first, now=now) is None
    assert queries.invitation(token=second, now=now + timedelta(days=7)) is None
    [still_open] = queries.open_invitations(now=now)
    actions.withdraw_invitation(invitation_id=still_open.id, actor=daria.as_actor, now=now)
    assert queries.open_invitations(now=now) == ()


def test_the_last_owner_can_neither_step_down_nor_leave(daria, now):
    with refused(LastOwnerError):
        actions.change_role(staff_id=daria.id, role=Role.ANALYST, actor=daria.as_actor, now=now)
    with refused(LastOwnerError):
        actions.deactivate_staff(staff_id=daria.id, actor=daria.as_actor, now=now)

    assert queries.staff()[0].role is Role.OWNER


def test_a_deactivated_person_may_nothing_and_can_come_back(daria, now):
    token = actions.invite_staff(email="bartek@zielnik.pl", role=Role.OWNER, invited_by=daria, now=now)
    bartek = actions.accept_invitation(token=token, name="", password=PASSWORD, language="en", now=now)

    actions.deactivate_staff(staff_id=bartek.id, actor=daria.as_actor, now=now)
    assert not models.Staff.objects.get(id=bartek.id).may("view")

    actions.reactivate_staff(staff_id=bartek.id, actor=daria.as_actor, now=now)
    assert models.Staff.objects.get(id=bartek.id).may("staff.edit")


def test_the_audit_log_refuses_change_and_deletion(zielnik):
    entry = models.AuditEntry.objects.get(verb="shop.created")

    for statement in ("UPDATE audit_entry SET summary = ''", "DELETE FROM audit_entry"):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert models.AuditEntry.objects.get(verb="shop.created").summary == entry.summary


@pytest.mark.django_db(transaction=True)
def test_an_audit_line_demands_the_transaction_of_its_change(now):
    with pytest.raises(TransactionRequiredError):
        actions.audit(actor=SYSTEM, verb="x.done", object_kind="x", object_id=1, summary="", now=now)


def test_a_refused_change_leaves_no_audit_line(daria, now):
    before = queries.audit_entries()

    with refused(LastOwnerError):
        actions.deactivate_staff(staff_id=daria.id, actor=daria.as_actor, now=now)

    assert queries.audit_entries() == before


def test_a_logo_is_known_by_its_content_and_svg_is_refused(zielnik, now):
    look = actions.change_theme(
        shop_id=zielnik.id, accent="#AA3377", radius_px=8, logo=LOGO.read_bytes(), actor=SYSTEM, now=now
    )

    assert (look.accent, look.logo_type) == ("#aa3377", "image/png")
    with refused(ShopsError):
        actions.change_theme(
            shop_id=zielnik.id, accent="#aa3377", radius_px=8, logo=b"<svg onload=x>", actor=SYSTEM, now=now
        )
    kept = actions.change_theme(shop_id=zielnik.id, accent="#aa3377", radius_px=9, actor=SYSTEM, now=now)
    assert b"SECRET" in LOGO.read_bytes() and b"SECRET" not in bytes(models.ShopTheme.objects.get().logo)
    assert (kept.logo_version, queries.theme(zielnik.id)) == (look.logo_version, kept)


def test_a_member_secret_is_sealed_and_a_new_one_replaces_it(zielnik, now):
    first = actions.rotate_member_secret(shop_id=zielnik.id, actor=SYSTEM, now=now)
    second = actions.rotate_member_secret(shop_id=zielnik.id, actor=SYSTEM, now=now)

    assert first != second
    assert queries.member_secret(zielnik.id) == second
    assert second not in models.Shop.objects.get(id=zielnik.id).member_secret_sealed


def test_roles_may_what_the_table_says_and_an_unknown_permission_is_an_error():
    assert queries.may(Role.OWNER, "keys.edit")
    assert not queries.may(Role.MARKETER, "keys.edit")
    assert not queries.may(Role.ANALYST, "definitions.edit")
    assert not queries.may(Role.AGENT, "export")
    with pytest.raises(ValueError, match="everything"):
        queries.may(Role.OWNER, "everything")
