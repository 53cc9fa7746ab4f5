"""Cases written after other systems' tests, and recorded ones, put to our engine as `make cases` puts them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tools.cases import promotion, report

OWN = report.load(Path(__file__).with_name("promotion_cases.json"))
CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "promotion_cases.json"


@pytest.mark.parametrize("case", OWN, ids=lambda case: case["id"])
def test_the_case_comes_out_as_written(case):
    [result] = report.run([case], promotion.judge)

    assert (result.verdict, result.detail) == ("pass", "")


@pytest.mark.skipif(not CASES.is_file(), reason=f"the recorded cases are not on this machine ({CASES.name})")
def test_every_recorded_promotion_case_gives_its_result():
    results = report.run(report.load(CASES), promotion.judge)

    assert [str(result) for result in results if result.verdict != "pass"] == []
    assert len(results) >= 45


MONEY = {
    "unit_price", "catalog_price", "min_price", "amount", "price", "gift_price", "max_discount", "max_discount_gross",
    "fixed_per_unit", "fixed_order", "items_total_gte", "net_items_total_gte", "discounted_items_total_gte",
    "discounted_items_total_gt", "unit_price_between", "unit_price_gte", "unit_price_lte", "order_total",
    "discount_total", "shipping", "gross_total", "tax_total", "discount_gross", "best_possible_total",
}  # fmt: skip


def in_currency(words, currency: str, places: int, name: str = ""):
    """The same case with the same minor units in another currency: 12.34 becomes 1234 or 1.234."""
    if isinstance(words, dict):
        inside = "unit_price" if name == "line_discounts" else ""
        is_shipping = name == "shipping"
        return {
            key: in_currency(value, currency, places, inside or ("price" if is_shipping and key == "price" else key))
            for key, value in words.items()
        }
    if isinstance(words, list):
        return [in_currency(value, currency, places, name) for value in words]
    if name == "currency":
        return currency
    if name in MONEY and isinstance(words, str):
        return str(Decimal(words).scaleb(2 - places))
    return words


@pytest.mark.skipif(not CASES.is_file(), reason=f"the recorded cases are not on this machine ({CASES.name})")
@pytest.mark.parametrize(("currency", "places"), [("JPY", 0), ("KWD", 3)])
def test_the_same_minor_units_in_another_currency_give_the_same_results(currency, places):
    results = report.run([in_currency(case, currency, places) for case in report.load(CASES)], promotion.judge)

    assert [str(result) for result in results if result.verdict != "pass"] == []


PAIR = {"currency": "PLN", "lines": [{"sku": "A", "qty": 2, "unit_price": "10.00"}]}
WAYS = [
    ({"kind": "nth_unit", "percent": "50"}, {"order_total": "15.00"}),
    ({"kind": "nth_percent", "qty": 2, "price": "1.00"}, {"order_total": "11.00"}),
    ({"kind": "buy_x_get_y", "buy": {"sku": "A", "qty": 1}, "get": {"sku": "A", "qty": 1}}, {"order_total": "10.00"}),
    ({"kind": "fixed_unit_price", "price": "7.00"}, {"line_totals": {"A": "14.00"}}),
    ({"kind": "bundle", "parts": [{"sku": "A", "qty": 2}], "percent": "15"}, {"order_total": "17.00"}),
    ({"kind": "fixed_per_line", "amount": "3.00"}, {"order_total": "17.00"}),
    ({"kind": "percent_items", "percent": "50", "max_discount_line": "4.00"}, {"order_total": "16.00"}),
    ({"kind": "percent_items", "percent": "5", "tiers": {"total>=20.00": "10"}}, {"order_total": "18.00"}),
    ({"kind": "fixed_order", "amount": "1.00", "tiers": {"qty>=2": "4.00"}}, {"order_total": "16.00"}),
    ({"kind": "cheapest_percent", "percent": "100"}, {"order_total": "10.00"}),
    ({"kind": "percent_order", "percent": "50", "budget": "3.00"}, {"order_total": "17.00"}),
    ({"kind": "percent_order", "percent": "50", "usage_limit": 3, "uses": 3}, {"rejected": "exhausted"}),
    ({"kind": "percent_order", "percent": "50", "code": "X"}, {"order_total": "20.00", "rejected": "code_required"}),
    ({"kind": "percent_order", "percent": "50", "ends": "2026-01-01"}, {"rejected": "expired"}),
    ({"kind": "percent_order", "percent": "50", "conditions": [{"quantity_lte": 1}]}, {"order_total": "20.00"}),
    (
        {"kind": "percent_order", "percent": "50", "conditions": [{"contains_sku": "A", "qty": 3}]},
        {"order_total": "20"},
    ),
    ({"kind": "percent_order", "percent": "50", "conditions": [{"first_order": True}]}, {"rejected": "not_yours"}),
    ({"kind": "gift", "gift_choices": ["S", "T"], "key": "g"}, {"gift_skus": ["T"]}),
    ({"kind": "points", "multiplier": "2"}, {"points_multiplier": "2"}),
    ({"kind": "reward", "reward": "mug"}, {"rewards": ["mug"]}),
]


@pytest.mark.parametrize(("words", "expected"), WAYS)
def test_every_kind_of_promotion_can_be_said(words, expected):
    case = {
        **PAIR,
        "id": "W",
        "promotions": [words],
        "expected": expected,
        "customer": {"placed_orders": 4},
        "codes": [],
        "now": "2026-11-01",
        "gift_picks": {"g": "T"},
        "stock": {"S": 0},
    }

    (result,) = report.run([case], promotion.judge)

    assert str(result) == "W  pass"


def test_a_word_that_is_missing_or_finer_than_we_count_is_not_understood():
    cases: list[report.Case] = [
        {**PAIR, "id": "1", "promotions": [{"kind": "nth_percent", "percent": "33.33333"}], "expected": {"x": 1}},
        {**PAIR, "id": "2", "promotions": [{"kind": "bxgy"}], "expected": {"order_total": "1"}},
        {**PAIR, "id": "3", "promotions": [], "expected": {"order_total": "20"}, "loyalty": {}},
    ]

    assert [result.verdict for result in report.run(cases, promotion.judge)] == ["not understood"] * 3


def test_a_wrong_expectation_fails_and_an_unknown_word_is_not_guessed():
    right = {
        "id": "X1",
        "currency": "PLN",
        "lines": [{"sku": "A", "qty": 2, "unit_price": "10.00"}],
        "promotions": [{"kind": "percent_order", "percent": "10"}],
        "expected": {"order_total": "18.00"},
    }
    wrong = {**right, "id": "X2", "expected": {"order_total": "17.00"}}
    strange = {**right, "id": "X3", "promotions": [{"kind": "percent_order", "percent": "10", "moon_phase": "full"}]}

    results = report.run([right, wrong, strange], promotion.judge)

    assert [result.verdict for result in results] == ["pass", "fail", "not understood"]
    assert results[1].detail == "order_total: expected 17.00, ours 18.00"
    assert "moon_phase" in results[2].detail
