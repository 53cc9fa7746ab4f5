"""Credit notes find their purchases; every grosz of a file is in the result exactly once; row order is irrelevant."""

import random
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from wracam.commerce.contracts import PaymentStatus
from wracam.connectors.csv_files.core.problems import Reason
from wracam.connectors.csv_files.tests.reading_help import orders_of, orders_of_rows, rows_of

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def sheet(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def test_a_credit_note_becomes_a_refund_of_the_most_recent_earlier_purchase():
    text = sheet(
        "1,MON,Monstera,5,1/5/2011 10:00,2.00,17850,UK",
        "2,MON,Monstera,3,1/14/2011 10:00,2.00,17850,UK",
        "3,MON,Monstera,9,1/20/2011 10:00,2.00,17850,UK",
        "C4,MON,Monstera,-4,1/15/2011 10:00,2.00,17850,UK",
    )

    orders, _ = orders_of(text, currency="GBP")

    assert set(orders) == {"1", "2", "3"}
    refunds = {
        key: [(r.external_id, r.total_minor, [u.quantity for u in r.lines]) for r in orders[key].refunds]
        for key in orders
    }
    assert refunds == {"1": [("C4", 200, [1])], "2": [("C4", 600, [3])], "3": []}
    assert orders["2"].payment_status is PaymentStatus.REFUNDED
    assert orders["1"].payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert orders["1"].modified_at >= orders["1"].refunds[0].refunded_at


def test_a_return_of_what_was_never_bought_is_a_document_of_its_own():
    text = sheet(
        "1,MON,Monstera,5,1/5/2011 10:00,2.00,17850,UK",
        "C2,KAK,Kaktus,-1,1/15/2011 10:00,4.50,17850,UK",
        "C3,MON,Monstera,-1,1/15/2011 10:00,2.00,99999,UK",
    )

    orders, _ = orders_of(text, currency="GBP")

    assert (orders["C2"].total_minor, orders["C2"].lines, orders["C2"].refunds) == (-450, (), ())
    assert orders["C3"].total_minor == -200
    assert orders["1"].refunds == ()


def test_services_count_as_money_but_are_no_products():
    text = sheet(
        "1,MON,Monstera,5,1/5/2011 10:00,2.00,17850,UK",
        "1,POST,POSTAGE,1,1/5/2011 10:00,18.00,17850,UK",
        "1,M,Manual,1,1/5/2011 10:00,1.25,17850,UK",
        "C2,D,Discount,-1,1/15/2011 10:00,3.00,17850,UK",
    )

    orders, _ = orders_of(text, currency="GBP")

    assert [line.sku for line in orders["1"].lines] == ["MON"]
    assert (orders["1"].total_minor, orders["1"].shipping_minor) == (2925, 1800)
    assert orders["C2"].total_minor == -300


def test_an_order_without_a_customer_is_kept_without_one():
    orders, _ = orders_of(sheet("1,MON,Monstera,5,1/5/2011 10:00,2.00,,UK"), currency="GBP")

    assert orders["1"].person is None
    assert orders["1"].total_minor == 1000


def test_a_bad_row_holds_back_its_order_and_no_other():
    text = sheet(
        "1,MON,Monstera,5,1/15/2011 10:00,2.00,1,UK",
        "2,MON,Monstera,pięć,1/15/2011 10:00,2.00,2,UK",
        "2,KAK,Kaktus,1,1/15/2011 10:00,2.00,2,UK",
        "3,MON,Monstera,1,0000-00-00 00:00:00,2.00,3,UK",
        "4,MON,Monstera,1,1/15/2099 10:00,2.00,4,UK",
        "5,MON,Monstera,1,1/15/2011 10:00,=2+2,5,UK",
        "6,MON,Monstera,1,1/15/2011 10:00,99999999999,6,UK",
        "7,MON,Monstera,1,1/15/2011 10:00,1.00,7,UK",
        "7,MON,Monstera,1,1/15/2011 10:00,1.00,8,UK",
        f"8,{'x' * 3000},Monstera,1,1/15/2011 10:00,1.00,9,UK",
        "9,MON,Mon\u2400stera,1,1/15/2011 10:00,1.00,9,UK",
    )

    orders, problems = orders_of(text, currency="GBP")

    assert set(orders) == {"1"}
    assert [(problem.line_number, problem.reason) for problem in problems] == [
        (3, Reason.QUANTITY_UNREADABLE),
        (5, Reason.DATE_UNREADABLE),
        (6, Reason.DATE_ABSURD),
        (7, Reason.AMOUNT_UNREADABLE),
        (8, Reason.AMOUNT_ABSURD),
        (9, Reason.CUSTOMERS_DIFFER),
        (11, Reason.CELL_TOO_LONG),
        (12, Reason.CELL_HAS_NUL),
    ]
    assert problems[0].sentence().pl == "Quantity: To nie jest liczba sztuk: „pięć”."
    assert problems[0].sentence().en == "Quantity: This is not a number of units: “pięć”."


rows_strategy = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.sampled_from(["MON", "KAK", "POST", "M"]),
        st.integers(1, 6),
        st.integers(0, 5000),
        st.booleans(),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=40,
)


def lines_of(rows: list[tuple[int, str, int, int, bool, int]]) -> tuple[list[str], Decimal]:
    lines, total = [], Decimal(0)
    for day, sku, units, price, is_return, customer in rows:
        number = f"{'C' if is_return else ''}{customer}{day:02d}"
        quantity = -units if is_return else units
        total += quantity * Decimal(price) / 100
        lines.append(f"{number},{sku},{sku},{quantity},1/{12 + day}/2011 10:00,{price / 100:.2f},{customer},UK")
    return lines, total


@settings(max_examples=200, deadline=None)
@given(rows_strategy, st.randoms(use_true_random=False))
def test_totals_are_conserved_and_shuffling_the_rows_changes_nothing(rows: list, chance: random.Random):
    lines, total = lines_of(rows)
    header, table = rows_of(sheet(*lines))
    shuffled = chance.sample(table, len(table))

    orders, problems = orders_of_rows(header, table, currency="GBP")
    again, _ = orders_of_rows(header, shuffled, currency="GBP")

    net = sum(order.total_minor - sum(refund.total_minor for refund in order.refunds) for order in orders.values())
    assert problems == []
    assert net == int(total * 100)
    assert again == orders


@settings(max_examples=200, deadline=None)
@given(rows_strategy)
def test_no_purchase_gives_back_more_units_or_money_than_it_had(rows: list):
    lines, _ = lines_of(rows)

    orders, _ = orders_of(sheet(*lines), currency="GBP")

    for order in orders.values():
        sold = {line.external_id: (line.quantity, line.total_minor) for line in order.lines}
        units = dict.fromkeys(sold, 0)
        money = dict.fromkeys(sold, 0)
        for refund in order.refunds:
            assert refund.refunded_at >= order.placed_at
            for part in refund.lines:
                units[part.line_external_id] += part.quantity
                money[part.line_external_id] += part.total_minor
        assert all(units[key] <= sold[key][0] and money[key] <= sold[key][1] for key in sold)


def test_a_later_export_of_the_same_order_wins_although_its_dates_are_the_same():
    paid = "Order,Date,Total,Status,Email\n7,2026-05-01,10.00,paid,ania@example.com\n"

    before, _ = orders_of(paid)
    after, _ = orders_of(paid.replace("paid", "refunded"))

    assert after["7"].modified_at - before["7"].modified_at < timedelta(milliseconds=1)
    assert after["7"].modified_at > before["7"].modified_at
    assert after["7"].refunds[0].total_minor == 1000
