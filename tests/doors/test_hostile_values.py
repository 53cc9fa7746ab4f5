"""Values that would like to be SQL, in every attribute of the product that can be asked in SQL."""

from __future__ import annotations

import pytest
from django.db import connection

from wracam.foundation import clock
from wracam.rules import queries
from wracam.rules.contracts import ValueType
from wracam.rules.core.operators import OPERATORS, Shape, operators_of
from wracam.rules.ports import ATTRIBUTES
from wracam.shops import actions as shops

HOSTILE = (
    "x'; DROP TABLE customer; --", '"; DROP TABLE customer; --', "' OR '1'='1", "%s %(now)s %%", "\\'; SELECT 1", "$$;$$",
    "x') OR 1=1 --", "{x,y};--", "zażółć''\"",
)  # fmt: skip
ASKED = [
    pytest.param(attribute.name, operator.name, id=f"{attribute.name} {operator.name}")
    for attribute in ATTRIBUTES
    if attribute.sql and attribute.subject == "customer" and attribute.type is ValueType.TEXT and not attribute.choices
    for operator in operators_of(attribute.type)
]
WITHOUT_VALUE = {name for name, operator in OPERATORS.items() if operator.shape is Shape.NONE}


@pytest.mark.parametrize(("attribute", "operator"), ASKED)
def test_a_hostile_value_stays_a_value(db, attribute, operator):
    shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=clock.now())
    tried = 0
    for value in HOSTILE:
        for given in (value, [value, "x"]):
            condition = {"attribute": attribute, "is": operator, "value": given}
            if queries.validate_condition(condition, {"customer"}):
                continue
            assert value not in queries.matching_sql(condition, clock.now()).text
            queries.matching_customers(condition, clock.now())
            tried += 1
    assert tried >= len(HOSTILE) or operator in WITHOUT_VALUE
    assert "customer" in connection.introspection.table_names()


def test_there_are_attributes_to_try():
    assert len(ASKED) > 3
