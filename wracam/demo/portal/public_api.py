"""How the sample shop's server calls Wracam: the public API with a key, in the same words as over the network.

The call is handed to the API inside this process, since a demo with a single worker would wait for itself for ever
if it called its own address.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

from wracam.faces.api.dispatch import respond


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the API answered. `problem` is its sentence when it refused."""

    status: int
    body: Any

    @property
    def is_good(self) -> bool:
        """Whether the call succeeded."""
        return self.status < 400

    @property
    def problem(self) -> str:
        """What was wrong, in the API's words."""
        return "" if self.is_good or not isinstance(self.body, dict) else str(self.body.get("detail", ""))


def call(method: str, address: str, body: Any = None, *, key: str, once: str = "") -> Reply:
    """Call `/v1` with *key*; *once* makes a repeated write answer as the first did."""
    content = json.dumps(body).encode() if body is not None else b""
    place, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": place, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(content), "wsgi.errors": io.StringIO(),
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(content)),
        "HTTP_HOST": "localhost", "HTTP_AUTHORIZATION": f"Bearer {key}",
    }  # fmt: skip
    if once:
        environ["HTTP_IDEMPOTENCY_KEY"] = once
    response = respond(WSGIRequest(environ))
    return Reply(status=response.status_code, body=json.loads(response.content) if response.content else None)
