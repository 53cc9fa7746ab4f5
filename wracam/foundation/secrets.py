"""Secrets at rest: sealing, blind indexes, hashes of random tokens, and the tokens themselves.

Every key is derived from `SECRET_KEY` with HKDF-SHA256 (RFC 5869) under a label of its own, so that a value
sealed for one purpose cannot be opened for another. Losing `SECRET_KEY` loses what was sealed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

TOKEN_BYTES = 24
"""192 random bits: beyond guessing, so a fast hash is enough to store them."""
NONCE_BYTES = 12
VERSION = b"\x01"
PREFIX = "w1:"


class UnreadableSecretError(ValueError):
    """This value was not sealed with our key for this purpose; enter the secret again."""


def seal(plaintext: str, *, aad: str) -> str:
    """Encrypt *plaintext* with AES-256-GCM; it opens only with the same *aad* (`"shop:1:member_secret"`)."""
    return _sealed(AESGCM(_key("seal")), plaintext, aad)


def seal_many(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield each (plaintext, aad) of *texts* sealed as `seal` does, with the cipher set up once."""
    cipher = AESGCM(_key("seal"))
    for plaintext, aad in texts:
        yield _sealed(cipher, plaintext, aad)


def open_sealed(sealed: str, *, aad: str) -> str:
    """Decrypt what `seal` returned; raises `UnreadableSecretError` if key, *aad* or text do not match."""
    try:
        raw = base64.b64decode(sealed.removeprefix(PREFIX), altchars=b"-_", validate=True)
        opened = AESGCM(_key("seal")).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], VERSION + aad.encode())
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise UnreadableSecretError(UnreadableSecretError.__doc__) from error
    return opened.decode()


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return 32 bytes that are equal for equal values, to find a sealed value without opening it.

    Normalise *value* first; *purpose* keeps indexes of different fields apart.
    """
    return hmac.digest(_key(f"index:{purpose}"), value.encode(), "sha256")


def blind_indexes(values: Iterable[str], *, purpose: str) -> Iterator[bytes]:
    """Yield `blind_index` of each of *values*, with the key set up once."""
    keyed = HMAC(_key(f"index:{purpose}"), SHA256())
    for value in values:
        one = keyed.copy()
        one.update(value.encode())
        yield one.finalize()


def new_token(*, prefix: str = "") -> str:
    """Return *prefix* and 192 random bits in URL-safe letters."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def new_code(*, digits: int = 6) -> str:
    """Return a short numeric code for people to type; only for one use, few tries and minutes of life."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def hash_token(token: str) -> bytes:
    """Return the SHA-256 of a random *token* of at least 128 bits; for anything shorter use `keyed_hash`."""
    return hashlib.sha256(token.encode()).digest()


def keyed_hash(value: str, *, purpose: str) -> bytes:
    """Return an HMAC of a short secret (a code), which a stolen database alone cannot be searched with."""
    return blind_index(value, purpose=f"code:{purpose}")


def equal(left: bytes | str, right: bytes | str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def _sealed(cipher: AESGCM, plaintext: str, aad: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, plaintext.encode(), VERSION + aad.encode())
    return PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()


def _bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _key(label: str) -> bytes:
    return _derived(settings.SECRET_KEY, label)


@lru_cache(maxsize=64)
def _derived(secret_key: str, label: str) -> bytes:
    if not secret_key:
        raise ImproperlyConfigured("there is no secret key; run `wracam init` or set WRACAM_SECRET_KEY")
    return HKDF(algorithm=SHA256(), length=32, salt=b"wracam", info=label.encode()).derive(secret_key.encode())
