"""Tiers: up at once, down at the review, and what the member is told comes from the code that decides."""

from __future__ import annotations

from typing import Any

import pytest

from wracam.commerce.contracts import OrderStatus
from wracam.foundation.bulk import fetch
from wracam.loyalty import actions, queries
from wracam.rules import queries as rules

from .garden import DAY, NOON, balance_of, member_of, open_program, order, publish, tell

pytestmark = pytest.mark.django_db
TIERS = [{"key": "green", "from": 0}, {"key": "silver", "from": 150}, {"key": "gold", "from": 400}]


def open_ladder(**settings: Any) -> None:
    publish("tier_ladder", "levels", {"tiers": TIERS, **settings})


def tier(customer_id: Any, day: int = 0) -> Any:
    [standing] = queries.tier_standings(member_of(customer_id), now=NOON + day * DAY)
    return standing


def test_a_member_moves_up_as_soon_as_they_earned_enough(shop_id):
    open_program()
    open_ladder()

    [ania] = tell(order(shop_id))

    assert tier(ania).tier.key == "silver"
    assert (tier(ania).progress.next_tier, tier(ania).progress.missing) == ("gold", 250)
    assert fetch("SELECT data ->> 'tier' FROM event WHERE name = 'tier.changed'") == [("silver",)]


@pytest.mark.parametrize(("downgrade", "after"), [("never", "gold"), ("one_step", "silver"), ("to_earned", "green")])
def test_a_review_moves_down_as_the_ladder_says_and_only_once_a_day(shop_id, downgrade, after):
    open_program()
    open_ladder(window={"kind": "rolling", "months": 1}, downgrade=downgrade)
    ania, *_same = tell(*(order(shop_id, number) for number in (1, 2, 3)))
    assert tier(ania).tier.key == "gold"

    actions.run_due(now=NOON + 40 * DAY)
    again = actions.run_due(now=NOON + 40 * DAY)

    assert tier(ania, 40).tier.key == after
    assert again.tiers == 0


def test_a_return_takes_tier_credit_back_and_the_member_is_told_of_the_risk(shop_id):
    open_program()
    open_ladder()
    [ania] = tell(order(shop_id))

    tell(order(shop_id, day=1, status=OrderStatus.CANCELLED))

    standing = tier(ania, 1)
    assert (standing.tier.key, standing.amount, standing.progress.at_risk) == ("silver", 0, True)
    actions.review_tiers(now=NOON + DAY)
    assert tier(ania, 1).tier.key == "green"


def test_a_rule_may_ask_for_the_tier(shop_id):
    silver = {"all": [{"attribute": "member.tier", "is": "equals", "value": "silver"}]}
    open_ladder()
    open_program(
        {"give": {"kind": "per_amount", "points": 1, "per": "1.00"}},
        {"give": {"kind": "multiplier", "factor": "2"}, "if": silver},
    )
    [ania] = tell(order(shop_id))

    tell(order(shop_id, 2, day=1))

    assert balance_of(ania).earned == 150 + 300
    assert tier(ania, 1).tier.key == "gold"
    assert rules.matching_customers(silver, NOON) == []
    assert rules.matching_customers({"all": [{**silver["all"][0], "value": "gold"}]}, NOON) == [ania]
