"""Asking conditions: are they sound, do they hold, for whom, and what do they say.

Decisions that judge many times keep the result of `compiled` (per definition version); the other functions look the
compiled form up by the condition's canonical JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import connection

from wracam.definitions.contracts import InvalidDefinitionError, Problem
from wracam.foundation.bulk import Row
from wracam.foundation.questions import Asked, Question
from wracam.kernel.language import Language
from wracam.rules import ports
from wracam.rules.contracts import (
    Attribute,
    Condition,
    Explanation,
    Facts,
    LeafVerdict,
    Subject,
    Verdict,
    Vocabulary,
)
from wracam.rules.core import conditions, evidence, facts, forms, sql
from wracam.rules.core.conditions import Aggregate, Quantified, Test
from wracam.rules.core.judging import Compiled
from wracam.rules.core.sql import Query
from wracam.rules.core.words import Speaker

COMPILED_MAX = 4_096
CompiledCondition = Compiled
"""What `compiled` returns, for those who keep it."""
_NOBODY: list[UUID] = [UUID(int=0)]
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stand for the customers and the moment in the text of a statement that is kept."""
TIME_ZONE_FACT = "shop.time_zone"
"""The name of the fact that says in which zone days and hours are meant."""


def validate_condition(condition: Any, subjects: Collection[str]) -> list[Problem]:
    """Return everything wrong with a condition about *subjects* (`{"customer", "order"}`); never raises."""
    return list(conditions.parse(condition, ports.vocabulary(), subjects).problems)


def compiled(condition: Condition) -> Compiled:
    """Return a sound condition ready to be judged; raises `InvalidDefinitionError` for another."""
    return _compiled(msgspec.json.encode(condition), ports.vocabulary())


def attributes_needed(condition: Condition) -> frozenset[str]:
    """Return the names of the facts that judging reads.

    A counting leaf over the database needs its figure, named by the canonical JSON of its question; `customer_facts`
    understands both. Leaves over lines need the name of their collection.
    """
    return compiled(condition).needs


def judge(condition: Condition, facts: Facts, now: datetime, zone: tzinfo | None = None) -> Verdict:
    """Say whether a condition holds for *facts* at *now*, with what every leaf required and measured.

    Days and hours are meant in *zone*; without it in the zone that the facts name under `shop.time_zone`, else in
    the installation's.
    """
    return compiled(condition).judge(facts, now, zone or zone_of(facts))


def sentence(condition: Condition, language: Language, currency: str | None = None) -> str:
    """Say a condition in words, to follow an "if": `order value is at least PLN 100.00 and tier is Gold`.

    *currency* completes amounts that name none (the shop's, or the programme's).
    """
    return Speaker(language, currency).sentence(compiled(condition).node)


def explain(
    condition: Condition, facts: Facts, now: datetime, language: Language, currency: str | None = None
) -> list[Explanation]:
    """Return, leaf by leaf, what a condition asked, what it found in *facts* and whether that was enough."""
    ready, zone = compiled(condition), zone_of(facts)
    speaker = Speaker(language, currency, zone)
    verdict = ready.judge(facts, now, zone)
    pairs = zip(conditions.leaves(ready.node), verdict.leaves, strict=True)
    return [_explained(speaker, leaf, found) for leaf, found in pairs]


def evidence_of(verdict: Verdict) -> str:
    """Return what did not hold as a text to keep with the decision; `evidence_in_words` says it later."""
    return evidence.pack(verdict.leaves)


def evidence_in_words(
    text: str, language: Language, currency: str | None = None, zone: tzinfo | None = None
) -> list[tuple[str, str]]:
    """Return what was asked and what was found, leaf by leaf; nothing for a text that is no evidence.

    A leaf whose attribute no longer exists is left out.
    """
    speaker = Speaker(language, currency, zone)
    said = []
    for leaf, value in evidence.unpack(text):
        node = conditions.parse(leaf, ports.vocabulary()).node
        if node is None or isinstance(node, conditions.Group):
            continue
        said.append((speaker.sentence(node), speaker.measured(node, _found(node, value))))
    return said


def form_options(subjects: Collection[str], language: Language) -> dict[str, Any]:
    """Return what the sentence editor offers for conditions about *subjects*, as JSON values."""
    return forms.form_options(ports.vocabulary(), subjects, language)


def customer_facts(
    customer_ids: Iterable[UUID], attributes: Collection[str], now: datetime
) -> dict[UUID, dict[str, Any]]:
    """Return what the database knows of some customers, by *attributes* as `attributes_needed` names them.

    One statement for all. Names that are no matter of the database (`order.total`, `lines`) are passed over; customers
    who do not exist are left out. Every customer's facts also hold `shop.time_zone`.
    """
    ids = list(customer_ids)
    return facts_statement(frozenset(attributes)).read(_executed, ids, now) if ids else {}


