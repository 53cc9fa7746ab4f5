"""The two interpreters agree: random conditions over random customers, in SQL and in Python, on the real database.

For every customer the SQL answer (true, false or unknown) must equal Python's, once with figures that
`customer_facts` counted in SQL, and once with the customer's purchases counted in Python.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.foundation.questions import ask
from wracam.kernel.money import Money
from wracam.rules import queries
from wracam.rules.contracts import ValueType
from wracam.rules.core.operators import AGGREGATED_TYPES, OPERATORS, WEEKDAYS, Shape, operators_of
from wracam.rules.tests.vocabulary import NOW, PURCHASE, SCHEMA, VOCABULARY
from wracam.shops import actions as shops

EXAMPLES = int(os.environ.get("WRACAM_PARITY_EXAMPLES", "150"))
NOTED_MAX = 10
"""Larger crowds get no notes, which would be written one by one."""
EDGE_EXAMPLES = max(12, EXAMPLES // 12)
SHOPS = (("PLN", "Europe/Warsaw"), ("JPY", "America/New_York"), ("KWD", "Pacific/Apia"))
TEXTS = ["Kraków", "KRAKÓW", "łódź", "Łódź", "ŻÓŁW %s", "a'b\"c", "null", "İstanbul", "ΑΣ", "ẞ", "\\", "%", "ó", "A"]
TAGS = ["balkon", "Balkon", "zioła", "{a,b}", "NULL", ""]

SOME_DAYS = [date(2026, 11, day) for day in (15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 29)] + [
    date(2004, 2, 29),
    date(2027, 1, 2),
    date(2025, 12, 31),
    date(2025, 11, 22),
    date(2024, 2, 29),
    date(2026, 10, 22),
]
SOME_MOMENTS = [NOW + timedelta(hours=hours) for hours in (-72, -25, -24, -23, -14, -1, 0, 1, 11, 24, 96)] + [
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 11, 21, 22, 59, 59, tzinfo=UTC),
    datetime(2026, 11, 21, 23, 0, tzinfo=UTC),
    datetime(2026, 5, 1, 18, 0, tzinfo=UTC),
    datetime(2025, 9, 30, 22, 30, tzinfo=UTC),
]
SOME_NUMBERS = [0, 1, 2, 3]
SOME_AMOUNTS = ["0", "1", "1.01", "10", "0.005", "12"]
SOME_MINOR = [0, 1, 99, 100, 101, 1_000, 1_200, 10_000]

texts = st.sampled_from(TEXTS)
days = st.sampled_from(SOME_DAYS) | st.dates(date(1960, 1, 1), date(2060, 12, 31))
moments = st.sampled_from(SOME_MOMENTS) | st.datetimes(
    datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)
)
numbers = st.sampled_from(SOME_NUMBERS) | st.integers(-5, 12)
decimals = st.sampled_from([Decimal("0.25"), Decimal("1.50"), Decimal(2)]) | st.decimals(-3, 3, places=2)
minor = st.sampled_from(SOME_MINOR) | st.integers(-200, 30_000)


def maybe(strategy):
    return st.none() | strategy


customers = st.lists(
    st.tuples(
        st.integers(0, 2), maybe(texts | st.just("")), maybe(numbers), maybe(decimals), maybe(minor),
        maybe(days), maybe(moments), maybe(st.booleans()), maybe(st.sampled_from(["silver", "gold", ""])),
        maybe(st.lists(st.sampled_from(TAGS), max_size=3)), maybe(texts | st.just("")),
    ),
    min_size=1, max_size=5,
)  # fmt: skip
purchases = st.lists(
    st.tuples(
        st.integers(0, 4), maybe(minor), st.sampled_from(["PLN", "PLN", "PLN", "JPY"]),
        maybe(st.sampled_from([1, 2, 99])), maybe(moments), maybe(days),
        maybe(st.lists(st.sampled_from(TAGS), max_size=2)),
    ),
    max_size=8,
)  # fmt: skip


def scalars(attribute):
    kind = attribute.type
    if kind is ValueType.TEXT:
        return texts
    if kind is ValueType.NUMBER:
        return numbers | decimals.map(str)
    if kind is ValueType.MONEY:
        amounts = st.sampled_from(SOME_AMOUNTS) | st.decimals(-2, 300, places=3).map(str) | st.integers(0, 300)
        return amounts | st.builds(
            lambda amount, code: {"amount": amount, "currency": code}, amounts, st.sampled_from(["PLN", "JPY"])
        )
    if kind is ValueType.DATE:
        return days.map(str)
    if kind is ValueType.MOMENT:
        return days.map(str) | moments.map(datetime.isoformat)
    if kind is ValueType.BOOLEAN:
        return st.booleans()
    if kind is ValueType.CHOICE:
        return st.sampled_from(["silver", "gold"])
    return st.sampled_from([tag for tag in TAGS if tag])


def ranges(attribute):
    if attribute.type in (ValueType.MOMENT, ValueType.DATE):
        return st.lists(days, min_size=2, max_size=2).map(lambda pair: [str(day) for day in sorted(pair)])
    return st.lists(numbers | decimals, min_size=2, max_size=2).map(
        lambda pair: [str(number) for number in sorted(pair)]
    )


durations = st.one_of(
    st.integers(0, 4_000).map(lambda count: {"days": count}),
    st.integers(0, 3).map(lambda count: {"days": count}),
    st.integers(0, 60).map(lambda count: {"weeks": count}),
    st.integers(0, 40).map(lambda count: {"months": count}),
    st.integers(0, 30).map(lambda count: {"years": count}),
)
exact_durations = st.integers(0, 100).map(lambda count: {"hours": count}) | st.integers(0, 6_000).map(
    lambda count: {"minutes": count}
)
clock_times = st.sampled_from(["14:05", "15:05", "20:00", "00:00", "00:30", "08:05"]) | st.builds(
    lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.sampled_from([0, 5, 30])
)


def values(attribute, operator):
    shapes = {
        Shape.ONE: lambda: scalars(attribute),
        Shape.MANY: lambda: st.lists(scalars(attribute), min_size=1, max_size=3),
        Shape.RANGE: lambda: ranges(attribute),
        Shape.DURATION: lambda: durations | exact_durations if attribute.type is ValueType.MOMENT else durations,
        Shape.DAYS: lambda: st.integers(0, 366).map(lambda count: {"days": count}),
        Shape.WEEKDAYS: lambda: st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3),
        Shape.MONTHS: lambda: st.lists(st.integers(1, 12), min_size=1, max_size=3),
        Shape.HOURS: lambda: st.lists(clock_times, min_size=2, max_size=2, unique=True),
    }
    return shapes[operator.shape]()


def compared(start, attribute):
    def with_operator(operator):
        base = {**start, "is": operator.name}
        if operator.shape is Shape.NONE:
            return st.just(base)
        return values(attribute, operator).map(lambda value: {**base, "value": value})

    return st.sampled_from(operators_of(attribute.type)).flatmap(with_operator)


def leaves_over(attributes):
    return st.sampled_from(attributes).flatmap(lambda each: compared({"attribute": each.name}, each))


ASKED = [item for item in VOCABULARY.attributes.values() if item.subject in ("customer", "clock")]
FIELD_TESTS = leaves_over(PURCHASE.fields)


def grouped(members, min_size):
    lists = st.lists(members, min_size=min_size, max_size=3)
    return st.sampled_from(["all", "any", "none"]).flatmap(lambda kind: lists.map(lambda found: {kind: found}))


wheres = FIELD_TESTS | grouped(FIELD_TESTS, 1)
COUNTED = VOCABULARY.attributes["customer.orders"]


@st.composite
def aggregates(draw):
    how = draw(st.sampled_from(["count", "count", *AGGREGATED_TYPES]))
    start = {how: PURCHASE.name}
    field = COUNTED
    if how != "count":
        field = draw(st.sampled_from([each for each in PURCHASE.fields if each.type in AGGREGATED_TYPES[how]]))
        start["of"] = field.name
    if draw(st.booleans()):
        start["where"] = draw(wheres)
    if draw(st.booleans()):
        start["within_days"] = draw(st.sampled_from([0, 1, 3, 90, 400]))
    return draw(compared(start, field))


leaves = leaves_over(ASKED) | aggregates()
conditions = leaves | st.recursive(leaves, lambda inner: grouped(inner, 1), max_leaves=8)


@pytest.fixture
def shop_ids(db):
    """Three shops in currencies of 2, 0 and 3 decimals, and the tables of the small world."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
    return [
        shops.create_shop(
            name="Zielnik", key=f"zielnik-{zone[-3:].lower()}", currency=currency, time_zone=zone, now=NOW
        ).id
        for currency, zone in SHOPS
    ]


