"""A WSGI program served by our own server in a process of its own."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

HOT = "wracam.config.hot:application"
FRONT = "wracam.config.front:application"
"""Everything behind one address, as `wracam up` serves it: the ordinary API is Django's."""
THREADS = 4
"""Of the hot process: while one waits for the commit, others read and write."""
IDLE_THREAD_SECONDS = 600
STOP_SECONDS = 2
START_SECONDS = 60.0


@contextmanager
def served(url: str, target: str = HOT, *, workers: int = 1, threads: int = THREADS) -> Iterator[int]:
    """Serve *target* with so many processes over the database at *url*; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers),
            "--blocking-threads", str(threads), "--blocking-threads-idle-timeout", str(IDLE_THREAD_SECONDS),
            "--workers-kill-timeout", str(STOP_SECONDS), "--port", str(port), "--log-level", "error", target,
        ],
        env={**os.environ, "DATABASE_URL": url},
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    started = time.monotonic()
    while time.monotonic() - started < START_SECONDS:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not start within {START_SECONDS:.0f} s")
