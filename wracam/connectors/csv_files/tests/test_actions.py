"""Imports as they run: once, twice, shuffled, killed and resumed, corrected, undone."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wracam.commerce import queries as commerce
from wracam.commerce.actions import take_order
from wracam.connectors.csv_files import actions, models, queries
from wracam.connectors.csv_files.actions import running, staging
from wracam.connectors.csv_files.contracts import ImportReport, ImportState
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, Shop

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ROWS = [
    ("536365", "MON", "Monstera", "6", "12/14/2010 8:26", "2.55", "17850", "UK"),
    ("536366", "KAK", "Kaktus", "2", "12/14/2010 9:00", "10.00", "13047", "UK"),
    ("536365", "LAW", "Lawenda", "1", "12/14/2010 8:26", "3.39", "17850", "UK"),
    ("C53637", "MON", "Monstera", "-2", "12/15/2010 8:26", "2.55", "17850", "UK"),
    ("C53638", "RUM", "Rumianek", "-1", "12/15/2010 8:26", "1.00", "13047", "UK"),
    ("536370", "LAW", "=HYPERLINK(1)", "1", "12/16/2010 8:26", "3.39", "", "UK"),
]


@pytest.fixture
def zielnik(settings, tmp_path: Path) -> Shop:
    settings.MEDIA_ROOT = tmp_path / "files"
    return shops.create_shop(name="Zielnik", currency="GBP", now=NOW, key="zielnik", time_zone="Europe/London")


def written(path: Path, rows: Iterable[Iterable[str]], header: Iterable[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def imported(path: Path, shop: Shop, *, now: datetime = NOW) -> ImportReport:
    started = actions.start_import(file=path, shop_id=shop.id, actor=SYSTEM, now=now)
    return actions.run(import_id=started.id, now=now)


def everything() -> list[list[tuple]]:
    """All that commerce holds of orders, customers' figures included, but for when we heard of it."""
    orders = fetch(
        """SELECT o.external_id, o.modified_at, o.placed_at, o.status, o.total_minor, o.refunded_minor, o.is_valid,
                  o.is_sale, i.value, (SELECT array_agg((l.external_id, l.sku, l.quantity, l.total_minor,
                  l.refunded_quantity, l.refunded_minor)::text ORDER BY l.external_id) FROM order_line l WHERE l.order_id = o.id)
           FROM shop_order o LEFT JOIN customer_identity i ON i.customer_id = o.customer_id ORDER BY 1"""
    )
    figures = fetch(
        "SELECT i.value, t.* FROM trade_statistic t JOIN customer_identity i USING (customer_id) ORDER BY 1"
    )
    return [orders, [(row[0], *row[2:]) for row in figures]]


def test_an_import_takes_orders_refunds_and_returns(zielnik: Shop, tmp_path: Path):
    report = imported(written(tmp_path / "orders.csv", ROWS), zielnik)

    assert (report.state, report.rows, report.orders, report.bad_rows) == (ImportState.DONE, 6, 5, 0)
    assert (report.created, report.refunds) == (4, 1)
    order_id = commerce.order_id_of(shop_id=zielnik.id, source="csv", external_id="536365")
    order = commerce.order(order_id)
    assert order is not None
    assert (order.total_minor, order.refunded_minor) == (1869, 510)
    assert [(line.sku, line.refunded_quantity) for line in order.lines if line.refunded_quantity] == [("MON", 2)]


def test_a_formula_in_a_cell_is_a_name_like_any_other(zielnik: Shop, tmp_path: Path):
    imported(written(tmp_path / "orders.csv", ROWS), zielnik)

    order = commerce.order(commerce.order_id_of(shop_id=zielnik.id, source="csv", external_id="536370"))

    assert order is not None
    assert (order.customer_id, order.lines[0].name) == (None, "=HYPERLINK(1)")


def test_the_same_file_twice_changes_nothing(zielnik: Shop, tmp_path: Path):
    path = written(tmp_path / "orders.csv", ROWS)
    imported(path, zielnik)
    before = everything()
    events = fetch("SELECT COUNT(*) FROM event")

    again = imported(path, zielnik, now=NOW + timedelta(days=1))

    assert (again.created, again.changed, again.unchanged) == (0, 0, 4)
    assert everything() == before
    assert fetch("SELECT COUNT(*) FROM event") == events


