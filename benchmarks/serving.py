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
THREADS = 4
"""Of the hot process: while one waits for the commit, others read and write."""
START_SECONDS = 20.0


@contextmanager
def served(url: str, target: str = HOT) -> Iterator[int]:
    """Serve *target* with one process over the database at *url*; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1",
            "--blocking-threads", str(THREADS), "--port", str(port), "--log-level", "error", target,
        ],
        env={**os.environ, "DATABASE_URL": url},
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


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
