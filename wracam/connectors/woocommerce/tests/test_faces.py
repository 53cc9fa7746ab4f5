"""The settings page of the WooCommerce connection, as staff use it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from wracam.connectors.woocommerce import models, queries
from wracam.connectors.woocommerce.tests.conftest import NOW
from wracam.shops.contracts import Role, Shop
from wracam.shops.models import Staff

pytestmark = pytest.mark.django_db
PAGE = "/console/settings/woocommerce"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(client: Client, role: Role) -> Client:
    staff = Staff.objects.create_user(
        email=f"{role.value}@zielnik.pl", password="trzy zielone paprocie", role=role, language="en", created_at=NOW
    )
    client.force_login(staff, backend=BACKEND)
    return client


def test_the_three_steps_lead_to_the_shops_own_question(client: Client, zielnik: Shop, settings: Any):
    settings.PUBLIC_URL = "https://wracam.example"
    marketer = signed_in(client, Role.MARKETER)

    empty = marketer.get(PAGE).content.decode()
    saved = marketer.post(PAGE, {"url": "sklep.zielnik.example/wp-admin/"})
    shown = marketer.get(PAGE).content.decode()
    sent = marketer.post(f"{PAGE}/authorize")

    known = queries.connection_of(shop_id=zielnik.id)
    assert "2. Access" not in empty
    assert saved.status_code == 302
    assert known is not None
    assert known.url == "https://sklep.zielnik.example"
    assert f"https://wracam.example/hooks/woocommerce/{known.hook_token}" in shown
    assert sent["Location"].startswith("https://sklep.zielnik.example/wc-auth/v1/authorize?app_name=Wracam")


def test_a_bad_address_and_bad_keys_are_refused_in_a_sentence(client: Client, zielnik: Shop):
    marketer = signed_in(client, Role.MARKETER)

    address = marketer.post(PAGE, {"url": "nic takiego tu nie ma"}).content.decode()
    marketer.post(PAGE, {"url": "https://zielnik.example"})
    keys = marketer.post(f"{PAGE}/keys", {"key": "abc", "secret": "def"}).content.decode()

    assert "Write the address of your shop" in address
    assert "begins with ck_" in keys
    assert models.Connection.objects.get().consumer_key_sealed == ""


def test_a_new_secret_is_shown_once_and_keys_never(client: Client, zielnik: Shop):
    marketer = signed_in(client, Role.MARKETER)
    marketer.post(PAGE, {"url": "https://zielnik.example"})
    marketer.post(f"{PAGE}/keys", {"key": "ck_open", "secret": "cs_hidden"})

    shown = marketer.post(f"{PAGE}/rotate").content.decode()
    later = marketer.get(PAGE).content.decode()

    secret = queries.webhook_secrets(models.Connection.objects.get())[0]
    assert secret in shown
    assert secret not in later
    assert "cs_hidden" not in shown + later


def test_only_those_who_may_connect_see_the_page(client: Client, zielnik: Shop):
    agent = signed_in(client, Role.AGENT)

    assert agent.get(PAGE).status_code == 403
    assert agent.post(PAGE, {"url": "https://zielnik.example"}).status_code == 403
    assert models.Connection.objects.count() == 0
