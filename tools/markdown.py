"""Markdown as the generated reference is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

NOTE = "<!-- Written by `make reference` from the code. Do not edit. -->"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; bars inside cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def json_block(value: Any) -> str:
    """Return *value* as a block of JSON."""
    return f"```json\n{json.dumps(value, ensure_ascii=False, indent=2, default=str)}\n```"


def anchor(name: str) -> str:
    """Return the anchor of a heading that is a dotted name."""
    return name.replace(".", "")


def text(docstring: str | None) -> str:
    """Return a docstring on one line."""
    return " ".join((docstring or "").split())


def page(parts: Sequence[str]) -> str:
    """Return a page of these paragraphs, with the note that it was written by a program."""
    return "\n\n".join([NOTE, *parts]) + "\n"
