"""The pages of the reference about doors: every operation of the API, and every other address of an installation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tools.markdown import page, table, text

HEADINGS = {
    "console/": "Console",
    "club/": "Member pages",
    "widgets/": "Widgets",
    "hooks/": "Webhooks of shops",
    "demo/": "The shop of the demo",
}
OTHER = "Everything else"
EXAMPLE_ADDRESS = "https://club.example.com"


def api_page() -> str:
    """Describe every operation of the API: its scope, parameters, body, answer and problems."""
    from wracam.faces.api import openapi, reference

    groups = reference.groups(openapi.document(), address=EXAMPLE_ADDRESS)
    parts = [
        "# The API, operation by operation",
        "How to begin, and the rules that hold everywhere (money, moments, lists, sending again, limits), are told in"
        " [the API](../api.md); an installation shows this list with examples at `/api/docs`. Money is decimal text in"
        " major units where a field says so; in the answers about carts it is integer minor units, as each field says.",
        "Any operation may answer `unauthenticated`, `scope_missing`, `rate_limited`, `internal_error` and"
        " `unavailable`; one with parameters or a body `invalid`, one with a body also `malformed_json`,"
        " `unsupported_content_type` and `body_too_large`, one that writes `idempotency_key_reused` and"
        " `request_in_flight`. What an operation refuses besides stands with it.",
    ]
    for group in groups:
        parts.append(f"## {group.name}")
        for operation in group.operations:
            parts += list(_operation(operation))
    problems = [[str(kind.status), f"`{kind.code}`", kind.title] for kind in reference.problem_kinds()]
    return page([*parts, "## Problems", table(["status", "code", "meaning"], problems)])


def addresses_page() -> str:
    """List every address outside of the API, what it does, and who may open it."""
    parts = [
        "# Addresses",
        "Every address that an installation answers besides [the API](api.md). In the console, “permission” is what the"
        " role of a person must allow; who has which is told in [the console](../console.md).",
    ]
    by_heading: dict[str, list[list[str]]] = {name: [] for name in (*HEADINGS.values(), OTHER)}
    for address, view in sorted((_plain(address), view) for address, view in served()):
        permission = getattr(view, "console_permission", "")
        row = [f"`/{address}`", f"`{permission}`" if permission else "", _first_line(view)]
        by_heading[_heading(address)].append(row)
    for name, rows in by_heading.items():
        parts += [f"## {name}", table(["address", "permission", "what it does"], rows)]
    return page(parts)


def served() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every (address as Django writes it, view) outside of `/v1`."""
    from django.urls import get_resolver

    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: Sequence[Any], prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def _plain(address: str) -> str:
    """Turn `<slug:shop_key>` into `{shop_key}`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address)


def _heading(address: str) -> str:
    return next((name for prefix, name in HEADINGS.items() if address.startswith(prefix)), OTHER)


def _first_line(view: Callable[..., Any]) -> str:
    shown = getattr(view, "view_class", view)
    if shown.__module__.startswith("allauth."):
        return "Sign-in, password, second factor or sessions: a page of django-allauth."
    return text((shown.__doc__ or "").split("\n\n")[0])


def _operation(operation: Any) -> Iterator[str]:
    yield f"### {operation.method} {operation.path}"
    yield f"{operation.summary}. Scope: `{operation.scope}`."
    yield from (text(paragraph) for paragraph in operation.paragraphs)
    for heading, about, rows in (
        ("Parameters", "", operation.parameters),
        ("Body", operation.body_about, operation.body),
        (f"Answer ({operation.status})", operation.answer_about, operation.answer),
    ):
        if rows:
            yield f"{heading}: {text(about)}".strip()
            yield table(["field", "type", "about"], [_field(row) for row in rows])
    if operation.problems:
        yield f"Refuses with: {', '.join(f'`{code}`' for code in operation.problems)}."


def _field(row: Any) -> list[str]:
    return [f"`{row.name}`{' (required)' if row.is_required else ''}", row.kind, text(row.about)]
