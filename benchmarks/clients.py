"""Clients in processes of their own that begin together.

A client that still starts up takes the cores from those that measure already; threads of one process wait for each
other. So each client is a process, gets ready, and waits for the others.
"""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

READY_SECONDS_MAX = 60.0
_barriers: list[Barrier] = []
Client = Callable[..., list[float]]
"""Gets ready, calls `begin`, and returns the times that it measured."""


def in_processes(client: Client, shares: Sequence[tuple[Any, ...]]) -> list[float]:
    """Run *client* with each of *shares* in a process of its own and return the times of all."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(shares))
    with context.Pool(len(shares), _keep, (barrier,)) as pool:
        found = pool.starmap(_run, [(client, share) for share in shares], chunksize=1)
    return [time for times in found for time in times]


def begin() -> None:
    """Wait until every client is ready."""
    _barriers[0].wait(READY_SECONDS_MAX)


def wait_until(due: float) -> float:
    """Sleep until *due* and return from when a request counts (both as `time.perf_counter` says it).

    That is when it was due, if the one before held it up: a slow answer cannot hide the wait of those behind it. The
    client's own late waking is not the server's time.
    """
    early = due - time.perf_counter()
    if early <= 0:
        return due
    time.sleep(early)
    return time.perf_counter()


def _keep(barrier: Barrier) -> None:
    _barriers.append(barrier)


def _run(client: Client, share: tuple[Any, ...]) -> list[float]:
    """Say what was wrong: a process that leaves without a word would be waited for."""
    try:
        return client(*share)
    except SystemExit as error:
        _barriers[0].abort()
        raise RuntimeError(str(error)) from error


class Connection:
    """One kept connection; as little client as possible, since it runs on the same machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def answer_to(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a request and return the head and the body of the answer."""
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        return head, body

    def _receive(self) -> bytes:
        if not (part := self._socket.recv(262_144)):
            raise SystemExit("the server closed the connection")
        return part
