"""`Idempotency-Key`: a write that is sent again gets the first answer, byte for byte, and changes nothing.

The key belongs to the API key and is bound to method, address and body. The answer is stored in the transaction
of the write, so that there is never one without the other, and sealed, because an answer may hold a code that buys
something. Refusals are not stored: the transaction is undone, and
the client may correct the request and use the key again. Kept for `KEPT_DAYS`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from wracam.faces.api.models import StoredAnswer
from wracam.faces.api.ports import Key
from wracam.faces.api.problems import IN_FLIGHT, KEY_REUSED, Problem, invalid
from wracam.foundation import secrets
from wracam.foundation.bulk import fetch

HEADER = "Idempotency-Key"
KEPT_DAYS = 30
_USABLE = re.compile(r"[\x21-\x7e]{1,200}")


def once(request: HttpRequest, key: Key, now: datetime, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Run *work* in one transaction, or return the stored answer of the same request."""
    text = request.headers.get(HEADER)
    if text is None:
        return work()
    if not _USABLE.fullmatch(text):
        raise invalid(f"header.{HEADER}", "invalid", "Use 1 to 200 printable ASCII characters without spaces.")
    with transaction.atomic():
        _lock(f"{key.id} {text}")
        return _stored_answer(request, key, text) or _do_and_store(request, key, text, now, work)


def _lock(name: str) -> None:
    """Hold the key until the transaction ends; a second sender is told to wait instead of waiting here."""
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise Problem(
                IN_FLIGHT, "The first request with this key has not ended; repeat soon.", headers={"Retry-After": "1"}
            )


def _stored_answer(request: HttpRequest, key: Key, text: str) -> HttpResponse | None:
    # Nearly every key is new, and the plain statement costs a fifth of the ORM's.
    asked = {"api_key": str(key.id), "idempotency_key": text}
    if not fetch("SELECT 1 FROM api_stored_answer WHERE api_key = %s AND idempotency_key = %s", *asked.values()):
        return None
    stored = StoredAnswer.objects.get(**asked)
    if stored.route != _route(request) or bytes(stored.body_hash) != _hash(request):
        raise Problem(KEY_REUSED, f"`{HEADER}: {text}` came with another request before; use a new key.")
    content = secrets.open_sealed(bytes(stored.answer).decode(), aad=_aad(key, text))
    response = HttpResponse(content.encode(), status=stored.status, content_type=stored.content_type)
    response["Idempotent-Replayed"] = "true"
    return response


def _do_and_store(
    request: HttpRequest, key: Key, text: str, now: datetime, work: Callable[[], HttpResponse]
) -> HttpResponse:
    response = work()
    StoredAnswer.objects.create(
        shop_id=key.shop_id,
        api_key=str(key.id),
        idempotency_key=text,
        route=_route(request),
        body_hash=_hash(request),
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        answer=secrets.seal(response.content.decode(), aad=_aad(key, text)).encode(),
        created_at=now,
    )
    return response


def _aad(key: Key, text: str) -> str:
    return f"answer:{key.id}:{text}"


def _route(request: HttpRequest) -> str:
    return f"{request.method} {request.get_full_path()}"[:300]


def _hash(request: HttpRequest) -> bytes:
    return hashlib.sha256(request.body).digest()
