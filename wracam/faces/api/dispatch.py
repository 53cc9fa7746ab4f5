"""The way of every request under `/v1`: past sessions, languages and forms, and always to a JSON answer.

The middleware stands first. It gives each request an id, answers CORS, finds the endpoint, and turns whatever goes
wrong, also in the framework, into a problem document.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

import ninja.errors
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver

from wracam.faces.api import problems
from wracam.faces.api.bodies import check_size, too_large
from wracam.faces.api.keys import allowed_origin
from wracam.faces.api.problems import FieldError, Problem
from wracam.foundation import clock
from wracam.kernel.ids import new_id

log = logging.getLogger("wracam.api")
PREFIX = "/v1/"
URLCONF = "wracam.faces.api.urls"
REQUEST_ID = "X-Request-Id"
CORS_METHODS = "GET, POST, PUT, PATCH, DELETE"
CORS_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id"
CORS_EXPOSED = "X-Request-Id, Retry-After, Idempotent-Replayed"
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ApiMiddleware:
    """Answers `/v1/…` itself and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer to *request*."""
        if request.path_info.startswith(PREFIX) or request.path_info == PREFIX[:-1]:
            return respond(request)
        return self.get_response(request)


def respond(request: HttpRequest) -> HttpResponse:
    """Return the API's answer; never raises."""
    given = request.headers.get(REQUEST_ID, "")
    request_id = given if _USABLE_ID.fullmatch(given) else new_id(clock.now()).hex
    request.request_id = request_id  # type: ignore[attr-defined]  # ApiRequest declares it
    try:
        response = _preflight(request) or _as_problem(_handle(request), request_id)
    except Exception as error:  # the rim: every failure becomes a problem with the request's id
        response = problems.render(_problem_of(error, request_id), request_id)
    return _with_headers(request, response, request_id)


def _handle(request: HttpRequest) -> HttpResponse:
    if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        raise Problem(problems.BAD_REQUEST, "The address contains a NUL character.")
    check_size(request)
    match = get_resolver(URLCONF).resolve(request.path_info)
    request.resolver_match = match
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def _preflight(request: HttpRequest) -> HttpResponse | None:
    """Answer a browser that asks before sending a key; what the key may do is decided when it comes."""
    origin = request.headers.get("Origin")
    if request.method != "OPTIONS" or not origin or "Access-Control-Request-Method" not in request.headers:
        return None
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = CORS_METHODS
    response["Access-Control-Allow-Headers"] = CORS_HEADERS
    response["Access-Control-Max-Age"] = "3600"
    return response


def _as_problem(response: HttpResponse, request_id: str) -> HttpResponse:
    """Turn an error page of the framework into a problem; leave answers and problems as they are."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(problems.CONTENT_TYPE):
        return response
    allow = ", ".join(sorted(response.headers.get("Allow", "").split(", ")))
    detail = f"This address takes {allow}." if allow else response.reason_phrase
    problem = problems.of_status(response.status_code, detail)
    problem.headers |= {"Allow": allow} if allow else {}
    return problems.render(problem, request_id)


def _problem_of(error: Exception, request_id: str) -> Problem:
    """Return the problem that *error* means; what we did not expect is logged with the request's id."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ninja.errors.ValidationError):
        return _invalid_parameters(error)
    if isinstance(error, Http404):
        return Problem(problems.NOT_FOUND, "There is nothing at this address; see /api/docs.")
    if isinstance(error, RequestDataTooBig):
        return too_large()
    if isinstance(error, SuspiciousOperation | UnicodeDecodeError):
        return Problem(problems.BAD_REQUEST, "The request contains something that cannot be read.")
    if isinstance(error, DataError):
        log.warning("request %s: the database refused a value: %s", request_id, error)
        return Problem(problems.INVALID, "A value is outside of what can be stored.")
    log.exception("request %s failed", request_id, exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        detail = "The database does not answer; repeat in a moment with the same Idempotency-Key."
        return Problem(problems.UNAVAILABLE, detail, headers={"Retry-After": "5"})
    return Problem(problems.INTERNAL, f"Tell us the request id {request_id} and we find the cause.")


def _invalid_parameters(error: ninja.errors.ValidationError) -> Problem:
    errors = [
        FieldError(path=".".join(map(str, wrong["loc"])), code=str(wrong["type"]), message=str(wrong["msg"]))
        for wrong in error.errors[:20]
    ]
    return Problem(problems.INVALID, f"{errors[0].path}: {errors[0].message}", errors=errors)


def _with_headers(request: HttpRequest, response: HttpResponse, request_id: str) -> HttpResponse:
    response[REQUEST_ID] = request_id
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers.setdefault("Cache-Control", "no-store")
    if origin := allowed_origin(request):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = CORS_EXPOSED
        response["Vary"] = "Origin"
    if "Content-Length" not in response.headers:
        response["Content-Length"] = str(len(response.content))
    return response
