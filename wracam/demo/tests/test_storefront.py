"""The sample shop's pages: what a visitor sees and puts into the cart, without and with the demo."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from wracam.demo import actions, queries
from wracam.demo.core.life import Size
from wracam.demo.core.storefront import SHELVES, amount, grosze, units
from wracam.demo.models import DemoStorefront
from wracam.shops import queries as shops
from wracam.shops.contracts import KeyKind

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIZE = Size(customers=8, products=60, days=40)
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> int:
    return actions.fill(now=NOW, size=SIZE).shop_id


def put(client: Client, sku: str, **change: str) -> None:
    answer = client.post("/demo/shop/cart/change/", {"sku": sku, **(change or {"add": "1"})})
    assert answer.status_code == 302


def test_without_the_demo_there_is_no_shop():
    assert Client().get("/demo/shop/").status_code == 404
    assert DemoStorefront.objects.count() == 0


def test_every_page_opens_in_both_languages(shop):
    client = Client()
    put(client, "ZL-0001")
    pages = ["/demo/shop/", "/demo/shop/?q=pomidor", "/demo/shop/product/ZL-0001/", "/demo/shop/cart/",
             "/demo/shop/checkout/", "/demo/shop/set/", *(f"/demo/shop/category/{shelf.slug}/" for shelf in SHELVES)]  # fmt: skip

    for language, word in (("pl", "Do koszyka"), ("en", "Add to cart")):
        assert word in client.get(f"/demo/shop/?lang={language}").content.decode()
        assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_the_shop_opens_once_with_a_key_for_pages_and_one_for_its_server(shop):
    for _ in range(2):
        Client().get("/demo/shop/")

    [row] = DemoStorefront.objects.all()
    keys = queries.storefront_keys(row.origin)
    assert keys
    public, server = shops.key_of(keys.publishable), shops.key_of(keys.server)
    assert public and server
    assert (public.kind, public.origins) == (KeyKind.PUBLISHABLE, ("http://testserver",))
    assert server.kind is KeyKind.SERVER
    assert keys.server not in row.server_key_sealed


def test_no_more_than_eight_addresses_are_opened(shop, settings):
    settings.ALLOWED_HOSTS = ["*"]
    answers = [Client(headers={"host": f"shop{number}.example"}).get("/demo/shop/").status_code for number in range(10)]

    assert answers == [200] * 8 + [404] * 2


def test_the_cart_keeps_units_and_forgets_what_is_removed(shop):
    client = Client()
    put(client, "ZL-0001")
    put(client, "ZL-0001", add="2")
    put(client, "ZL-0002")
    put(client, "ZL-0002", remove="1")
    put(client, "NOTHING")

    page = client.get("/demo/shop/cart/").content.decode()

    assert 'value="3"' in page
    assert "ZL-0002" not in page


def test_only_the_four_people_of_the_demo_can_be_become(shop):
    client = Client()

    client.post("/demo/shop/who/", {"who": "ania", "next": "https://elsewhere.example/"})
    as_ania = client.get("/demo/shop/?lang=pl").content.decode()
    client.post("/demo/shop/who/", {"who": "someone"})
    as_guest = client.get("/demo/shop/").content.decode()

    assert "Klub: Ania" in as_ania
    assert "Klub: " not in as_guest


@pytest.mark.parametrize(("text", "expected"), [("3", 3), ("0", 0), ("500", 99), ("-1", 1), ("x", 1), ("", 1)])
def test_typed_units_are_read_kindly(text, expected):
    assert units(text) == expected


@pytest.mark.parametrize("minor", [0, 1, 99, 100, 1299, 100_000])
def test_amounts_go_to_the_api_and_back(minor):
    assert grosze(amount(minor)) == minor
