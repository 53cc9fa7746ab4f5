"""Ports that are taken: at once an error for a stranger, a short wait for one of ours that is ending."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from wracam.config import programs
from wracam.config.errors import CommandError

ENDING_SECONDS = 0.5


def test_a_port_that_nobody_answers_on_any_more_is_waited_for():
    ending = socket.create_server(("127.0.0.1", 0))
    port = ending.getsockname()[1]
    threading.Timer(ENDING_SECONDS, ending.close).start()
    began = time.monotonic()

    programs.require_free("127.0.0.1", port, "port")

    assert time.monotonic() - began >= ENDING_SECONDS


def test_a_port_that_one_of_ours_still_answers_on_is_waited_for():
    with _serving(200, b'{"status": "alive"}') as server:
        began = time.monotonic()

        def end() -> None:
            server.shutdown()
            server.server_close()

        threading.Timer(ENDING_SECONDS, end).start()
        programs.require_free("127.0.0.1", server.server_port, "port")

    assert time.monotonic() - began >= ENDING_SECONDS


def test_one_of_ours_that_goes_on_answering_is_refused(monkeypatch):
    monkeypatch.setattr(programs, "ANSWERING_SECONDS_MAX", ENDING_SECONDS)

    with _serving(200, b"alive\n") as server, pytest.raises(CommandError, match="Cannot listen on"):
        programs.require_free("127.0.0.1", server.server_port, "port")


def test_a_port_that_a_living_program_serves_is_refused_at_once():
    with _serving(404, b"nothing here") as server:
        began = time.monotonic()

        with pytest.raises(CommandError, match="Cannot listen on"):
            programs.require_free("127.0.0.1", server.server_port, "port")

    assert time.monotonic() - began < programs.ANSWERING_SECONDS_MAX / 2


@contextmanager
def _serving(status: int, body: bytes) -> Iterator[HTTPServer]:
    class Living(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", 0), Living) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