def fill(shop_ids, people, bought):
    """Store the people and their purchases; return the purchases as facts, by customer."""
    ids = [UUID(int=index + 1) for index in range(len(people))]
    items: dict[UUID, list[dict]] = {each: [] for each in ids}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rule_customer; DELETE FROM rule_purchase; DELETE FROM rule_note")
        row = f"({', '.join(['%s'] * 11)})"
        cursor.execute(
            f"INSERT INTO rule_customer VALUES {', '.join([row] * len(people))}",
            [
                value
                for each, person in zip(ids, people, strict=True)
                for value in (each, shop_ids[person[0]], *person[1:10])
            ],
        )
        for each, person in zip(ids, people, strict=True):
            if person[10] is not None and len(people) <= NOTED_MAX:
                cursor.execute("INSERT INTO rule_note VALUES (%s, %s)", [each, person[10]])
        for owner, total, currency, quantity, paid_at, sent_on, categories in bought:
            each = ids[owner % len(ids)]
            cursor.execute(
                "INSERT INTO rule_purchase VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [each, total, currency, quantity, paid_at, sent_on, categories],
            )
            if quantity != 99:
                items[each].append(
                    {
                        "purchase.total": None if total is None else Money(total, currency),
                        "purchase.quantity": quantity,
                        "purchase.paid_at": paid_at,
                        "purchase.sent_on": sent_on,
                        "purchase.categories": categories,
                    }
                )
    return ids, items


