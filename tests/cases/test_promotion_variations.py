"""Variations of promotion cases: what must not matter, and single promotions against a plain count of units."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.cases import promotion, report
from tools.cases.promotion.saying import Said

OWN = report.load(Path(__file__).with_name("promotion_cases.json"))
SHOWN = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "promotion_cases.json"
CASES = OWN + (report.load(SHOWN) if SHOWN.is_file() else [])
CENT = Decimal("0.01")


def failing(cases: Sequence[report.Case]) -> list[str]:
    return [str(result) for result in report.run(list(cases), promotion.judge) if result.verdict != "pass"]


def test_other_names_for_products_categories_and_promotions_change_nothing():
    def renamed(case: report.Case) -> report.Case:
        names = {str(line["sku"]) for line in case["lines"]}
        names |= {str(line["category"]) for line in case["lines"] if "category" in line}
        words = json.dumps({name: case[name] for name in ("lines", "promotions", "expected")})
        for name in sorted(names, key=len, reverse=True):
            words = words.replace(json.dumps(name), json.dumps(f"zz-{name}-é"))
        return {**case, **json.loads(words)}

    assert failing([renamed(case) for case in CASES if "stock" not in case]) == []


def test_words_that_only_people_read_change_nothing():
    def silent(case: report.Case) -> report.Case:
        promotions = [{**words, "words": "?", "note": "…"} for words in case["promotions"]]
        return {**case, "name": "", "note": "…", "promotions": promotions}

    assert failing([silent(case) for case in CASES]) == []


def test_splitting_and_turning_the_lines_round_changes_no_case():
    cases = []
    for case in CASES:
        said = str(case.get("portable"))
        by_line = "remainder" in said or "largest remainder" in str(case.get("name")) or "per unit" in said
        lines = [{**line, "qty": 1} for line in case["lines"] for _ in range(min(int(line.get("qty", 0)), 20))]
        rest = [{**line, "qty": line["qty"] - 20} for line in case["lines"] if line.get("qty", 0) > 20]
        cases.append(case if by_line or not lines else {**case, "lines": [*rest, *lines][::-1]})

    assert failing(cases) == []


def test_the_order_of_promotions_matters_only_where_the_case_gives_them_one():
    """Without priorities, lanes or an order in the policy, the best combination is the same however they stand."""
    cases = []
    for case in CASES:
        words = json.dumps(case["promotions"])
        is_free = case.get("portable") == "universal" and not any(
            f'"{name}"' in words for name in ("priority", "lane", "stop", "code", "discounted_items_total_gte")
        )
        if is_free and len(case["promotions"]) > 1:
            totals = {name: total for name, total in case["expected"].items() if name.endswith("total")}
            cases.append({**case, "promotions": case["promotions"][::-1], "expected": totals})

    assert len(cases) >= 10
    assert failing(cases) == []


def test_a_product_that_no_promotion_means_is_added_at_its_price():
    cases = []
    for case in CASES:
        is_aimed = case["promotions"] and all(
            {"sku", "category", "sku_in", "category_in"} & set(words.get("target", {}))
            and not words.get("conditions")
            and words["kind"] != "multi"
            for words in case["promotions"]
        )
        if is_aimed and case.get("prices_include_tax", True):
            more = {"sku": "NEUTRAL", "qty": 3, "unit_price": "7.77"}
            expected = dict(case["expected"])
            for name in ("order_total", "gross_total", "net_total"):
                if name in expected:
                    expected[name] = str(Decimal(expected[name]) + Decimal("23.31"))
            cases.append({**case, "lines": [*case["lines"], more], "expected": expected})

    assert len(cases) >= 10
    assert failing(cases) == []


def test_numbers_may_come_as_numbers_or_as_text():
    def as_numbers(words: Any) -> Any:
        if isinstance(words, dict):
            kept = {"currency", "now", "code", "codes", "sku", "gift_sku", "hours", "starts", "ends", "valid_until"}
            return {key: value if key in kept else as_numbers(value) for key, value in words.items()}
        if isinstance(words, list):
            return [as_numbers(one) for one in words]
        if isinstance(words, str) and words.replace(".", "", 1).isdigit():
            return float(words) if "." in words else int(words)
        return words

    assert failing([as_numbers(case) for case in CASES]) == []


def objects(words: Any) -> list[dict[str, Any]]:
    """Every object of a case in which an unknown word could change the result."""
    found: list[dict[str, Any]] = []
    for promotion_words in words["promotions"]:
        found.append(promotion_words)
        for name in ("target", "buy", "get"):
            found += [promotion_words[name]] if isinstance(promotion_words.get(name), dict) else []
        for name in ("conditions", "actions", "parts"):
            inner = promotion_words.get(name, [])
            found += [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []
    return [words, *words["lines"], *found, words["expected"]]


def test_a_word_nobody_knows_is_refused_wherever_it_stands():
    passed_over = []
    for case in CASES:
        for place in range(len(objects(case))):
            copy = json.loads(json.dumps(case))
            objects(copy)[place]["moon_phase"] = "full"
            [result] = report.run([copy], promotion.judge)
            if result.verdict != "not understood" or "moon_phase" not in result.detail:
                passed_over.append((case["id"], place, str(result)))

    assert passed_over == []


def leaves(words: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(words, dict | list):
        pairs = words.items() if isinstance(words, dict) else enumerate(words)
        return [path, *(leaf for key, value in pairs for leaf in leaves(value, (*path, key)))]
    return [path]


@pytest.mark.parametrize(
    "strange", [None, [], {}, "?", "", -1, 0, 10**18, 0.001, True, [[]], {"a": {"b": []}}, "1e999"]
)
def test_strange_values_are_judged_or_refused_but_break_nothing(strange):
    broken = []
    for number, case in enumerate(CASES):
        paths = leaves({name: case[name] for name in ("lines", "promotions", "expected", "portable")})
        for path in paths[number % 11 + 1 :: 11]:
            copy = json.loads(json.dumps(case))
            inside = copy
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = strange
            [result] = report.run([copy], promotion.judge)
            if "broke" in result.detail:
                broken.append((case["id"], path, result.detail))

    assert broken == []


def test_what_is_read_is_crossed_out_and_the_rest_is_refused_with_its_value():
    said = Said({"a": 1, "Moon-Phase": "full", "note": "…", "b": None}, "a thing")

    assert said.take("a") == 1
    assert said.left() == ["moon_phase"]
    with pytest.raises(report.NotUnderstoodError, match="a thing says moon_phase: 'full'"):
        said.finish()


# Single promotions against a plain count: every unit in a list, everything in exact decimals.

prices = st.integers(1, 5000).map(lambda minor: Decimal(minor) / 100)
carts = st.lists(st.tuples(prices, st.integers(1, 5)), min_size=1, max_size=4)
percents = st.integers(1, 100)


def units_of(cart: list[tuple[Decimal, int]]) -> list[Decimal]:
    """The price of every unit, the dearest first."""
    return sorted((price for price, count in cart for _ in range(count)), reverse=True)


def price_after(amount: Decimal, percent: int) -> Decimal:
    """The price after a percentage, to the cent, half a cent of price up."""
    return (amount * (100 - percent) / 100).quantize(CENT, ROUND_HALF_UP)


def verdict(cart: list[tuple[Decimal, int]], total: Decimal, **words: Any) -> str:
    lines = [
        {"sku": f"S{number}", "qty": count, "unit_price": str(price)} for number, (price, count) in enumerate(cart)
    ]
    case = {
        "id": "V",
        "currency": "PLN",
        "lines": lines,
        "promotions": [words],
        "expected": {"order_total": str(total)},
    }
    return str(report.run([case], promotion.judge)[0])


def whole(cart: list[tuple[Decimal, int]]) -> Decimal:
    return sum((price * count for price, count in cart), Decimal(0))


@settings(max_examples=60, deadline=None)
@given(carts, percents)
def test_a_percentage_of_products_is_rounded_once_for_each_line(cart, percent):
    total = sum((price_after(price * count, percent) for price, count in cart), Decimal(0))

    assert verdict(cart, total, kind="percent_items", percent=str(percent)) == "V  pass"


@settings(max_examples=60, deadline=None)
@given(carts, percents, prices)
def test_a_percentage_of_the_order_is_rounded_once_and_capped(cart, percent, cap):
    total = max(price_after(whole(cart), percent), whole(cart) - cap)

    assert verdict(cart, total, kind="percent_order", percent=percent, max_discount=str(cap)) == "V  pass"


@settings(max_examples=60, deadline=None)
@given(carts, prices, st.integers(1, 12), st.booleans())
def test_an_amount_off_so_many_units_is_never_more_than_they_cost(cart, amount, limit, is_cheapest):
    units = units_of(cart)[:: -1 if is_cheapest else 1]
    total = whole(cart) - sum((min(price, amount) for price in units[:limit]), Decimal(0))
    order = "cheapest" if is_cheapest else "dearest"

    said = verdict(cart, total, kind="fixed_per_unit", amount=str(amount), unit_limit=limit, unit_order=order)

    assert said == "V  pass"


@settings(max_examples=60, deadline=None)
@given(carts, st.integers(2, 4), st.integers(1, 3) | st.none(), st.booleans())
def test_every_so_many_units_the_cheapest_is_free(cart, size, times, is_cheapest):
    units = units_of(cart)
    groups = min(len(units) // size, times or len(units))
    free = units[::-1][:groups] if is_cheapest else [units[(group + 1) * size - 1] for group in range(groups)]
    total = whole(cart) - sum(free, Decimal(0))
    more: dict[str, Any] = {"times": times} if times else {}

    said = verdict(
        cart, total, kind="cheapest_free", qty=size, unit_order="cheapest" if is_cheapest else "dear", **more
    )

    assert said == "V  pass"


@settings(max_examples=60, deadline=None)
@given(carts, st.integers(2, 4), prices)
def test_a_set_is_sold_as_long_as_it_costs_less(cart, size, price):
    units = units_of(cart)
    sets = [sum(units[start : start + size], Decimal(0)) for start in range(0, len(units) - size + 1, size)]
    total = whole(cart) - sum((max(Decimal(0), one - price) for one in sets), Decimal(0))

    assert verdict(cart, total, kind="set_price", qty=size, price=str(price)) == "V  pass"


@settings(max_examples=60, deadline=None)
@given(carts, prices, st.sampled_from(["gte", "gt", "lte", "lt"]))
def test_bounds_of_the_total_are_met_or_not(cart, bound, operator):
    total = whole(cart)
    holds = {"gte": total >= bound, "gt": total > bound, "lte": total <= bound, "lt": total < bound}[operator]
    conditions = [{f"items_total_{operator}": str(bound)}]

    said = verdict(cart, total - min(total, Decimal(1)) * holds, kind="fixed_order", amount=1, conditions=conditions)

    assert said == "V  pass"


@settings(max_examples=60, deadline=None)
@given(carts, st.integers(1, 3), st.integers(1, 3))
def test_so_many_bought_and_so_many_free_of_the_same(cart, buy, get):
    units = units_of(cart)
    free = [price for place, price in enumerate(units) if place % (buy + get) >= buy]
    full = len(units) // (buy + get) * get + max(0, len(units) % (buy + get) - buy)
    total = whole(cart) - sum(free, Decimal(0))
    assert len(free) == full

    assert verdict(cart, total, kind="bxgy", buy={"qty": buy}, get={"qty": get}) == "V  pass"
