"""A real shop's year of trade, imported from a file, equals what DuckDB computes from the same data on its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import duckdb
import pytest
from django.db import connection

from wracam.connectors.csv_files import actions, queries
from wracam.connectors.csv_files.contracts import ImportReport, ImportState
from wracam.definitions import actions as definitions
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

only_whole = pytest.mark.skipif(not os.environ.get("WRACAM_WHOLE_HISTORY"), reason="`make history` imports all of it")


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
    return shops.create_shop(name="Gifts", currency="GBP", now=NOW, key="gifts", time_zone="Europe/London")


def imported(path: Path, shop: Shop, *, now: datetime = NOW) -> ImportReport:
    started = actions.start_import(file=path, shop_id=shop.id, actor=SYSTEM, now=now)
    report = actions.run(import_id=started.id, now=now)
    assert report.state is ImportState.DONE
    return report


@pytest.mark.parametrize(
    "where", [SAMPLE, pytest.param(WHOLE, marks=[pytest.mark.slow, only_whole])], ids=["sample", "whole"]
)
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


def open_program() -> None:
    """One point per pound, since before the first order."""
    since = datetime(2010, 1, 1, tzinfo=UTC)
    bodies: dict[str, dict[str, Any]] = {
        "program": {"name": "Club"},
        "earning_rule": {"give": {"kind": "per_amount", "points": 1, "per": "1.00"}},
    }
    for kind, body in bodies.items():
        definitions.save_draft(
            kind=kind, key="club", name="Club", body=body, expected_revision=None, actor=SYSTEM, now=since
        )
        definitions.publish(kind=kind, key="club", expected_revision=None, actor=SYSTEM, now=since)


def points_of(shop: Shop) -> dict[str, int]:
    """What all members of the shop have and had, after every event has been handled."""
    events.deliver_all(now=NOW)
    names = ("active", "pending", "held", "debt", "earned", "spent", "expired")
    sums = ", ".join(f"SUM({name})::bigint" for name in names)
    row = fetch(f"SELECT {sums}, COUNT(*) FROM point_balance WHERE shop_id = %s", shop.id)[0]
    return dict(zip((*names, "members"), row, strict=True))


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_resumed_gives_the_same_points_as_one_at_a_stretch(gift_shop: Shop, tmp_path: Path):
    open_program()
    file = file_of(tmp_path / "history.csv", SAMPLE)
    other = shops.create_shop(name="Other", currency="GBP", now=NOW, key="other", time_zone="Europe/London")
    imported(file, other)
    expected = points_of(other)
    started = actions.start_import(file=file, shop_id=gift_shop.id, actor=SYSTEM, now=NOW)

    chunks_done = killed_at_work(started.id)
    interrupted = queries.report(started.id)
    report = actions.run(import_id=started.id, now=NOW)

    assert interrupted is not None
    assert 0 < chunks_done <= interrupted.chunks_done < interrupted.chunks
    assert report.state is ImportState.DONE
    assert points_of(gift_shop) == expected
    assert expected["earned"] > 100_000
    imported(file, gift_shop)
    imported(file_of(tmp_path / "shuffled.csv", SAMPLE, is_shuffled=True), gift_shop)
    assert points_of(gift_shop) == expected


def killed_at_work(import_id: UUID) -> int:
    """Run the import in a process of its own, kill it with -9 in the middle, and return how far it was."""
    database = connection.settings_dict
    place = urlencode({"host": database["HOST"], "port": database["PORT"] or "5432"})
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?{place}"
    program = (
        "import os, sys, django; django.setup()\n"
        "from datetime import datetime\n"
        "from uuid import UUID\n"
        "from wracam.connectors.csv_files import actions\n"
        "from wracam.connectors.csv_files.actions import staging\n"
        "staging.CHUNK_ROWS = 500\n"
        "actions.run(import_id=UUID(sys.argv[1]), now=datetime.fromisoformat(sys.argv[2]),\n"
        "            progress=lambda report: print(report.chunks_done, flush=True))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(import_id), NOW.isoformat()],
        env=os.environ | {"DATABASE_URL": url, "WRACAM_SECRET_KEY": "tests-only", "PYTEST_VERSION": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    done = 0
    for line in process.stdout:
        done = int(line)
        if done == 5:
            process.send_signal(signal.SIGKILL)
            break
    process.wait(30)
    assert process.returncode == -signal.SIGKILL
    return done
