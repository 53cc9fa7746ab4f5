"""At most one process runs the server of a data folder."""

from __future__ import annotations

import fcntl
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from wracam.foundation.postgres.problems import InUseError


@dataclass(slots=True)
class FolderLock:
    """A lock that the kernel lets go when its holder ends, however it ends."""

    descriptor: int

    @classmethod
    def take(cls, path: Path, data_folder: Path) -> FolderLock:
        """Take the lock of *data_folder* or raise `InUseError` with its holder named."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 200).decode("utf-8", "replace").strip() or "another process"
            os.close(descriptor)
            raise InUseError(
                f"The data folder {data_folder} is in use by {holder}. Stop that first, "
                "or choose another folder with --data-folder."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} ({Path(sys.argv[0]).name or 'python'})\n".encode(), 0)
        return cls(descriptor)

    @staticmethod
    def is_held(path: Path) -> bool:
        """Say whether somebody holds the lock at *path* now."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def release(self) -> None:
        """Let go."""
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)
