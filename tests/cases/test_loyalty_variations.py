"""Loyalty cases changed in ways whose result is known: by an oracle of a few lines, or because nothing changes."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.cases import loyalty, report

CASES = report.load(Path(__file__).with_name("loyalty_cases.json"))
BY_NAME = {case["name"]: case for case in CASES}
SHORT = settings(max_examples=60, deadline=None)
SKUS, COLORS = ("A", "B", "C"), ("red", "blue", "green")

lines = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(SKUS),
            "qty": st.integers(1, 4),
            "gross": st.integers(1, 30_000).map(lambda minor: f"{minor / 100:.2f}"),
            "labels": st.sampled_from(COLORS).map(lambda color: {"color": color}),
        }
    ),
    min_size=1,
    max_size=5,
)
rates = st.integers(1, 9).map(lambda points: {"type": "per_amount", "points_per_unit_of_money": points})
multipliers = st.tuples(st.sampled_from(COLORS), st.integers(2, 5)).map(
    lambda said: {"type": "multiplier", "labels": {"color": said[0]}, "multiplier": said[1]}
)
products = st.tuples(st.sampled_from(SKUS), st.integers(1, 300)).map(
    lambda said: {"type": "product", "skus": [said[0]], "points": said[1]}
)
rules = st.lists(st.one_of(rates, multipliers, products), min_size=1, max_size=5)


def ours(case: dict[str, Any]) -> dict[str, object]:
    """Return what we answer to everything that a case asks."""
    return {what: answer for what, (_, answer) in loyalty.judge(case).items()}


def points_of(rules: list[Any], *orders: Any, rounding: str = "round") -> object:
    events = [{"order": {"lines": list(order)}} for order in orders]
    case = {"kind": "earn", "program": {"rules": rules, "rounding": rounding}, "events": events}
    return ours(case | {"expected": {"points": 0}})["points"]


def oracle(rules: list[Any], order: list[Any]) -> int:
    """Work out the points in a few lines: rates on each line, times the multipliers of its color, plus its product's."""
    total = Fraction(0)
    for line in order:
        rate = sum(one["points_per_unit_of_money"] for one in rules if one["type"] == "per_amount")
        value = Fraction(line["gross"]) * rate
        for one in rules:
            if one["type"] == "multiplier" and one["labels"]["color"] == line["labels"]["color"]:
                value *= one["multiplier"]
        total += value + sum(one["points"] for one in rules if one["type"] == "product" and line["sku"] in one["skus"])
    return int(total + Fraction(1, 2))


@SHORT
@given(rules=rules, order=lines)
def test_rates_multipliers_and_products_give_what_a_few_lines_say(rules, order):
    assert points_of(rules, order) == oracle(rules, order)


@SHORT
@given(rules=rules, order=lines, seed=st.integers(0, 9))
def test_neither_the_order_of_rules_nor_of_lines_matters(rules, order, seed):
    shuffled_rules, shuffled = list(rules), list(order)
    random.Random(seed).shuffle(shuffled_rules)
    random.Random(seed).shuffle(shuffled)

    assert points_of(shuffled_rules, shuffled) == points_of(rules, order)


