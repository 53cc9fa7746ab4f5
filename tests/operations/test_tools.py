"""The tools behind the Makefile."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import new_feature

ROOT = Path(__file__).resolve().parents[2]


def test_a_new_feature_has_the_whole_anatomy_and_compiles(place: Path):
    written = new_feature.lay_out("gift_cards", place)

    names = {file.relative_to(place / "gift_cards").as_posix() for file in written}
    assert {"apps.py", "contracts.py", "core/__init__.py", "models.py", "queries.py", "actions.py"} <= names
    for file in written:
        compile(file.read_text("utf-8"), file, "exec")
    assert "class GiftCardsConfig" in (place / "gift_cards" / "apps.py").read_text("utf-8")


@pytest.mark.parametrize("name", ["", "Gift", "gift-cards", "../x", "9lives"])
def test_a_feature_with_an_unusable_name_is_refused(place: Path, name: str):
    with pytest.raises(ValueError, match="name it"):
        new_feature.lay_out(name, place)

    assert list(place.iterdir()) == []


def test_an_old_python_is_named_with_what_to_do(place: Path):
    old = place / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo Python 3.9.1; exit 0; }\nexit 1\n')
    old.chmod(0o755)

    refused = subprocess.run(
        [ROOT / "tools" / "check_python.sh", str(old)], capture_output=True, text=True, check=False
    )

    assert refused.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13; found: Python 3.9.1" in refused.stderr
