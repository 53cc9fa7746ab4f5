"""Compiled modules run only while the sources are those that they were made of."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools import compile_engine
from wracam.config.checks import State, machine
from wracam.foundation import compiled

ALLOCATION = "kernel/allocation.py"


def listed(folder, **changed):
    whole = {
        "fingerprint": compiled.fingerprint([ALLOCATION]),
        "sources": [ALLOCATION],
        "files": {"wracam.kernel.allocation": "allocation.so"},
    }
    (folder / compiled.LIST).write_text(json.dumps(whole | changed))
    return folder


def test_modules_of_the_same_sources_are_found(tmp_path):
    files = compiled.up_to_date(listed(tmp_path))

    assert files == {"wracam.kernel.allocation": tmp_path / "allocation.so"}
    finder = compiled.CompiledFinder(files)
    spec = finder.find_spec("wracam.kernel.allocation")
    assert spec is not None
    assert spec.origin == str(tmp_path / "allocation.so")
    assert finder.find_spec("wracam.kernel.money") is None


@pytest.mark.parametrize("changed", [{"fingerprint": "other"}, {"sources": ["kernel/gone.py"]}, {"files": None}])
def test_modules_of_other_sources_are_not(tmp_path, changed):
    assert not compiled.up_to_date(listed(tmp_path, **changed))


def test_neither_are_those_of_a_broken_list(tmp_path):
    assert not compiled.up_to_date(tmp_path)
    (tmp_path / compiled.LIST).write_text("{")
    assert not compiled.up_to_date(tmp_path)


@pytest.mark.parametrize(("switch", "is_wanted"), [("", True), ("compiled", True), ("python", False)])
def test_they_are_preferred_unless_python_is_wanted(tmp_path, monkeypatch, switch, is_wanted):
    monkeypatch.setattr(compiled, "FOLDER", listed(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.setenv(compiled.SWITCH, switch)

    compiled.prefer()
    compiled.prefer()

    assert (compiled.is_in_use(), len(sys.meta_path)) == (is_wanted, int(is_wanted))


def test_the_doctor_says_which_form_runs_and_what_to_do_after_an_upgrade(tmp_path, monkeypatch):
    monkeypatch.delenv(compiled.SWITCH, raising=False)
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "meta_path", [])
    assert (machine.engine().state, machine.engine().finding) == (State.FINE, "Python")

    listed(tmp_path, fingerprint="of other sources")
    assert (machine.engine().state, machine.engine().fix) == (State.WARNING, "make compiled")

    listed(tmp_path)
    compiled.prefer()
    assert (machine.engine().state, machine.engine().finding) == (State.FINE, "compiled")


@pytest.mark.skipif(not compile_engine.has_compiler(), reason="there is no C compiler here")
def test_a_module_is_compiled_and_runs_with_the_same_results(tmp_path):
    from wracam.kernel import allocation

    assert compile_engine.compile_into(tmp_path, [ALLOCATION]) >= 1

    script = f"""
import pathlib, sys
from wracam.foundation import compiled
sys.modules.pop("wracam.kernel.allocation", None)
sys.meta_path.insert(0, compiled.CompiledFinder(compiled.up_to_date(pathlib.Path({str(tmp_path)!r}))))
from wracam.kernel import allocation
print(allocation.__file__, allocation.split_by_weights(1000, [3, 3, 1]))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    file, _, parts = ran.stdout.strip().partition(" ")
    assert file.startswith(str(tmp_path))
    assert parts == str(allocation.split_by_weights(1000, [3, 3, 1]))
