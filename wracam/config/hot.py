"""The hot program: a plain WSGI function for what must be fast, without Django's requests, middleware or sessions.

It calls the same actions and queries as the other faces, over one prepared connection per thread. Keys are remembered
for a few seconds.
"""

from __future__ import annotations

import logging
import math
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")

import django

django.setup()

import msgspec  # noqa: E402  as above
import psycopg  # noqa: E402  as above
from django.db import DatabaseError, InterfaceError, connection  # noqa: E402  as above

from wracam.config import proxies  # noqa: E402  as above
from wracam.config.hot_people import CustomersOfShop  # noqa: E402  as above
from wracam.events import actions as events  # noqa: E402  as above
from wracam.events.core.intake import BATCH_BYTES_MAX  # noqa: E402  as above
from wracam.faces.api import bodies, problems  # noqa: E402  as above
from wracam.faces.api.problems import FieldError, Problem  # noqa: E402  as above
from wracam.foundation import clock, memory, transactions, wake_ups  # noqa: E402  as above
from wracam.foundation.prepared import PreparedStatements, Values  # noqa: E402  as above
from wracam.loyalty import queries as loyalty  # noqa: E402  as above
from wracam.loyalty.api.bodies import balance_answer  # noqa: E402  as above
from wracam.promotions.api.bodies import CartBody  # noqa: E402  as above
from wracam.promotions.api.routing import EVALUATE  # noqa: E402  as above
from wracam.promotions.api.serving import Asker, answer_cart  # noqa: E402  as above
from wracam.shops import actions as shop_actions  # noqa: E402  as above
from wracam.shops import queries as shops  # noqa: E402  as above
from wracam.shops.contracts import KeyAccess, KeyKind  # noqa: E402  as above

logger = logging.getLogger("wracam.hot")
StartResponse = Callable[..., Any]
KEY_CACHE_SECONDS = 5.0
KEY_CACHE_MAX = 1_000
SECRET_LENGTH_MAX = 200
RATE_PER_SECOND = {KeyKind.SERVER: 1_000, KeyKind.PUBLISHABLE: 100}
BURST_SECONDS = 5
CORS_MAX_AGE = "3600"
ON_CONNECTION = "SET TIME ZONE 'UTC'; SET plan_cache_mode = 'force_generic_plan'"
"""Moments are told in UTC, as Django's connections do. Statements are planned once: making a plan for the values of one
request takes longer than running it."""
EVENTS = re.compile(r"/v1/events/?")
CARTS = re.compile(r"/v1/carts/evaluate/?")
BALANCES = re.compile(r"/v1/loyalty/members/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/balances")
_CART = msgspec.json.Decoder(CartBody)
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_STATUS = {
    200: "200 OK", 204: "204 No Content", 400: "400 Bad Request", 401: "401 Unauthorized", 403: "403 Forbidden",
    404: "404 Not Found", 405: "405 Method Not Allowed", 411: "411 Length Required", 413: "413 Content Too Large",
    415: "415 Unsupported Media Type", 422: "422 Unprocessable Content", 429: "429 Too Many Requests",
    500: "500 Internal Server Error", 503: "503 Service Unavailable",
}  # fmt: skip


@dataclass(slots=True)
class Request:
    """What a route needs to know."""

    environ: Mapping[str, Any]
    id: str
    key: KeyAccess | None = None

    @property
    def origin(self) -> str | None:
        """The web page's origin, when a browser asks."""
        return self.environ.get("HTTP_ORIGIN")


@dataclass(slots=True)
class Reply:
    """An answer, ready to be sent."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: list[tuple[str, str]] = field(default_factory=list)


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serve one request (WSGI); never raises."""
    proxies.resolve(environ)
    given = environ.get("HTTP_X_REQUEST_ID", "")
    request = Request(environ, given if _USABLE_ID.fullmatch(given) else token_hex(16))
    try:
        reply = _route(request)
    except Problem as problem:
        reply = _problem_reply(problem, request.id)
    except (psycopg.OperationalError, psycopg.InterfaceError, DatabaseError, InterfaceError):
        logger.exception("request %s: the database does not answer", request.id)
        unavailable = Problem(
            problems.UNAVAILABLE, "The database does not answer; repeat in a moment.", headers={"Retry-After": "5"}
        )
        reply = _problem_reply(unavailable, request.id)
    except Exception:  # the rim: every failure becomes a problem with the request's id
        logger.exception("request %s failed", request.id)
        reply = _problem_reply(Problem(problems.INTERNAL, f"Tell us the request id {request.id}."), request.id)
    start_response(_STATUS[reply.status], _headers(request, reply))
    return [reply.body] if environ["REQUEST_METHOD"] != "HEAD" else []


