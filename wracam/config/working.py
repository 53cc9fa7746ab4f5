"""What a worker process does: the delivery loop, the job worker with its schedule, or both."""

from __future__ import annotations

import signal
import threading
from types import FrameType

JOBS_STOP_SECONDS_MAX = 15.0


def work(only: str | None) -> int:
    """Work on events, jobs or (None) both, until SIGTERM or SIGINT; return the exit code."""
    if only == "events":
        return _deliver()
    if only == "jobs":
        return _run_jobs()
    return _do_both()


def _deliver() -> int:
    from wracam.events.tasks import run_deliveries

    stop = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    run_deliveries(stop)
    return 0


def _run_jobs() -> int:
    """Run jobs and defer the periodic ones; returns after a signal."""
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]  # Django's own
        working.run_worker(listen_notify=True, shutdown_graceful_timeout=JOBS_STOP_SECONDS_MAX)
    return 0


def _do_both() -> int:
    """Deliver in a thread beside the job worker; when either ends, both do."""
    from wracam.events.tasks import run_deliveries

    stop = threading.Event()
    failures: list[BaseException] = []

    def deliver() -> None:
        try:
            run_deliveries(stop)
        except BaseException as error:  # the worker's rim: told to the main thread, which ends the process
            failures.append(error)
        if not stop.is_set():
            signal.raise_signal(signal.SIGTERM)

    thread = threading.Thread(target=deliver, name="deliveries")
    thread.start()
    try:
        _run_jobs()
    finally:
        stop.set()
        thread.join()
    if failures:
        raise failures[0]
    return 0
