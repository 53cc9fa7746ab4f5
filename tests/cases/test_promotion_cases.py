"""Cases recorded from other systems' tests, put to our engine through the adapter that `make cases` uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.cases import promotion, report

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "promotion_cases.json"


@pytest.mark.skipif(not CASES.is_file(), reason=f"the recorded cases are not on this machine ({CASES.name})")
def test_every_recorded_promotion_case_gives_its_result():
    results = report.run(report.load(CASES), promotion.judge)

    assert [str(result) for result in results if result.verdict != "pass"] == []
    assert len(results) >= 45


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
