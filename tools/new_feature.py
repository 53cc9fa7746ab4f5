"""`make new-feature name=gift_cards`: lay out the anatomy of a feature, with every file saying what belongs in it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "wracam"
NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")

FILES = {
    "__init__.py": '"""{title}: say in one sentence what it is for."""\n',
    "apps.py": '''"""The Django app."""

from django.apps import AppConfig


class {camel}Config(AppConfig):
    """{title}."""

    name = "wracam.{name}"
    label = "{name}"
''',
    "contracts.py": '"""The public language of {words}: its events and frozen dataclasses. Pure."""\n',
    "core/__init__.py": '"""The decisions of {words}: pure functions without Django, clock, randomness or I/O."""\n',
    "models.py": '"""The tables of {words} and their constraints; no decisions."""\n',
    "queries.py": '"""Reads of {words}: keyword-only, typed, returning contracts."""\n',
    "actions.py": '"""Everything that changes {words}: load, decide, store, record; one transaction each."""\n',
    "reactions.py": '"""What {words} does when something happened elsewhere: one action per event."""\n',
    "migrations/__init__.py": "",
    "tests/__init__.py": "",
    "tests/test_core_{name}.py": '"""Properties of the decisions of {words}; no database."""\n',
    "tests/test_actions.py": '"""The actions of {words} on the real database."""\n',
    "tests/test_faces.py": '"""The faces of {words}."""\n',
}


def lay_out(name: str, package: Path = PACKAGE) -> list[Path]:
    """Write the files of feature *name* and return them; raises `ValueError` for a name that will not do."""
    if not NAME.fullmatch(name):
        raise ValueError("name it in small letters, digits and _: make new-feature name=gift_cards")
    folder = package / name
    if folder.exists():
        raise ValueError(f"{folder} exists already")
    words = name.replace("_", " ")
    values = {"name": name, "words": words, "title": words.capitalize(), "camel": words.title().replace(" ", "")}
    written = []
    for path, text in FILES.items():
        file = folder / path.format(**values)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(**values), "utf-8")
        written.append(file)
    return written


def main(arguments: list[str]) -> int:
    """Lay out the feature named in *arguments*."""
    try:
        written = lay_out(arguments[0] if arguments else "")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for file in written:
        print(file.relative_to(PACKAGE.parent))
    print(f"Now give it a floor in .importlinter, and write wracam/{arguments[0]}/contracts.py first.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
