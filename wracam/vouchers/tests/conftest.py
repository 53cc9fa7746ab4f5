"""Fixtures of the voucher tests."""

from __future__ import annotations

import pytest
from django.test import Client

from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind, Role
from wracam.shops.models import Staff

from .garden import NOON


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


@pytest.fixture
def console(shop_id) -> Client:
    staff = Staff.objects.create_user("daria@zielnik.example", "d" * 14, role=Role.OWNER.value, name="Daria")
    client = Client()
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def api(shop_id) -> Client:
    made = shops.create_key(
        shop_id=shop_id, name="zielnik", kind=KeyKind.SERVER,
        scopes=["vouchers:read", "vouchers:write", "gift_cards:write"], actor=SYSTEM, now=NOON,
    )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {made.secret}"})
