"""A real shop's year of trade, imported from a file, equals what DuckDB computes from the same data on its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from wracam.connectors.csv_files import actions
from wracam.connectors.csv_files.contracts import ImportReport, ImportState
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, Shop

PARQUET = Path(__file__).resolve().parents[5] / "shared" / "data" / "online_retail" / "online_retail.parquet"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAMPLE = "WHERE InvoiceDate < '2010-12-08' OR hash(coalesce(CustomerID, 0), InvoiceNo LIKE 'A%') % 60 = 1"
WHOLE = ""
AMOUNT = "round(UnitPrice::decimal(12, 3) * Quantity::bigint, 2)"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PARQUET.is_file(), reason="the Online Retail data is not on this machine"),
]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a file says, or what we hold. Amounts in pence."""

    customers: int
    orders: int
    returns: int
    sold_minor: int
    returned_minor: int
    anonymous_orders: int


def file_of(target: Path, where: str, *, is_shuffled: bool = False) -> Path:
    order = "ORDER BY hash(InvoiceNo, StockCode, Quantity, UnitPrice, rowid)" if is_shuffled else "ORDER BY rowid"
    duckdb.connect().execute(
        f"""COPY (SELECT InvoiceNo, StockCode, Description, Quantity::bigint AS Quantity,
                  strftime(InvoiceDate, '%-m/%-d/%Y %-H:%M') AS InvoiceDate, UnitPrice::decimal(12, 3) AS UnitPrice,
                  CustomerID::bigint AS CustomerID, Country
                  FROM (SELECT *, row_number() OVER () AS rowid FROM '{PARQUET}') {where} {order})
            TO '{target}' (HEADER)"""
    )
    return target


def told_by_duckdb(where: str) -> Figures:
    """An invoice with a negative sum, or with negative units only, is a return; all others are orders."""
    row = (
        duckdb.connect()
        .execute(
            f"""WITH invoice AS (
                    SELECT InvoiceNo, max(CustomerID) AS customer, sum({AMOUNT}) AS amount,
                           sum({AMOUNT}) < 0 OR max(Quantity) < 0 AS is_return
                    FROM '{PARQUET}' {where} GROUP BY 1)
                SELECT count(DISTINCT customer), count(*) FILTER (NOT is_return), count(*) FILTER (is_return),
                       sum(amount) FILTER (NOT is_return) * 100, -sum(amount) FILTER (is_return) * 100,
                       count(*) FILTER (NOT is_return AND customer IS NULL)
                FROM invoice"""
        )
        .fetchone()
    )
    assert row is not None
    return Figures(
        customers=row[0], orders=row[1], returns=row[2], sold_minor=int(row[3]), returned_minor=int(row[4]),
        anonymous_orders=row[5],
    )  # fmt: skip


def held_by_us() -> Figures:
    customers = fetch("SELECT COUNT(*) FROM customer WHERE merged_into_id IS NULL")[0][0]
    orders, sold, anonymous = fetch(
        """SELECT COUNT(*), SUM(total_minor)::bigint, COUNT(*) FILTER (WHERE customer_id IS NULL)
           FROM shop_order WHERE is_sale AND channel <> 'return'"""
    )[0]
    credits, credited = fetch(
        """SELECT COUNT(DISTINCT number), SUM(amount)::bigint FROM (
               SELECT external_id AS number, total_minor AS amount FROM refund
               UNION ALL SELECT external_id, -total_minor FROM shop_order WHERE channel = 'return') AS told"""
    )[0]
    return Figures(
        customers=customers, orders=orders, returns=credits, sold_minor=sold, returned_minor=credited,
        anonymous_orders=anonymous,
    )  # fmt: skip


def state() -> list[tuple]:
    return fetch(
        """SELECT o.external_id, o.modified_at, o.total_minor, o.refunded_minor, o.units, o.refunded_units, i.value
           FROM shop_order o LEFT JOIN customer_identity i ON i.customer_id = o.customer_id ORDER BY 1"""
    )


@pytest.fixture
def gift_shop(settings, tmp_path: Path) -> Shop:
    settings.MEDIA_ROOT = tmp_path / "files"
    events.prepare_log(now=NOW, since=datetime(2010, 12, 1, tzinfo=UTC))
    return shops.create_shop(name="Gifts", currency="GBP", now=NOW, key="gifts", time_zone="Europe/London")


def imported(path: Path, shop: Shop, *, now: datetime = NOW) -> ImportReport:
    started = actions.start_import(file=path, shop_id=shop.id, actor=SYSTEM, now=now)
    report = actions.run(import_id=started.id, now=now)
    assert report.state is ImportState.DONE
    return report


@pytest.mark.parametrize("where", [SAMPLE, pytest.param(WHOLE, marks=pytest.mark.slow)], ids=["sample", "whole"])
def test_an_imported_history_equals_an_independent_computation(gift_shop: Shop, tmp_path: Path, where: str):
    report = imported(file_of(tmp_path / "history.csv", where), gift_shop)

    expected = told_by_duckdb(where)
    assert report.bad_rows == 0
    assert report.orders == expected.orders + expected.returns
    assert held_by_us() == expected
    assert expected.returns > 100
    assert expected.anonymous_orders > 10


def test_twice_and_shuffled_it_ends_in_the_same_state(gift_shop: Shop, tmp_path: Path):
    imported(file_of(tmp_path / "history.csv", SAMPLE), gift_shop)
    before, log = state(), fetch("SELECT COUNT(*) FROM event")

    imported(file_of(tmp_path / "again.csv", SAMPLE), gift_shop, now=NOW + timedelta(hours=1))
    shuffled = imported(
        file_of(tmp_path / "shuffled.csv", SAMPLE, is_shuffled=True), gift_shop, now=NOW + timedelta(hours=2)
    )

    assert (shuffled.created, shuffled.changed, shuffled.stale) == (0, 0, 0)
    assert state() == before
    assert fetch("SELECT COUNT(*) FROM event") == log
