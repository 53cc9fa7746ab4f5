"""Compile the cart engine with mypyc: `python tools/compile_engine.py`. Needs a C compiler.

What is compiled and when it counts stands in `wracam/foundation/compiled.py`. It takes one to two minutes.
Modules whose data classes are read from JSON, and those that put quotes into words, stay Python's.
"""

from __future__ import annotations

import json
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mypyc.build import mypycify
from setuptools import Distribution

from wracam.foundation import compiled

ROOT = Path(__file__).parent.parent
CORE = "promotions/core"
MODULES = (
    "answer", "bench", "beside", "bounds", "byparts", "cases", "catalog", "charges", "conditions", "consuming",
    "contest", "engine", "entangled", "explain", "gains", "givers", "hints", "hopeless", "ladders", "most", "offers",
    "packing", "parts", "partsearch", "pricing", "priority", "reaches", "reducing", "rounding", "runs", "search",
    "sure", "taxes", "tree", "trial", "units", "uses", "valuing",
)  # fmt: skip
COMPILED = ("kernel/allocation.py", *[f"{CORE}/{module}.py" for module in MODULES])
SETTINGS = "[mypy]\nstrict = true\nfollow_imports = silent\n"


def main() -> int:
    """Compile all of it for this Python, unless that was done already."""
    if compiled.up_to_date(compiled.FOLDER):
        print("The engine is compiled.")
        return 0
    if not has_compiler():
        print("There is no C compiler here. The engine runs as Python, with the same results.")
        return 1
    count = compile_into(compiled.FOLDER, COMPILED)
    print(f"{count} compiled modules in {compiled.FOLDER.relative_to(ROOT)}")
    return 0


def has_compiler() -> bool:
    """Say whether the C compiler that this Python was made with is here."""
    return shutil.which(str(sysconfig.get_config_var("CC")).split()[0]) is not None


def compile_into(target: Path, sources: Sequence[str]) -> int:
    """Compile *sources*, named from the package on, put them in the place of what is in *target*, and count them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _build(folder, sources)
        files = {_module_of(path, folder): path for path in sorted(folder.glob("lib/**/*.so"))}
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for module, path in files.items():
            shutil.copy(path, target / f"{module}.so")
    relied_on = _relied_on(sources)
    listed = {
        "fingerprint": compiled.fingerprint(relied_on),
        "sources": relied_on,
        "files": {module: f"{module}.so" for module in files},
    }
    (target / compiled.LIST).write_text(json.dumps(listed, indent=1), "utf-8")
    return len(files)


def _build(folder: Path, sources: Sequence[str]) -> None:
    settings = folder / "mypy.ini"
    settings.write_text(SETTINGS)
    modules = mypycify(
        ["--config-file", str(settings), "--explicit-package-bases", *[f"wracam/{source}" for source in sources]],
        opt_level="1", debug_level="0", target_dir=str(folder / "c"),
    )  # fmt: skip
    build = Distribution({"name": "wracam", "ext_modules": modules, "packages": []}).get_command_obj("build_ext")
    build.build_lib, build.build_temp = str(folder / "lib"), str(folder / "objects")
    build.ensure_finalized()
    build.run()


def _module_of(path: Path, folder: Path) -> str:
    """Return `wracam.kernel.allocation` for `lib/wracam/kernel/allocation.cpython-311-x86_64-linux-gnu.so`."""
    *packages, file = path.relative_to(folder / "lib").parts
    return ".".join([*packages, file.partition(".")[0]])


def _relied_on(sources: Sequence[str]) -> list[str]:
    """Return all that compiled code relies on: its own sources, and those of the data that it is given."""
    package = compiled.PACKAGE
    data = [*(package / "promotions/contracts").glob("*.py"), *(package / CORE).glob("**/*.py")]
    return sorted({*sources, *[path.relative_to(package).as_posix() for path in data]})


if __name__ == "__main__":
    sys.exit(main())
