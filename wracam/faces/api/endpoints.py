"""How a feature writes an endpoint: a typed function; the shell reads, checks, limits, repeats and documents.

    router = Router(tags=["Orders"])

    @router.endpoint("POST", "/orders", scope="orders:write")
    def post_order(request: ApiRequest, body: OrderBody) -> OrderAnswer:
        \"\"\"Take one order. …\"\"\"

A parameter named `body` is the JSON body, decoded by msgspec; one named `paging` makes a list with `limit` and
`cursor`; all others are path and query parameters as django-ninja knows them. The answer is anything that msgspec
encodes. Every write takes an `Idempotency-Key`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

import msgspec
import ninja
from django.http import HttpRequest, HttpResponse
from ninja.params import functions as parameters_of

from wracam.faces.api import idempotency, paging
from wracam.faces.api.bodies import read_body
from wracam.faces.api.keys import ApiRequest, authenticated
from wracam.faces.api.paging import Paging, read_cursor
from wracam.foundation import clock

__all__ = ["ApiRequest", "Endpoint", "Router", "answer"]

View = TypeVar("View", bound=Callable[..., Any])
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What the documentation needs to know of an endpoint beside what ninja knows."""

    function: Callable[..., Any]
    method: str
    path: str
    scope: str
    status: int
    body: Any
    answer: Any
    is_paged: bool


class Router(ninja.Router):
    """A ninja router whose operations are written with `endpoint`."""

    def endpoint(self, method: str, path: str, *, scope: str, status: int = 200) -> Callable[[View], View]:
        """Register the decorated function for *method* and *path*, open to keys with *scope*."""

        def register(function: View) -> View:
            hints = get_type_hints(function, include_extras=True)
            described = Endpoint(
                function=function,
                method=method,
                path=path,
                scope=scope,
                status=204 if hints.get("return") is type(None) else status,
                body=hints.get("body"),
                answer=hints.get("return"),
                is_paged="paging" in hints,
            )
            summary, _, description = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
            self.api_operation(
                [method],
                path,
                auth=authenticated(scope),
                operation_id=function.__name__,
                summary=" ".join(summary.split()).rstrip("."),
                description=description or None,
            )(_view(described, hints))
            return function

        return register


def _view(endpoint: Endpoint, hints: dict[str, Any]) -> Callable[..., HttpResponse]:
    decoder = msgspec.json.Decoder(endpoint.body) if endpoint.body is not None else None

    @functools.wraps(endpoint.function)
    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        if endpoint.is_paged:
            values["paging"] = _paging(request, endpoint, values)
        if decoder is not None:
            values["body"] = read_body(request, decoder)

        def work() -> HttpResponse:
            return answer(endpoint.function(request, **values), status=endpoint.status)

        if endpoint.method in WRITING:
            return idempotency.once(request, request.auth, clock.now(), work)  # type: ignore[attr-defined]  # set by authenticated()
        return work()

    view.__signature__ = _signature(endpoint, hints)  # type: ignore[attr-defined]  # how inspect is told
    view.wracam_endpoint = endpoint  # type: ignore[attr-defined]  # read by openapi.py
    return view


def _signature(endpoint: Endpoint, hints: dict[str, Any]) -> inspect.Signature:
    """Return the signature that ninja shall see: without what we read ourselves."""
    own = inspect.signature(endpoint.function).parameters.values()
    parameters = [
        parameter.replace(annotation=hints.get(parameter.name, parameter.annotation), kind=parameter.KEYWORD_ONLY)
        for parameter in own
        if parameter.name not in {"request", "body", "paging"}
    ]
    if endpoint.is_paged:
        limit: Any = parameters_of.Query(
            paging.LIMIT_DEFAULT, ge=1, le=paging.LIMIT_MAX, description="How many items at most."
        )
        cursor: Any = parameters_of.Query(
            None, max_length=paging.CURSOR_LENGTH_MAX, description="`next_cursor` of the page before; none: the start."
        )
        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter("limit", keyword, default=limit, annotation=int))
        parameters.append(inspect.Parameter("cursor", keyword, default=cursor, annotation=str | None))
    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return inspect.Signature([request, *parameters])


def _paging(request: HttpRequest, endpoint: Endpoint, values: dict[str, Any]) -> Paging:
    scope = f"{endpoint.path}@{request.auth.shop_id}"  # type: ignore[attr-defined]  # set by authenticated()
    limit, cursor = values.pop("limit"), values.pop("cursor")
    return Paging(limit=limit, position=read_cursor(scope, cursor), scope=scope)


def answer(value: Any, *, status: int = 200) -> HttpResponse:
    """Return *value* as JSON, or an empty answer for None; an `HttpResponse` stays as it is."""
    if isinstance(value, HttpResponse):
        return value
    if value is None:
        return HttpResponse(status=204)
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json")
