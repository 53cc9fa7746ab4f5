"""Definitions as files: export what is live, check a folder, show what it would change, put it into force.

One YAML file per definition, FOLDER/KIND/KEY.yaml. `apply` shows the differences first; repeated, it does nothing.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wracam.config import installation, options
from wracam.config.errors import CommandError
from wracam.foundation import clock

HELP = "export, check, compare and apply definitions as YAML files"
FILES_MAX = 5_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("what", choices=["export", "validate", "diff", "apply"])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--kind", action="append", metavar="KIND", help="export only this kind; may be repeated")
    parser.add_argument("--yes", action="store_true", help="apply without asking")
    options.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Export, validate, compare or apply."""
    loaded = installation.current()
    installation.require_data_folder(loaded.data_folder)
    with installation.running_database(loaded, say=installation.say):
        installation.set_up_django()
        if arguments.what == "export":
            return _export(arguments)
        return _check(arguments)


def _export(arguments: argparse.Namespace) -> int:
    from wracam.definitions import queries

    texts = queries.export_yaml(kinds=arguments.kind)
    for name, text in texts.items():
        target = arguments.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    print(json.dumps(sorted(texts)) if arguments.json else f"{len(texts)} definitions written to {arguments.folder}.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from wracam.definitions import queries
    from wracam.definitions.contracts import FileOutcome

    texts = _texts(arguments.folder)
    checks = queries.check_files(texts=texts)
    wrong = [check for check in checks if check.outcome is FileOutcome.WRONG]
    waiting = [check for check in checks if check.outcome in (FileOutcome.NEW, FileOutcome.CHANGED)]
    if arguments.json:
        print(json.dumps([{"file": check.path, "outcome": check.outcome.value} for check in checks]))
    for check in wrong:
        for problem in check.problems:
            installation.say(f"{check.path}: {problem.path}: {problem.message.en}")
    if arguments.what != "validate" and not arguments.json:
        print("".join(check.text for check in waiting), end="")
    if wrong:
        raise CommandError(f"{len(wrong)} of {len(checks)} files are wrong; nothing was changed.")
    if arguments.what == "apply" and waiting:
        return _apply(arguments, texts, len(waiting))
    if not arguments.json:
        print(f"{len(checks)} files are sound; {len(waiting)} differ from what is live.")
    return 0


def _apply(arguments: argparse.Namespace, texts: dict[str, str], count: int) -> int:
    from wracam.definitions import actions
    from wracam.shops.contracts import SYSTEM

    if not arguments.yes and input(f"Put {count} definitions into force? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise CommandError("Nothing was changed.")
    actions.apply_files(texts=texts, actor=SYSTEM, now=clock.now(), note=f"wracam definitions apply {arguments.folder}")
    if not arguments.json:
        print(f"{count} definitions put into force.")
    return 0


def _texts(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("*/*.yaml"))
    if not files:
        raise CommandError(f"{folder} holds no KIND/KEY.yaml files.")
    if len(files) > FILES_MAX:
        raise CommandError(f"{folder} holds more than {FILES_MAX} files.")
    try:
        return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}
    except UnicodeDecodeError as error:
        raise CommandError(f"A file is not UTF-8 text: {error}") from error
