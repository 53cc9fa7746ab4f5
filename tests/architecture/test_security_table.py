"""The table of docs/security.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_table_names_exists():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
    sources = [path for folder in ("wracam", "tests") for path in (ROOT / folder).rglob("test_*.py")]
    written = {name for path in sources for name in re.findall(r"def (test_\w+)\(", path.read_text("utf-8"))}

    assert sorted(named - written) == []
    assert len(named) > 60
