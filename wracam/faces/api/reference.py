"""The OpenAPI document as people read it: groups of operations with rows of fields, an example and a command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wracam.faces.api.ports import PROBLEM_KINDS, ProblemKind

DEPTH_MAX = 5
EXAMPLES_BY_FORMAT = {
    "date-time": "2026-05-04T10:15:00+02:00",
    "date": "2026-05-04",
    "uuid": "019234aa-7c1e-7d3b-9f52-0b6a1c2d3e4f",
    "decimal": "129.90",
}
EXAMPLES_BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One row of a table of fields; `name` is a path such as `lines[].sku`."""

    name: str
    kind: str
    is_required: bool
    about: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One operation, ready to be shown."""

    id: str
    method: str
    path: str
    scope: str
    summary: str
    paragraphs: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_about: str
    answer: tuple[Field, ...]
    answer_about: str
    status: str
    problems: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The operations under one heading."""

    name: str
    operations: tuple[Described, ...]


def groups(document: Schema, *, address: str) -> list[Group]:
    """Return all operations of *document* by their tag; *address* is where the API is reached."""
    by_tag: dict[str, list[Described]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["Other"])[0]
            by_tag.setdefault(tag, []).append(_described(document, path, method, operation, address))
    return [Group(name=name, operations=tuple(by_tag[name])) for name in sorted(by_tag)]


def problem_kinds() -> list[ProblemKind]:
    """Return every kind of problem, by status and code."""
    return sorted(PROBLEM_KINDS, key=lambda kind: (kind.status, kind.code))


def _described(document: Schema, path: str, method: str, operation: Schema, address: str) -> Described:
    body = _json_schema(operation.get("requestBody", {}))
    status, answered = next(iter(operation["responses"].items()))
    answer = _json_schema(answered)
    parameters = operation.get("parameters", [])
    return Described(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        scope=operation.get("x-scope", ""),
        summary=operation["summary"],
        paragraphs=tuple(part for part in operation.get("description", "").split("\n\n") if part.strip()),
        parameters=tuple(_parameter(document, parameter) for parameter in parameters),
        body=tuple(_fields(document, body, "", 0)) if body else (),
        body_about=_about(document, body),
        answer=tuple(_fields(document, answer, "", 0)) if answer else (),
        answer_about=_about(document, answer),
        status=str(status),
        problems=tuple(operation.get("x-problems", ())),
        command=_command(document, path, method, parameters, body, address),
    )


def _json_schema(content: Schema) -> Schema | None:
    found: Schema | None = content.get("content", {}).get("application/json", {}).get("schema")
    return found


def _about(document: Schema, schema: Schema | None) -> str:
    """Return what a body or an answer says of itself; of a list, what its items say."""
    if schema is None:
        return ""
    found = resolved(document, schema)
    return _about(document, found.get("items")) if found.get("type") == "array" else str(found.get("description", ""))


def _parameter(document: Schema, parameter: Schema) -> Field:
    schema = resolved(document, parameter["schema"])
    return Field(
        name=parameter["name"],
        kind=f"{parameter['in']} · {kind_of(document, schema)}",
        is_required=bool(parameter.get("required")),
        about=parameter.get("description", ""),
        depth=0,
    )


def resolved(document: Schema, schema: Schema) -> Schema:
    """Follow a `$ref`, and for an optional value the part that is not null."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(document, document["components"]["schemas"][name])
    if "anyOf" in schema:
        parts = [part for part in schema["anyOf"] if part.get("type") != "null"]
        if len(parts) == 1:
            return {**resolved(document, parts[0]), **{k: v for k, v in schema.items() if k == "description"}}
    return schema


def kind_of(document: Schema, schema: Schema) -> str:
    """Say the type of a value in a word or two."""
    schema = resolved(document, schema)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {kind_of(document, schema.get('items', {}))}"
    if "anyOf" in schema:
        return " | ".join(kind_of(document, part) for part in schema["anyOf"])
    kind = str(schema.get("format") or schema.get("type") or "anything")
    limits = [f"≤ {schema[name]}" for name in ("maximum", "maxLength") if name in schema]
    return " ".join([kind, *limits])


def _fields(document: Schema, schema: Schema, prefix: str, depth: int) -> Iterator[Field]:
    schema = resolved(document, schema)
    if schema.get("type") == "array":
        yield from _fields(document, schema.get("items", {}), f"{prefix}[]", depth)
        return
    required = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}.{name}" if prefix else name
        yield Field(
            name=path,
            kind=kind_of(document, inner),
            is_required=name in required,
            about=resolved(document, inner).get("description", "") if "$ref" not in inner else "",
            depth=depth,
        )
        if depth < DEPTH_MAX:
            yield from _fields(document, inner, path, depth + 1)


def example(document: Schema, schema: Schema, depth: int = 0) -> Any:
    """Return a value that fits *schema*, from its own examples where it has some."""
    schema = resolved(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [example(document, schema.get("items", {}), depth + 1)] if depth < DEPTH_MAX else []
    if schema.get("type") == "object":
        needed = set(schema.get("required", ())) or set(schema.get("properties", {}))
        inner = schema.get("properties", {})
        return {name: example(document, inner[name], depth + 1) for name in inner if name in needed}
    if "anyOf" in schema:
        return example(document, schema["anyOf"][0], depth + 1)
    by_format = EXAMPLES_BY_FORMAT.get(str(schema.get("format")))
    return by_format or schema.get("default") or EXAMPLES_BY_TYPE.get(str(schema.get("type")), {})


def _command(
    document: Schema, path: str, method: str, parameters: list[Schema], body: Schema | None, address: str
) -> str:
    """Return a curl command that can be pasted, with `$KEY` for the key."""
    for parameter in parameters:
        if parameter["in"] == "path":
            shown = example(document, parameter["schema"])
            path = path.replace(f"{{{parameter['name']}}}", str(shown))
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}{address}{path}"]
    lines.append('  -H "Authorization: Bearer $KEY"')
    if body is not None:
        lines.append("  --json '" + json.dumps(example(document, body), ensure_ascii=False).replace("'", "'\\''") + "'")
    return " \\\n".join(lines)
