"""The console's import pages, from upload to undo, as staff use them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wracam.connectors.csv_files import queries
from wracam.connectors.csv_files.contracts import ImportState
from wracam.connectors.csv_files.tests.test_actions import HEADER, ROWS
from wracam.foundation.bulk import fetch
from wracam.foundation.jobs import run_due
from wracam.shops import actions as shops
from wracam.shops.contracts import Role, Shop
from wracam.shops.models import Staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def zielnik(settings: Any, tmp_path: Path) -> Shop:
    settings.MEDIA_ROOT = tmp_path / "files"
    return shops.create_shop(name="Zielnik", currency="GBP", now=NOW, key="zielnik", time_zone="Europe/London")


def staff(role: Role, language: str = "en") -> Staff:
    return Staff.objects.create_user(
        email=f"{role.value}@zielnik.pl", password="trzy zielone paprocie", role=role, language=language
    )


@pytest.fixture
def marketer(client: Client, zielnik: Shop) -> Client:
    client.force_login(staff(Role.MARKETER), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def file_of(rows: list[Any], name: str = "orders.csv", header: tuple[str, ...] = HEADER) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return SimpleUploadedFile(name, text.getvalue().encode(), content_type="text/csv")


def upload(client: Client, file: SimpleUploadedFile) -> str:
    answer = client.post("/console/imports", {"file": file})
    assert answer.status_code == 302
    return answer["Location"]


def started(client: Client, mapping_page: str) -> UUID:
    answer = client.post(mapping_page, {"start": "1"})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return UUID(answer["Location"].rpartition("/")[2])


def test_a_file_goes_from_upload_over_preview_to_orders(marketer: Client):
    page = upload(marketer, file_of(ROWS))
    preview = marketer.get(page).content.decode()
    import_id = started(marketer, page)
    waiting = marketer.get(f"/console/imports/{import_id}").content.decode()
    bar = marketer.get(f"/console/imports/{import_id}/progress")
    run_due()
    over = marketer.get(f"/console/imports/{import_id}/progress")
    result = marketer.get(f"/console/imports/{import_id}").content.decode()

    assert "Online Retail" in preview
    assert '<option value="line.unit_price" selected>' in preview
    assert "536365" in preview
    assert f'hx-get="/console/imports/{import_id}/progress"' in waiting
    assert "<progress" in bar.content.decode()
    assert over["HX-Refresh"] == "true"
    assert "Undo this import" in result
    assert fetch("SELECT COUNT(*) FROM shop_order")[0][0] == 4
    assert marketer.get("/console/imports").content.decode().count("orders.csv") == 1


def test_a_chosen_column_is_taken_and_shown(marketer: Client):
    page = upload(marketer, file_of([("1", "2026-01-05", "10.00", "12.00")], header=("Nr", "Data", "Kwota", "Inna")))

    looked = marketer.post(page, {"check": "1", "header-4": "Inna", "field-4": "order.total"}).content.decode()
    answer = marketer.post(page, {"start": "1", "header-4": "Inna", "field-4": "order.total"})
    run_due()

    assert looked.count("selected") == 3
    assert answer.status_code == 302
    assert fetch("SELECT total_minor FROM shop_order") == [(1200,)]


@pytest.mark.django_db(transaction=True)
def test_a_file_without_needed_columns_says_what_is_missing(marketer: Client):
    page = upload(marketer, file_of([("a", "b")], header=("Kolor", "Rozmiar")))

    shown = marketer.get(page).content.decode()

    assert "order number, order date, order total" in shown
    assert "disabled" in shown
    assert marketer.post(page, {"start": "1"}).status_code == 302
    assert queries.reports() == ()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04rubbish", b"one column\n1\n"])
def test_what_is_no_table_is_refused_in_a_sentence(marketer: Client, content: bytes):
    answer = marketer.post("/console/imports", {"file": SimpleUploadedFile("x.csv", content)}, follow=True)

    assert answer.status_code == 200
    assert queries.reports() == ()


def test_bad_rows_can_be_downloaded_and_the_import_undone(marketer: Client):
    bad = [list(row) for row in ROWS]
    bad[2][3] = "=1+1"
    import_id = started(marketer, upload(marketer, file_of(bad)))
    run_due()

    corrections = b"".join(marketer.get(f"/console/imports/{import_id}/corrections")).decode("utf-8-sig")
    undone = marketer.post(f"/console/imports/{import_id}/undo")
    run_due()

    lines = list(csv.reader(io.StringIO(corrections)))
    assert [len(line) for line in lines] == [9] * 4
    assert lines[2][3] == "'=1+1"
    assert "This is not a number of units" in lines[2][8]
    assert undone.status_code == 302
    report = queries.report(import_id)
    assert report is not None
    assert (report.state, report.withdrawn) == (ImportState.UNDONE, 3)
    assert fetch("SELECT COUNT(*) FROM shop_order WHERE is_valid")[0][0] == 0


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_those_who_may_import_see_imports(client: Client, zielnik: Shop, role: Role):
    client.force_login(staff(role), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/console/imports").status_code == 403
    assert client.post("/console/imports", {"file": file_of(ROWS)}).status_code == 403


def test_somebody_elses_upload_cannot_be_opened(marketer: Client, zielnik: Shop):
    page = upload(marketer, file_of(ROWS))
    stranger = Client()
    stranger.force_login(staff(Role.OWNER), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert stranger.get(page).status_code == 302
    assert marketer.get("/console/imports/new/..%2f..%2fsecret_key").status_code in {302, 404}


def test_the_pages_speak_polish(client: Client, zielnik: Shop):
    client.force_login(
        staff(Role.MARKETER, language="pl"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    page = client.get("/console/imports", headers={"Accept-Language": "pl"}).content.decode()

    assert "Wczytaj zamówienia" in page


def test_what_is_wrong_with_a_file_is_said_in_the_readers_language(marketer: Client):
    Staff.objects.update(language="pl")
    place = upload(marketer, SimpleUploadedFile("puste.csv", b"  \n"))

    page = marketer.get(place, follow=True).content.decode()

    assert "Plik jest pusty." in page
