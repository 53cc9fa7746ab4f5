"""Steps that each line reaches on its own."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from wracam.promotions.core.body import read_promotion
from wracam.promotions.core.offers import Reduction, SetPrice, Stage
from wracam.promotions.tests.test_core_kinds import line, quote


def test_each_line_reaches_its_own_step():
    lines = [line("a", 1_000, 5), line("b", 1_000, 2), line("c", 1_000, 1)]
    by_quantity = Reduction(stage=Stage.PERCENT, steps=((2, 50_000), (5, 100_000)), are_steps_per_line=True)
    by_value = replace(by_quantity, steps=((2_000, 50_000), (5_000, 100_000)), are_steps_by_value=True)
    each = Reduction(stage=Stage.AMOUNT, steps=((2, 100), (5, 300)), are_steps_per_line=True)
    price = SetPrice(price_minor=0, steps=((5, 700),), are_steps_per_line=True)

    assert [one.discount_minor for one in quote(lines, by_quantity).lines] == [500, 100, 0]
    assert [one.discount_minor for one in quote(lines, by_value).lines] == [500, 100, 0]
    assert [one.discount_minor for one in quote(lines, each).lines] == [1_500, 200, 0]
    assert [one.total_minor for one in quote(lines, price).lines] == [3_500, 2_000, 1_000]


def test_steps_of_each_line_do_not_add_up_over_lines_but_over_parts_of_one():
    step = Reduction(stage=Stage.PERCENT, steps=((3, 100_000),), are_steps_per_line=True)
    split = [line("a", 1_000, 2), structs.replace(line("a", 1_000), id="a-2"), line("b", 1_000, 2)]

    answer = quote(split, step)

    assert [one.discount_minor for one in answer.lines] == [200, 100, 0]
    (hint,) = answer.nearly
    assert [(short.required, short.measured) for short in hint.shortfalls] == [(3, 2)]


def test_so_much_comes_off_for_every_hundred_as_often_as_is_said():
    body = {"effects": [{"kind": "amount", "amount": "10", "every": "100", "steps_by": "value", "times": 3}]}
    promotion, problems = read_promotion(body, key="every")

    given = [
        quote([line("a", price)], more=(promotion.offer,)).discount_minor for price in (9_999, 10_000, 25_000, 90_000)
    ]

    assert problems == []
    assert given == [0, 1_000, 2_000, 3_000]


def test_a_percentage_for_every_unit_grows_up_to_the_whole():
    body = {"effects": [{"kind": "percent", "percent": "30", "every": 1, "on": "order"}]}
    promotion, _ = read_promotion(body, key="every")

    totals = [quote([line("a", 1_000, count)], more=(promotion.offer,)).total_minor - 1_500 for count in (1, 2, 3, 5)]

    assert totals == [700, 800, 300, 0]
    (hint,) = quote([line("a", 1_000)], more=(promotion.offer,)).nearly
    assert (hint.key, hint.shortfalls[0].missing) == ("every", 1)
