"""Calls to addresses that somebody typed in: guarded against reaching where they should not (SSRF), and bounded.

The guard stands where connections are made: a host is resolved once, every address it has must be allowed, and
that very address is connected to, while TLS still checks the certificate of the host. Redirects are not followed,
proxies of the environment are not used, answers are cut off by size and by time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

from wracam.foundation import addresses

URL_LENGTH_MAX = 2_000
TIMEOUT_SECONDS = 15.0
RESPONSE_BYTES_MAX = 1_000_000
HEADERS = {"User-Agent": "Wracam", "Accept-Encoding": "identity"}
"""Nothing is unpacked, so that a small answer cannot grow to gigabytes."""


class Failure(StrEnum):
    """Why a call got no answer."""

    BAD_URL = "bad_url"
    NOT_ALLOWED = "not_allowed"
    UNRESOLVABLE = "unresolvable"
    UNREACHABLE = "unreachable"
    INSECURE = "insecure"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    BROKEN = "broken"


class OutgoingError(Exception):
    """The call got no answer; `failure` says why, the text says it in a sentence."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    latency_ms: int

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx. A redirect is no success."""
        return 200 <= self.status < 300


def allowed_hosts() -> Sequence[str]:
    """Return the private hosts and networks that the operator opened."""
    opened: Sequence[str] = settings.CONFIGURATION["outgoing_allow"]
    return opened


def url_problem(url: str, *, allowed: Sequence[str] | None = None) -> str | None:
    """Return what is wrong with an address as it is written, or None. Nothing is resolved or called."""
    if len(url) > URL_LENGTH_MAX or any(character <= " " or character == "\x7f" for character in url):
        return "the address is too long or contains blanks"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "the address cannot be read"
    if parts.scheme not in {"http", "https"} or not host:
        return "the address must begin with https:// and name a host"
    if parts.username is not None or parts.password is not None:
        return "the address must not contain a name or password"
    if parts.fragment:
        return "the address must not contain a # part"
    if parts.scheme == "http" and not _may_be_plain(host, allowed_hosts() if allowed is None else allowed):
        return "the address must begin with https://"
    return None


def _may_be_plain(host: str, allowed: Sequence[str]) -> bool:
    """Unencrypted calls only go to hosts the operator opened."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    return addresses.is_allowed(host, address, allowed)


class Caller:
    """Calls one or more hosts, keeping connections open between calls. Use it in one thread, as a context manager."""

    def __init__(self, *, allowed: Sequence[str] | None = None) -> None:
        self._allowed = allowed_hosts() if allowed is None else allowed
        self._backend = _GuardedBackend(self._allowed)
        self._client = httpx.Client(
            transport=_Transport(self._backend), follow_redirects=False, trust_env=False, cookies=None
        )

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout_seconds: float = TIMEOUT_SECONDS,
        response_bytes_max: int = RESPONSE_BYTES_MAX,
    ) -> Answer:
        """Make one call within *timeout_seconds* in all; raises `OutgoingError` when there is no answer."""
        problem = url_problem(url, allowed=self._allowed)
        if problem:
            raise OutgoingError(Failure.BAD_URL, problem)
        started = time.monotonic()
        self._backend.deadline = started + timeout_seconds
        try:
            with self._client.stream(
                method,
                url,
                headers={**HEADERS, **(headers or {})},
                content=body,
                timeout=timeout_seconds,
            ) as response:
                content = self._read(response, response_bytes_max)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise OutgoingError(Failure.BAD_URL, f"the address cannot be called: {error}") from error
        except (httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise OutgoingError(Failure.TIMEOUT, f"no answer within {timeout_seconds:g} s") from error
        except (httpcore.NetworkError, httpx.NetworkError, OSError) as error:
            raise _unreachable(error) from error
        except (httpcore.ProtocolError, httpx.HTTPError) as error:
            raise OutgoingError(Failure.BROKEN, f"the answer is broken: {error}") from error
        return Answer(
            status=response.status_code,
            headers=dict(response.headers),
            body=content,
            latency_ms=int((time.monotonic() - started) * 1000),
        )

    @staticmethod
    def _read(response: httpx.Response, bytes_max: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_raw():
            size += len(part)
            if size > bytes_max:
                raise OutgoingError(Failure.TOO_LARGE, f"the answer is larger than {bytes_max} bytes")
            parts.append(part)
        return b"".join(parts)


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout_seconds: float = TIMEOUT_SECONDS,
    response_bytes_max: int = RESPONSE_BYTES_MAX,
    allowed: Sequence[str] | None = None,
) -> Answer:
    """Make a single guarded call; see `Caller.send`."""
    with Caller(allowed=allowed) as caller:
        return caller.send(
            method,
            url,
            headers=headers,
            body=body,
            timeout_seconds=timeout_seconds,
            response_bytes_max=response_bytes_max,
        )


def _unreachable(error: Exception) -> OutgoingError:
    if "CERTIFICATE" in str(error).upper() or "SSL" in str(error).upper():
        return OutgoingError(Failure.INSECURE, f"the encrypted connection failed: {error}")
    return OutgoingError(Failure.UNREACHABLE, f"the other side cannot be reached: {error}")


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects only to addresses that pass `addresses.refusal`, within the deadline of the call."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.deadline = 0.0
        self._allowed = allowed
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, check every address, connect to the first."""
        del timeout
        address = self._checked_address(host, port)
        stream = self._backend.connect_tcp(address, port, self.remaining(), local_address, socket_options)
        return _BoundedStream(stream, self)

    def _checked_address(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OutgoingError(Failure.UNRESOLVABLE, f"there is no host called {host}") from error
        candidates = [str(item[4][0]) for item in found]
        for address in candidates:
            reason = addresses.refusal(host, address, self._allowed)
            if reason:
                raise OutgoingError(Failure.NOT_ALLOWED, reason)
        return candidates[0]

    def remaining(self) -> float:
        """Return the seconds left of the call, or raise when there are none."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("the time of the call is over")
        return seconds

    def sleep(self, seconds: float) -> None:
        """Wait; httpcore asks for it between connection retries, which we do not use."""
        time.sleep(min(seconds, self.remaining()))


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every step ends with the call's deadline, so that a slow drip cannot hold us."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within the deadline."""
        del timeout
        return self._stream.read(max_bytes, self._backend.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within the deadline."""
        del timeout
        self._stream.write(buffer, self._backend.remaining())

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt within the deadline."""
        del timeout
        return _BoundedStream(
            self._stream.start_tls(ssl_context, server_hostname, self._backend.remaining()), self._backend
        )

    def get_extra_info(self, info: str) -> Any:
        """Pass on what httpcore asks."""
        return self._stream.get_extra_info(info)


class _Transport(httpx.BaseTransport):
    """httpx on a connection pool with our backend."""

    def __init__(self, backend: _GuardedBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(), network_backend=backend, max_connections=4, http1=True, http2=False, retries=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request through the pool."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """The answer's body, read as it comes."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        """Give the connection back."""
        self._answer.close()
