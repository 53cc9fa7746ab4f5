"""Every test that the documentation of challenges names exists."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[2] / "docs" / "challenges.md"


def test_every_test_that_the_documentation_names_exists():
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT.read_text("utf-8")))
    known = {name for path in HERE.glob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))}

    assert len(named) > 15
    assert sorted(named - known) == []
