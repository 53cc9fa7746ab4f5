"""Earning decisions: exact points, conserved shares, and a trace that explains every rule."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from wracam.loyalty.contracts import Outcome
from wracam.loyalty.core.earning import Asked, Happening, Line, decide
from wracam.loyalty.core.program import Rounding, round_points
from wracam.loyalty.core.rule import EarningRule, read_rule

WARSAW = ZoneInfo("Europe/Warsaw")
SATURDAY = datetime(2026, 5, 2, 12, tzinfo=WARSAW)
UNLIMITED = 10**9


def rule(key: str = "rule", **body: Any) -> EarningRule:
    found, problems = read_rule({"give": {"kind": "per_amount", "points": 1}, **body}, key=key)
    assert problems == []
    return found


def happening(*amounts: int, at: datetime = SATURDAY) -> Happening:
    lines = tuple(
        Line(line_id=UUID(int=index + 1), quantity=1, gross_minor=amount, net_minor=amount)
        for index, amount in enumerate(amounts)
    )
    return Happening(local=at, lines=lines)


def points(*rules: EarningRule, of: Happening, rounding: Rounding = Rounding.DOWN, left: int = UNLIMITED) -> int:
    asked = [Asked(rule=one) for one in rules]
    return decide(of, asked, rounding, lambda _rule, cap: min(cap.points, left)).points()


def double(key: str = "double", **body: Any) -> EarningRule:
    return rule(key, give={"kind": "multiplier", "factor": "2"}, **body)


def test_only_full_amounts_count():
    assert points(rule(), of=happening(1_999)) == 19


def test_several_multipliers_multiply_one_after_another():
    assert points(rule(), double("a"), double("b"), of=happening(10_000)) == 400


def test_alone_of_its_kind_a_rule_displaces_other_points_but_no_multiplier():
    bonus = rule("bonus", give={"kind": "fixed", "points": 40}, stacking="alone_of_kind", order=2)
    rate = rule("rate", give={"kind": "per_amount", "points": 3}, stacking="alone_of_kind", order=1)
    five = rule("five", give={"kind": "multiplier", "factor": "5"}, stacking="alone_of_kind")

    decision = decide(
        happening(1_050), [Asked(rule=one) for one in (rule(), bonus, rate, double(), five)], Rounding.DOWN,
        lambda *_: UNLIMITED,
    )  # fmt: skip

    assert decision.points() == 150
    displaced = {one.rule: one.why for one in decision.trace if one.outcome is Outcome.DISPLACED}
    assert displaced == {"rule": "rate", "bonus": "rate", "double": "five"}


def test_of_a_group_only_the_best_counts_and_the_trace_names_it():
    weak = rule("weak", stacking="best_of_group", group="g")
    strong = rule("strong", give={"kind": "per_amount", "points": 3}, stacking="best_of_group", group="g")

    decision = decide(happening(10_000), [Asked(rule=weak), Asked(rule=strong)], Rounding.DOWN, lambda *_: UNLIMITED)

    assert decision.points() == 300
    assert {one.rule: (one.outcome, one.why) for one in decision.trace} == {
        "weak": (Outcome.DISPLACED, "strong"),
        "strong": (Outcome.APPLIED, ""),
    }


def test_a_rule_that_stands_alone_displaces_the_others():
    alone = rule("alone", give={"kind": "fixed", "points": 5}, stacking="alone")

    assert points(rule(), alone, of=happening(10_000)) == 5


def test_a_cap_reduces_and_says_what_was_wanted():
    capped = rule(caps=[{"points": 60, "per": "day"}])

    decision = decide(happening(10_000), [Asked(rule=capped)], Rounding.DOWN, lambda _rule, cap: cap.points)

    assert (decision.trace[0].points, decision.trace[0].desired, decision.trace[0].why) == (60, 100, "60/day")


def test_a_used_up_cap_gives_nothing_and_says_so():
    capped = rule(caps=[{"points": 60, "per": "day"}])

    decision = decide(happening(10_000), [Asked(rule=capped)], Rounding.DOWN, lambda *_: 0)

    assert decision.kinds == ()
    assert decision.trace[0].outcome is Outcome.CAP_REACHED


def test_weekends_are_days_of_the_shop():
    weekend = rule(calendar={"weekdays": [6, 7]})
    late_friday_in_utc = datetime(2026, 5, 1, 23, 30, tzinfo=ZoneInfo("UTC")).astimezone(WARSAW)

    assert points(weekend, of=happening(10_000, at=late_friday_in_utc)) == 100
    assert points(weekend, of=happening(10_000, at=datetime(2026, 5, 4, tzinfo=WARSAW))) == 0


def test_a_table_gives_what_its_highest_reached_row_says():
    table = rule(give={"kind": "table", "rows": [{"from": "50.00", "points": 5}, {"from": "100.00", "points": 20}]})

    assert [points(table, of=happening(amount)) for amount in (4_999, 5_000, 9_999, 10_000)] == [0, 5, 5, 20]


amounts = st.lists(st.integers(0, 500_000), min_size=1, max_size=8)
factors = st.sampled_from(["1", "1.5", "2", "2.75", "10"])


@given(amounts=amounts, factor=factors, rounding=st.sampled_from(Rounding), mine=st.sets(st.integers(0, 7)))
def test_shares_and_rules_add_up_to_the_points(amounts, factor, rounding, mine):
    asked = [
        Asked(rule=rule()),
        Asked(rule=rule("m", give={"kind": "multiplier", "factor": factor}), lines=frozenset(mine)),
        Asked(rule=rule("f", give={"kind": "fixed", "points": 7})),
    ]

    decision = decide(happening(*amounts), asked, rounding, lambda *_: UNLIMITED)

    for kind in decision.kinds:
        assert sum(share.points for share in kind.shares) == kind.points
        assert sum(one.points for one in decision.trace) == kind.points
        assert all(share.points > 0 for share in kind.shares)
    told = decide(happening(*amounts), asked, rounding, lambda *_: UNLIMITED, to_lines=False)
    assert (told.points(), told.trace) == (decision.points(), decision.trace)
    assert all(kind.shares == () for kind in told.kinds)


@given(amounts=amounts, named=st.lists(st.tuples(factors, st.none() | st.frozensets(st.integers(0, 7))), max_size=3))
def test_multipliers_of_lines_are_exact(amounts, named):
    thirds = rule(give={"kind": "per_amount", "points": 1, "per": "0.07", "counts": "exact"})
    by_line = [Fraction(amount, 7) for amount in amounts]
    asked = [Asked(rule=thirds)]
    for number, (factor, lines) in enumerate(named):
        asked.append(Asked(rule=rule(f"{number}", give={"kind": "multiplier", "factor": factor}), lines=lines))
        by_line = [
            one * (Fraction(factor) if lines is None or index in lines else 1) for index, one in enumerate(by_line)
        ]

    assert decide(happening(*amounts), asked, Rounding.DOWN, lambda *_: UNLIMITED).points() == int(sum(by_line))


@given(amounts=amounts, order=st.randoms(use_true_random=False))
def test_the_order_of_lines_and_of_rules_is_irrelevant(amounts, order):
    rules = [rule("a"), double("b"), rule("c", give={"kind": "fixed", "points": 7, "for_each": "line"})]
    shuffled_rules, shuffled_amounts = list(rules), list(amounts)
    order.shuffle(shuffled_rules)
    order.shuffle(shuffled_amounts)

    assert points(*rules, of=happening(*amounts)) == points(*shuffled_rules, of=happening(*shuffled_amounts))


@given(st.fractions(min_value=0, max_value=10**9), st.sampled_from(Rounding))
def test_rounding_moves_by_less_than_one_point(exact, rounding):
    assert abs(round_points(exact, rounding) - exact) < 1
    assert round_points(Fraction(7), rounding) == 7


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["give", "kind", "points", "per", "caps", "calendar", "rows", "weekdays", "stacking"]), inner, max_size=4), max_leaves=12))  # fmt: skip
def test_reading_any_json_never_raises(body):
    _found, problems = read_rule(body if isinstance(body, dict) else {"give": body})

    assert all(problem.message.pl and problem.message.en for problem in problems)
