"""Security headers on every answer: a strict content policy with a nonce, and what else browsers honour."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

REQUEST_ID_LENGTH_MAX = 64
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class SecurityHeadersMiddleware:
    """Gives each request an id and a nonce, and each answer its headers; a view that sets one itself keeps it.

    Templates write `<script nonce="{{ request.csp_nonce }}">`; inline handlers and styles do not work, on purpose.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and add the headers to its answer."""
        nonce = secrets.token_urlsafe(16)
        request_id = _request_id(request)
        request.csp_nonce = nonce  # type: ignore[attr-defined] # Django's way to hand things to views
        request.request_id = request_id  # type: ignore[attr-defined] # the same
        response = HttpResponse(status=400) if _has_nul(request) else self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
        response.headers.setdefault("X-Request-Id", request_id)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.has_header("Set-Cookie") or getattr(request, "user", None) is not None:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _has_nul(request: HttpRequest) -> bool:
    """Say whether the address holds the NUL character, which no database text can: a door for nobody."""
    return "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")


def _request_id(request: HttpRequest) -> str:
    """Return the caller's request id if it is harmless in a log, else a new one."""
    given = request.headers.get("X-Request-Id", "")
    if given and len(given) <= REQUEST_ID_LENGTH_MAX and given.isascii() and given.replace("-", "").isalnum():
        return given
    return secrets.token_hex(12)