@SHORT
@given(rules=st.lists(st.one_of(rates, multipliers), min_size=1, max_size=4), order=lines)
def test_a_line_split_in_two_earns_the_same(rules, order):
    first = order[0]
    minor = round(float(first["gross"]) * 100)
    halves = [first | {"gross": f"{part / 100:.2f}"} for part in (minor // 2, minor - minor // 2) if part]

    assert points_of(rules, [*halves, *order[1:]]) == points_of(rules, order)


@SHORT
@given(rate=rates, order=lines, times=st.integers(2, 50))
def test_a_whole_number_of_points_grows_with_the_amounts(rate, order, times):
    whole = [line | {"gross": str(int(float(line["gross"])) + 1)} for line in order]
    larger = [line | {"gross": str(int(line["gross"]) * times)} for line in whole]

    assert points_of([rate], larger) == points_of([rate], whole) * times


@SHORT
@given(rules=rules, order=lines)
def test_a_line_that_no_rule_means_changes_nothing(rules, order):
    apart = [rule | ({"excluded_skus": ["Z"]} if rule["type"] == "per_amount" else {}) for rule in rules]
    neutral = {"sku": "Z", "qty": 9, "gross": "999.99", "labels": {"color": "none"}}

    assert points_of(apart, [*order, neutral]) == points_of(rules, order)


@SHORT
@given(rules=rules, orders=st.lists(lines, min_size=2, max_size=4), seed=st.integers(0, 9))
def test_orders_of_a_day_earn_the_same_in_any_sequence(rules, orders, seed):
    shuffled = list(orders)
    random.Random(seed).shuffle(shuffled)

    assert points_of(rules, *shuffled) == points_of(rules, *orders) == sum(oracle(rules, one) for one in orders)


def test_half_a_point_is_rounded_as_the_programme_says():
    half = [{"type": "per_amount", "points_per_unit_of_money": 1}]
    order = [{"sku": "A", "gross": "2.50"}]

    assert [points_of(half, order, rounding=one) for one in ("floor", "round", "ceil")] == [2, 3, 3]


moves = st.lists(
    st.one_of(
        st.tuples(st.just("credit"), st.integers(1, 200), st.integers(1, 400)),
        st.tuples(st.just("debit"), st.integers(1, 250), st.just(0)),
    ),
    min_size=1,
    max_size=8,
)


def _replayed(moves: list[Any], start: date) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for number, (kind, points, days) in enumerate(moves):
        at = start + timedelta(days=3 * number)
        said = {kind: points, "at": at.isoformat()}
        events.append(said | ({"expires": (at + timedelta(days=days)).isoformat()} if kind == "credit" else {}))
    return events


def _lots_oracle(moves: list[Any]) -> tuple[int, int]:
    """Replay lots by hand: (remaining, end, number); the earliest end first; a deficit eats the next credit."""
    lots: list[list[int]] = []
    deficit = 0
    for number, (kind, points, days) in enumerate(moves):
        day = 3 * number
        if kind == "credit":
            paid = min(points, deficit)
            deficit -= paid
            lots.append([points - paid, day + days])
            continue
        for lot in sorted(lots, key=lambda one: one[1]):
            used = min(lot[0], points) if lot[1] > day else 0
            lot[0] -= used
            points -= used
        deficit += points
    return sum(lot[0] for lot in lots) - deficit, deficit


@SHORT
@given(moves=moves, start=st.dates(date(2025, 12, 1), date(2028, 3, 31)), seed=st.integers(0, 9))
def test_a_replayed_history_is_the_same_on_any_date_and_told_in_any_order(moves, start, seed):
    events = _replayed(moves, start)
    random.Random(seed).shuffle(events)
    case = {"kind": "lots", "program": {}, "events": events, "expected": {"balance": 0, "deficit": 0}}

    answers = ours(case)

    assert (answers["balance"], answers["deficit"]) == _lots_oracle(moves)


@pytest.mark.parametrize(
    "case", [one for one in CASES if one["kind"] in ("refund", "expire")], ids=lambda one: one["id"]
)
def test_the_last_notice_told_again_changes_nothing(case):
    last = case["events"][-1]
    if not ({"refund_order", "expire_run"} & set(last)) or "fraction" in last or "amount" in last:
        pytest.skip("its last event is not a notice")

    again = dict(case, events=[*case["events"], last])

    assert ours(again) == ours(dict(case))


@SHORT
@given(
    day=st.dates(date(2024, 1, 1), date(2033, 12, 31)),
    months=st.integers(0, 36),
    unit=st.sampled_from(["month", "quarter", "year"]),
)
def test_a_rounded_end_is_the_end_of_its_period_and_never_earlier(day, months, unit):
    def end(**more: Any) -> date:
        case = {
            "kind": "expire_date", "program": {"expiry": {"rolling_months": months, **more}},
            "events": [{"credit": 1, "at": day.isoformat()}], "expected": {"expires_at": "2026-01-01"},
        }  # fmt: skip
        return date.fromisoformat(str(ours(case)["expires_at"]))

    plain, rounded = end(), end(round_up_to=unit)

    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    after = rounded + timedelta(days=1)
    assert (after.day, (after.month - 1) % length) == (1, 0)
    assert timedelta(0) <= rounded - plain < timedelta(days=31 * length)
    assert (plain.year * 12 + plain.month) - (day.year * 12 + day.month) == months
    assert plain.day == day.day or (plain + timedelta(days=1)).day == 1


# Nothing is skipped, and nothing breaks


def _objects(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the paths of all objects in a case whose keys have meaning (labels and tables of names have none)."""
    if isinstance(found, dict):
        if path and path[-1] in ("labels", "excluded_labels", "levels", "tiers", "remaining_by_expiry", "source"):
            return
        yield path
        for key, value in found.items():
            yield from _objects(value, (*path, key))
    elif isinstance(found, list):
        for index, value in enumerate(found):
            yield from _objects(value, (*path, index))


def _at(case: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        case = case[step]
    return case


@pytest.mark.parametrize("case", CASES, ids=lambda one: one["id"])
def test_a_word_that_nobody_knows_is_named_wherever_it_stands(case):
    for path in _objects(case):
        if path and path[0] == "expected" and len(path) > 1:
            continue
        strange = copy.deepcopy(dict(case))
        _at(strange, path)["horoscope"] = "Leo"

        [result] = report.run([strange], loyalty.judge)

        assert result.verdict == "not understood", f"{path}: {result}"
        assert "horoscope" in result.detail, f"{path}: {result}"


@pytest.mark.parametrize("junk", [None, "??", -7, [], {}, [{}], True, "1e999"], ids=repr)
@pytest.mark.parametrize("case", CASES[::6], ids=lambda one: one["id"])
def test_nonsense_in_any_place_is_an_answer_and_never_a_crash(case, junk):
    for path in _objects(case):
        for key in _at(case, path):
            broken = copy.deepcopy(dict(case))
            _at(broken, path)[key] = junk

            [result] = report.run([broken], loyalty.judge)

            assert result.verdict in ("pass", "fail", "not understood")
