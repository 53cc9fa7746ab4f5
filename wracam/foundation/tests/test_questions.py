"""Several questions in one statement: each gets its own rows, read as what they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from django.db import connection

from wracam.foundation.bulk import array_text
from wracam.foundation.questions import Beside, Question, ask

pytestmark = pytest.mark.django_db
AWKWARD = ["", "NULL", "a,b", 'cu"t', "back\\slash", "{curly}", "100 %", "%(name)s", "tab\t", "new\nline", "żółw"]


class Line(msgspec.Struct, array_like=True):
    """A row with names."""

    number: int
    name: str


NAMES = Question("SELECT n, name FROM unnest(%(names)s::text[]) WITH ORDINALITY AS told(name, n) ORDER BY n", Line)
NOBODY = Question("SELECT 1 WHERE %(is_wanted)s", tuple[int])
VALUES = Question(
    """SELECT '019ace7e-1f2a-7a3b-8c4d-5e6f7a8b9c0d'::uuid, 123456789012345678.000000000000000001, 1 = 1,
              '2026-05-01 12:00:00.123456+02'::timestamptz, '1990-05-04'::date, NULL""",
    tuple[UUID, Decimal, bool, datetime, date, str | None],
)


def run(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_each_question_gets_its_rows_in_one_statement(django_assert_num_queries):
    asked = [NAMES.with_values(names=array_text(AWKWARD)), NOBODY.with_values(is_wanted=False), VALUES.with_values()]

    with django_assert_num_queries(1):
        names, nobody, values = ask(run, asked)

    assert [row.name for row in names] == AWKWARD
    assert nobody == []
    assert values == [
        (
            UUID("019ace7e-1f2a-7a3b-8c4d-5e6f7a8b9c0d"),
            Decimal("123456789012345678.000000000000000001"),
            True,
            datetime(2026, 5, 1, 10, 0, 0, 123456, UTC),
            date(1990, 5, 4),
            None,
        )
    ]


def test_what_waits_is_asked_with_the_first_questions_and_only_then():
    statements = []

    def counted(statement, values):
        statements.append(statement)
        return run(statement, values)

    beside = Beside(counted, [NAMES.with_values(names=array_text(["fern"]))])

    first = beside.ask([NOBODY.with_values(is_wanted=True), NOBODY.with_values(is_wanted=True)])
    second = beside.ask([NOBODY.with_values(is_wanted=False)])

    assert (first, second, beside.told()) == ([[(1,)], [(1,)]], [[]], [[Line(1, "fern")]])
    assert len(statements) == 2


def test_what_waits_is_asked_alone_when_nobody_asks_anything():
    beside = Beside(run, [NOBODY.with_values(is_wanted=True)])

    assert beside.told() == [[(1,)]]
    assert Beside(run, []).told() == []
