"""No regular expression of ours takes more than linear time on hostile text, as far as its form can tell.

The form that explodes is an unbounded repeat alone inside another unbounded repeat: the engine tries every way to share
the same text between the rounds of both. Milder forms (neighbouring repeats) are tried on long hostile texts.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import wracam

constants: Any = importlib.import_module("re._constants")  # the parser of patterns has no public name
parser: Any = importlib.import_module("re._parser")
PACKAGE = Path(wracam.__path__[0])
REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT}
FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer"}


def patterns(source: str) -> Iterator[str]:
    """The constant patterns that *source* gives to `re`."""
    for call in ast.walk(ast.parse(source)):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "re"
            and call.func.attr in FUNCTIONS
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ):
            pattern = call.args[0].value
            yield pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)


def repeats_in_repeats(parsed: Any, inside: bool = False) -> bool:
    """Whether an unbounded repeat stands in another one, with nothing fixed beside it that tells its rounds apart."""
    for code, argument in parsed:
        if code in REPEATS:
            _least, most, body = argument
            is_unbounded = most == constants.MAXREPEAT
            if is_unbounded and inside and len(parsed) == 1:
                return True
            if repeats_in_repeats(body, inside or is_unbounded):
                return True
        elif any(repeats_in_repeats(branch, inside) for branch in _branches(code, argument)):
            return True
    return False


def _branches(code: Any, argument: Any) -> Sequence[Any]:
    """What a group or a choice holds; nothing in one that never goes back (atomic, possessive)."""
    if code is constants.SUBPATTERN:
        return [argument[3]]
    return argument[1] if code is constants.BRANCH else []


@pytest.mark.parametrize("pattern", [r"(a+)+", r"(?:\w*)*x", r"(a|b+)*", r"^(([a-z]+)+)$"])
def test_the_dangerous_forms_are_known(pattern: str):
    assert repeats_in_repeats(parser.parse(pattern))


@pytest.mark.parametrize("pattern", [r"(?:\.[a-z]+)*", r"[a-z]+(?:-[a-z]+)*", r"\d+", r"(?:ab?)+"])
def test_ordinary_forms_are_left_alone(pattern: str):
    assert not repeats_in_repeats(parser.parse(pattern))


def test_no_pattern_of_ours_has_such_a_form():
    sources = [path for path in PACKAGE.rglob("*.py") if not {"tests", "vendor"} & set(path.parts)]
    found = {(path.name, pattern) for path in sources for pattern in patterns(path.read_text("utf-8"))}

    assert len(found) > 30
    assert [item for item in sorted(found) if repeats_in_repeats(parser.parse(item[1]))] == []


def test_patterns_are_quick_on_long_hostile_text():
    hostile = ["a" * 1_000 + "!", "1" * 1_000 + "x", " \t" * 500 + "x", "a.b-" * 250 + "\n", '"' * 1_001]
    sources = [path for path in PACKAGE.rglob("*.py") if not {"tests", "vendor"} & set(path.parts)]
    for pattern in {pattern for path in sources for pattern in patterns(path.read_text("utf-8"))}:
        compiled = re.compile(pattern)
        for text in hostile:
            compiled.fullmatch(text)
            compiled.search(text)
