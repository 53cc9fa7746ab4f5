"""The token with which a shop signs its own customer in: a compact JWT (RFC 7519), HS256, minutes of life.

Only HS256 is accepted and the header decides nothing, so there is no algorithm to confuse. Claims: `iss` the shop's
short name, `aud` `"wracam"`, `iat` and `exp` at most five minutes apart, `jti` unique, and `email` or `sub` (the
account in the shop, with `source` naming the shop system).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LIFE_SECONDS_MAX = 300
SKEW_SECONDS = 60
TOKEN_LENGTH_MAX = 4_000
AUDIENCE = "wracam"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberClaim:
    """Who a shop says its customer is. `token_id` may be used once."""

    token_id: str
    email: str
    account: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedToken:
    """The token does not open anything; `reason` is for the shop's developer and holds no secret."""

    reason: str


def read_token(token: str, *, secret: str, shop_key: str, now: datetime) -> MemberClaim | RefusedToken:
    """Check signature, issuer, audience and times of *token* and return whom it names; never raises."""
    if len(token) > TOKEN_LENGTH_MAX or token.count(".") != 2:
        return RefusedToken(reason="this is not a token")
    signed, _, signature = token.rpartition(".")
    header, claims = _document(signed.partition(".")[0]), _document(signed.partition(".")[2])
    if header is None or claims is None or header.get("alg") != "HS256":
        return RefusedToken(reason="the token must be a JWT signed with HS256")
    if not hmac.compare_digest(_signature(signed, secret), signature.encode("utf-8", "replace")):
        return RefusedToken(reason="the signature does not match the shop's secret")
    return _checked(claims, shop_key, now.timestamp())


def sign_token(claims: Mapping[str, Any], *, secret: str) -> str:
    """Return *claims* as a signed token: what a shop's plug-in does, and our tests."""
    header = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    body = _encode(json.dumps(dict(claims), separators=(",", ":")).encode())
    signed = f"{header}.{body}"
    return f"{signed}.{_signature(signed, secret).decode()}"


def _checked(claims: Mapping[str, Any], shop_key: str, moment: float) -> MemberClaim | RefusedToken:
    issued, expires, token_id = _moment(claims.get("iat")), _moment(claims.get("exp")), _text(claims.get("jti"))
    if claims.get("iss") != shop_key or claims.get("aud") != AUDIENCE:
        return RefusedToken(reason="`iss` must be the shop's short name and `aud` must be wracam")
    if not issued or not expires or not 8 <= len(token_id) <= 100:
        return RefusedToken(reason="`iat` and `exp` must be seconds and `jti` a text of 8 to 100 letters")
    if expires - issued > LIFE_SECONDS_MAX or issued > moment + SKEW_SECONDS or expires <= moment:
        return RefusedToken(reason="the token is expired, from the future, or lives longer than five minutes")
    email, account, source = (_text(claims.get(name)) for name in ("email", "sub", "source"))
    if not email and not account:
        return RefusedToken(reason="the token must name the customer by `email` or `sub`")
    return MemberClaim(token_id=token_id, email=email, account=account, source=source)


def _moment(value: object) -> float:
    """Return seconds since 1970, or 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**11:
        return 0.0
    return float(value)


def _text(value: object) -> str:
    return value[:254] if isinstance(value, str) else ""


def _signature(signed: str, secret: str) -> bytes:
    return _encode(hmac.digest(secret.encode(), signed.encode("utf-8", "replace"), "sha256")).encode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _document(part: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
