"""A kind of document for the tests of definitions: a greeting with a text and a number of repeats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from wracam.definitions import ports
from wracam.definitions.contracts import Body, DefinitionKind, Problem
from wracam.kernel.language import Words
from wracam.shops.ports import AUDIT_KINDS

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def check_greeting(body: Body) -> list[Problem]:
    if isinstance(body.get("text"), str) and body["text"]:
        return []
    return [Problem(path="text", code="text.missing", message=Words(pl="Podaj tekst.", en="Give a text."))]


GREETING = DefinitionKind(
    name="test_greeting",
    title=Words(pl="powitanie", en="greeting"),
    validate=check_greeting,
    sentence=lambda body, _language: str(body["text"]),
    schema={"type": "object", "properties": {"text": {"type": "string"}, "repeat": {"type": "integer"}}},
    example={"text": "Dzień dobry", "repeat": 1},
)


@pytest.fixture
def greeting() -> Iterator[str]:
    ports.register_kind(GREETING)
    yield GREETING.name
    for registry in (ports.KINDS, AUDIT_KINDS):
        del registry._items[GREETING.name]
