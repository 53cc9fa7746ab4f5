"""What a worker process does: the delivery loop, the job worker with its schedule, or both side by side."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

Loop = Callable[[threading.Event], None]
WATCH_SECONDS = 0.5
STOP_SECONDS_MAX = 15.0
"""Work that has not ended by then is cut off; it is found again, since nothing is done but once it is committed."""


def work(only: str | None) -> int:
    """Work on events, jobs or (None) both, until SIGTERM or SIGINT; return the exit code.

    The loops live through an absent database by themselves; when one ends before it was told to, the process
    ends too and its supervisor starts a fresh one.
    """
    stop = threading.Event()
    _stop_on_signals(stop)
    loops = _loops(only)
    threads = [threading.Thread(target=_run, args=(loop, stop), name=name, daemon=True) for name, loop in loops.items()]
    for thread in threads:
        thread.start()
    while not stop.wait(WATCH_SECONDS) and all(thread.is_alive() for thread in threads):
        pass
    was_told = stop.is_set()
    stop.set()
    _join(threads)
    return 0 if was_told else 1


def _join(threads: list[threading.Thread]) -> None:
    give_up_at = time.monotonic() + STOP_SECONDS_MAX
    for thread in threads:
        thread.join(max(0.0, give_up_at - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        os._exit(1)


def _loops(only: str | None) -> dict[str, Loop]:
    from wracam.events.tasks import run_deliveries
    from wracam.foundation.jobs import run_jobs

    loops: dict[str, Loop] = {"events": run_deliveries, "jobs": run_jobs}
    return loops if only is None else {only: loops[only]}


def _run(loop: Loop, stop: threading.Event) -> None:
    from django.db import connections

    try:
        loop(stop)
    finally:
        connections.close_all()


def _stop_on_signals(stop: threading.Event) -> None:
    def note(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
