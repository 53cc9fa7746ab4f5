"""The cart engine as machine code, where somebody built it: the same modules, compiled from the same sources.

`make compiled` lets mypyc compile pure modules into `wracam/__compiled__/PLATFORM`, with a list of them and a
fingerprint of the sources. As with `__pycache__`, what is compiled counts only while the sources are those that it was
made of; otherwise, or with `WRACAM_ENGINE=python`, Python runs the sources. Both give the same quotes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
FOLDER = PACKAGE / "__compiled__" / str(sysconfig.get_config_var("SOABI"))
"""Compiled modules depend on the platform and on Python's minor version."""
LIST = "modules.json"
SWITCH, PYTHON = "WRACAM_ENGINE", "python"


class CompiledFinder:
    """Finds compiled modules before Python looks for their sources."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.files = files

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return where the compiled module of this name is; nothing if there is none."""
        file = self.files.get(name)
        return None if file is None else spec_from_file_location(name, file)


def prefer() -> None:
    """Let imports find compiled modules, where they are up to date and wanted."""
    files = {} if os.environ.get(SWITCH) == PYTHON else up_to_date(FOLDER)
    if files and not is_in_use():
        sys.meta_path.insert(0, CompiledFinder(files))


def is_in_use() -> bool:
    """Say whether this process runs compiled modules."""
    return any(isinstance(finder, CompiledFinder) for finder in sys.meta_path)


def is_out_of_date() -> bool:
    """Say whether there are compiled modules, of other sources."""
    return (FOLDER / LIST).exists() and not up_to_date(FOLDER)


def up_to_date(folder: Path) -> dict[str, Path]:
    """Return the compiled modules in *folder* by name; none if a source is not what it was."""
    try:
        listed = json.loads((folder / LIST).read_text("utf-8"))
        files = {name: folder / file for name, file in listed["files"].items()}
        is_same = fingerprint(listed["sources"]) == listed["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return files if is_same else {}


def fingerprint(sources: Iterable[str]) -> str:
    """Return a hash of these files, named from the package on."""
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.encode() + b"\0" + (PACKAGE / source).read_bytes() + b"\0")
    return digest.hexdigest()
