"""What a killed supervisor or a killed server leaves running, and how it is ended before a new start."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from wracam.foundation import processes
from wracam.foundation.postgres.problems import ClusterError

STOP_SECONDS_MAX = 60.0
BACKENDS_SECONDS_MAX = 5.0
_PID_LINE, _STATE_LINE = 0, 7


def state_of(files: Path) -> tuple[int, str]:
    """Return the process id and the state that the server's pid file tells; (0, "") when there is none."""
    try:
        lines = (files / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        return int(lines[_PID_LINE]), lines[_STATE_LINE].strip() if len(lines) > _STATE_LINE else ""
    except (OSError, ValueError, IndexError):
        return 0, ""


def end_server(files: Path, *, say: Callable[[str], None]) -> None:
    """Stop a server that still runs on *files* though nobody holds its lock: its supervisor was killed."""
    pid, _ = state_of(files)
    if pid and processes.is_alive(pid) and pid in set(processes.working_in(files)):
        say("Stopping the PostgreSQL that a killed Wracam left behind …")
        for number in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if _ended([pid], STOP_SECONDS_MAX):
                break
        else:
            raise ClusterError(f"A PostgreSQL (process {pid}) still runs on {files} and does not stop; end it first.")
    end_backends(files)


def end_backends(files: Path) -> None:
    """Wait for the server processes whose postmaster was killed; end those that linger.

    They notice the death themselves within moments. A new server may only start once all are gone.
    """
    backends = list(processes.working_in(files))
    if not backends or _ended(backends, BACKENDS_SECONDS_MAX):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in backends:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if _ended(backends, BACKENDS_SECONDS_MAX):
            return


def _ended(pids: list[int], seconds: float) -> bool:
    give_up_at = time.monotonic() + seconds
    while any(processes.is_alive(pid) for pid in pids):
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True
