"""Signatures: of webhooks that come in, and of REST calls to shops without encryption (OAuth 1.0a, RFC 5849)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

PING = re.compile(rb"webhook_id=\d{1,19}")


def is_ping(body: bytes) -> bool:
    """Say whether *body* is the unsigned call that WooCommerce makes when a webhook is created."""
    return PING.fullmatch(body) is not None


def signature(body: bytes, secret: str) -> str:
    """Return the signature WooCommerce sends with *body*: base64 of HMAC-SHA256."""
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def is_signed(body: bytes, given: str, secrets: Iterable[str]) -> bool:
    """Say whether *given* signs the raw *body* with one of *secrets*, in constant time for each."""
    presented = given.encode("utf-8", "replace")
    checks = [hmac.compare_digest(presented, signature(body, secret).encode()) for secret in secrets if secret]
    return any(checks)


def basic(key: str, secret: str) -> str:
    """Return the Authorization header for a shop reached by HTTPS."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def oauth_query(
    method: str, url: str, query: Mapping[str, str], *, key: str, secret: str, nonce: str, timestamp: int
) -> str:
    """Return the query string that signs a call to *url* (without query) by one-legged OAuth 1.0a with HMAC-SHA256."""
    parameters = {
        **query,
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
        "oauth_version": "1.0",
    }
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in parameters.items())
    normalised = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method.upper(), _encoded(url), _encoded(normalised)))
    digest = hmac.new(f"{_encoded(secret)}&".encode(), base.encode(), hashlib.sha256).digest()
    return urlencode({**parameters, "oauth_signature": base64.b64encode(digest).decode()}, quote_via=quote)


def _encoded(text: str) -> str:
    return quote(text, safe="-._~")
