"""Signatures of outgoing webhooks: Standard Webhooks 1.0 (standardwebhooks.com), symmetric scheme `v1`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32
SECRETS_MAX = 2
"""While a secret is being changed the old one signs too."""


def secret_text(content: bytes) -> str:
    """Write a secret's bytes as people copy them."""
    return PREFIX + base64.b64encode(content).decode()


def headers(secrets: Sequence[str], delivery_id: str, sent_at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers; with several secrets the signature header holds one signature of each."""
    moment = str(int(sent_at.timestamp()))
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(secret, delivery_id, moment, body) for secret in secrets),
    }


def _signature(secret: str, delivery_id: str, moment: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{delivery_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
