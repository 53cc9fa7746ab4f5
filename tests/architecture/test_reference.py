"""The generated reference says what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools import reference

ROOT = Path(__file__).parents[2]


def test_the_reference_is_up_to_date() -> None:
    """In a process of its own: the tests of the features register names that belong to no product."""
    checked = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_registered_name_is_in_the_reference() -> None:
    from wracam.definitions.ports import KINDS
    from wracam.events.contracts import EVENTS
    from wracam.rules.ports import ATTRIBUTES, COLLECTIONS

    pages = reference.pages()

    assert [kind.name for kind in EVENTS if f"## {kind.name}\n" not in pages["events.md"]] == []
    assert [item.name for item in ATTRIBUTES if f"`{item.name}`" not in pages["attributes.md"]] == []
    assert [item.name for item in COLLECTIONS if f"## {item.name}\n" not in pages["attributes.md"]] == []
    assert [kind.name for kind in KINDS if f"## {kind.name}\n" not in pages["definitions.md"]] == []
    assert len(EVENTS) > 10
    assert len(ATTRIBUTES) > 20


def test_every_door_is_in_the_reference_and_says_what_it_does() -> None:
    from wracam.faces.api.openapi import document

    pages = reference.pages()
    operations = [f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods]

    assert [one for one in operations if f"\n### {one}\n" not in pages["api.md"]] == []
    assert len(operations) > 80
    assert [line for line in pages["addresses.md"].splitlines() if line.endswith("|  |")] == []
    assert pages["addresses.md"].count("| `/console/") > 100
