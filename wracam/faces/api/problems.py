"""Errors of the API: one exception, rendered as `application/problem+json` (RFC 9457) with a stable code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from django.http import HttpResponse

from wracam.faces.api.ports import ProblemKind, problem_kind

CONTENT_TYPE = "application/problem+json"
DOCUMENTATION = "/api/docs#problem-"

BAD_REQUEST = problem_kind("bad_request", 400, "The request cannot be understood")
MALFORMED_JSON = problem_kind("malformed_json", 400, "The body is not valid JSON")
UNREADABLE_CURSOR = problem_kind("unreadable_cursor", 400, "The cursor is not one we gave")
UNAUTHENTICATED = problem_kind("unauthenticated", 401, "The request carries no valid key")
SCOPE_MISSING = problem_kind("scope_missing", 403, "The key may not do this")
ORIGIN_NOT_ALLOWED = problem_kind("origin_not_allowed", 403, "The key may not be used from this web address")
NOT_FOUND = problem_kind("not_found", 404, "There is no such thing")
METHOD_NOT_ALLOWED = problem_kind("method_not_allowed", 405, "The address does not take this method")
KEY_REUSED = problem_kind("idempotency_key_reused", 409, "The idempotency key was used for another request")
IN_FLIGHT = problem_kind("request_in_flight", 409, "The same request is still being handled")
CONFLICT = problem_kind("conflict", 409, "The request conflicts with the present state")
LENGTH_REQUIRED = problem_kind("length_required", 411, "The request does not tell its length")
TOO_LARGE = problem_kind("body_too_large", 413, "The body is too large")
UNSUPPORTED_TYPE = problem_kind("unsupported_content_type", 415, "The body must be JSON")
INVALID = problem_kind("invalid", 422, "Something in the request is not as it should be")
RATE_LIMITED = problem_kind("rate_limited", 429, "Too many requests")
INTERNAL = problem_kind("internal_error", 500, "We failed; the error is logged")
UNAVAILABLE = problem_kind("unavailable", 503, "The service cannot answer at the moment")
_BY_STATUS = {400: BAD_REQUEST, 401: UNAUTHENTICATED, 403: SCOPE_MISSING, 404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong at one place: `path` like `body.lines[0].quantity`, a stable code, a sentence."""

    path: str
    code: str
    message: str


class Problem(Exception):  # noqa: N818  # the word of RFC 9457
    """The request cannot be done as asked; becomes the problem document of its kind."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{kind.code}: {detail}")
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def document(self, request_id: str) -> bytes:
        """Return the JSON that the client gets."""
        return msgspec.json.encode(
            {
                "type": f"{DOCUMENTATION}{self.kind.code}",
                "title": self.kind.title,
                "status": self.kind.status,
                "code": self.kind.code,
                "detail": self.detail,
                "errors": self.errors,
                "request_id": request_id,
            }
        )


def invalid(path: str, code: str, message: str) -> Problem:
    """Return the problem of one wrong field."""
    return Problem(INVALID, f"{path}: {message}", errors=[FieldError(path=path, code=code, message=message)])


def not_found(what: str) -> Problem:
    """Return the answer for something that is not there, or is another shop's: the two look the same."""
    return Problem(NOT_FOUND, f"There is no {what} in this shop.")


def of_status(status: int, detail: str) -> Problem:
    """Return the problem for a bare HTTP status that the framework produced."""
    kind = _BY_STATUS.get(status) or (INTERNAL if status >= 500 else BAD_REQUEST)
    return Problem(kind, detail)


def render(problem: Problem, request_id: str) -> HttpResponse:
    """Return the HTTP answer of *problem*."""
    response = HttpResponse(problem.document(request_id), status=problem.kind.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response
