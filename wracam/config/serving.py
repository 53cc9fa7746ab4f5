"""Serving a WSGI program with granian: many processes, dying with their parent."""

from __future__ import annotations

BACKLOG = 1024
WORKERS_KILL_SECONDS = 10
IDLE_THREAD_SECONDS = 600
"""A thread has a database connection; one that ended after a quiet half minute would make the next caller wait."""


def serve(target: str, *, bind: str, port: int, workers: int, log_level: str, threads: int = 1) -> None:
    """Serve *target* (`"module:application"`) until a signal; crashed workers are replaced.

    Django gets one thread a process; the hot program more, since most of its time is waiting for commits.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        target,
        address=bind,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=IDLE_THREAD_SECONDS,
        backlog=BACKLOG,
        websockets=False,
        log_level=LogLevels.warning if log_level.upper() != "DEBUG" else LogLevels.debug,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=WORKERS_KILL_SECONDS,
    ).serve()
