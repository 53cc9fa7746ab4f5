"""The console's pages about people and trade, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from wracam.commerce import actions
from wracam.commerce.tests.test_actions import NOON, snapshot
from wracam.customers import actions as customers
from wracam.customers import queries as people
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.foundation.bulk import execute
from wracam.shops import actions as shops
from wracam.shops.contracts import Role
from wracam.shops.models import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop_id() -> int:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id


def sign_in(client: Client, role: Role = Role.OWNER, language: str = "en") -> Client:
    staff = Staff.objects.create_user("daria@zielnik.example", "long enough 1", role=role.value, language=language)
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def ania(shop_id):
    [taken] = actions.take_orders([snapshot(shop_id)], now=NOON)
    return taken


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    """The second factor is proved in the tests of shops; here a password is enough."""
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.mark.parametrize("address", ["customers:index", "commerce:orders", "commerce:products"])
def test_lists_show_what_there_is(client, ania, address):
    page = sign_in(client).get(reverse(address)).content.decode()

    expected = {"customers:index": "ania@zielnik.example", "commerce:orders": "Z/1", "commerce:products": "Monstera"}
    assert expected[address] in page


def test_the_customer_page_tells_the_whole_story(client, ania):
    page = sign_in(client).get(reverse("customers:customer", args=[ania.customer_id])).content.decode()

    for text in ("Paid for order Z/1", "Z/1", "ania@zielnik.example", "150.00"):
        assert text in page


def test_the_order_page_shows_lines_and_buyer(client, ania):
    page = sign_in(client).get(reverse("commerce:order", args=[ania.order_id])).content.decode()

    assert "Doniczka" in page and "Ania" in page


def test_a_search_finds_by_the_beginning_of_any_name_and_by_address(client, shop_id, ania):
    sign_in(client)

    for text in ("ani", "ania@ziel"):
        assert "ania@zielnik.example" in client.get(reverse("customers:index"), {"q": text}).content.decode()
    assert "ania@zielnik.example" not in client.get(reverse("customers:index"), {"q": "bartek"}).content.decode()


def test_a_note_is_written_and_an_analyst_may_not(client, ania):
    address = reverse("customers:add_note", args=[ania.customer_id])

    sign_in(client).post(address, {"text": "Lubi storczyki"})

    assert [note.text for note in people.notes(ania.customer_id)] == ["Lubi storczyki"]
    Staff.objects.update(role=Role.ANALYST.value)
    assert client.post(address, {"text": "Nie wolno"}).status_code == 403
    assert len(people.notes(ania.customer_id)) == 1


def test_a_merged_customer_leads_to_the_survivor(client, shop_id, ania):
    [other] = actions.take_orders([snapshot(shop_id, 2, person=None)], now=NOON)
    mark = Identity(kind=IdentityKind.EMAIL, value="a.nowak@zielnik.example")
    second = customers.identify(
        shop_id=shop_id, person=PersonSnapshot(identities=(mark,), modified_at=NOON), source="api", now=NOON
    )
    sign_in(client).post(reverse("customers:merge", args=[ania.customer_id]), {"other": "a.nowak@zielnik.example"})

    answer = client.get(reverse("customers:customer", args=[second]))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/{ania.customer_id}/")
    assert other.customer_id is None


def test_pages_answer_rubbish_politely(client, ania):
    sign_in(client)

    for query in ({"q": "%_\\'"}, {"after": "żółw"}, {"after": "W10"}, {"sort": "-nothing"}, {"kind": "?"}):
        assert client.get(reverse("customers:index"), query).status_code == 200
    for query in ({"before": "rubbish"}, {"before": "2026-01-01T00:00:00|x"}, {"before": "|"}):
        assert client.get(reverse("customers:customer", args=[ania.customer_id]), query).status_code == 200
    assert client.get(reverse("commerce:orders"), {"q": "%_", "after": "??"}).status_code == 200


def test_the_csv_of_customers_is_safe_from_formulas(client, shop_id):
    actions.take_orders([snapshot(shop_id)], now=NOON)
    execute("UPDATE customer SET first_name = '=cmd()'")

    answer: Any = sign_in(client).get(reverse("customers:csv"))
    body = b"".join(answer.streaming_content).decode()

    assert "'=cmd()" in body
