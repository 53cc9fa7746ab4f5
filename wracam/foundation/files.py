"""Writing files that others must not read or half-read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def write_private(path: Path, text: str, *, owner: tuple[int, int] | None = None) -> None:
    """Write *text* to *path* whole or not at all, readable by its owner only.

    The new file takes the place of the old by a rename, so a link somebody left there is replaced, not followed.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if owner is not None:
                os.fchown(file.fileno(), *owner)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def make_private_folder(path: Path, *, owner: tuple[int, int] | None = None) -> None:
    """Create *path* (its parent exists) for its owner alone; leave one that is there as it is."""
    try:
        path.mkdir(mode=PRIVATE_FOLDER)
    except FileExistsError:
        return
    if owner is not None:
        os.chown(path, *owner, follow_symlinks=False)
