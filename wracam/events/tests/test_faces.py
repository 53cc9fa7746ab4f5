"""Console pages and API of the log: what they show, what they change, and for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from wracam.events import actions as events
from wracam.events import queries
from wracam.events.contracts import Cause, ParkedState
from wracam.events.models import ParkedEvent, WebhookEndpoint
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind, Role
from wracam.shops.models import Staff

from .plants import ANIA, bloomed, watered

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HOOK: dict[str, Any] = {"url": "https://example.com/hook", "event_names": ["test.watered"], "description": "warehouse"}


@pytest.fixture
def shop():
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=clock.now())


def _staff(role: Role, language: str = "en") -> Client:
    user = Staff.objects.create_user(f"{role.value}@zielnik.pl", None, role=role.value, name="B", language=language)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def _key(shop, *scopes: str) -> Client:
    made = shops.create_key(
        shop_id=shop.id, kind=KeyKind.SERVER, name="test", scopes=scopes, actor=SYSTEM, now=clock.now()
    )
    return Client(headers={"Authorization": f"Bearer {made.secret}"})


def _for(shop, item):
    from dataclasses import replace

    return replace(item, shop_id=shop.id)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_page_opens_empty_and_full(shop, language):
    client = _staff(Role.MARKETER, language)
    pages = [reverse(f"events:{name}") for name in ("webhooks", "parked", "events")]
    assert [client.get(page).status_code for page in pages] == [200] * 3

    [first] = events.record([_for(shop, watered(ANIA))], now=clock.now())
    ParkedEvent.objects.create(
        subscription="test.reader", lane=1, event_id=first, txid=1, position=1, event_name="test.watered",
        customer_id=ANIA, state=ParkedState.PARKED, attempts=6, error="ValueError: the can leaks",
        parked_at=clock.now(),
    )  # fmt: skip
    made = events.create_endpoint(**HOOK, shop_id=shop.id, actor=SYSTEM, now=clock.now())
    pages += [reverse("events:event", args=[first]), reverse("events:webhook", args=[made.endpoint.id])]

    answers = [client.get(page) for page in pages]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert "the can leaks" in answers[1].content.decode()
    assert ("podlano" if language == "pl" else "watered") in answers[2].content.decode()


def test_a_webhook_is_made_in_the_console_and_its_secret_is_shown_once(shop):
    client = _staff(Role.OWNER)

    answer = client.post(reverse("events:webhooks"), HOOK)

    assert answer.status_code == 200
    assert "whsec_" in answer.content.decode()
    [found] = queries.endpoints()
    assert (found.url, found.event_names, found.shop_id) == (HOOK["url"], ("test.watered",), shop.id)
    assert "whsec_" not in client.get(reverse("events:webhook", args=[found.id])).content.decode()
    change = reverse("events:change_webhook", args=[found.id])
    client.post(change, {"verb": "off"})
    assert WebhookEndpoint.objects.get().is_active is False
    client.post(change, {"verb": "remove"})
    assert WebhookEndpoint.objects.count() == 0


def test_a_bad_address_is_told_beside_the_field(shop):
    answer = _staff(Role.OWNER).post(reverse("events:webhooks"), {**HOOK, "url": "http://10.0.0.1/"})

    assert "must begin with https://" in answer.content.decode()
    assert WebhookEndpoint.objects.count() == 0


def test_an_analyst_may_read_events_but_neither_webhooks_nor_parked_events(shop):
    client = _staff(Role.ANALYST)

    statuses = [client.get(reverse(f"events:{name}")).status_code for name in ("events", "webhooks", "parked")]

    assert statuses == [200, 403, 403]


def test_the_api_lists_events_of_its_shop_with_their_chain(shop):
    other = shops.create_shop(key="ogrodnik", name="Ogrodnik", currency="PLN", now=clock.now())
    [first] = events.record([_for(shop, watered(ANIA))], now=clock.now() - timedelta(seconds=1))
    cause = Cause(event_id=first, depth=1)
    [second] = events.record([_for(shop, bloomed(ANIA, cause=cause))], now=clock.now())
    [foreign] = events.record([_for(other, watered(ANIA))], now=clock.now())
    client = _key(shop, "events:read")

    page = client.get(f"/v1/events?customer_id={ANIA}&limit=1").json()
    rest = client.get(f"/v1/events?customer_id={ANIA}&limit=1&cursor={page['next_cursor']}").json()
    chain = client.get(f"/v1/events/{second}/chain").json()

    assert [item["id"] for item in page["items"] + rest["items"]] == [str(second), str(first)]
    assert rest["next_cursor"] is None
    assert [item["id"] for item in chain] == [str(first), str(second)]
    assert client.get(f"/v1/events/{foreign}/chain").status_code == 404


def test_the_api_manages_webhooks_of_its_own_shop_only(shop):
    other = shops.create_shop(key="ogrodnik", name="Ogrodnik", currency="PLN", now=clock.now())
    mine, theirs = _key(shop, "webhooks:write"), _key(other, "webhooks:write")

    made = mine.post("/v1/webhooks", HOOK, content_type="application/json").json()

    assert made["secret"].startswith("whsec_")
    assert [item["id"] for item in mine.get("/v1/webhooks").json()] == [made["id"]]
    assert theirs.get("/v1/webhooks").json() == []
    address = f"/v1/webhooks/{made['id']}"
    assert theirs.delete(address).status_code == 404
    assert theirs.get(f"{address}/deliveries").status_code == 404
    assert mine.get(f"{address}/deliveries").json() == {"items": [], "next_cursor": None}
    assert mine.post(f"{address}/secret").json()["secret"] != made["secret"]
    assert mine.delete(address).status_code == 204
    assert mine.get("/v1/webhooks").json() == []
    refused = mine.post("/v1/webhooks", {**HOOK, "url": "http://localhost"}, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "webhook")


def test_the_intake_is_documented_although_another_process_serves_it(client):
    document = client.get("/api/openapi.json").json()

    assert "post" in document["paths"]["/v1/events"]
