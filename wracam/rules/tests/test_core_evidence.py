"""What did not hold is kept as a text and said later, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from wracam.kernel.money import Money
from wracam.rules import ports, queries
from wracam.rules.contracts import ValueType
from wracam.rules.core import evidence
from wracam.rules.tests.test_core_words import leaf, plain
from wracam.rules.tests.vocabulary import ANIA, NOW


def test_what_did_not_hold_is_said_in_both_languages_from_the_text_that_was_kept():
    condition = {
        "all": [
            leaf("customer.spent", "at_least", "2000"),
            leaf("customer.seen_at", "within_last", {"days": 7}),
            {"count": "customer.purchases", "is": "at_least", "value": 3},
        ]
    }
    facts = {**ANIA, "customer.purchases": [{"purchase.total": Money(1, "PLN")}] * 2, "shop.time_zone": "Europe/Warsaw"}

    kept = queries.evidence_of(queries.judge(condition, facts, NOW))

    polish = [(plain(asked), plain(found)) for asked, found in queries.evidence_in_words(kept, "pl", "PLN")]
    assert polish == [
        ("suma zakupów wynosi co najmniej 2 000,00 zł", "1 234,50 zł"),
        ("co najmniej 3 zakupy", "2 zakupy"),
    ]
    english = [(plain(asked), plain(found)) for asked, found in queries.evidence_in_words(kept, "en", "PLN")]
    assert english[1] == ("at least 3 purchases", "2 purchases")


def test_an_unknown_fact_is_evidence_too_and_a_condition_that_holds_leaves_none():
    unknown = queries.judge(leaf("customer.note", "contains", "x"), {}, NOW)
    held = queries.judge(leaf("customer.spent", "at_least", "1"), ANIA, NOW)

    assert [found for _asked, found in queries.evidence_in_words(queries.evidence_of(unknown), "pl")] == ["brak danych"]
    assert queries.evidence_of(held) == ""


def test_other_texts_are_no_evidence():
    for text in ("", "100/month", "[[1]", '[["customer.spent"]]', "2026-11-22T10:00:00"):
        assert queries.evidence_in_words(text, "pl") == []


def test_a_leaf_whose_attribute_is_gone_is_left_out():
    kept = evidence.pack(queries.judge(leaf("customer.spent", "at_least", "2000"), ANIA, NOW).leaves)

    assert queries.evidence_in_words(kept.replace("customer.spent", "customer.gone"), "pl") == []


@pytest.mark.parametrize("name", sorted(ANIA))
def test_a_fact_of_every_kind_comes_back_as_it_was(name):
    fact: Any = ANIA[name]
    [leaf_verdict] = queries.judge({"none": [leaf(name, "is_known")]}, ANIA, NOW).leaves
    kept = evidence.pack([replace(leaf_verdict, measured=fact, truth=False)])

    [(condition, value)] = evidence.unpack(kept)

    attribute = ports.vocabulary().attributes[condition["attribute"]]
    back = evidence.measured(attribute, value)
    assert back == (sorted(fact) if attribute.type is ValueType.TEXTS else fact)
