"""Translations: extract what screens say, per feature, and compile what is translated. No gettext binaries.

`python tools/messages.py` updates every `<feature>/locale/pl/LC_MESSAGES/django.po` from the feature's Python and
templates; translations made so far stay, messages that are gone leave. `--check` changes nothing and fails if a file
would change or a Polish text is missing. Both fail where two features say one message differently in Polish: Django has
one catalog for all of them, so that one of the two would appear on the other's screens.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "wracam"
LANGUAGE = "pl"
PLURALS = "nplurals=4; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : n!=1 && (n%10>=0 && n%10<=1) || (n%10>=5 && n%10<=9) || (n%100>=12 && n%100<=14) ? 2 : 3);"  # noqa: E501 - one formula of the CLDR
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PYTHON_SKIPPED = {"tests", "migrations", "locale"}


def main() -> int:
    """Update or check every feature's file; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")
    problems = [problem for feature in features() for problem in update(feature, check=check)]
    problems += clashes()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def features() -> list[Path]:
    """Return the folders with screens of their own: each has an `apps.py`."""
    return sorted(path.parent for path in PACKAGE.rglob("apps.py"))


def update(feature: Path, *, check: bool) -> list[str]:
    """Bring the feature's file up to date; returns what is missing or, checking, what would change."""
    target = feature / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    found = extracted(feature)
    before = target.read_bytes() if target.is_file() else b""
    if not len(found) and not before:
        return []
    catalog = merged(found, before)
    after = written(catalog)
    problems = [f"{target.relative_to(ROOT)}: no Polish for {message.id!r}" for message in missing(catalog)]
    if check:
        return problems + (
            [f"{target.relative_to(ROOT)} is not up to date; run `make messages`"] if after != before else []
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(after)
    return problems


def clashes() -> list[str]:
    """Return the messages that have two Polish texts; a context (`pgettext`) tells their meanings apart."""
    said: dict[tuple[str | None, str], dict[str, str]] = {}
    for feature in features():
        target = feature / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
        for message in read_po(io.BytesIO(target.read_bytes())) if target.is_file() else ():
            if message.id and message.string:
                known = said.setdefault((message.context, str(message.id)), {})
                known.setdefault(str(message.string), str(feature.relative_to(ROOT)))
    return [
        f"{message!r} is said differently: " + ", ".join(f"{text!r} in {place}" for text, place in texts.items())
        for (_context, message), texts in said.items()
        if len(texts) > 1
    ]


def extracted(feature: Path) -> Catalog:
    """Return every message of the feature's Python files and templates."""
    catalog = Catalog(locale=LANGUAGE)
    for path, source in sources(feature):
        for line, message, comments, context in extract("python", io.BytesIO(source), KEYWORDS, ("Translators:",)):
            del line
            catalog.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    return catalog


def sources(feature: Path) -> Iterator[tuple[str, bytes]]:
    """Return name and Python text of the feature's files, those of inner features left out."""
    inner = [path.parent for path in feature.rglob("apps.py") if path.parent != feature]
    for path in sorted(feature.rglob("*")):
        if any(path.is_relative_to(other) for other in inner) or not path.is_file():
            continue
        name = str(path.relative_to(ROOT))
        if path.suffix == ".py" and not PYTHON_SKIPPED & set(path.parts):
            yield name, path.read_bytes()
        if "templates" in path.parts and path.suffix in {".html", ".txt"}:
            yield name, template_as_python(path.read_text("utf-8")).encode()


def template_as_python(text: str) -> str:
    """Return the calls of gettext that a template makes; what Django's own `makemessages` reads."""
    from django.utils.translation.template import templatize

    return "\n".join(line.strip() for line in templatize(text).splitlines() if "gettext" in line or "_(" in line)


def merged(found: Catalog, before: bytes) -> Catalog:
    """Return *found* with the translations there were, sorted, with nothing that changes from run to run."""
    known = read_po(io.BytesIO(before), locale=LANGUAGE) if before else Catalog(locale=LANGUAGE)
    catalog = Catalog(locale=LANGUAGE, header_comment="", fuzzy=False)
    catalog.mime_headers = [("Plural-Forms", PLURALS)]
    for message in sorted(found, key=lambda item: (str(item.id), item.context or "")):
        if message.id:
            old = known.get(message.id, message.context)
            catalog.add(
                message.id,
                string=translation(message, old),
                locations=sorted(set(message.locations)),
                auto_comments=message.auto_comments,
                context=message.context,
                flags=message.flags - {"fuzzy"},
            )
    return catalog


def translation(message: Message, old: Message | None) -> Any:
    """Return the translation to keep; a plural message always has four places."""
    if isinstance(message.id, list | tuple):
        forms = list(old.string) if old and isinstance(old.string, list | tuple) else []
        return tuple((forms + [""] * 4)[:4])
    return old.string if old and isinstance(old.string, str) else ""


def missing(catalog: Catalog) -> list[Message]:
    """Return the messages without a Polish text, or with fewer than four plural forms."""
    return [
        message
        for message in catalog
        if message.id and not (all(message.string) if isinstance(message.string, list | tuple) else message.string)
    ]


def written(catalog: Catalog) -> bytes:
    """Return the catalog as a file that is the same for the same messages."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, omit_header=True, include_lineno=False)
    head = (
        'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS}\\n"\n\n'
    )
    return head.encode() + buffer.getvalue().strip() + b"\n"


if __name__ == "__main__":
    sys.exit(main())
