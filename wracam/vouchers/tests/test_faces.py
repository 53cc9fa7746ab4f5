"""Vouchers as people and programs meet them: console and API."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from wracam.customers import actions as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.foundation import clock, jobs
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import BatchState, IssuedCode

from .garden import NOON, publish_campaign

pytestmark = pytest.mark.django_db


def post(client: Any, url: str, /, **body: Any) -> Any:
    return client.post(url, json.dumps(body), "application/json")


@pytest.fixture
def ania(shop_id: int) -> UUID:
    email = Identity(kind=IdentityKind.EMAIL, value="ania@zielnik.example")
    person = PersonSnapshot(identities=(email,), modified_at=NOON)
    known = customers.identify(shop_id=shop_id, person=person, source="test", now=NOON)
    assert known is not None
    return known


def test_a_code_is_issued_looked_up_and_taken_out_of_use_over_the_api(api, ania):
    publish_campaign("birthday", {"kind": "personal", "format": {"prefix": "ROSE"}})

    first = post(api, "/v1/vouchers/codes", campaign="birthday", key="k", customer_id=str(ania))
    again = post(api, "/v1/vouchers/codes", campaign="birthday", key="k", customer_id=str(ania)).json()
    code = first.json()["code"]
    typed = code.lower().replace("-", " ")
    mine = post(api, "/v1/vouchers/look-up", codes=[typed, "NONE"], customer_id=str(ania)).json()

    assert first.status_code == 201
    assert (again["code"], again["was_new"]) == (code, False)
    assert [(one["code"], one["state"], one["uses_left"]) for one in mine] == [
        (typed, "ok", 1),
        ("NONE", "unknown", None),
    ]
    assert mine[1]["sentence_pl"] == "Nie ma takiego kodu."
    assert post(api, "/v1/vouchers/look-up", codes=[code]).json()[0]["state"] == "not_yours"
    assert post(api, "/v1/vouchers/codes/disable", code=code).status_code == 204
    assert post(api, "/v1/vouchers/look-up", codes=[code], customer_id=str(ania)).json()[0]["state"] == "disabled"


def test_refusals_to_issue_have_stable_codes(api, ania):
    publish_campaign("pool", {"kind": "pool"})

    empty = post(api, "/v1/vouchers/codes", campaign="pool", key="k", customer_id=str(ania))
    unknown = post(api, "/v1/vouchers/codes", campaign="none", key="k")
    many = post(api, "/v1/vouchers/codes/batch", campaign="pool", items=[{"key": "a"}, {"key": "b"}]).json()

    assert (empty.status_code, empty.json()["code"]) == (409, "code_not_issued")
    assert unknown.status_code == 404
    assert [one["refused"] for one in many] == ["pool_empty", "pool_empty"]


def test_a_batch_is_made_by_a_job_and_read_over_the_api(api, shop_id):
    publish_campaign("spring", {"kind": "single"})

    started = post(api, "/v1/vouchers/batches", campaign="spring", count=3, key="b").json()
    again = post(api, "/v1/vouchers/batches", campaign="spring", count=3, key="b").json()
    jobs.run_due()
    batch = api.get(f"/v1/vouchers/batches/{started['id']}").json()
    page = api.get(f"/v1/vouchers/batches/{started['id']}/codes?limit=2").json()
    rest = api.get(f"/v1/vouchers/batches/{started['id']}/codes?limit=2&cursor={page['next_cursor']}").json()

    assert (started["state"], started["made"], again["id"]) == ("running", 0, started["id"])
    assert (batch["state"], batch["made"]) == ("done", 3)
    codes = [one["code"] for one in page["items"] + rest["items"]]
    assert len(set(codes)) == 3
    assert post(api, f"/v1/vouchers/batches/{started['id']}/disable").json()["state"] == "disabled"
    assert post(api, "/v1/vouchers/look-up", codes=codes[:1]).json()[0]["state"] == "disabled"


def test_a_gift_card_is_issued_paid_and_read_over_the_api(api):
    card = post(api, "/v1/gift-cards", amount="100.00", currency="PLN", key="g").json()
    again = post(api, "/v1/gift-cards", amount="100.00", currency="PLN", key="g").json()
    topped = post(api, f"/v1/stored-values/{card['id']}/top-ups", amount="20.00", key="t").json()
    balance = post(api, "/v1/gift-cards/balance", code=card["code"].lower()).json()
    ledger = api.get(f"/v1/stored-values/{card['id']}/transactions").json()
    other = post(api, "/v1/gift-cards", amount="90.00", currency="PLN", key="g")

    assert (again["code"], again["was_new"]) == (card["code"], False)
    assert (other.status_code, other.json()["code"]) == (409, "voucher_key_reused")
    assert topped["balance"] == "120.00"
    assert (balance["state"], balance["card"]["available"]) == ("ok", "120.00")
    assert [(one["reason"], one["amount"]) for one in ledger] == [("topped_up", "20.00"), ("issued", "100.00")]


def test_an_answer_kept_for_its_idempotency_key_does_not_show_the_code(api):
    body = json.dumps({"amount": "100.00", "currency": "PLN", "key": "g"})
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "once"}}

    first, second = api.post("/v1/gift-cards", body, **sent), api.post("/v1/gift-cards", body, **sent)

    [(stored,)] = fetch("SELECT encode(answer, 'escape') FROM api_stored_answer")
    assert second.content == first.content
    assert first.json()["code"] not in stored


def test_guessing_gift_cards_over_the_api_is_stopped(api):
    states = [
        post(api, "/v1/gift-cards/balance", code=f"GUESS{number}", address="83.12.4.9").json()["state"]
        for number in range(22)
    ]

    assert states == ["unknown"] * 20 + ["blocked"] * 2


def test_what_belongs_to_another_shop_does_not_exist_for_this_key(api, shop_id):
    publish_campaign("spring", {"kind": "single"})
    other = shops.create_shop(key="inny", name="Inny", currency="PLN", now=clock.now()).id
    batch = actions.start_batch(shop_id=other, campaign="spring", count=1, key="b", actor=SYSTEM, now=clock.now())
    card = actions.issue_gift_card(
        shop_id=other, amount_minor=100, currency="PLN", key="k", actor=SYSTEM, now=clock.now()
    )

    assert api.get(f"/v1/vouchers/batches/{batch.id}").status_code == 404
    assert api.get(f"/v1/stored-values/{card.card.id}").status_code == 404


def test_a_campaign_is_written_published_and_its_codes_downloaded_in_the_console(console):
    created = console.post("/console/codes/new/")
    key = created.headers["Location"].rstrip("/").rpartition("/")[2]
    form = {
        "name": "Wiosna", "kind": "single", "prefix": "rose", "length": "10", "uses": ["1", "2"],
        "per": ["code", "customer"], "ends_at": "2099-12-31T23:59", "guests": "no", "on_refund": "keep", "publish": "1",
    }  # fmt: skip

    console.post(f"/console/codes/campaigns/{key}/", form)
    page = console.get(f"/console/codes/campaigns/{key}/").content.decode()
    started = console.post(f"/console/codes/campaigns/{key}/batches/", {"count": "1 000", "key": "x"})
    progress = console.get(started.headers["Location"] + "progress/").content.decode()
    jobs.run_due()
    ready = console.get(started.headers["Location"] + "progress/")
    file = b"".join(console.get(started.headers["Location"] + "codes.csv").streaming_content).decode("utf-8-sig")

    campaign = queries.live_campaign(key)
    assert (campaign.form.prefix, campaign.form.length, campaign.allows_guests) == ("ROSE", 10, False)
    assert [(limit.uses, limit.per.value) for limit in campaign.limits] == [(1, "code"), (2, "customer")]
    assert "49" in page
    assert "0\N{NO-BREAK SPACE}%" in progress or "0&nbsp;%" in progress
    assert ready.headers["HX-Refresh"] == "true"
    lines = file.splitlines()
    assert len(lines) == 1_001
    assert lines[1].startswith("ROSE-")
    assert fetch("SELECT count(*) FROM audit_entry WHERE verb = 'code_batch.downloaded'") == [(1,)]


def test_a_wrong_campaign_says_what_is_wrong_and_is_not_published(console):
    publish_campaign("spring", {"kind": "shared", "codes": ["WIOSNA20"]})
    form = {"name": "Wiosna", "kind": "shared", "codes": "WIOSNA20 W1OSNA2O", "publish": "1"}

    answer = console.post("/console/codes/campaigns/spring/", form)

    assert 'role="alert"' in answer.content.decode()
    assert queries.live_campaign("spring").codes == ("WIOSNA20",)


def test_codes_are_read_from_a_file_in_the_console(console, shop_id):
    publish_campaign("partner", {"kind": "imported"})
    file = SimpleUploadedFile("kody.csv", "\ufeffKod;Uwagi\r\nAAA-111;x\r\n=CMD1;y\r\nAAA111;\r\n".encode())

    answer = console.post("/console/codes/campaigns/partner/import/", {"file": file, "key": "x"})
    batch = queries.batch(batch_id=UUID(answer.headers["Location"].rstrip("/").rpartition("/")[2]))
    download = b"".join(console.get(answer.headers["Location"] + "codes.csv").streaming_content).decode()

    assert batch is not None
    assert (batch.made, batch.refused, batch.state) == (2, 1, BatchState.DONE)
    assert "'=CMD1" in download


def test_every_page_of_vouchers_opens_empty_and_full(console, shop_id, ania):
    addresses = ["codes/", "codes/find/", "codes/guessing/", "gift-cards/"]
    for address in addresses:
        assert console.get(f"/console/{address}").status_code == 200
    publish_campaign("birthday", {"kind": "personal"})
    issued = actions.issue(shop_id=shop_id, campaign="birthday", customer_id=ania, key="k", now=clock.now())
    assert isinstance(issued, IssuedCode)
    actions.check_codes(shop_id=shop_id, codes=["NONE"], customer_id=ania, address=None, now=clock.now())

    page = console.get("/console/codes/find/", {"code": issued.code}).content.decode()

    assert "ania@zielnik.example" in page
    assert "ania@zielnik.example" in console.get("/console/codes/guessing/").content.decode()
    for address in [*addresses, "codes/campaigns/birthday/", "codes/find/?code=NONE"]:
        assert console.get(f"/console/{address}").status_code == 200
    console.post("/console/codes/find/disable/", {"code": issued.code})
    assert (
        queries.look_up(shop_id=shop_id, codes=[issued.code], customer_id=ania, now=clock.now())[issued.code].state
        == "disabled"
    )


def test_a_gift_card_is_issued_once_shown_once_and_changed_in_the_console(console, shop_id):
    pages = [console.post("/console/gift-cards/issue/", {"amount": "100,50", "key": "x"}) for _ in range(2)]
    [card] = queries.newest(shop_id=shop_id, now=clock.now())
    address = f"/console/gift-cards/{card.id}/"
    for _ in range(2):
        console.post(f"{address}move/", {"direction": "take", "amount": "0,50", "key": "y", "note": "korekta"})
    console.post(f"{address}move/", {"direction": "take", "amount": "999", "key": "z", "note": "za dużo"})

    assert pages[0].content.decode().count("GC-") == pages[1].content.decode().count("GC-") > 0
    shown = console.get(address).content.decode()
    assert "korekta" in shown or "100,00" in shown
    account = queries.account(account_id=card.id, now=clock.now())
    assert account is not None
    assert account.balance_minor == 10_000
    console.post(f"{address}disable/")
    assert console.get("/console/gift-cards/").status_code == 200
    assert queries.verify_stored_value() == []
