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


def test_files_for_spreadsheets_are_written_where_formulas_are_disarmed():
    """`csv_response` of the console and the list of corrections of an import; nobody else writes CSV."""
    writers = {
        str(path.relative_to(ROOT / "wracam"))
        for path in (ROOT / "wracam").rglob("*.py")
        if "tests" not in path.parts and re.search(r"csv\.(Dict)?[Ww]riter", path.read_text("utf-8"))
    }

    assert writers == {"faces/console/ports/pages.py", "connectors/csv_files/queries/imports.py"}
