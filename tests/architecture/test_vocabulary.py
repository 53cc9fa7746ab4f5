"""Whatever features registered for conditions works: in SQL on the real tables, in forms, and in words."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from wracam.kernel.language import Language
from wracam.rules import ports, queries
from wracam.rules.contracts import Attribute, Collection
from wracam.rules.core.operators import operators_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CUSTOMER = [item for item in ports.vocabulary().attributes.values() if item.sql and item.subject == "customer"]
COUNTED = [item for item in ports.vocabulary().collections.values() if item.source]


@pytest.mark.django_db
@pytest.mark.parametrize("attribute", CUSTOMER, ids=lambda item: item.name)
def test_an_attribute_of_customers_can_be_asked_of_all_of_them(attribute: Attribute) -> None:
    condition = {"attribute": attribute.name, "is": "is_known"}

    assert queries.matching_customers(condition, NOW) == []
    assert queries.customer_facts([uuid.UUID(int=1)], [attribute.name], NOW) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("collection", COUNTED, ids=lambda item: item.name)
def test_a_collection_can_be_counted_by_each_of_its_fields(collection: Collection) -> None:
    known = [{"attribute": field.name, "is": "is_known"} for field in collection.fields]
    window = {"within_days": 90} if collection.moment else {}
    condition = {"count": collection.name, "where": {"all": known}, **window, "is": "at_least", "value": 1}

    assert queries.matching_customers(condition, NOW) == []


def test_there_are_attributes_and_collections_to_ask_about() -> None:
    assert len(CUSTOMER) > 10
    assert len(COUNTED) > 1


@pytest.mark.django_db  # some choices are looked up
@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("name", ports.ATTRIBUTES.names())
def test_every_attribute_has_an_example_that_some_operator_accepts(name: str, language: Language) -> None:
    attribute = ports.ATTRIBUTES.get(name)
    conditions = [
        {"attribute": name, "is": operator.name, "value": attribute.example}
        for operator in operators_of(attribute.type)
        if attribute.example is not None
    ]
    sound = [condition for condition in conditions if not queries.validate_condition(condition, {attribute.subject})]

    assert sound, f"{name} has no example that fits its type"
    assert all(queries.sentence(condition, language, "PLN") for condition in sound)
