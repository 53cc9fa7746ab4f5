"""Amounts and dates as files write them."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.connectors.csv_files.core.values import (
    DateOrder,
    DecimalMark,
    date_order_evidence,
    decimal_mark_evidence,
    is_believable,
    parse_amount,
    parse_moment,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "mark", "value", "currency"),
    [
        ("12.5", ".", "12.5", None),
        ("1 234,50 zł", ".", "1234.50", "PLN"),
        ("1\u00a0234,50\u00a0PLN", ".", "1234.50", "PLN"),
        ("$1,234.50", ",", "1234.50", "USD"),
        ("1.234.567,89", ".", "1234567.89", None),
        ("1,234", ".", "1234", None),
        ("1,234", ",", "1.234", None),
        ("1.234", ",", "1234", None),
        ("1.234", ".", "1.234", None),
        ("0,001", ".", "0.001", None),
        ("(12.00)", ".", "-12.00", None),
        ("\u221212,30", ".", "-12.30", None),
        ("5-", ".", "-5", None),
        ("€ 9", ".", "9", "EUR"),
        ("CHF 1'250.00", ".", "1250.00", "CHF"),
    ],
)
def test_amounts_are_read_exactly(text: str, mark: str, value: str, currency: str | None):
    found = parse_amount(text, DecimalMark(mark))

    assert found is not None
    assert (found.value, found.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3,4,5", "NaN", "inf", "1e999999999", "=1+1", "12 zł i 5 gr", "--5"])
def test_what_is_no_amount_is_none(text: str):
    found = parse_amount(text, DecimalMark.POINT)

    assert found is None or found.value.adjusted() > 100


@given(st.text(max_size=30), st.sampled_from(list(DecimalMark)), st.sampled_from(list(DateOrder)))
def test_no_cell_makes_the_readers_fail(text: str, mark: DecimalMark, order: DateOrder):
    parse_amount(text, mark)
    parse_moment(text, order, WARSAW)
    decimal_mark_evidence(text)
    date_order_evidence(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_polish_and_english_spellings_give_the_same_amount(value: Decimal):
    english, polish = f"{value:,.2f}", f"{value:,.2f}".replace(",", " ").replace(".", ",")

    read = {parse_amount(text, mark).value for text in (english, polish) for mark in DecimalMark}  # type: ignore[union-attr]

    assert read == {value}


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2012-01-01 11:13:25 -0500", "day_first", datetime(2012, 1, 1, 16, 13, 25, tzinfo=UTC)),
        ("2026-07-01T10:00:00+02:00", "day_first", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01 10:00", "day_first", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01", "day_first", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("1.7.2026 10:00", "month_first", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("1/7/2026 10:00", "day_first", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("7/1/2026 10:00", "month_first", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("7/1/26 10:05 PM", "month_first", datetime(2026, 7, 1, 20, 5, tzinfo=UTC)),
        ("1 lip 2026 10:00", "day_first", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("July 1, 2026 12:00 AM", "day_first", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("46204.416666666664", "day_first", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("1407841161", "day_first", datetime(2014, 8, 12, 10, 59, 21, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_the_moment_they_mean(text: str, order: str, moment: datetime):
    assert parse_moment(text, DateOrder(order), WARSAW) == moment


@pytest.mark.parametrize(
    "text", ["0000-00-00 00:00:00", "31.02.2026", "13/13/2026", "jutro", "", "99999999999999", "12"]
)
def test_what_is_no_date_is_none(text: str):
    assert parse_moment(text, DateOrder.DAY_FIRST, WARSAW) is None


def test_only_a_part_above_twelve_proves_the_order_of_a_slashed_date():
    assert date_order_evidence("3/4/2026") is None
    assert date_order_evidence("13/4/2026") is DateOrder.DAY_FIRST
    assert date_order_evidence("3/14/2026 8:00") is DateOrder.MONTH_FIRST


def test_orders_from_before_1990_or_from_the_future_are_not_believed():
    assert is_believable(datetime(1990, 1, 1, tzinfo=UTC), NOW)
    assert not is_believable(datetime(1989, 12, 31, tzinfo=UTC), NOW)
    assert not is_believable(datetime(2026, 11, 25, tzinfo=UTC), NOW)
