"""Loyalty cases recorded from other engines' tests and manuals, decided by ours; each case names its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.cases import loyalty, report

CASES = report.load(Path(__file__).with_name("loyalty_cases.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_case_comes_out_as_recorded(case):
    [result] = report.run([case], loyalty.judge)

    assert (result.verdict, result.detail) == ("pass", "")


def test_a_case_with_words_we_do_not_know_is_not_understood_rather_than_passed():
    strange = {"id": "X", "kind": "earn", "program": {"rules": [{"type": "astrology"}]}, "events": [{}], "expected": {}}

    [result] = report.run([strange], loyalty.judge)

    assert result.verdict == "not understood"


def test_a_case_that_expects_something_else_fails_with_both_values():
    wrong = dict(next(case for case in CASES if case["id"] == "L001"), expected={"points": 1})

    [result] = report.run([wrong], loyalty.judge)

    assert (result.verdict, result.detail) == ("fail", "points: expected 1, ours 608")
