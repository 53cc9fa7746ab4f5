"""Calling a WSGI program as a server would."""

from __future__ import annotations

import io
from typing import Any

import msgspec

from wracam.config import hot

Answer = tuple[int, dict[str, str], Any]


def call(
    path: str = "/v1/events",
    *,
    key: str = "",
    body: bytes = b"",
    method: str = "POST",
    program: Any = hot.application,
    **environ: str,
) -> Answer:
    """Send one request; return the status, the headers and the body, read when it is JSON."""
    answer: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        answer["status"], answer["headers"] = int(status[:3]), dict(headers)

    given_environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8800",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    content = b"".join(program(given_environ, start_response))
    is_json = "json" in answer["headers"].get("Content-Type", "") and content
    return answer["status"], answer["headers"], msgspec.json.decode(content) if is_json else content
