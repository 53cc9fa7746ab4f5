"""Steps that each line reaches on its own."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

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
