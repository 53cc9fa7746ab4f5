"""Many ways of saying a promotion, a condition, a policy or an expectation: each is read as what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.cases import promotion, report

LINES = [
    {"sku": "A", "qty": 2, "unit_price": "10.00", "category": "x"},
    {"sku": "B", "qty": 1, "unit_price": "30.00", "category": "y"},
]
"""A cart of 50.00."""
WAYS = report.load(Path(__file__).with_name("promotion_words.json"))


@pytest.mark.parametrize("case", WAYS, ids=lambda case: case["id"])
def test_it_is_read_as_what_it_means(case):
    [result] = report.run([case], promotion.judge)

    assert (result.verdict, result.detail) == ("pass", "")


REFUSED = [
    ({"kind": "percent_items", "percent": "12.34567"}, "finer than a ten-thousandth"),
    ({"kind": "astrology"}, "kind"),
    ({"kind": "percent_order"}, "how much"),
    ({"kind": "percent_order", "percent": "10", "moon": 1}, "moon: 1"),
    ({"kind": "percent_order", "percent": "10", "conditions": [{"moon_gte": 1}]}, "moon_gte: 1"),
    ({"kind": "percent_order", "percent": "10", "conditions": [{"contains_moon": 1}]}, "moon"),
    ({"kind": "percent_items", "percent": "10", "target": {"moon": "full"}}, "moon: 'full'"),
    ({"kind": "percent_order", "percent": "10", "tiers": {"moon>=3": "5"}}, "moon>=3"),
    ({"kind": "percent_order", "percent": "10", "ends": "2026-01-01"}, "what day it is"),
    ({"kind": "percent_order", "percent": "10", "excludes": ["nobody"]}, "nobody"),
    ({"kind": "bxgy"}, "what to buy"),
    ({"kind": "cheapest_free", "qty": 2, "reduced": 3}, "3 of every 2"),
    ({"kind": "multi", "actions": [{"percent_items": "5", "moon": 1}]}, "moon"),
    ({"kind": "multi", "actions": [{}]}, "nothing to do"),
    ({"kind": "percent_items", "percent": "5", "unit_order": "by moon"}, "by moon"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_it_means_is_not_guessed(words, said):
    case = {"id": "W", "currency": "USD", "lines": LINES, "promotions": [words], "expected": {"order_total": "1"}}

    [result] = report.run([case], promotion.judge)

    assert result.verdict == "not understood"
    assert said in result.detail


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"moon": 1}, "moon: 1"),
        ({"customer": {"moon": 1}}, "moon: 1"),
        ({"shipping": {"moon": 1}}, "moon: 1"),
        ({"lines": [{"sku": "A", "unit_price": "1", "moon": 1}]}, "moon: 1"),
        ({"lines": [{"sku": "A", "unit_price": "-1.00"}]}, "negative"),
        ({"expected": {"moon": 1}}, "moon: 1"),
        ({"portable": "policy: by the phase of the moon"}, "by the phase of the moon"),
        ({"policy": {"moon": 1}}, "moon: 1"),
        ({"currency": "zlotys"}, "currency"),
        ({"fees": [{"name": "by hand", "price": "-2.00"}]}, "is a promotion"),
        ({"fees": [{"price": "2.00", "moon": 1}]}, "moon: 1"),
        ({"shipping": {"price": "1.00"}, "shipments": [{"price": "2.00"}]}, "both shipping and shipments"),
        ({"gift_cards": [{"balance": "2.00", "moon": 1}]}, "moon: 1"),
    ],
)
def test_nor_is_anything_else_of_a_case(more, said):
    case = {"id": "W", "lines": LINES, "promotions": [], "expected": {"order_total": "1"}, **more}

    [result] = report.run([case], promotion.judge)

    assert result.verdict == "not understood"
    assert said in result.detail
