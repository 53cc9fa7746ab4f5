"""Polish is complete and current, and compiled where gettext reads it."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import ngettext

import wracam
from wracam.foundation import translations

PACKAGE = Path(wracam.__file__).parent
TOOL = PACKAGE.parent / "tools" / "messages.py"


def _tool():
    specification = importlib.util.spec_from_file_location("messages_tool", TOOL)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("feature", _tool().features(), ids=lambda path: path.name)
def test_every_text_of_a_feature_has_its_polish(feature):
    assert _tool().update(feature, check=True) == []


def test_a_missing_translation_and_a_missing_plural_form_are_noticed(tmp_path, monkeypatch):
    tool = _tool()
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    (tmp_path / "apps.py").write_text("")
    (tmp_path / "screen.py").write_text('_("Hello")\nngettext("%(n)s leaf", "%(n)s leaves", n)\n')
    tool.update(tmp_path, check=False)
    file = tmp_path / "locale/pl/LC_MESSAGES/django.po"
    file.write_text(file.read_text().replace('msgid "Hello"\nmsgstr ""', 'msgid "Hello"\nmsgstr "Cześć"')
                    .replace('msgstr[0] ""', 'msgstr[0] "%(n)s liść"'))  # fmt: skip

    problems = tool.update(tmp_path, check=True)

    assert len(problems) == 1 and "leaf" in problems[0]


@pytest.mark.parametrize(
    ("number", "text"), [(1, "Masz 1 klucz"), (3, "Masz 3 klucze"), (12, "Masz 12 kluczy"), (22, "Masz 22 klucze")]
)
def test_polish_plurals_reach_the_screen(number, text):
    with translation.override("pl"):
        said = ngettext("You have %(count)s passkey.", "You have %(count)s passkeys.", number) % {"count": number}

    assert said.startswith(text)


def test_a_read_only_package_compiles_into_the_data_folder(tmp_path, monkeypatch):
    package, data = tmp_path / "package", tmp_path / "data"
    source = package / "shops/locale/pl/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Hello"\nmsgstr "Cześć"\n'
    )

    def read_only(*arguments, dir, **named):  # root may write anywhere, so permissions cannot say it
        if Path(dir).is_relative_to(package):
            raise PermissionError
        return real(*arguments, dir=dir, **named)

    real: Any = tempfile.NamedTemporaryFile
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", read_only)

    folders = translations.locale_folders(package, data)

    assert folders == [str(data / "locale/shops")]
    assert (data / "locale/shops/pl/LC_MESSAGES/django.mo").stat().st_size > 0
    assert not list(package.rglob("*.mo"))


def test_a_changed_file_is_compiled_again(tmp_path):
    source = tmp_path / "shops/locale/pl/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n')
    translations.locale_folders(tmp_path, tmp_path / "data")
    compiled = source.with_suffix(".mo")
    before = compiled.read_bytes()

    source.write_text(source.read_text() + '\nmsgid "Hello"\nmsgstr "Cześć"\n')
    later = compiled.stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))
    translations.locale_folders(tmp_path, tmp_path / "data")

    assert compiled.read_bytes() != before
