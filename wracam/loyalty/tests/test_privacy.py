"""Points in a customer's story, and what a person may take away."""

from __future__ import annotations

import pytest

from wracam.customers import queries as customers
from wracam.loyalty import privacy

from .garden import NOON, open_program, order, tell

pytestmark = pytest.mark.django_db


def test_points_are_told_in_the_timeline_with_a_way_to_the_ledger(shop_id):
    open_program()
    [ania] = tell(order(shop_id))

    entries, _more = customers.timeline(ania, limit=20)

    told = [entry for entry in entries if "150" in entry.sentence.en and "points" in entry.sentence.en]
    assert [entry.sentence.pl for entry in told] == ["+150\u00a0punktów"]
    assert told[0].link.startswith("/console/programme/members/")


def test_a_person_takes_their_points_away_in_words(shop_id):
    open_program()
    [ania] = tell(order(shop_id))

    [membership] = privacy.export([ania])

    assert membership["balance"] == 150
    assert membership["movements"][0]["sentence"] == "+150\u00a0points for order Z/1"
    privacy.erase([ania], NOON)
    assert privacy.export([ania])[0]["nickname"] == ""
