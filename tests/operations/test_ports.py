"""Ports that are taken: at once an error for a living program, a short wait for one that is ending."""

from __future__ import annotations

import socket
import threading
import time
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


def test_a_port_that_a_living_program_serves_is_refused_at_once():
    class Living(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Living) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        began = time.monotonic()

        with pytest.raises(CommandError, match="Cannot listen on"):
            programs.require_free("127.0.0.1", server.server_port, "port")

        server.shutdown()
    assert time.monotonic() - began < programs.ENDING_SECONDS_MAX / 2
