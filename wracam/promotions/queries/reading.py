"""The statements behind an evaluation. The hot process runs them prepared; everybody else on Django's connection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wracam.foundation.bulk import Row
from wracam.rules import queries as rules

Execute = Callable[[str, Any], list[Row]]
"""Runs one statement (with a sequence or mapping of values) and returns its rows."""
USED = """
SELECT a.key, a.used + a.held - coalesce((
    SELECT sum(c.amount) FROM allowance_claim AS c
    WHERE c.key = a.key AND c.is_counted AND c.expires_at <= %s), 0)
FROM allowance AS a WHERE a.key = ANY(%s::text[])"""


def DATABASE(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Row]:  # noqa: N802  # a constant choice
    """Run a statement on Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def used_amounts(keys: Collection[str], now: datetime, execute: Execute) -> dict[str, int]:
    """Return how much of each counter is used or held at *now*; what was never counted is left out."""
    return {key: int(used) for key, used in execute(USED, [now, list(keys)])}


def customer_facts(customer_id: UUID, attributes: Collection[str], at: datetime, execute: Execute) -> dict[str, Any]:
    """Return what the database knows of one customer, by attribute."""
    statement = rules.facts_statement(frozenset(attributes))
    if not statement.asks_anything:
        return {}
    return statement.read(execute, [customer_id], at).get(customer_id, {})
