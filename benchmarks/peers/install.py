"""Install the peers into a folder outside the repository: `python -m benchmarks.peers.install FOLDER`.

Uses npm, pip and venv as they are set up on this machine. A peer that cannot be installed is named with the last line
of what its installer said, and the others go on. Running it again changes nothing that is there already.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

NODE_PACKAGES = ("json-rules-engine@7.3.1", "@medusajs/promotion@2.21.2", "@vendure/core@3.5.4")
ZEN = "zen-engine==2.1.3"
OSCAR = "django-oscar==4.2.1"
SECONDS_MAX = 1_800


def main() -> int:
    """Install all peers; 1 when one is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    if Path(__file__).resolve().parents[2] in (folder, *folder.parents):
        parser.error("choose a folder outside the repository")
    folder.mkdir(parents=True, exist_ok=True)
    jobs: list[tuple[str, Callable[[], None]]] = [
        *((package, lambda package=package: _node(folder, package)) for package in NODE_PACKAGES),
        (ZEN, lambda: _run([sys.executable, "-m", "pip", "install", "--target", str(folder / "pylib"), ZEN])),
        (OSCAR, lambda: _oscar(folder)),
    ]
    done = [_try(name, job) for name, job in jobs]
    return int(not all(done))


def _node(folder: Path, package: str) -> None:
    if not (folder / "package.json").exists():
        (folder / "package.json").write_text('{"name": "peers", "private": true}\n', "utf-8")
    _run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", package], folder)


def _oscar(folder: Path) -> None:
    if not (folder / "oscar" / "bin" / "python").exists():
        venv.create(folder / "oscar", with_pip=True)
    _run([str(folder / "oscar" / "bin" / "python"), "-m", "pip", "install", OSCAR])


def _try(name: str, job: Callable[[], None]) -> bool:
    try:
        job()
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        sys.stdout.write(f"{name}: not installed: {said.strip().splitlines()[-1]}\n")
        return False
    sys.stdout.write(f"{name}: installed\n")
    return True


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS_MAX)


if __name__ == "__main__":
    sys.exit(main())
