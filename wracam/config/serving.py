"""Serving a WSGI program with granian: many processes, one thread each, dying with their parent."""

from __future__ import annotations

BACKLOG = 1024
WORKERS_KILL_SECONDS = 10


def serve(target: str, *, bind: str, port: int, workers: int, log_level: str) -> None:
    """Serve *target* (`"module:application"`) until a signal; crashed workers are replaced."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        target,
        address=bind,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=1,
        backlog=BACKLOG,
        websockets=False,
        log_level=LogLevels.warning if log_level.upper() != "DEBUG" else LogLevels.debug,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=WORKERS_KILL_SECONDS,
    ).serve()
