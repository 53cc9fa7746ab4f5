"""Proving a ledger: what is broken is counted, a few places are named, and a long check tells how far it is."""

from __future__ import annotations

import pytest

from wracam.foundation.bulk import execute
from wracam.loyalty import actions, queries
from wracam.loyalty.actions import sealing

from .garden import NOON, open_program, order, tell

pytestmark = pytest.mark.django_db


def test_the_check_of_the_chain_tells_how_far_it_has_come(shop_id, monkeypatch):
    open_program()
    tell(*(order(shop_id, number) for number in range(5)))
    monkeypatch.setattr(sealing, "SEAL_SIZE_MAX", 2)
    actions.seal(now=NOON)

    heard: list[tuple[int, int]] = []
    found = list(queries.findings(lambda done, total: heard.append((done, total))))

    assert heard == [(2, 5), (4, 5), (5, 5)]
    assert all(finding.is_met for finding in found)


def test_all_broken_places_are_counted_and_a_few_are_named(shop_id):
    open_program()
    tell(*(order(shop_id, number, who=f"celina{number}") for number in range(7)))
    execute("UPDATE point_balance SET acted_at = acted_at - interval '1 day'")

    broken = {finding.number: finding for finding in queries.verify() if not finding.is_met}

    assert list(broken) == [3]
    assert (broken[3].broken, len(broken[3].examples)) == (7, 5)
