"""Promotions in the console: written as a sentence, published, compared with others, and tried on the bench."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import LineSnapshot, OrderSnapshot, OrderStatus, PaymentStatus, ProductSnapshot
from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.foundation import clock
from wracam.promotions import actions, queries
from wracam.promotions.contracts import CommittedCart
from wracam.shops import actions as shops
from wracam.shops import models
from wracam.shops.contracts import SYSTEM, Role
from wracam.vouchers import actions as vouchers
from wracam.vouchers.contracts import Claim

from .garden import FREE_DELIVERY, NOON, SECOND_HALF, TEN_OFF, cart, customer, promote, publish

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def staff(role: Role) -> Client:
    email = f"{role.value}@zielnik.example"
    row = models.Staff.objects.create(email=email, name=role.value, role=role.value, language="en")
    client = Client()
    client.force_login(row, backend=BACKEND)
    return client


@pytest.fixture
def console(shop_id: int) -> Client:
    return staff(Role.OWNER)


def stored(key: str) -> Any:
    found = definitions.editable("promotion", key)
    assert found
    return found


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_promotion_is_begun_written_and_published(console):
    begun = console.post("/console/promotions/new/")
    key = begun["Location"].rstrip("/").rpartition("/")[2]
    form = {"name": "Wiosna", "e0-kind": "percent", "e0-percent": "15", "e0-on": "order", "n0-measure": "items_total",
            "n0-is": "at_least", "n0-value": "99,50"}  # fmt: skip

    saved = console.post(f"/console/promotions/{key}/", form)
    assert (saved.status_code, stored(key).live) == (302, None)

    console.post(f"/console/promotions/{key}/", {**form, "publish": "1"})
    live = stored(key).live
    assert live.body == {
        "effects": [{"kind": "percent", "on": "order", "percent": "15"}],
        "needs": [{"measure": "items_total", "at_least": "99.50"}],
    }
    assert "15% off the whole order" in text(console.get("/console/promotions/"))


def test_an_unsound_promotion_is_kept_as_a_draft_and_says_where_it_is_wrong(console):
    promote("wiosna", TEN_OFF)

    console.post("/console/promotions/wiosna/", {"e0-kind": "percent", "e0-percent": "150", "publish": "1"})

    assert stored("wiosna").live.body["effects"] == TEN_OFF["effects"]
    page = text(console.get("/console/promotions/wiosna/"))
    assert "#e0-percent" in page
    assert "&quot;e0-percent&quot;" in page


def test_the_preview_says_the_sentence_and_saves_nothing(console):
    promote("wiosna", TEN_OFF)
    before = stored("wiosna").revision

    said = text(console.post("/console/promotions/wiosna/preview/", {"e0-kind": "percent", "e0-percent": "20"}))

    assert "20% off" in said
    assert stored("wiosna").revision == before


def test_rows_are_added_and_removed_and_the_page_opens_with_them(console):
    promote("wiosna", TEN_OFF)

    added = console.post("/console/promotions/wiosna/", {"e0-kind": "amount", "e0-amount": "10", "add": "limits"})
    assert added["Location"].endswith("/wiosna/#limits")
    assert 'name="l0-uses"' in text(console.get("/console/promotions/wiosna/"))

    console.post("/console/promotions/wiosna/",
                 {"e0-kind": "amount", "e0-amount": "10", "l0-uses": "1", "l0-per": "ever", "remove": "limits.0"})  # fmt: skip
    assert "limits" not in stored("wiosna").body


@pytest.mark.parametrize("what", ["order", "shipping", "products"])
def test_a_set_price_is_for_products_the_order_or_delivery_and_has_a_phase(console, what):
    promote("stala", {"effects": [{"kind": "set_price", "price": "9.90"}]})
    form = {"name": "Stała cena", "e0-kind": "set_price", "e0-price": "19,99", "e0-set_on": what, "e0-on": "order",
            "phase": "2"}  # fmt: skip

    console.post("/console/promotions/stala/", form)

    body = stored("stala").body
    on = {} if what == "products" else {"on": what}
    assert body["effects"] == [{"kind": "set_price", "price": "19.99", **on}]
    assert body["phase"] == 2
    page = text(console.get("/console/promotions/stala/"))
    assert f'<option value="{what}" selected>' in page
    assert 'id="phase" name="phase" inputmode="numeric" size="4" value="2"' in page


def test_steps_of_one_product_named_deliveries_and_so_much_for_every_are_written_in_the_editor(console):
    key = "wiosna"
    promote(key, TEN_OFF)
    form = {"name": "Trzy", "e0-kind": "percent", "e0-steps": "3 = 5", "e0-steps_by": "quantity", "e0-steps_per": "line",
            "e1-kind": "percent", "e1-percent": "100", "e1-on": "shipping", "e1-names": "inpost, dpd",
            "e2-kind": "amount", "e2-amount": "10", "e2-on": "order", "e2-every": "100,00", "e2-steps_by": "value",
            "e2-times": "5"}  # fmt: skip

    console.post(f"/console/promotions/{key}/", form)

    assert stored(key).body["effects"] == [
        {"kind": "percent", "steps": [{"from": 3, "percent": "5"}], "steps_per": "line"},
        {"kind": "percent", "on": "shipping", "percent": "100", "names": ["inpost", "dpd"]},
        {"kind": "amount", "amount": "10", "every": "100.00", "steps_by": "value", "times": 5},
    ]
    page = text(console.get(f"/console/promotions/{key}/"))
    assert '<option value="line" selected>of each product' in page
    assert 'value="inpost, dpd"' in page
    assert "for every PLN" in page


def test_sentences_name_products_and_codes_as_people_know_them(shop_id):
    product = ProductSnapshot(shop_id=shop_id, source="demo", external_id="7", modified_at=NOON, name="Rzodkiewka Saxa",
                              currency="PLN", price_minor=249, sku="ZL-0001")  # fmt: skip
    commerce.take_products([product], now=NOON)
    publish("code_campaign", "zielen", {"kind": "shared", "title": {"pl": "Zieleń", "en": "Green"},
                                        "codes": ["ZIELEN20"]})  # fmt: skip
    body = {"effects": [{"kind": "gift", "options": [{"sku": "ZL-0001"}, {"sku": "X-9"}]}],
            "codes": {"campaigns": ["zielen"]}}  # fmt: skip

    assert queries.body_sentence(body, "pl") == "Gratis Rzodkiewka Saxa lub X-9, z kodem (ZIELEN20)."
    assert queries.body_sentence(body, "en") == "Free gift Rzodkiewka Saxa or X-9, with a code (ZIELEN20)."


def test_the_shops_prices_are_chosen_in_words_and_put_into_force(console):
    assert '<option value="best" selected>' in text(console.get("/console/promotions/prices/"))

    saved = console.post(
        "/console/promotions/prices/",
        {"combination": "priority", "tax_rounding": "line", "rounding": "line", "exclusive_first": "1",
         "reservation_minutes": "45", "discount_max_percent": "30", "hints_from_percent": "50"},
    )  # fmt: skip

    assert saved.status_code == 302
    [policy] = definitions.live("price_policy")
    assert policy.body == {
        "combination": "priority", "tax_rounding": "line", "exclusive_first": True, "reservation_minutes": 45,
        "discount_max_percent": 30,
    }  # fmt: skip
    for wrong in ({"reservation_minutes": "zero"}, {"discount_max_percent": "101"}, {"hints_from_percent": "-1"}):
        assert console.post("/console/promotions/prices/", wrong).status_code == 422
    assert definitions.live("price_policy") == (policy,)
    refused = staff(Role.ANALYST).post("/console/promotions/prices/", {"combination": "best"})
    assert refused.status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_save_over_somebody_elses_change_is_refused(console):
    promote("wiosna", TEN_OFF)

    answer = console.post("/console/promotions/wiosna/", {"e0-kind": "amount", "e0-amount": "1", "revision": "0"})

    assert answer.status_code == 409
    assert stored("wiosna").body["effects"] == TEN_OFF["effects"]


def test_a_copy_is_a_draft_that_says_the_same(console):
    promote("wiosna", TEN_OFF)

    answer = console.post("/console/promotions/wiosna/duplicate/")

    key = answer["Location"].rstrip("/").rpartition("/")[2]
    assert (stored(key).body, stored(key).live) == (dict(TEN_OFF), None)


def test_those_who_may_not_edit_look_and_try_but_change_nothing(console):
    promote("wiosna", TEN_OFF)
    analyst = staff(Role.ANALYST)

    assert analyst.get("/console/promotions/wiosna/").status_code == 200
    assert analyst.get("/console/promotions/bench/").status_code == 200
    assert analyst.post("/console/promotions/wiosna/", {"e0-kind": "points"}).status_code == 403
    assert analyst.post("/console/promotions/new/").status_code == 403
    assert stored("wiosna").body["effects"] == TEN_OFF["effects"]


def test_the_list_warns_where_live_promotions_meet_and_the_editor_warns_before(console):
    promote("dziesiec", TEN_OFF)
    promote("pietnascie", {"effects": [{"kind": "percent", "on": "order", "percent": "15"}],
                           "stacking": {"exclusive": True}})  # fmt: skip
    definition_actions.save_draft(kind="promotion", key="nowa", name="Nowa", body=dict(TEN_OFF),
                                  expected_revision=None, actor=SYSTEM, now=NOON)  # fmt: skip

    listed, drafted = text(console.get("/console/promotions/")), text(console.get("/console/promotions/nowa/"))

    assert "Both reduce the whole order. Only one of them applies to a cart." in listed
    assert "Both reduce the whole order. Their discounts add up." in drafted


def test_the_chips_tell_running_planned_and_ended_apart(console):
    now = clock.now()
    promote("trwa", TEN_OFF)
    promote("bedzie", {**TEN_OFF, "starts_at": (now + timedelta(days=3)).isoformat()})
    promote("byla", {**TEN_OFF, "ends_at": (now - timedelta(days=3)).isoformat()})

    pages = {
        stand: text(console.get(f"/console/promotions/?stand={stand}")) for stand in ("running", "planned", "ended")
    }
    found = {stand: page.partition("Where live promotions meet")[0] for stand, page in pages.items()}

    for stand, name in (("running", "trwa"), ("planned", "bedzie"), ("ended", "byla")):
        assert [other for other in ("trwa", "bedzie", "byla") if f"/promotions/{other}/" in found[stand]] == [name]


def test_the_bench_prices_a_cart_from_scratch_and_explains_every_promotion(console, shop_id):
    promote("dostawa", FREE_DELIVERY)
    promote("nasiona", SECOND_HALF)
    product = ProductSnapshot(shop_id=shop_id, source="api", external_id="1", modified_at=NOON, name="Nagietek",
                              currency="PLN", price_minor=1_000, sku="NAS-1", categories=("Nasiona",))  # fmt: skip
    commerce.take_products([product], now=NOON)

    page = text(console.get("/console/promotions/bench/?sku=NAS-1&quantity=2&price=&tax=8&shipping_price=12,99"))

    assert "The customer pays PLN&nbsp;27.99" in page or "The customer pays PLN\u00a027.99" in page
    assert "Nagietek" in page
    assert "Second seeds at half price" in page
    assert "85.00" in page or "80.00" in page, "what is missing to free delivery"


def test_the_bench_finds_products_by_name_and_puts_them_into_the_cart(console, shop_id):
    told = [ProductSnapshot(shop_id=shop_id, source="demo", external_id=sku, modified_at=NOON, name=name, currency="PLN",
                            price_minor=1_999, sku=sku)
            for sku, name in (("ZL-1", "Monstera dziurawa"), ("ZL-2", "Fikus"))]  # fmt: skip
    commerce.take_products(told, now=NOON)

    found = text(console.get("/console/promotions/bench/found/?find=monst"))
    assert 'name="add" value="ZL-1"' in found
    assert "Fikus" not in found

    page = text(console.get("/console/promotions/bench/?sku=ZL-2&quantity=2&price=&tax=23&add=ZL-1"))
    assert 'value="ZL-1"' in page
    assert 'value="ZL-2"' in page
    assert "59.97" in page


def test_the_bench_tries_drafts_moments_and_customers(console, shop_id):
    ania = customer(shop_id)
    definition_actions.save_draft(kind="promotion", key="szkic", name="Szkic", body=dict(TEN_OFF),
                                  expected_revision=None, actor=SYSTEM, now=NOON)  # fmt: skip
    promote("maj", {**TEN_OFF, "title": {"pl": "Majówka", "en": "May"}, "starts_at": "2030-05-01T00:00:00+02:00",
                    "ends_at": "2030-05-04T00:00:00+02:00"})  # fmt: skip
    wanted = "sku=X&quantity=1&price=60&tax=23"

    now = text(console.get(f"/console/promotions/bench/?{wanted}"))
    with_draft = text(console.get(f"/console/promotions/bench/?{wanted}&draft=szkic"))
    in_may = text(console.get(f"/console/promotions/bench/?{wanted}&at=2030-05-02T12:00&customer={ania}"))

    assert "60.00" in now.partition("</h2>")[0] or "The customer pays PLN\u00a060.00" in now
    assert "The customer pays PLN\u00a050.00" in with_draft
    assert "The customer pays PLN\u00a050.00" in in_may
    assert "Ania" in in_may


def test_the_bench_begins_with_a_past_order_at_its_prices_before_discounts(console, shop_id):
    promote("dziesiec", TEN_OFF)
    line = LineSnapshot(external_id="1", sku="MON-1", name="Monstera", quantity=2, total_minor=10_800, tax_minor=800,
                        discount_minor=1_200)  # fmt: skip
    order = OrderSnapshot(shop_id=shop_id, source="api", external_id="77", number="Z-77", modified_at=NOON,
                          placed_at=NOON, status=OrderStatus.PROCESSING, payment_status=PaymentStatus.PAID,
                          currency="PLN", total_minor=12_099, tax_minor=800, shipping_minor=1_299, discount_minor=1_200,
                          paid_at=NOON, lines=(line,))  # fmt: skip
    commerce.take_order(order, now=NOON)

    page = text(console.get("/console/promotions/bench/?order=Z-77&from_order=1"))
    unknown = text(console.get("/console/promotions/bench/?order=Z-99"))

    assert 'value="60.00"' in page
    assert "The customer pays PLN\u00a0122.99" in page
    assert "There is no order Z-99." in unknown


@pytest.mark.parametrize(
    "query",
    ["sku=X&quantity=a&price=1&tax=", "sku=X&quantity=1&price=-5&tax=23", "sku=X&quantity=1&price=1e5&tax=x",
     "sku=X&quantity=1&price=NaN&tax=23", "at=tomorrow", "customer=nobody", "shipping_price=x", "codes=,,%20,"],
)  # fmt: skip
def test_the_bench_answers_nonsense_with_a_page(console, query):
    assert console.get(f"/console/promotions/bench/?{query}").status_code == 200


def test_a_spent_budget_is_an_alert(console, shop_id):
    promote("wiosna", {**TEN_OFF, "budget": {"amount": "100.00"}})

    held = vouchers.hold(
        shop_id=shop_id, reservation_id=stored("wiosna").live.version_id, until=NOON + timedelta(days=10_000), now=NOON,
        claims=[Claim(key="promotion:wiosna:budget:PLN", amount=8_500, maximum=10_000)],
    )  # fmt: skip
    assert held

    page = text(console.get("/console/promotions/"))

    assert "PLN\u00a085.00 of PLN\u00a0100.00" in page
    assert "(85 %)" in page


def test_another_shops_customers_and_orders_stay_unknown_on_the_bench(console, shop_id):
    other = shops.create_shop(key="inny", name="Inny", currency="PLN", now=NOON).id
    stranger = customer(other, "bartek")

    page = text(console.get(f"/console/promotions/bench/?customer={stranger}"))

    assert "There is no customer" in page


def test_the_list_tells_what_a_promotion_cost_and_what_its_orders_came_to(console, shop_id):
    promote("dziesiec", TEN_OFF)
    promote("nasiona", SECOND_HALF)
    now = clock.now()
    for number in (1, 2):
        wanted = actions.CartRequest(shop_id=shop_id, key=f"k{number}", cart=cart(shipping_minor=0))
        committed = actions.commit_cart(shop_id=shop_id, key=f"k{number}", order=f"Z-{number}", request=wanted, now=now)
        assert isinstance(committed, CommittedCart)

    [found] = queries.results(shop_id=shop_id, currency="PLN", since=now - timedelta(days=1), until=clock.now())
    page = text(console.get("/console/promotions/"))

    assert (found.key, found.orders, found.discount_minor, found.revenue_minor) == ("dziesiec", 2, 2_000, 10_000)
    assert "PLN\u00a020.00" in page
    assert "PLN\u00a0100.00" in page
    assert queries.results(shop_id=shop_id, currency="EUR", since=now - timedelta(days=1), until=clock.now()) == []
