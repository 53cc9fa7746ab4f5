"""The programme as files: write what is live as YAML, check files, show what they would change, publish them.

A folder holds one file per definition, kind/key.yaml. `validate` and `diff` change nothing; `apply` publishes all of
them or, if one is wrong, none. Exit code 1: something is wrong (or, for diff, different).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from wracam.config import installation
from wracam.config.errors import CommandError

if TYPE_CHECKING:
    from wracam.definitions.contracts import FileCheck

HELP = "keep the programme in files: export, validate, diff, apply"
FILES_MAX = 10_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="export|validate|diff|apply")
    for name, about in (
        ("export", "write what is live into the folder"),
        ("validate", "check the files"),
        ("diff", "show what applying the files would change"),
        ("apply", "publish what the files say"),
    ):
        deed = deeds.add_parser(name, help=about)
        deed.add_argument("folder", type=Path)
        deed.add_argument("--json", action="store_true", help="print the result as JSON")
        if name == "apply":
            deed.add_argument("--note", default="", help="why, for the history")


def run(arguments: argparse.Namespace) -> int:
    """Export, validate, diff or apply."""
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        if arguments.deed == "export":
            return _export(arguments.folder, is_json=arguments.json)
        texts = _read(arguments.folder)
        checks = _apply(texts, arguments.note) if arguments.deed == "apply" else _check(texts)
    _print(checks, deed=arguments.deed, is_json=arguments.json)
    is_wrong = any(check.problems for check in checks)
    is_different = arguments.deed == "diff" and any(check.differences or check.outcome == "new" for check in checks)
    return int(is_wrong or is_different)


def _export(folder: Path, *, is_json: bool) -> int:
    from wracam.definitions import queries

    texts = queries.export_yaml()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    print(json.dumps(sorted(texts)) if is_json else f"Wrote {len(texts)} definitions to {folder}.")
    return 0


def _read(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise CommandError(f"There is no folder {folder}.")
    paths = sorted(folder.glob("*/*.yaml"))
    if len(paths) > FILES_MAX:
        raise CommandError(f"{folder} holds {len(paths)} files; more than {FILES_MAX} are too many.")
    try:
        return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}
    except UnicodeDecodeError as error:
        raise CommandError(f"A file in {folder} is not UTF-8: {error}") from error


def _check(texts: dict[str, str]) -> list[FileCheck]:
    from wracam.definitions import queries

    return queries.check_files(texts=texts)


def _apply(texts: dict[str, str], note: str) -> list[FileCheck]:
    from wracam.definitions import actions, queries
    from wracam.foundation import clock
    from wracam.shops.contracts import SYSTEM

    checks = queries.check_files(texts=texts)
    if any(check.problems for check in checks):
        return checks
    return actions.apply_files(texts=texts, actor=SYSTEM, now=clock.now(), note=note)


def _print(checks: list[FileCheck], *, deed: str, is_json: bool) -> None:
    if is_json:
        print(json.dumps([_as_json(check) for check in checks], ensure_ascii=False))
        return
    for check in checks:
        if check.problems:
            for found in check.problems:
                print(f"{check.path}: {found.path}: {found.message.en}")
        elif deed == "diff" and check.text:
            print(check.text.rstrip())
        else:
            print(f"{check.path}: {check.outcome}")
    if not checks:
        print("There are no files kind/key.yaml in this folder.")


def _as_json(check: FileCheck) -> dict[str, object]:
    problems = [{"path": found.path, "message": found.message.en} for found in check.problems]
    return {"path": check.path, "outcome": str(check.outcome), "problems": problems}
