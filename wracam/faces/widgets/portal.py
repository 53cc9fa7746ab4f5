"""Serving the script with the web components that shops place in their pages.

`/widgets/v1.js` is the address for shops: kept for an hour, then asked about again. `/widgets/v1-<version>.js` never
changes and is kept for a year; use it with Subresource Integrity. Every shop's page may load both.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from wracam.foundation import assets

SCRIPT = Path(__file__).parent / "static/widgets/v1.js"
KEPT = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The script as it is sent. `integrity` is what a page writes for Subresource Integrity."""

    plain: bytes
    compressed: bytes
    version: str
    integrity: str


def current() -> Script:
    """Return the script; read anew when it changes in debug."""
    return _read(SCRIPT.stat().st_mtime_ns if settings.DEBUG else 0)


@cache
def _read(_changed_at: int) -> Script:
    plain = SCRIPT.read_bytes()
    return Script(
        plain=plain,
        compressed=gzip.compress(plain, compresslevel=9, mtime=0),
        version=hashlib.sha256(plain).hexdigest()[:12],
        integrity="sha384-" + base64.b64encode(hashlib.sha384(plain).digest()).decode(),
    )


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Send the newest script of version 1."""
    found = current()
    if f'"{found.version}"' in request.headers.get("If-None-Match", ""):
        return _open_to_shops(HttpResponse(status=304), found, KEPT)
    return _open_to_shops(_content(request, found), found, KEPT)


@require_safe
def pinned(request: HttpRequest, version: str) -> HttpResponse:
    """Send exactly this script, or nothing when it is not the one we have."""
    found = current()
    if version != found.version:
        raise Http404
    return _open_to_shops(_content(request, found), found, assets.FOREVER)


def _content(request: HttpRequest, found: Script) -> HttpResponse:
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        found.compressed if is_packed else found.plain, content_type="text/javascript; charset=utf-8"
    )
    if is_packed:
        response["Content-Encoding"] = "gzip"
    return response


def _open_to_shops(response: HttpResponse, found: Script, kept: str) -> HttpResponse:
    response["Cache-Control"] = kept
    response["ETag"] = f'"{found.version}"'
    response["Vary"] = "Accept-Encoding"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


urlpatterns = [
    path("widgets/v1.js", script, name="script"),
    path("widgets/v1-<slug:version>.js", pinned, name="pinned"),
]
