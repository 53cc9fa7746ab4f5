"""Every worked example of docs/loyalty.md is a test."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "loyalty.md"


def test_every_test_named_in_the_docs_exists():
    named = set(re.findall(r"`(test_\w+)`", DOCS.read_text("utf-8")))
    written = {
        name for path in HERE.glob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }

    assert len(named) > 25
    assert named - written == set()
