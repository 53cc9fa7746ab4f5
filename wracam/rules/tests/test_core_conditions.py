"""Reading conditions: every mistake is named with its place, and no JSON whatever makes the reader fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.rules import queries
from wracam.rules.core.conditions import DEPTH_MAX, LEAVES_MAX
from wracam.rules.core.operators import OPERATORS

CITY = {"attribute": "customer.city", "is": "equals", "value": "Kraków"}


def found(condition, subjects=("customer", "order")):
    return [(problem.path, problem.code) for problem in queries.validate_condition(condition, subjects)]


def asked(attribute, operator, value):
    return {"attribute": attribute, "is": operator, "value": value}


@pytest.mark.parametrize(
    ("condition", "problems"),
    [
        (CITY, []),
        ({}, []),
        ({"all": []}, []),
        ({"any": []}, [("any", "group.empty")]),
        ({"all": [{"all": []}]}, [("all[0].all", "group.empty")]),
        ("x", [("", "condition.not_an_object")]),
        ({"all": {}}, [("all", "group.not_a_list")]),
        ({"all": [CITY, 7]}, [("all[1]", "condition.not_an_object")]),
        ({"both": []}, [("", "leaf.unknown")]),
        ({**CITY, "valeu": 1}, [("valeu", "key.unknown")]),
        (asked("customer.shoe", "equals", 1), [("attribute", "attribute.unknown")]),
        (asked("line.sku", "equals", "x"), [("attribute", "attribute.elsewhere")]),
        (asked("customer.city", "at_least", 1), [("is", "operator.unknown")]),
        (asked("customer.city", "matches", ".*"), [("is", "operator.unknown")]),
        (asked("customer.city", ["equals"], 1), [("is", "operator.unknown")]),
        (asked("customer.city", "equals", ""), [("value", "value.text")]),
        (asked("customer.city", "equals", "\x00"), [("value", "value.text")]),
        (asked("customer.city", "is_one_of", []), [("value", "value.list")]),
        (asked("customer.city", "is_one_of", ["x"] * 1001), [("value", "value.too_many")]),
        (asked("customer.city", "is_known", 1), [("value", "value.unexpected")]),
        (asked("customer.orders", "at_least", True), [("value", "value.number")]),
        (asked("customer.orders", "at_least", "1e999999"), [("value", "value.number")]),
        (asked("customer.orders", "at_least", float("nan")), [("value", "value.number")]),
        (asked("customer.orders", "between", [3, 1]), [("value", "value.range_order")]),
        (asked("customer.orders", "between", [3]), [("value", "value.range")]),
        (asked("customer.spent", "at_least", {"amount": 1}), [("value", "value.money")]),
        (asked("customer.spent", "at_least", {"amount": 1, "currency": "złoty"}), [("value", "value.currency")]),
        (asked("customer.born_on", "on", "22.11.2026"), [("value", "value.date")]),
        (asked("customer.seen_at", "after", "2026-11-22T12:00:00"), [("value", "value.date")]),
        (asked("customer.born_on", "within_last", {"hours": 3}), [("value", "value.duration_unit")]),
        (asked("customer.born_on", "within_last", {"days": -1}), [("value", "value.duration_count")]),
        (asked("customer.born_on", "within_last", 30), [("value", "value.duration")]),
        (asked("customer.born_on", "anniversary_within", {"days": 400}), [("value", "value.days")]),
        (asked("customer.born_on", "month", [13]), [("value", "value.months")]),
        (asked("customer.born_on", "weekday", ["sobota"]), [("value", "value.weekdays")]),
        (asked("customer.seen_at", "time_of_day", ["24:00", "06:00"]), [("value", "value.hours")]),
        (asked("customer.tier", "equals", "platinum"), [("value", "value.choice")]),
        (asked("customer.is_guest", "equals", "yes"), [("value", "value.boolean")]),
        ({"count": "customer.cats", "is": "equals", "value": 1}, [("", "collection.unknown")]),
        ({"count": "customer.purchases", "is": "equals"}, [("value", "value.number")]),
        ({"count": "customer.purchases", "of": "purchase.total", "is": "equals", "value": 1}, [("of", "field.unexpected")]),
        ({"sum": "customer.purchases", "of": "purchase.paid_at", "is": "equals", "value": 1}, [("of", "field.unknown")]),
        ({"count": "customer.purchases", "where": CITY, "is": "equals", "value": 1}, [("where.attribute", "attribute.elsewhere")]),
        ({"count": "customer.purchases", "within_days": "x", "is": "equals", "value": 1}, [("within_days", "within.days")]),
        ({"lines": {"any": CITY}}, [("lines.any.attribute", "attribute.elsewhere")]),
        ({"lines": {"most": {}}}, [("lines", "lines.unknown")]),
        ({"lines": 3}, [("lines", "lines.unknown")]),
        ({"all": [asked("customer.city", "equals", 1), {"none": [asked("x", "equals", 1)]}]},
         [("all[0].value", "value.text"), ("all[1].none[0].attribute", "attribute.unknown")]),
    ],
)  # fmt: skip
def test_every_mistake_is_named_with_its_place(condition, problems):
    assert found(condition) == problems


def test_questions_about_somebody_else_are_refused():
    assert found({"lines": {"any": {"attribute": "line.sku", "is": "is_known"}}}, ["customer"]) == [
        ("", "collection.elsewhere")
    ]
    assert found({"attribute": "clock.now", "is": "weekday", "value": ["friday"]}, ["order"]) == []


def test_depth_and_length_are_limited():
    deep: dict = CITY
    for _ in range(DEPTH_MAX):
        deep = {"all": [deep]}

    assert found(deep) == []
    assert [code for _, code in found({"all": [deep]})] == ["condition.too_deep"]
    assert found({"all": [CITY] * LEAVES_MAX}) == []
    assert found({"all": [CITY] * (LEAVES_MAX + 1)}) == [("", "condition.too_long")]


words = st.sampled_from(
    ["all", "any", "none", "attribute", "is", "value", "count", "sum", "of", "where", "within_days", "lines", "customer.city",
     "customer.purchases", "purchase.total", "line.sku", "equals", "within_last", "days", "amount", "currency", "PLN", "x"]
)  # fmt: skip
rubbish = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(condition=rubbish)
def test_no_json_makes_the_reader_fail(condition):
    problems = queries.validate_condition(condition, {"customer", "order"})

    assert all(problem.message.pl and problem.message.en for problem in problems)


def test_the_documentation_names_every_operator():
    text = (Path(__file__).parents[3] / "docs" / "rules.md").read_text("utf-8")

    assert [name for name in OPERATORS if f"`{name}`" not in text] == []
