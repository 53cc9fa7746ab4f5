"""Every worked example of docs/loyalty.md and docs/books.md is a test."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
DOCS = [HERE.parents[2] / "docs" / name for name in ("loyalty.md", "books.md")]


def test_every_test_named_in_the_docs_exists():
    named = set(re.findall(r"`(test_\w+)`", "".join(path.read_text("utf-8") for path in DOCS)))
    written = {
        name for path in HERE.glob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }

    assert len(named) > 25
    assert named - written == set()
