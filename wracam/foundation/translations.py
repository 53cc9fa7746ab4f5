"""Compiled translations: each feature's `django.po` becomes a `.mo` that gettext reads, made when it is missing or old.

Compiled files live beside the source where that is writable (a checkout; git ignores them), else in the data folder.
Settings call `locale_folders` before Django starts, so nothing here imports Django's settings.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGE = "pl"
INNER = Path(LANGUAGE) / "LC_MESSAGES"


def locale_folders(package: Path, data_folder: Path) -> list[str]:
    """Compile what is stale and return the folders for Django's `LOCALE_PATHS`, in the order of the features."""
    return [str(_folder(source.parents[2], package, data_folder)) for source in sources(package)]


def sources(package: Path) -> list[Path]:
    """Return every `django.po` of the package."""
    return sorted(package.glob(f"**/locale/{INNER}/django.po"))


def _folder(locale: Path, package: Path, data_folder: Path) -> Path:
    source = locale / INNER / "django.po"
    beside = source.with_suffix(".mo")
    if _is_fresh(source, beside) or _compile(source, beside):
        return locale
    away = data_folder / "locale" / locale.relative_to(package).parent
    target = away / INNER / "django.mo"
    if not _is_fresh(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _compile(source, target)
    return away


def _is_fresh(source: Path, compiled: Path) -> bool:
    return compiled.is_file() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def _compile(source: Path, target: Path) -> bool:
    """Write *target* in one step, so that processes starting together never read half a file."""
    with source.open("rb") as file:
        catalog = read_po(file, locale=LANGUAGE)
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as made:
            write_mo(made, catalog)
        Path(made.name).chmod(0o644)
        shutil.move(made.name, target)
    except OSError:
        return False
    os.utime(target, ns=(max(target.stat().st_mtime_ns, source.stat().st_mtime_ns),) * 2)
    return True
