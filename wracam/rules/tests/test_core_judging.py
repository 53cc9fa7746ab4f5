"""What conditions mean: operators, unknowns, collections, lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from wracam.definitions.contracts import InvalidDefinitionError
from wracam.kernel.money import Money
from wracam.rules import queries
from wracam.rules.tests.vocabulary import ANIA, NOW

WARSAW = ZoneInfo("Europe/Warsaw")


def truth(condition, facts=ANIA, now=NOW, zone=WARSAW):
    return queries.judge(condition, facts, now, zone).truth


def leaf(attribute, operator, value=None):
    return {"attribute": attribute, "is": operator} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    ("attribute", "operator", "value", "expected"),
    [
        ("customer.city", "equals", "KRAKÓW", True),
        ("customer.city", "equals", "Krakow", False),
        ("customer.city", "not_equals", "Łódź", True),
        ("customer.city", "contains", "AKÓ", True),
        ("customer.city", "starts_with", "kra", True),
        ("customer.city", "ends_with", "kra", False),
        ("customer.city", "is_one_of", ["Łódź", "kraków"], True),
        ("customer.city", "is_not_one_of", ["Łódź", "kraków"], False),
        ("customer.orders", "equals", 7, True),
        ("customer.orders", "at_least", 7, True),
        ("customer.orders", "more_than", 7, False),
        ("customer.orders", "at_most", "7.0", True),
        ("customer.orders", "less_than", 7.5, True),
        ("customer.orders", "between", [7, 9], True),
        ("customer.ratio", "at_least", "0.25", True),
        ("customer.spent", "at_least", "1234.50", True),
        ("customer.spent", "more_than", "1234.50", False),
        ("customer.spent", "between", ["1000", "1234.50"], True),
        ("customer.spent", "at_least", {"amount": "1234.50", "currency": "PLN"}, True),
        ("customer.spent", "at_least", {"amount": "1", "currency": "EUR"}, None),
        ("customer.is_guest", "equals", False, True),
        ("customer.tier", "equals", "gold", True),
        ("customer.tier", "is_one_of", ["silver"], False),
        ("customer.tags", "has_any", ["balkon", "taras"], True),
        ("customer.tags", "has_all", ["balkon", "taras"], False),
        ("customer.tags", "has_none", ["taras"], True),
        ("customer.born_on", "on", "1990-11-25", True),
        ("customer.born_on", "before", "1990-11-25", False),
        ("customer.born_on", "between", ["1990-11-25", "1990-11-30"], True),
        ("customer.born_on", "anniversary_within", {"days": 3}, True),
        ("customer.born_on", "anniversary_within", {"days": 2}, False),
        ("customer.born_on", "month", [11, 12], True),
        ("customer.born_on", "weekday", ["sunday"], True),
        ("customer.seen_at", "within_last", {"days": 3}, True),
        ("customer.seen_at", "within_last", {"days": 2}, False),
        ("customer.seen_at", "not_within_last", {"days": 2}, True),
        ("customer.seen_at", "within_last", {"hours": 72}, True),
        ("customer.seen_at", "within_last", {"hours": 71}, False),
        ("customer.seen_at", "after", "2026-11-18", True),
        ("customer.seen_at", "after", "2026-11-19T14:05:00+01:00", False),
        ("customer.seen_at", "time_of_day", ["14:00", "14:06"], True),
        ("customer.seen_at", "time_of_day", ["22:00", "14:05"], False),
        ("customer.seen_at", "time_of_day", ["22:00", "14:06"], True),
        ("clock.now", "weekday", ["saturday", "sunday"], True),
        ("clock.now", "within_next", {"days": 0}, True),
        ("customer.note", "is_unknown", None, True),
        ("customer.note", "is_known", None, False),
        ("customer.note", "equals", "x", None),
        ("customer.note", "not_equals", "x", None),
    ],
)  # fmt: skip
def test_every_operator_means_what_its_name_says(attribute, operator, value, expected):
    assert truth(leaf(attribute, operator, value)) is expected


YES = leaf("customer.orders", "equals", 7)
NO = leaf("customer.orders", "equals", 8)
MAYBE = leaf("customer.note", "equals", "x")


@pytest.mark.parametrize(
    ("pair", "every", "some", "none"),
    [
        ([YES, YES], True, True, False),
        ([YES, NO], False, True, False),
        ([NO, NO], False, False, True),
        ([YES, MAYBE], None, True, False),
        ([NO, MAYBE], False, None, None),
        ([MAYBE, MAYBE], None, None, None),
    ],
)
def test_groups_combine_unknowns_as_the_documented_truth_table_says(pair, every, some, none):
    for order in (pair, pair[::-1]):
        assert truth({"all": order}) is every
        assert truth({"any": order}) is some
        assert truth({"none": order}) is none


def test_an_empty_condition_holds_for_everybody():
    assert truth({"all": []}, {}) is True
    assert truth({}, {}) is True


@pytest.mark.parametrize("nothing", [{}, {"customer.city": None}, {"customer.city": ""}, {"customer.city": 7}])
def test_a_fact_that_is_absent_empty_or_of_a_wrong_type_is_unknown(nothing):
    assert truth(leaf("customer.city", "equals", "x"), nothing) is None


def test_null_is_not_the_word_null():
    assert truth(leaf("customer.city", "is_unknown"), {"customer.city": "null"}) is False
    assert truth(leaf("customer.city", "is_unknown"), {"customer.city": None}) is True


def test_an_exact_window_closes_without_any_new_event():
    seen = {"customer.seen_at": NOW}
    within_an_hour = leaf("customer.seen_at", "within_last", {"minutes": 1})

    assert truth(within_an_hour, seen) is True
    assert truth(within_an_hour, seen, now=NOW + timedelta(minutes=20)) is False


def test_days_are_counted_on_the_calendar_of_the_shop():
    just_after_midnight = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    seen = {"customer.seen_at": datetime(2026, 11, 20, 22, 59, tzinfo=UTC)}
    yesterday = leaf("customer.seen_at", "within_last", {"days": 1})

    assert truth(yesterday, seen, just_after_midnight, ZoneInfo("UTC")) is True
    assert truth(yesterday, seen, just_after_midnight, WARSAW) is False


def test_a_birthday_on_29_february_is_kept_on_the_28th_in_common_years():
    born = {"customer.born_on": date(2004, 2, 29)}
    today = leaf("customer.born_on", "anniversary_within", {"days": 0})

    def on(year, month, day):
        return truth(today, born, datetime(year, month, day, 12, tzinfo=UTC))

    assert [on(2027, 2, 28), on(2027, 3, 1), on(2028, 2, 28), on(2028, 2, 29)] == [True, False, False, True]


def test_a_birthday_in_january_is_seen_from_december():
    born = {"customer.born_on": date(1990, 1, 2)}

    assert truth(leaf("customer.born_on", "anniversary_within", {"days": 5}), born, datetime(2026, 12, 30, tzinfo=UTC))


PURCHASES = [
    {
        "purchase.total": Money(total, "PLN"),
        "purchase.paid_at": NOW - timedelta(days=days),
        "purchase.categories": [category],
    }
    for total, days, category in [(10_000, 1, "herbs"), (5_000, 89, "herbs"), (2_500, 91, "herbs"), (700, 2, "pots")]
]
HERBS = leaf("purchase.categories", "has_any", ["herbs"])


@pytest.mark.parametrize(
    ("question", "measured"),
    [
        ({"count": "customer.purchases"}, 4),
        ({"count": "customer.purchases", "where": HERBS}, 3),
        ({"count": "customer.purchases", "where": HERBS, "within_days": 90}, 2),
        ({"sum": "customer.purchases", "of": "purchase.total"}, Money(18_200, "PLN")),
        ({"sum": "customer.purchases", "of": "purchase.total", "where": HERBS, "within_days": 90}, Money(15_000, "PLN")),
        ({"highest": "customer.purchases", "of": "purchase.total"}, Money(10_000, "PLN")),
        ({"lowest": "customer.purchases", "of": "purchase.total"}, Money(700, "PLN")),
        ({"latest": "customer.purchases", "of": "purchase.paid_at"}, NOW - timedelta(days=1)),
        ({"earliest": "customer.purchases", "of": "purchase.paid_at"}, NOW - timedelta(days=91)),
        ({"sum": "customer.purchases", "of": "purchase.quantity"}, 0),
        ({"highest": "customer.purchases", "of": "purchase.quantity"}, None),
    ],
)  # fmt: skip
def test_counting_leaves_measure_the_items_that_meet_their_condition(question, measured):
    verdict = queries.judge({**question, "is": "is_known"}, {"customer.purchases": PURCHASES}, NOW, WARSAW)

    assert verdict.leaves[0].measured == measured


def test_bought_at_least_three_times_in_a_category_within_90_days():
    condition = {"count": "customer.purchases", "where": HERBS, "within_days": 90, "is": "at_least", "value": 3}

    assert truth(condition, {"customer.purchases": PURCHASES}) is False
    assert truth({**condition, "value": 2}, {"customer.purchases": PURCHASES}) is True
    assert truth(condition, {}) is None


def test_a_sum_over_several_currencies_is_unknown():
    mixed = [{"purchase.total": Money(1, "PLN")}, {"purchase.total": Money(1, "EUR")}]
    condition = {"sum": "customer.purchases", "of": "purchase.total", "is": "at_least", "value": 0}

    assert truth(condition, {"customer.purchases": mixed}) is None
    assert truth(condition, {"customer.purchases": mixed[:1]}) is True


def line(sku, total, quantity, *categories):
    return {
        "line.sku": sku,
        "line.total": Money(total, "PLN"),
        "line.quantity": Decimal(quantity),
        "line.categories": categories,
    }


CART = {"lines": [line("basil", 1_000, 2, "herbs"), line("pot", 4_500, 1, "pots", "sale")]}
IS_HERB = leaf("line.categories", "has_any", ["herbs"])
IS_SALE = leaf("line.categories", "has_any", ["sale"])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({"lines": {"any": IS_HERB}}, True),
        ({"lines": {"all": IS_HERB}}, False),
        ({"lines": {"none": leaf("line.sku", "equals", "rose")}}, True),
        ({"lines": {"count": IS_HERB, "is": "equals", "value": 1}}, True),
        ({"lines": {"count": None, "is": "at_least", "value": 2}}, True),
        ({"lines": {"sum": "line.quantity", "is": "at_least", "value": 3}}, True),
        ({"lines": {"sum": "line.total", "where": {"none": [IS_SALE]}, "is": "at_least", "value": "10.01"}}, False),
        ({"lines": {"highest": "line.total", "is": "equals", "value": 45}}, True),
    ],
)
def test_lines_of_a_cart_are_quantified_counted_and_summed(lines, expected):
    assert truth(lines, CART) is expected
    assert truth(lines, {}) is None


def test_a_verdict_tells_what_every_leaf_required_and_measured():
    condition = {
        "all": [YES, {"any": [leaf("customer.spent", "at_least", "2000"), MAYBE]}, {"lines": {"any": IS_HERB}}]
    }

    verdict = queries.judge(condition, {**ANIA, **CART}, NOW, WARSAW)

    assert verdict.truth is None
    assert not verdict.is_true
    assert [(each.path, each.operator, each.required, each.measured, each.truth) for each in verdict.leaves] == [
        ("all[0]", "equals", 7, 7, True),
        ("all[1].any[0]", "at_least", "2000", Money(123_450, "PLN"), False),
        ("all[1].any[1]", "equals", "x", None, None),
        ("all[2]", "any", None, 1, True),
    ]


def test_needed_attributes_are_named_once_each():
    condition = {"all": [YES, YES, leaf("clock.now", "weekday", ["friday"]), {"lines": {"any": IS_HERB}}]}

    assert queries.attributes_needed(condition) == {"customer.orders", "clock.now", "lines"}


def test_an_unsound_condition_cannot_be_judged():
    with pytest.raises(InvalidDefinitionError, match=r"all\[0\].attribute: There is no attribute"):
        queries.compiled({"all": [leaf("customer.shoe_size", "at_least", 40)]})
