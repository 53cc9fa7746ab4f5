"""What a body of the API may hold: only what is documented (mass assignment, OWASP API3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from wracam.faces.api.openapi import document
from wracam.faces.api.reference import resolved

BODIES = [
    pytest.param(operation["requestBody"]["content"]["application/json"]["schema"], id=f"{method.upper()} {path}")
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation
]
FREE_BY_DESIGN = {"body", "data", "facts", "properties"}
"""Documents that a schema of their own checks (definitions), and the data of the shop's own events."""


def objects(
    schema: Mapping[str, Any], name: str = "", seen: tuple[str, ...] = ()
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (name, schema) of every object with named fields in *schema*."""
    if schema.get("$ref", "") in seen:
        return
    seen = (*seen, schema["$ref"]) if "$ref" in schema else seen
    found = resolved(document(), schema)
    if "properties" in found:
        yield name, found
    for inner_name, inner in found.get("properties", {}).items():
        yield from objects(inner, inner_name, seen)
    for part in [found.get("items"), *found.get("anyOf", ()), found.get("additionalProperties")]:
        if isinstance(part, Mapping):
            yield from objects(part, name, seen)


@pytest.mark.parametrize("schema", BODIES)
def test_a_body_takes_no_field_that_is_not_documented(schema):
    open_ones = [
        name or found.get("title") for name, found in objects(schema) if found.get("additionalProperties") is not False
    ]

    assert [name for name in open_ones if name not in FREE_BY_DESIGN] == []


def test_there_are_bodies_to_look_at():
    assert len(BODIES) > 25
