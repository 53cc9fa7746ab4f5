"""Calling a shop's REST: authenticated, guarded, every failure a code that has a sentence."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from urllib.parse import urlencode

import msgspec

from wracam.connectors.woocommerce import models, queries
from wracam.connectors.woocommerce.core.addresses import rest_address
from wracam.connectors.woocommerce.core.errors import RETRYABLE, SENTENCES, RestFailure, failure_of_status
from wracam.connectors.woocommerce.core.signing import basic, oauth_query
from wracam.foundation import outgoing

TIMEOUT_SECONDS = 30.0
PAGE_BYTES_MAX = 30_000_000
FAILURES = {
    outgoing.Failure.BAD_URL: RestFailure.NOT_ALLOWED,
    outgoing.Failure.NOT_ALLOWED: RestFailure.NOT_ALLOWED,
    outgoing.Failure.INSECURE: RestFailure.INSECURE,
}


class RestError(Exception):
    """The shop's REST gave no usable answer; `failure` has the sentence for people."""

    def __init__(self, failure: RestFailure) -> None:
        super().__init__(SENTENCES[failure].en)
        self.failure = failure

    @property
    def is_retryable(self) -> bool:
        """Whether trying later may help by itself."""
        return self.failure in RETRYABLE


class Rest:
    """The REST of one connected shop, with connections kept open; use it as a context manager.

    Over HTTPS the keys are sent by Basic; without encryption, which only hosts opened by the operator get, each call is
    signed by OAuth 1.0a, because WooCommerce refuses Basic there.
    """

    def __init__(self, row: models.Connection, *, now: datetime) -> None:
        keys = queries.rest_keys(row)
        if keys is None:
            raise RestError(RestFailure.KEYS_REFUSED)
        self._key, self._secret = keys
        self._url = row.url
        self._now = now
        self._caller = outgoing.Caller()

    def __enter__(self) -> Rest:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._caller.__exit__(kind, error, trace)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """Return the body of a resource; raises `RestError`."""
        return self._send("GET", path, query or {}, b"")

    def write(self, method: str, path: str, content: Mapping[str, object]) -> bytes:
        """Send JSON and return the body of the answer; raises `RestError`."""
        return self._send(method, path, {}, msgspec.json.encode(content))

    def _send(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> bytes:
        url = rest_address(self._url, path)
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        if url.startswith("https://"):
            headers["Authorization"] = basic(self._key, self._secret)
            encoded = urlencode(query)
        else:
            encoded = oauth_query(
                method,
                url,
                query,
                key=self._key,
                secret=self._secret,
                nonce=randomness.token_hex(16),
                timestamp=int(self._now.timestamp()),
            )
        try:
            answer = self._caller.send(
                method,
                f"{url}?{encoded}" if encoded else url,
                headers=headers,
                body=body,
                timeout_seconds=TIMEOUT_SECONDS,
                response_bytes_max=PAGE_BYTES_MAX,
            )
        except outgoing.OutgoingError as error:
            raise RestError(FAILURES.get(error.failure, RestFailure.UNREACHABLE)) from error
        return _checked(answer)


def _checked(answer: outgoing.Answer) -> bytes:
    failure = failure_of_status(answer.status)
    if failure:
        raise RestError(failure)
    if "json" not in answer.headers.get("content-type", "").lower():
        raise RestError(RestFailure.NOT_JSON)
    return answer.body


def note_failure(row: models.Connection, error: RestError, now: datetime) -> None:
    """Keep what went wrong, for the settings page."""
    models.Connection.objects.filter(id=row.id).update(last_error=error.failure.value, last_error_at=now)


def note_success(row: models.Connection) -> None:
    """Forget what went wrong before."""
    models.Connection.objects.filter(id=row.id).exclude(last_error="").update(last_error="", last_error_at=None)