def serves(method: str, path: str) -> bool:
    """Say whether a request is for this program; the proxy snippets in docs/operate say the same.

    Other methods of its addresses are Django's, and so are ids in unusual writing.
    """
    if method == "GET":
        return BALANCES.fullmatch(path) is not None
    return method in ("POST", "OPTIONS") and (EVENTS.fullmatch(path) or CARTS.fullmatch(path)) is not None


def _route(request: Request) -> Reply:
    method, path = request.environ["REQUEST_METHOD"], request.environ["PATH_INFO"]
    for address, serve in ((CARTS, _post_cart), (EVENTS, _post_events)):
        if address.fullmatch(path):
            if method == "OPTIONS":
                return _preflight()
            _require_method(method, "POST", "POST, OPTIONS")
            return serve(request)
    if named := BALANCES.fullmatch(path):
        _require_method(method, "GET", "GET")
        return _get_balances(request, UUID(named[1]))
    if path == "/health/live":
        return Reply(200, b"alive\n", "text/plain")
    if path == "/health/ready":
        _execute("SELECT 1", [])
        return Reply(200, b"ready\n", "text/plain")
    raise Problem(problems.NOT_FOUND, "There is nothing at this address; see /api/docs.")


def _require_method(method: str, wanted: str, allowed: str) -> None:
    if method != wanted:
        raise Problem(problems.METHOD_NOT_ALLOWED, f"This program takes {wanted} here.", headers={"Allow": allowed})


def _get_balances(request: Request, member_id: UUID) -> Reply:
    """Answer as `wracam.loyalty.api.members.show_balances` does, from the same statement, prepared."""
    key = _authenticate(request, scope="loyalty:read")
    found = loyalty.balances_of_member(shop_id=key.shop_id, member_id=member_id, execute=_execute)
    if not found:
        raise problems.not_found("member with this id")
    return Reply(200, msgspec.json.encode([balance_answer(one) for one in found]))


def _post_cart(request: Request) -> Reply:
    """Answer as `wracam.promotions.api.carts.evaluate_cart` does: the same function over prepared statements."""
    key = _authenticate(request, scope=EVALUATE)
    body = bodies.decode(_body(request.environ), _CART)
    transactions.connection_here().close_if_unusable_or_obsolete()
    asker = Asker(
        shop_id=key.shop_id,
        is_browser=key.kind is KeyKind.PUBLISHABLE,
        address=request.environ.get("REMOTE_ADDR"),
    )
    return Reply(200, msgspec.json.encode(answer_cart(asker, body, clock.now(), _execute)))


def _post_events(request: Request) -> Reply:
    """Take events in: at most 500 in a body of at most 1 MB, each answered on its own after the commit."""
    key = _authenticate(request, scope="events:write")
    try:
        batch = events.read_batch(_body(request.environ))
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Problem(problems.MALFORMED_JSON, f"The body is not valid JSON: {error}.") from error
    results = events.take_in(
        batch=batch,
        sender=events.Sender(shop_id=key.shop_id, is_browser=key.kind is KeyKind.PUBLISHABLE),
        people=_people,
        execute=_execute,
        is_waking=wake_ups.is_due("wracam_events"),
        now=clock.now(),
    )
    return Reply(200, msgspec.json.encode({"results": results}))


def _invalid(message: str) -> Problem:
    text, _, place = message.partition(" - at `$")
    path = "body" + place.rstrip("`")
    return Problem(problems.INVALID, f"{path}: {text}", errors=[FieldError(path=path, code="invalid", message=text)])


def _body(environ: Mapping[str, Any]) -> bytes:
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(problems.UNSUPPORTED_TYPE, "Send the body as JSON with `Content-Type: application/json`.")
    length = environ.get("CONTENT_LENGTH") or ""
    if not length:
        raise Problem(problems.LENGTH_REQUIRED, "Send the body with a `Content-Length`; chunks are not accepted.")
    if not length.isdecimal():
        raise Problem(problems.BAD_REQUEST, "`Content-Length` is not a number.")
    if int(length) > BATCH_BYTES_MAX:
        raise Problem(problems.TOO_LARGE, f"A body may have {BATCH_BYTES_MAX:,} bytes; send less at a time.")
    content: bytes = environ["wsgi.input"].read(int(length))
    if len(content) < int(length):
        raise Problem(problems.BAD_REQUEST, "The body ended before its announced length.")
    return content


# Who is calling


_keys: OrderedDict[str, tuple[float, KeyAccess | None]] = OrderedDict()
_full_at: dict[int, float] = {}


