"""What our processes share about being processes: dying with the parent, and knowing who is still there."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1


PARENT_VARIABLE = "WRACAM_SUPERVISOR"
"""Names the supervisor's process id to the programs it starts."""


@cache
def libc() -> ctypes.CDLL:
    """Return the C library of this process; call it once before forking."""
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Ask the kernel to send us *signal_number* when our parent ends, however it ends.

    Where the kernel cannot (it is Linux's promise), the supervisor's orderly stop is all there is.
    """
    if sys.platform == "linux":
        libc().prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)


def die_with_supervisor() -> None:
    """End with the supervisor that started us, if one did; at once, if it is gone already."""
    supervisor = os.environ.pop(PARENT_VARIABLE, "")
    if supervisor:
        die_with_parent(signal.SIGTERM)
        if os.getppid() != int(supervisor):
            os.kill(os.getpid(), signal.SIGTERM)


def is_alive(pid: int) -> bool:
    """Say whether process *pid* exists and is not just a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = (PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return not PROC.is_dir()
    return bool(state) and state[0] != "Z"


def working_in(folder: Path) -> Iterator[int]:
    """Yield the processes whose working folder is *folder*; nothing where the system does not tell."""
    for entry in PROC.glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder:
                yield int(entry.name)
        except OSError:
            continue