class FactsStatement:
    """The statement that reads some attributes of customers: its text is built once, its values change."""

    __slots__ = ("_ids", "_kinds", "_moment", "_names", "_question", "_text", "_values")

    def __init__(self, attributes: frozenset[str], vocabulary: Vocabulary) -> None:
        wanted = {name: item for name in sorted(attributes) if (item := _askable(name, vocabulary))}
        query = sql.facts_query(source=vocabulary.customers, wanted=list(wanted.values()), ids=_NOBODY, now=_NEVER)
        self._names = list(wanted)
        self._kinds = [item.type if isinstance(item, Attribute) else item.result.type for item in wanted.values()]
        self._text = query.text
        self._values = query.parameters
        self._ids = [name for name, value in self._values.items() if value == _NOBODY]
        self._moment = [name for name, value in self._values.items() if value == _NEVER]
        columns = [facts.FACT_TYPES[kind] for kind in self._kinds]
        self._question = Question(self._text, tuple[UUID, str, *columns])  # type: ignore[valid-type]  # known now

    @property
    def asks_anything(self) -> bool:
        """Whether some of the attributes are a matter of the database."""
        return bool(self._names)

    def read(
        self, execute: Callable[[str, Any], list[tuple[Any, ...]]], ids: Iterable[UUID], now: datetime
    ) -> dict[UUID, dict[str, Any]]:
        """Return the facts of these customers; *execute* runs a statement with named values."""
        return {row[0]: self.facts_of(row) for row in execute(self._text, self._with(list(ids), now))}

    def question(self, customer_id: UUID, now: datetime) -> Asked:
        """Ask for the facts of one customer beside other things; `facts_of` reads the row, if there is one."""
        return Asked(self._question, self._with(f"{{{customer_id}}}", now))

    def facts_of(self, row: Row) -> dict[str, Any]:
        """Return the facts that a row of the answer holds."""
        found: dict[str, Any] = {TIME_ZONE_FACT: row[1]}
        for name, kind, value in zip(self._names, self._kinds, row[2:], strict=True):
            found[name] = facts.read_fact(kind, value)
        return found

    def _with(self, ids: list[UUID] | str, now: datetime) -> dict[str, Any]:
        return self._values | dict.fromkeys(self._ids, ids) | dict.fromkeys(self._moment, now)


def are_of_customers(attributes: Collection[str]) -> bool:
    """Say whether all of these facts are known by `customer_facts`, so that no order or event is asked."""
    return all(_askable(name, ports.vocabulary()) for name in attributes)


def facts_statement(attributes: frozenset[str]) -> FactsStatement:
    """Return the statement for *attributes*, as `attributes_needed` names them; kept for decisions in a hurry."""
    return _facts_statement(attributes, ports.vocabulary())


@lru_cache(maxsize=256)
def _facts_statement(attributes: frozenset[str], vocabulary: Vocabulary) -> FactsStatement:
    return FactsStatement(attributes, vocabulary)


def _executed(text: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall())


def matching_customers(condition: Condition, now: datetime, shop_id: int | None = None) -> list[UUID]:
    """Return the ids of all customers (of one shop) who meet a condition about customers, in no particular order."""
    query = matching_sql(condition, now, shop_id)
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.parameters)
        return [row[0] for row in cursor.fetchall()]


def count_matching(condition: Condition, now: datetime, shop_id: int | None = None) -> int:
    """Return how many customers meet a condition about customers."""
    query = sql.customers_query(
        source=ports.vocabulary().customers,
        node=compiled(condition).node,
        now=now,
        shop_id=shop_id,
        column="count(*)",
    )
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.parameters)
        found: int = cursor.fetchone()[0]
        return found


def matching_sql(condition: Condition, now: datetime, shop_id: int | None = None, prefix: str = "rule_") -> Query:
    """Return the statement behind `matching_customers` (`SELECT customer.id …`), to be built into a larger one.

    *prefix* starts the names of its parameters. Raises `NotInSqlError` when the condition asks about more than
    customers.
    """
    return sql.customers_query(
        source=ports.vocabulary().customers,
        node=compiled(condition).node,
        now=now,
        shop_id=shop_id,
        prefix=prefix,
    )


def zone_of(facts: Facts) -> ZoneInfo:
    """Return the time zone that *facts* name, else the installation's."""
    return ZoneInfo(facts.get(TIME_ZONE_FACT) or settings.TIME_ZONE)


def _explained(speaker: Speaker, leaf: Test | Aggregate | Quantified, found: LeafVerdict) -> Explanation:
    said, measured = speaker.sentence(leaf), speaker.measured(leaf, found.measured)
    return Explanation(
        path=found.path,
        truth=found.truth,
        sentence=said,
        measured=measured,
        line=f"{said}: {speaker.truth(found.truth)} ({measured})",
    )


def _found(node: Test | Aggregate | Quantified, value: Any) -> Any:
    if isinstance(node, Quantified):
        return value
    return evidence.measured(node.attribute if isinstance(node, Test) else node.result, value)


@lru_cache(maxsize=COMPILED_MAX)
def _askable(name: str, vocabulary: Vocabulary) -> Attribute | Aggregate | None:
    """What a needed name means to the database: an attribute of customers, or the question of a counting leaf."""
    if name.startswith("{"):
        node = conditions.parse({**json.loads(name), "is": "is_known"}, vocabulary).node
        return node if isinstance(node, Aggregate) and node.collection.source else None
    attribute = vocabulary.attributes.get(name)
    return attribute if attribute and attribute.sql and attribute.subject == Subject.CUSTOMER else None


@lru_cache(maxsize=COMPILED_MAX)
def _compiled(written: bytes, vocabulary: Vocabulary) -> Compiled:
    parsed = conditions.parse(json.loads(written), vocabulary)
    if parsed.node is None:
        raise InvalidDefinitionError(list(parsed.problems))
    return Compiled(parsed.node, conditions.needs(parsed.node))