def _authenticate(request: Request, *, scope: str) -> KeyAccess:
    scheme, _, secret = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    secret = secret.strip()
    usable = scheme.lower() == "bearer" and 0 < len(secret) <= SECRET_LENGTH_MAX and secret.isascii()
    key = _key_of(secret) if usable and secret.isprintable() else None
    if key is None:
        raise Problem(
            problems.UNAUTHENTICATED,
            "Send `Authorization: Bearer` and a key of your shop; keys are made in the console under Settings.",
            headers={"WWW-Authenticate": 'Bearer realm="wracam"'},
        )
    if key.kind is KeyKind.PUBLISHABLE and request.origin is not None and request.origin not in key.origins:
        raise Problem(problems.ORIGIN_NOT_ALLOWED, f"Add {request.origin[:200]} to the web addresses of this key.")
    request.key = key
    _take_turn(key)
    if scope not in key.scopes and ("*" not in key.scopes or key.kind is KeyKind.PUBLISHABLE):
        raise Problem(problems.SCOPE_MISSING, f"This key lacks the scope `{scope}`; use one that has it.")
    return key


def _key_of(secret: str) -> KeyAccess | None:
    """Look a key up, remembering the answer for a few seconds."""
    moment = time.monotonic()
    found = _keys.get(secret)
    if found and moment - found[0] < KEY_CACHE_SECONDS:
        return found[1]
    if found:
        _keys[secret] = (moment, found[1])  # while this request asks again, others go on with the old answer
    key = shops.key_of(secret, _execute)
    if key:
        transactions.connection_here().close_if_unusable_or_obsolete()
        shop_actions.note_key_use(key_id=key.key_id, now=clock.now(), last_used_at=key.last_used_at)
    _keys[secret] = (moment, key)
    _keys.move_to_end(secret)
    while len(_keys) > KEY_CACHE_MAX:
        _keys.popitem(last=False)
    return key


def _take_turn(key: KeyAccess) -> None:
    """Limit the requests of a key in this process (GCRA: one number per key)."""
    moment, step = time.monotonic(), 1 / RATE_PER_SECOND[key.kind]
    full_at = max(_full_at.get(key.key_id, moment), moment) + step
    if full_at - moment > BURST_SECONDS:
        wait = math.ceil(full_at - moment - BURST_SECONDS)
        raise Problem(
            problems.RATE_LIMITED, "This key sends too many requests; wait and repeat.",
            headers={"Retry-After": str(max(1, wait))},
        )  # fmt: skip
    _full_at[key.key_id] = full_at


# The database


_local = threading.local()


def _execute(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """Run one prepared statement in its own transaction; once more on a new connection when the old one died."""
    for is_last in (False, True):
        prepared = _prepared()
        try:
            return prepared.run(statement, values)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if is_last or not prepared.is_lost:
                raise
    raise AssertionError("the second attempt answers or raises")


def _prepared() -> PreparedStatements:
    """Return the connection of this thread."""
    prepared: PreparedStatements | None = getattr(_local, "prepared", None)
    if prepared is None or prepared.is_lost:
        parameters = connection.get_connection_params()
        names = ("dbname", "user", "password", "host", "port")
        given: dict[str, Any] = {name: parameters[name] for name in names if parameters.get(name)}
        raw = psycopg.connect(**given, autocommit=True, application_name="wracam hot", connect_timeout=5)
        raw.execute(ON_CONNECTION)
        prepared = _local.prepared = PreparedStatements(raw)
    return prepared


_people = CustomersOfShop(_execute)


# Answers


def _preflight() -> Reply:
    """Answer a browser that asks before sending a key; what the key may do is decided when it comes."""
    headers = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, POST"),
        ("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id"),
        ("Access-Control-Max-Age", CORS_MAX_AGE),
    ]
    return Reply(204, headers=headers)


def _problem_reply(problem: Problem, request_id: str) -> Reply:
    return Reply(
        problem.kind.status, problem.document(request_id), problems.CONTENT_TYPE, list(problem.headers.items())
    )


def _headers(request: Request, reply: Reply) -> list[tuple[str, str]]:
    headers = [
        ("Content-Type", reply.content_type),
        ("Content-Length", str(len(reply.body))),
        ("X-Request-Id", request.id),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        *reply.headers,
    ]
    key = request.key
    if request.origin and key and key.kind is KeyKind.PUBLISHABLE and request.origin in key.origins:
        headers += [
            ("Access-Control-Allow-Origin", request.origin),
            ("Access-Control-Expose-Headers", "X-Request-Id, Retry-After"),
            ("Vary", "Origin"),
        ]
    return headers


memory.settle()  # everything is loaded now; a walk through all of it would stop every request for 100 ms
