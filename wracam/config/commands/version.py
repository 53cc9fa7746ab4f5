"""Print the version of Wracam and of what it stands on."""

from __future__ import annotations

import argparse
import json
import platform
from importlib.metadata import PackageNotFoundError, version

from wracam.config import options
from wracam.foundation.postgres import binaries

HELP = "print the version"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    options.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the versions."""
    found = {
        "wracam": installed_version(),
        "python": platform.python_version(),
        "django": version("django"),
        "embedded_postgresql": str(binaries.MAJOR_VERSION),
    }
    if arguments.json:
        print(json.dumps(found))
    else:
        print(f"Wracam {found['wracam']} (Python {found['python']}, Django {found['django']})")
    return 0


def installed_version() -> str:
    """Return the version of the installed package; of a plain source folder, "unknown"."""
    try:
        return version("wracam")
    except PackageNotFoundError:
        return "unknown"
