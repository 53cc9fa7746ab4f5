"""Rows in bulk: what goes in by COPY comes out the same."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from wracam.foundation.bulk import copy_rows, execute, fetch, text_array

pytestmark = pytest.mark.django_db
AWKWARD = ("", "NULL", "a,b", 'cu"t', "back\\slash", "{curly}", " space ", "tab\t", "new\nline", "żółw", "\\N")


def test_awkward_texts_come_through_copy_as_they_went_in():
    execute("CREATE TEMPORARY TABLE basket (names text[]) ON COMMIT DROP")

    copy_rows("basket", ("names",), [(text_array(AWKWARD),), (text_array(()),), (text_array(("a", "ż, b")),)])

    assert fetch("SELECT names FROM basket") == [(list(AWKWARD),), ([],), (["a", "ż, b"],)]


def test_moments_are_read_in_utc_to_the_microsecond():
    assert fetch("SELECT '2026-05-01 12:00:00.123456+02'::timestamptz, NULL::timestamptz") == [
        (datetime(2026, 5, 1, 10, 0, 0, 123456, UTC), None)
    ]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (list(AWKWARD), "text[]"),
        ([UUID(int=1), UUID(int=(1 << 128) - 1)], "uuid[]"),
        ([datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 5, 1, 10, 0, 0, 123456, UTC)], "timestamptz[]"),
        ([1, None, 3], "bigint[]"),
        (["a", None], "text[]"),
        ([True, False], "boolean[]"),
        ([], "text[]"),
    ],
)
def test_lists_come_through_a_statement_as_they_went_in(values, kind):
    assert fetch(f"SELECT %s::{kind}", values) == [(values,)]


def test_moments_of_a_list_keep_their_offset_in_the_hour_that_comes_twice():
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Warsaw"))

    assert fetch("SELECT %s::timestamptz[]", [twice, twice.replace(fold=1)]) == [
        ([datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)],)
    ]
