"""Every verb that the code writes into the audit log is said in words, in Polish and English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import wracam
from wracam.definitions.contracts import ChangeKind
from wracam.foundation import features
from wracam.shops.ports import AUDIT_VERBS

PACKAGE = Path(wracam.__path__[0])
VERB = re.compile(r"[a-z_]+\.[a-z_]+")


def written_verbs(source: str) -> Iterator[str]:
    """Verbs in calls of functions whose name speaks of audit or notes: positional, or as `verb=`."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and re.search(r"audit|^_note$", _name(call.func)):
            given = [*call.args, *(word.value for word in call.keywords if word.arg == "verb")]
            constants = (node for value in given for node in ast.walk(value) if isinstance(node, ast.Constant))
            yield from (str(node.value) for node in constants if VERB.fullmatch(str(node.value)))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_verb_of_the_audit_log_has_words():
    features.load_plug_ins()
    sources = [path for path in PACKAGE.rglob("actions*/**/*.py") if "tests" not in path.parts]
    sources += PACKAGE.rglob("actions.py")
    verbs = {verb for path in sources for verb in written_verbs(path.read_text("utf-8"))}
    verbs |= {f"definition.{kind.value}" for kind in ChangeKind}

    assert len(verbs) > 30
    assert sorted(verb for verb in verbs if verb not in AUDIT_VERBS) == []


def test_a_verb_without_words_is_found():
    assert list(written_verbs('shops.audit(actor=a, verb="cat.fed", summary="")')) == ["cat.fed"]
    assert list(written_verbs('_audit(row, "cat.fed" if is_hungry else "cat.let_out", a)')) == [
        "cat.fed",
        "cat.let_out",
    ]
