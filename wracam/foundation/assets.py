"""Bundles: many small style sheets or scripts, served as one file with an address that changes with its content.

There is no build: files are joined when the process first needs them, and again whenever they change in debug.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from wracam.kernel.registry import Registry

FOREVER = "public, max-age=31536000, immutable"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Files joined in this order under one name, such as `console.css`."""

    name: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A bundle's content, compressed and plain, and its version."""

    plain: bytes
    compressed: bytes
    version: str


BUNDLES: Registry[Bundle] = Registry("bundle")


def register_bundle(name: str, *paths: Path) -> Bundle:
    """Add a bundle; its files must exist, so that a typo fails the start."""
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"bundle {name!r} names files that do not exist: {', '.join(missing)}")
    return BUNDLES.register(name, Bundle(name=name, paths=paths))


def url(name: str) -> str:
    """Return the address of a bundle in its current version."""
    return f"/assets/{_built(name).version}/{name}"


def serve(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """Send a bundle. An old version gets the current content but may not be kept."""
    if name not in BUNDLES:
        raise Http404
    built = _built(name)
    accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(built.compressed if accepts_gzip else built.plain, content_type=TYPES[Path(name).suffix])
    if accepts_gzip:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = FOREVER if version == built.version else "no-cache"
    return response


def _built(name: str) -> Built:
    bundle = BUNDLES.get(name)
    changed_at = max(path.stat().st_mtime_ns for path in bundle.paths) if settings.DEBUG else 0
    return _build(bundle, changed_at)


@cache
def _build(bundle: Bundle, changed_at: int) -> Built:
    plain = b"\n".join(path.read_bytes() for path in bundle.paths)
    return Built(
        plain=plain,
        compressed=gzip.compress(plain, compresslevel=9, mtime=0),
        version=hashlib.sha256(plain).hexdigest()[:12],
    )