def in_both(condition, ids):
    """Return the SQL's answers and Python's, by customer."""
    met = set(queries.matching_customers(condition, NOW))
    missed = set(queries.matching_customers({"none": [condition]}, NOW))
    in_sql = {each: True if each in met else False if each in missed else None for each in ids}
    facts = queries.customer_facts(ids, queries.attributes_needed(condition), NOW)
    return in_sql, {each: queries.judge(condition, facts[each], NOW).truth for each in ids}


def crowd():
    """Sixty people whose values lie on and next to the edges that conditions are drawn from, some unknown."""
    pools: list[list[object]] = [
        [*TEXTS, "", None], [*SOME_NUMBERS, None], [Decimal("0.25"), Decimal("1.50"), Decimal(2), None],
        [*SOME_MINOR, None], [*SOME_DAYS, None], [*SOME_MOMENTS, None], [True, False, None],
        ["silver", "gold", "", None], [[], ["balkon"], ["Balkon", "zioła"], ["balkon", "{a,b}", "NULL"], None],
        ["A", None],
    ]  # fmt: skip
    return [(index % 3, *(pool[index % len(pool)] for pool in pools)) for index in range(60)]


EDGES = [(item.name, operator.name) for item in ASKED if not item.joins for operator in operators_of(item.type)]


@pytest.mark.parametrize(("name", "operator"), EDGES)
def test_sql_and_python_agree_on_every_operator_at_its_edges(shop_ids, name, operator):
    ids, _ = fill(shop_ids, crowd(), [])
    asked = OPERATORS[operator]
    drawn = st.none() if asked.shape is Shape.NONE else values(VOCABULARY.attributes[name], asked)

    @settings(max_examples=EDGE_EXAMPLES, deadline=None, database=None)
    @given(value=drawn)
    def agree(value):
        condition = {"attribute": name, "is": operator} | ({} if value is None else {"value": value})
        in_sql, in_python = in_both(condition, ids)
        assert in_python == in_sql

    agree()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(condition=conditions, people=customers, bought=purchases)
