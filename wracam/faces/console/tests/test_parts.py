"""Parts of pages: safe cells, trends, filters, navigation, and components that escape what they show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from wracam.faces.console import context
from wracam.faces.console.ports import NAVIGATION, Action, Column, Empty, Row, Status, Table, csv_response
from wracam.faces.console.ports.pages import harmless_cell
from wracam.faces.console.ports.parts import SPARK_HEIGHT, SPARK_WIDTH, Progress, sparkline
from wracam.kernel.language import CountedNoun, Words
from wracam.kernel.money import Money

EVIL = "<script>alert(1)</script>\"'"


@pytest.mark.parametrize("cell", ["=1+1", "+48600", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_compute_is_disarmed(cell):
    assert harmless_cell(cell) == f"'{cell}"


@given(st.text() | st.integers() | st.none())
def test_other_cells_stay_as_they_are(value):
    safe = harmless_cell(value)

    assert safe == value or safe == f"'{value}"
    assert not (isinstance(safe, str) and safe.startswith(("=", "+", "-", "@")))


def test_a_csv_file_opens_well_in_spreadsheets():
    content = csv_response("klienci", ["Imię"], [["Żaneta"], ["=HYPERLINK(1)"]]).getvalue()

    assert content.decode("utf-8-sig").splitlines() == ["Imię", "Żaneta", "'=HYPERLINK(1)"]


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=60))
def test_a_trend_stays_within_its_box(values):
    points = [tuple(map(float, point.split())) for point in sparkline(values)[1:].split("L")]

    assert len(points) == len(values)
    assert all(0 <= x <= SPARK_WIDTH + 0.1 and 0 <= y <= SPARK_HEIGHT for x, y in points)


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (1, 3, 33), (3, 3, 100), (9, 3, 100)])
def test_progress_is_between_nothing_and_everything(done, total, percent):
    assert Progress(title="", done=done, total=total).percent == percent


def _say(source, language, **values):
    with translation.override(language), timezone.override("Europe/Warsaw"):
        return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "value", "polish", "english"),
    [
        ("{{ v|number }}", 1240, "1\xa0240", "1,240"),
        ("{{ v|points }}", 5, "5\xa0punktów", "5\xa0points"),
        ("{{ v|points }}", Decimal("1.5"), "1,5\xa0punktu", "1.5\xa0points"),
        ("{{ v|money }}", Money(123450, "PLN"), "1\xa0234,50\xa0zł", "PLN\xa01,234.50"),
        ('{{ v|money:"EUR" }}', 100, "1,00\xa0€", "€1.00"),
        ("{{ v|percent }}", 0.125, "12,5\xa0%", "12.5%"),
        ("{{ v|moment }}", datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2 lip 2026, 00:30", "2 Jul 2026, 00:30"),
        ("{{ v|day }}", datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2 lip 2026", "2 Jul 2026"),
        ("{{ v|day }}", date(2026, 11, 22), "22 lis 2026", "22 Nov 2026"),
        ("{{ v|clock }}", datetime(2026, 1, 1, 12, 5, tzinfo=UTC), "13:05", "13:05"),
        ("{{ v|say }}", Words(pl="liść", en="leaf"), "liść", "leaf"),
        ("{{ v|number }}", None, "–", "–"),
        ("{{ v|money }}", None, "–", "–"),
    ],
)
def test_filters_write_as_people_do(source, value, polish, english):
    assert _say(source, "pl", v=value) == polish
    assert _say(source, "en", v=value) == english


def test_a_counted_noun_takes_its_form():
    noun = CountedNoun(pl=("klient", "klienci", "klientów", "klienta"), en=("customer", "customers"))

    assert _say("{{ 22|counted:n }}", "pl", n=noun) == "22\xa0klienci"


def test_components_escape_what_they_show():
    request = RequestFactory().get("/", {"q": EVIL})
    table = Table(
        name="customers",
        caption=EVIL,
        columns=[
            Column(name="name", title=EVIL, is_main=True, sort="name"),
            Column(name="state", title="", kind="status"),
        ],
        rows=[Row(id=EVIL, url="/x", detail=EVIL, cells={"name": EVIL, "state": Status(title=EVIL)})],
        empty=Empty(title=EVIL, sentence=EVIL),
        count=EVIL,
        search=EVIL,
        search_hint=EVIL,
        bulk=[Action(title=EVIL, url="/x", confirm=EVIL)],
        next_cursor=EVIL,
    )

    page = render_to_string("console/components/table.html", {"table": table}, request)

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_sorting_keeps_the_search_and_begins_at_the_first_page():
    request = RequestFactory().get("/", {"q": "ania", "after": "cursor", "sort": "name"})

    shown = Template('{% sorted_by "name" "name" %}').render(Context({"request": request}))

    assert "q=ania" in shown and "sort=-name" in shown and "after" not in shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Daria Ćwik", "DĆ"), ("daria.cwik@zielnik.pl", "DC"), ("x", "X"), ("", "")]
)
def test_initials_are_those_of_the_name(name, letters):
    assert context.initials(name) == letters


def test_every_navigation_item_leads_somewhere_and_names_a_real_permission():
    from django.urls import reverse

    from wracam.shops.contracts import Permission

    for item in NAVIGATION:
        assert reverse(item.url).startswith("/console/")
        assert item.permission in set(Permission)
        assert item.title.pl and item.title.en
