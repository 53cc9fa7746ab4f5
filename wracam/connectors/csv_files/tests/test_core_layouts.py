"""The files of known shops, by their own headers, end in the orders they tell of."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wracam.commerce.contracts import OrderStatus, PaymentStatus
from wracam.connectors.csv_files.core.columns import (
    FIELDS_BY_NAME,
    MappingError,
    chosen_mapping,
    guess_mapping,
)
from wracam.connectors.csv_files.tests.reading_help import orders_of
from wracam.customers.contracts import IdentityKind

COLUMNS = Path(__file__).resolve().parents[5] / "shared" / "fixtures" / "csv" / "columns.json"

SHOPIFY = """\
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing City,Billing Zip,Billing Country,Refunded Amount,Id,Phone,Lineitem discount,Source
#1001,Ania@Example.com,partially_refunded,2026-05-04 10:00:00 +0200,fulfilled,2026-05-05 09:00:00 +0200,yes,PLN,90.00,10.00,18.70,100.00,WIOSNA10,10.00,2026-05-04 09:59:00 +0200,2,Monstera,30.00,MON,Ania Kowal,Kraków,'30-001,PL,20.00,5501,'+48600100200,0.00,web
#1001,,,,,,,,,,,,,,2026-05-04 09:59:00 +0200,1,Doniczka,40.00,DON,,,,,,,,0.00,
#1002,bartek@example.com,pending,,unfulfilled,,no,PLN,50.00,0.00,9.35,50.00,,0.00,2026-05-06 09:00:00 +0200,1,Kaktus,50.00,KAK,Bartek Nowak,Łódź,90-001,PL,0.00,5502,,0.00,web
"""


@pytest.mark.skipif(not COLUMNS.is_file(), reason="the recorded headers are not on this machine")
@pytest.mark.parametrize(
    "name", ["shopify.orders", "prestashop.orders_grid", "magento.orders_grid", "baselinker.orders"]
)
def test_headers_of_known_exports_give_an_order_number_a_date_and_an_amount(name: str):
    header = json.loads(COLUMNS.read_text("utf-8"))[name]["columns"]

    mapping = guess_mapping(header)

    assert mapping.missing() == []
    assert mapping.layout == name.split(".")[0]
    assert len({field for field in mapping.fields if field}) == len([field for field in mapping.fields if field])


@pytest.mark.skipif(not COLUMNS.is_file(), reason="the recorded headers are not on this machine")
def test_shopifys_columns_mean_what_the_recorded_mapping_says():
    recorded = json.loads(COLUMNS.read_text("utf-8"))["shopify.orders"]
    same_thing = {"consent.email": "customer.accepts_email", "order.source": "order.channel"}
    expected = {
        column: same_thing.get(field, field).replace("total_gross", "total")
        for column, field in recorded["canonical"].items()
    }

    mapping = guess_mapping(recorded["columns"])

    meant = dict(zip(recorded["columns"], mapping.fields, strict=True))
    assert {column: meant[column] for column, field in expected.items() if field in FIELDS_BY_NAME} == {
        column: field for column, field in expected.items() if field in FIELDS_BY_NAME
    }


def test_a_shopify_order_takes_its_own_cells_from_its_first_row_and_lines_from_all():
    orders, problems = orders_of(SHOPIFY)

    order = orders["#1001"]
    assert problems == []
    assert (order.external_id, order.number, order.total_minor, order.currency) == ("5501", "#1001", 10_000, "PLN")
    assert order.placed_at == datetime(2026, 5, 4, 7, 59, tzinfo=UTC)
    assert order.paid_at == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert (order.status, order.payment_status) == (OrderStatus.SHIPPED, PaymentStatus.PARTIALLY_REFUNDED)
    assert order.coupon_codes == ("wiosna10",)
    assert sorted((line.sku, line.quantity, line.total_minor, line.discount_minor) for line in order.lines) == [
        ("DON", 1, 3600, 400),
        ("MON", 2, 5400, 600),
    ]
    assert [(refund.total_minor, refund.lines) for refund in order.refunds] == [(2000, ())]


def test_a_shopify_customer_is_known_by_cells_that_carry_apostrophes():
    orders, _ = orders_of(SHOPIFY)

    person = orders["#1001"].person

    assert person is not None
    assert {identity.kind: identity.value for identity in person.identities} == {
        IdentityKind.EMAIL: "ania@example.com",
        IdentityKind.PHONE: "+48600100200",
    }
    assert (person.first_name, person.last_name, person.postcode, person.accepts_email) == (
        "Ania",
        "Kowal",
        "30-001",
        True,
    )


def test_an_unpaid_shopify_order_is_placed_and_not_paid():
    orders, _ = orders_of(SHOPIFY)

    order = orders["#1002"]

    assert (order.payment_status, order.paid_at, order.refunds) == (PaymentStatus.UNPAID, None, ())


def test_a_plain_polish_file_is_understood_by_its_headers():
    text = (
        "Nr zamówienia;Data złożenia;E-mail klienta;Imię i nazwisko;Status;Kod produktu;Nazwa produktu;Ilość;Cena brutto;"
        "Koszt dostawy;Do zapłaty\n"
        "Z/1;22.11.2025 14:05;CELINA@zielnik.example;Celina Mak;Zrealizowane;LAW;Lawenda;3;1 019,99 zł;12,00 zł;3 071,97 zł\n"
    )

    orders, problems = orders_of(text, delimiter=";")

    order = orders["Z/1"]
    assert problems == []
    assert order.placed_at == datetime(2025, 11, 22, 13, 5, tzinfo=UTC)
    assert (order.total_minor, order.shipping_minor, order.currency) == (307_197, 1_200, "PLN")
    assert [(line.sku, line.quantity, line.total_minor) for line in order.lines] == [("LAW", 3, 305_997)]
    assert (order.status, order.payment_status) == (OrderStatus.DELIVERED, PaymentStatus.PAID)


def test_woocommerce_export_plugins_are_recognised_by_their_headers():
    text = (
        "Order Number,Order Status,Order Date,First Name (Billing),Last Name (Billing),Email (Billing),Phone (Billing),"
        "Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item Name,"
        "Quantity (- Refund),Item Cost,Coupon Code\n"
        "14,Completed,2026-01-05 10:00,Zofia,Wiśniewska,zofia@example.com,600100200,0,0,123.00,23.00,KAWA,Kawa,2,50.00,Wracam10\n"
    )

    orders, _ = orders_of(text)

    order = orders["14"]
    assert (order.source, order.external_id, order.total_minor) == ("woocommerce", "14", 12_300)
    assert [line.total_minor for line in order.lines] == [12_300]
    assert order.coupon_codes == ("wracam10",)


def test_a_delivered_cash_on_delivery_order_of_baselinker_is_paid():
    text = (
        "order_id;order_source;order_status_id;status;date_add;email;currency;payment_done;delivery_price;"
        "products[].sku;products[].name;products[].price_brutto;products[].quantity\n"
        "1630473;shop;6624;Dostarczone;1407841161;daria@example.com;PLN;0;10;LU1;Róża;20;2\n"
    )

    orders, _ = orders_of(text, delimiter=";")

    order = orders["1630473"]
    assert (order.payment_status, order.total_minor, order.shipping_minor) == (PaymentStatus.PAID, 5_000, 1_000)


def test_a_persons_choice_of_columns_wins_over_the_guess():
    header = ["Numer", "Data", "Kwota", "Kwota w EUR"]

    mapping = chosen_mapping(header, {"Kwota w EUR": "order.total"})

    assert mapping.fields == ("order.number", "order.placed_at", "", "order.total")


def test_a_choice_of_what_does_not_exist_is_refused_with_what_does():
    with pytest.raises(MappingError, match="no column 'Suma'"):
        chosen_mapping(["Numer", "Data"], {"Suma": "order.total"})
    with pytest.raises(MappingError, match=r"no field 'order\.sum'"):
        chosen_mapping(["Numer", "Data"], {"Data": "order.sum"})


def test_columns_with_password_hashes_are_never_mapped():
    assert guess_mapping(["email", "password_hash", "rp_token"]).fields == ("customer.email", "", "")