def test_sql_and_python_agree_on_every_condition_and_every_customer(shop_ids, condition, people, bought):
    assert queries.validate_condition(condition, {"customer"}) == []
    ids, items = fill(shop_ids, people, bought)

    in_sql, counted_by_sql = in_both(condition, ids)
    plain = queries.customer_facts(ids, [item.name for item in ASKED], NOW)
    counted_here = {
        each: queries.judge(condition, {**plain[each], PURCHASE.name: items[each]}, NOW).truth for each in ids
    }

    assert counted_by_sql == in_sql, (condition, people, bought)
    assert counted_here == in_sql, (condition, people, bought)
    assert queries.count_matching(condition, NOW) == sum(truth is True for truth in in_sql.values())


def test_facts_of_a_customer_come_as_the_python_interpreter_expects_them(shop_ids):
    [ania], _ = fill(
        shop_ids,
        [(1, "Łódź", 7, Decimal("0.25"), 1_200, date(1990, 1, 2), NOW, True, "gold", ["a"], "x")],
        [(0, 500, "JPY", 1, NOW - timedelta(days=1), None, ["herbs"])],
    )
    spent = {"sum": "customer.purchases", "of": "purchase.total", "within_days": 30, "is": "at_least", "value": 1}
    names = queries.attributes_needed({"all": [spent]}) | {
        "customer.spent",
        "customer.city",
        "customer.tags",
        "customer.ratio",
    }

    facts = queries.customer_facts([ania, UUID(int=77)], {*names, "order.total", "lines"}, NOW)

    assert list(facts) == [ania]
    assert sorted(facts[ania].items(), key=lambda pair: pair[0]) == [
        ("customer.city", "Łódź"),
        ("customer.ratio", Decimal("0.25")),
        ("customer.spent", Money(1_200, "JPY")),
        ("customer.tags", frozenset({"a"})),
        ("shop.time_zone", "America/New_York"),
        ('{"of": "purchase.total", "sum": "customer.purchases", "within_days": 30}', Money(500, "JPY")),
    ]


def test_facts_asked_for_beside_other_things_are_the_same(shop_ids):
    ids, items = fill(shop_ids, crowd(), [])
    del items
    names = frozenset(item.name for item in ASKED)
    statement = queries.facts_statement(names)

    together = {each: ask(_executed, [statement.question(each, NOW)])[0] for each in ids}

    assert {each: statement.facts_of(row) for each, [row] in together.items()} == queries.customer_facts(
        ids, names, NOW
    )
    assert ask(_executed, [statement.question(UUID(int=77), NOW)]) == [[]]


def _executed(text, values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def test_customers_of_one_shop_can_be_asked_for(shop_ids):
    people = [(number, "Łódź", *[None] * 9) for number in range(3)]
    ids, _ = fill(shop_ids, people, [])
    condition = {"attribute": "customer.city", "is": "equals", "value": "łódź"}

    assert queries.matching_customers(condition, NOW, shop_id=shop_ids[1]) == [ids[1]]
    assert set(queries.matching_customers(condition, NOW)) == set(ids)
    assert queries.count_matching(condition, NOW, shop_id=shop_ids[1]) == 1


def test_hostile_values_stay_values(shop_ids):
    fill(shop_ids, [(0, "Łódź", *[None] * 9)], [])
    hostile = "x'; DROP TABLE rule_customer; --%s %(now)s"

    assert queries.matching_customers({"attribute": "customer.city", "is": "equals", "value": hostile}, NOW) == []
    assert (
        queries.matching_sql({"attribute": "customer.city", "is": "equals", "value": hostile}, NOW).text.find("DROP")
        == -1
    )


def test_items_of_which_a_negated_condition_is_unknown_are_not_counted(shop_ids):
    nobody = [None] * 9
    ids, _ = fill(shop_ids, [(0, "Łódź", *nobody)], [(0, None, "PLN", 1, NOW, None, None)])
    where = {"none": [{"attribute": "purchase.total", "is": "at_least", "value": 1}]}
    condition = {"count": "customer.purchases", "where": where, "is": "equals", "value": 0}

    assert queries.matching_customers(condition, NOW) == ids
