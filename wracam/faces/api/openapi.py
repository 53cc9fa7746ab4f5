"""The API as one object: the routers of all features, and its OpenAPI 3.1 document."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.operation import Operation

from wracam.faces.api import idempotency
from wracam.faces.api.endpoints import WRITING, Endpoint
from wracam.faces.api.keys import Authenticated
from wracam.faces.api.ports import HOT_ROUTES, HotRoute
from wracam.faces.api.refusals import refusals_of
from wracam.foundation import features

PREFIX = "/v1"
REFERENCE = "#/components/schemas/{name}"
PROBLEM_SCHEMA = {
    "title": "Problem",
    "type": "object",
    "description": "What went wrong (RFC 9457). Branch on `code`.",
    "required": ["type", "title", "status", "code", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "code", "message"],
                "properties": {
                    "path": {"type": "string", "examples": ["body.lines[0].quantity"]},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "request_id": {"type": "string"},
    },
}
DESCRIPTION = """The door for programs. Send a key of your shop as `Authorization: Bearer wr_live_…`; bodies and answers
are JSON; amounts of money are decimal text; moments are RFC 3339 with an offset."""


class WracamApi(NinjaAPI):
    """ninja's API without its own pages and error answers; the dispatcher renders every error."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Let the dispatcher turn it into a problem."""
        raise exc

    def _get_urls(self) -> list[Any]:
        return [pattern for router in self._get_bound_routers() for pattern in router.urls_paths(router.prefix)]

    def operations(self) -> Iterator[tuple[str, Operation]]:
        """Yield each (address, operation)."""
        for router in self._get_bound_routers():
            for path, view in router.path_operations.items():
                for operation in view.operations:
                    yield f"{PREFIX}/{router.prefix.strip('/')}{path}".replace("//", "/"), operation


@cache
def api() -> WracamApi:
    """Return the API with the routers of every feature that has an `api.py`, in the order of their names."""
    whole = WracamApi(
        title="Wracam", version="1", description=DESCRIPTION, openapi_url=None, docs_url=None, urls_namespace="v1"
    )
    for feature in features.feature_modules():
        if find_spec(f"{feature}.api"):
            module = importlib.import_module(f"{feature}.api")
            if hasattr(module, "router"):
                whole.add_router("", module.router)
    return whole


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every route, those of the hot process included."""
    whole = api()
    described: dict[str, Any] = whole.get_openapi_schema(path_prefix=f"{PREFIX}/")
    described["openapi"] = "3.1.0"
    described["servers"] = [{"url": "/"}]
    endpoints = [
        (address, operation, endpoint)
        for address, operation in whole.operations()
        if (endpoint := getattr(operation.view_func, "wracam_endpoint", None))
    ]
    types, schemas = _schemas([(e.body, e.answer) for _, _, e in endpoints] + [(r.body, r.answer) for r in HOT_ROUTES])
    for (address, _, endpoint), (body, answer) in zip(endpoints, types, strict=False):
        _complete(described["paths"][_plain(address)][endpoint.method.lower()], endpoint, body, answer)
    for route, (body, answer) in zip(HOT_ROUTES, types[len(endpoints) :], strict=True):
        methods = described["paths"].setdefault(route.path, {})
        slow = methods.get(route.method.lower(), {})
        methods[route.method.lower()] = _hot(route, body, answer) | {"x-problems": slow.get("x-problems", [])}
    for methods in described["paths"].values():
        for operation in methods.values():
            operation["responses"]["default"] = _problem_response()
    described["components"]["schemas"] |= schemas | {"Problem": PROBLEM_SCHEMA}
    described["components"]["securitySchemes"] = {"key": dict(Authenticated.openapi_security_schema)}
    return described


def _plain(address: str) -> str:
    """Turn `{uuid:order_id}` into `{order_id}`."""
    return re.sub(r"{[^}:]+:", "{", address)


def _schemas(pairs: list[tuple[Any, Any]]) -> tuple[list[tuple[Any, Any]], dict[str, Any]]:
    """Return the schema of each (body, answer), None where there is none, and the components they refer to."""
    flat = [kind for pair in pairs for kind in pair if _is_described(kind)]
    schemas, components = msgspec.json.schema_components(flat, ref_template=REFERENCE)
    found = iter(schemas)
    return [tuple(next(found) if _is_described(kind) else None for kind in pair) for pair in pairs], components  # type: ignore[misc]  # pairs stay pairs


def _is_described(kind: Any) -> bool:
    return kind is not None and kind is not type(None) and kind is not HttpResponse and kind is not Any


def _complete(operation: dict[str, Any], endpoint: Endpoint, body: Any, answer: Any) -> None:
    operation["security"] = [{"key": []}]
    operation["x-scope"] = endpoint.scope
    operation["x-problems"] = [kind.code for kind in refusals_of(endpoint.function)]
    if body is not None:
        operation["requestBody"] = _json_content(body) | {"required": True}
    operation["responses"] = {
        str(endpoint.status): {"description": "Done."} | (_json_content(answer) if answer else {})
    }
    if endpoint.method in WRITING:
        operation["parameters"] = [*operation.get("parameters", []), _idempotency_parameter()]


def _hot(route: HotRoute, body: Any, answer: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{route.method}_{route.path}".lower().translate(str.maketrans("/{}-", "____")),
        "summary": route.summary,
        "description": route.description,
        "tags": [route.tag],
        "parameters": [dict(parameter) for parameter in route.parameters],
        "responses": {str(route.status): {"description": "Done."} | (_json_content(answer) if answer else {})},
        "security": [{"key": []}],
        "x-scope": route.scope,
    }
    if body is not None:
        described["requestBody"] = _json_content(body) | {"required": True}
    return described


def _json_content(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _problem_response() -> dict[str, Any]:
    reference = {"$ref": REFERENCE.format(name="Problem")}
    return {"description": "A problem.", "content": {"application/problem+json": {"schema": reference}}}


def _idempotency_parameter() -> dict[str, Any]:
    return {
        "in": "header",
        "name": idempotency.HEADER,
        "required": False,
        "description": "Send any unique text; the same request sent again gets the first answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
    }