def test_shuffled_rows_give_the_same_result(zielnik: Shop, tmp_path: Path):
    imported(written(tmp_path / "orders.csv", ROWS), zielnik)
    before = everything()
    shuffled = random.Random(7).sample(ROWS, len(ROWS))

    again = imported(written(tmp_path / "shuffled.csv", shuffled), zielnik)

    assert (again.created, again.changed, again.stale, again.unchanged) == (0, 0, 0, 4)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_an_import_that_died_goes_on_at_its_cursor(zielnik: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    started = actions.start_import(
        file=written(tmp_path / "orders.csv", ROWS), shop_id=zielnik.id, actor=SYSTEM, now=NOW
    )
    notes = running._note_outcomes

    def die_in_the_second_chunk(import_id, decided, taken):
        notes(import_id, decided, taken)
        if models.Import.objects.get(id=import_id).chunks_done == 1:
            raise SystemExit("killed")

    monkeypatch.setattr(running, "_note_outcomes", die_in_the_second_chunk)
    with pytest.raises(SystemExit):
        actions.run(import_id=started.id, now=NOW)
    interrupted = queries.report(started.id)
    assert interrupted is not None
    assert (interrupted.state, interrupted.chunks_done) == (ImportState.RUNNING, 1)
    in_between = fetch("SELECT COUNT(*) FROM shop_order")[0][0]
    monkeypatch.setattr(running, "_note_outcomes", notes)

    report = actions.run(import_id=started.id, now=NOW)

    assert 0 < in_between < 4
    assert (report.state, report.created, report.refunds, report.chunks_done) == (ImportState.DONE, 4, 1, report.chunks)
    assert models.ImportRow.objects.count() == 0


def test_bad_rows_come_back_corrected(zielnik: Shop, tmp_path: Path):
    bad = [list(row) for row in ROWS]
    bad[2][3] = "dwa"
    bad.append(["", "MON", "Monstera", "1", "12/14/2010 8:26", "2.55", "17850", "UK"])
    report = imported(written(tmp_path / "bad.csv", bad), zielnik)
    assert (report.held_back, report.bad_rows, report.created) == (2, 4, 3)
    assert [(row.line_number, row.sentence.en) for row in queries.bad_rows(report.id)] == [
        (2, "This row is fine, but another row of the same order needs correcting."),
        (4, "Quantity: This is not a number of units: “dwa”."),
        (5, "This return waits for an order of the same customer that needs correcting."),
        (8, "There is no order number; write it in this row."),
    ]

    text = "".join(queries.corrections_csv(report.id, "pl")).replace("dwa", "1")
    corrections = tmp_path / "corrections.csv"
    corrections.write_text(text, "utf-8")
    again = imported(corrections, zielnik)

    order = commerce.order(commerce.order_id_of(shop_id=zielnik.id, source="csv", external_id="536365"))
    assert (again.created, again.refunds, again.held_back, again.bad_rows) == (1, 1, 0, 1)
    assert order is not None
    assert (order.total_minor, order.refunded_minor) == (1869, 510)


def test_undo_takes_back_what_the_import_created_and_keeps_what_is_newer(zielnik: Shop, tmp_path: Path):
    path = written(tmp_path / "orders.csv", ROWS)
    report = imported(path, zielnik)
    reader = running._reader(models.Import.objects.get(id=report.id), zielnik)
    newer = imported_snapshot(reader, ROWS[1])
    take_order(newer, now=NOW)

    forecast = queries.undo_forecast(report.id)
    undone = actions.undo(import_id=report.id, actor=SYSTEM, now=NOW)

    assert (forecast.withdrawn, forecast.kept) == (3, 1)
    assert (undone.state, undone.withdrawn, undone.kept) == (ImportState.UNDONE, 3, 1)
    alive = fetch("SELECT external_id FROM shop_order WHERE is_valid ORDER BY 1")
    assert alive == [("536366",)]


def imported_snapshot(reader: running._Reader, cells: Iterable[str]):
    """The order of one row as its shop tells it a year later."""
    from msgspec.structs import replace

    from wracam.connectors.csv_files.core.drafts import Draft, Row
    from wracam.connectors.csv_files.core.snapshots import snapshots_of

    draft = reader.drafts.draft("x", [Row(line_number=2, cells=list(cells))])
    assert isinstance(draft, Draft)
    told = snapshots_of([draft], reader.reading)["x"]
    return replace(told, modified_at=told.modified_at + timedelta(days=365), payment_method="blik")


def test_what_was_undone_can_be_imported_again_and_again(zielnik: Shop, tmp_path: Path):
    path = written(tmp_path / "orders.csv", ROWS)
    for _ in range(2):
        report = imported(path, zielnik)
        assert fetch("SELECT COUNT(*) FROM shop_order WHERE is_valid")[0][0] == 4
        if report.created:
            actions.undo(import_id=report.id, actor=SYSTEM, now=NOW)
            assert fetch("SELECT COUNT(*) FROM shop_order WHERE is_valid")[0][0] == 0

    again = imported(path, zielnik)

    assert again.unchanged == 4


def test_an_import_cannot_be_undone_while_it_runs(zielnik: Shop, tmp_path: Path):
    started = actions.start_import(file=written(tmp_path / "o.csv", ROWS), shop_id=zielnik.id, actor=SYSTEM, now=NOW)

    with pytest.raises(actions.ImportRefusedError):
        actions.undo(import_id=started.id, actor=SYSTEM, now=NOW)


def test_a_dry_run_counts_and_leaves_nothing_behind(zielnik: Shop, tmp_path: Path):
    started = actions.start_import(file=written(tmp_path / "o.csv", ROWS), shop_id=zielnik.id, actor=SYSTEM, now=NOW)

    _, sales, returns = actions.rehearse(import_id=started.id)
    actions.discard(import_id=started.id)

    assert (sales, returns) == (3, 2)
    tables = ("shop_order", "csv_import", "csv_import_row", "csv_import_order", "csv_import_problem")
    assert [fetch(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables] == [0, 0, 0, 0, 0]
    assert list((tmp_path / "files" / "imports").iterdir()) == []


def test_a_file_without_an_order_number_is_refused_with_its_columns(zielnik: Shop, tmp_path: Path):
    path = written(tmp_path / "x.csv", [("a", "b")], header=("Kolor", "Rozmiar"))

    with pytest.raises(actions.ImportRefusedError, match="Kolor, Rozmiar"):
        actions.start_import(file=path, shop_id=zielnik.id, actor=SYSTEM, now=NOW)

    assert models.Import.objects.count() == 0
