"""Who is calling: the key in `Authorization: Bearer …`, its scope, its origin and its limit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from wracam.faces.api import limits, problems
from wracam.faces.api.ports import Key, read_key
from wracam.faces.api.problems import Problem
from wracam.foundation import clock

SECRET_LENGTH_MAX = 200


class ApiRequest(HttpRequest):
    """A request that carried a valid key."""

    auth: Key
    request_id: str


class Authenticated:
    """Demands a key with a scope; used by ninja as the `auth` of an operation."""

    openapi_security_schema = {"type": "http", "scheme": "bearer", "description": "A key of your shop: `wr_live_…`."}

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Key:
        """Return the key or raise the problem: unauthenticated, wrong origin, missing scope, too many requests."""
        key = _key_of(request)
        request.auth = key  # type: ignore[attr-defined]  # ninja sets it only when this call succeeds
        _check_origin(request, key)
        limits.take(bucket=f"key:{key.id}", limit=limits.limit_of(key), now=clock.now())
        if not key.may(self.scope):
            raise Problem(problems.SCOPE_MISSING, f"This key lacks the scope `{self.scope}`; use one that has it.")
        return key


def authenticated(scope: str) -> Authenticated:
    """Demand a key with *scope*: `@router.get("/orders", auth=authenticated("orders:read"))`."""
    return Authenticated(scope)


def _key_of(request: HttpRequest) -> Key:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    usable = scheme.lower() == "bearer" and 0 < len(secret) <= SECRET_LENGTH_MAX and secret.isascii()
    key = read_key(secret) if usable and secret.isprintable() else None
    if key is None:
        raise Problem(
            problems.UNAUTHENTICATED,
            "Send `Authorization: Bearer` and a key of your shop; keys are made in the console under Settings.",
            headers={"WWW-Authenticate": 'Bearer realm="wracam"'},
        )
    return key


def _check_origin(request: HttpRequest, key: Key) -> None:
    origin = request.headers.get("Origin")
    if origin is None or not key.is_publishable:
        return
    if origin not in key.origins:
        raise Problem(problems.ORIGIN_NOT_ALLOWED, f"Add {origin[:200]} to the web addresses of this key.")


def allowed_origin(request: HttpRequest) -> str | None:
    """Return the origin whose scripts may read the answer: that of a publishable key that lists it."""
    key: Any = getattr(request, "auth", None)
    origin = request.headers.get("Origin")
    return origin if origin and key and key.is_publishable and origin in key.origins else None
