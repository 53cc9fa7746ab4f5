"""Where the server's Unix socket lives: a private folder whose path the kernel accepts."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from wracam.foundation.files import make_private_folder
from wracam.foundation.postgres.account import Account
from wracam.foundation.postgres.problems import ClusterError

PATH_BYTES_MAX = 85
"""A socket's whole path may have 103 bytes on every system; its name, `/.s.PGSQL.65535`, takes 16 of them."""


def prepare(*, beside: Path, account: Account | None) -> Path:
    """Return a folder of mode 0700, owned by *account* or us, for the socket of the cluster in *beside*.

    Its natural place is too long at times, or holds a comma, which clients read as a list of hosts.
    """
    preferred = beside / "socket"
    is_usable = len(os.fsencode(preferred)) <= PATH_BYTES_MAX and "," not in str(preferred)
    chosen = preferred if is_usable else _short(beside, account)
    make_private_folder(chosen, owner=account.owner if account else None)
    _require_private(chosen, account.uid if account else os.geteuid())
    return chosen


def _short(beside: Path, account: Account | None) -> Path:
    uid = account.uid if account else os.geteuid()
    mark = hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]
    name = f"wracam-{uid}-{mark}"
    for base in _bases(uid):
        if len(os.fsencode(base / name)) <= PATH_BYTES_MAX:
            return base / name
    raise ClusterError(
        f"The path of {beside} is too long for a socket and there is no temporary folder with a short one. "
        "Set TMPDIR to a short path, or move the data folder."
    )


def _bases(uid: int) -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    private = [Path(runtime)] if runtime and Path(runtime).is_dir() and Path(runtime).stat().st_uid == uid else []
    return [*private, Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108  checked for ownership below


def _require_private(folder: Path, uid: int) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise ClusterError(
            f"{folder} should be a private folder of user {uid} (mode 700) for the database's socket, but is not. "
            "Somebody else may have made it: look at it and remove it."
        )
