"""Tiers: up at once, down at the review, and what the member is told comes from the code that decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from wracam.commerce.contracts import OrderStatus
from wracam.customers import actions as customers
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import UnknownTierError
from wracam.rules import queries as rules
from wracam.shops.contracts import SYSTEM

from .garden import (
    DAY,
    MONSTERA,
    NOON,
    assert_books_are_right,
    balance_of,
    member_of,
    open_program,
    order,
    publish,
    refund,
    tell,
)

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
    assert fetch("SELECT data ->> 'tier' FROM event WHERE name = 'tier.reached'") == [("silver",)]


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
    actions.review_tiers(shop_id=shop_id, now=NOON + DAY)
    assert tier(ania, 1).tier.key == "green"


def test_a_rule_may_ask_for_the_tier(shop_id):
    silver = {"all": [{"attribute": "loyalty.tier", "is": "equals", "value": "silver"}]}
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


SPEND = [{"key": "green", "from": 0}, {"key": "silver", "from": "150.00"}, {"key": "gold", "from": "400.00"}]


def happened(name: str) -> list[tuple[Any, ...]]:
    return fetch("SELECT data ->> 'tier', data ->> 'previous' FROM event WHERE name = %s ORDER BY position", name)


def test_a_ladder_of_spending_follows_orders_and_a_refund_moves_its_credit_at_the_review(shop_id):
    open_program()
    publish("tier_ladder", "levels", {"by": "spend", "tiers": SPEND, "downgrade": "to_earned"})

    [ania] = tell(order(shop_id))
    assert (tier(ania).tier.key, tier(ania).amount) == ("silver", 15_000)

    tell(order(shop_id, day=1, refunds=(refund(1, 3_000, ("2", 1, 3_000)),)))
    standing = tier(ania, 1)
    assert (standing.amount, standing.progress.to_keep, standing.progress.at_risk) == (12_000, 3_000, True)
    actions.review_tiers(shop_id=shop_id, now=NOON + DAY)
    assert tier(ania, 1).tier.key == "green"
    assert happened("tier.lost") == [("green", "silver")]


def test_a_ladder_may_count_orders_or_ask_a_condition_of_the_one_language(shop_id):
    open_program()
    publish(
        "tier_ladder", "orders", {"by": "orders", "tiers": [{"key": "new", "from": 0}, {"key": "known", "from": 2}]}
    )
    condition = {"all": [{"attribute": "customer.first_name", "is": "equals", "value": "Ania"}]}
    publish("tier_ladder", "names", {"by": "condition", "tiers": [{"key": "all"}, {"key": "friends", "if": condition}]})

    ania, *_ = tell(order(shop_id, 1), order(shop_id, 2))
    [bartek] = tell(order(shop_id, 3, who="bartek"))

    found = {one.ladder.key: one.tier.key for one in queries.tier_standings(member_of(ania), now=NOON)}
    assert found == {"names": "friends", "orders": "known"}
    found = {one.ladder.key: one.tier.key for one in queries.tier_standings(member_of(bartek), now=NOON)}
    assert found == {"names": "all", "orders": "new"}


def test_benefits_are_attributes_and_the_multiplier_works_in_earning(shop_id):
    open_program()
    benefits = {"points_multiplier": "1.5", "free_delivery": True, "return_days": 60}
    publish(
        "tier_ladder", "levels", {"tiers": [{"key": "green"}, {"key": "silver", "from": 150, "benefits": benefits}]}
    )
    [ania] = tell(order(shop_id))

    tell(order(shop_id, 2, day=1))

    assert balance_of(ania).earned == 150 + 225
    delivery = {"all": [{"attribute": "loyalty.benefit_free_delivery", "is": "equals", "value": True}]}
    assert rules.matching_customers(delivery, NOON) == [ania]
    facts = rules.customer_facts([ania], ["loyalty.benefit_return_days", "loyalty.tiers"], NOON)[ania]
    assert (facts["loyalty.benefit_return_days"], facts["loyalty.tiers"]) == (60, {"levels:silver"})


def test_an_order_that_a_tier_multiplied_is_corrected_by_the_same_multiplier(shop_id):
    open_program()
    publish(
        "tier_ladder", "levels",
        {"tiers": [{"key": "green"}, {"key": "silver", "from": 150, "benefits": {"points_multiplier": 2}}]},
    )  # fmt: skip
    [ania] = tell(order(shop_id))
    second = order(shop_id, 2, day=1)
    tell(second)
    assert balance_of(ania).earned == 150 + 300

    tell(replace(second, modified_at=NOON + 2 * DAY, total_minor=12_000, lines=(MONSTERA,)))

    assert balance_of(ania).earned == 150 + 240
    assert_books_are_right()


def test_the_gift_of_a_tier_is_given_once_for_ever_and_does_not_count_for_the_tier(shop_id):
    open_program()
    gifts = [
        {"key": "green", "gift": {"points": 10}},
        {"key": "silver", "from": 150, "gift": {"points": 50}},
        {"key": "gold", "from": 180},
    ]
    publish("tier_ladder", "levels", {"tiers": gifts})
    [ania] = tell(order(shop_id))
    assert (balance_of(ania).active, tier(ania).tier.key) == (210, "silver")

    tell(order(shop_id, day=1, status=OrderStatus.CANCELLED))
    actions.review_tiers(shop_id=shop_id, now=NOON + DAY)
    tell(order(shop_id, day=2))

    assert tier(ania, 2).tier.key == "silver"
    assert balance_of(ania).active == 210
    assert_books_are_right()


def test_a_member_is_told_of_the_risk_once_and_the_review_keeps_its_word(shop_id):
    open_program()
    publish(
        "tier_ladder", "levels",
        {"tiers": TIERS, "window": {"kind": "rolling", "months": 0, "days": 60}, "grace_days": 5, "warn_days": 20},
    )  # fmt: skip
    [ania] = tell(order(shop_id))
    for day in (39, 42, 45, 62, 66, 67):
        actions.run_due(now=NOON + day * DAY)
        known = {39: "silver", 42: "silver", 45: "silver", 62: "silver", 66: "silver", 67: "green"}[day]
        assert tier(ania, day).tier.key == known

    [(to_keep, after)] = fetch("SELECT data ->> 'to_keep', data ->> 'after' FROM event WHERE name = 'tier.at_risk'")
    assert (to_keep, after) == ("150", "green")


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])
def test_the_review_runs_once_after_each_midnight_of_the_shop_also_when_clocks_change(shop_id, day):
    warsaw = ZoneInfo("Europe/Warsaw")
    open_program(now=NOON - 200 * DAY)
    publish("tier_ladder", "levels", {"tiers": TIERS}, now=NOON - 200 * DAY)
    tell(order(shop_id, modified_at=NOON - 100 * DAY, placed_at=NOON - 100 * DAY, paid_at=NOON - 100 * DAY))
    midnight = day.replace(tzinfo=warsaw)
    steps = [midnight - DAY + timedelta(hours=1)] + [
        midnight.astimezone(UTC) + timedelta(minutes=minutes) for minutes in (-1, 0, 1, 60, 119, 121, 180, 181)
    ]

    reviewed = []
    for now in steps:
        before = fetch("SELECT day FROM loyalty_nightly")
        actions.run_due(now=now)
        reviewed.append(fetch("SELECT day FROM loyalty_nightly") != before)

    assert reviewed == [True, False, True, False, False, False, False, False, False]


def test_the_steps_of_the_night_run_in_their_published_order(shop_id):
    """Points that become active and expire in one night were active first; the tier is reviewed after both."""
    open_program(pending={"until": "paid", "days": 1}, validity={"kind": "rolling", "days": 1})
    publish("tier_ladder", "levels", {"tiers": TIERS, "window": {"kind": "rolling", "months": 0, "days": 10}})
    tell(order(shop_id))

    actions.run_due(now=NOON + 30 * DAY)

    names = [row[0] for row in fetch("SELECT name FROM event WHERE name ~ '^(points|tier)' ORDER BY position")]
    assert names == ["points.earned", "tier.reached", "points.activated", "points.expired", "tier.lost"]


def test_a_tier_given_by_hand_holds_through_reviews_until_it_is_taken_back(shop_id):
    open_program()
    open_ladder()
    [ania] = tell(order(shop_id))
    member = member_of(ania)

    actions.grant_tier(member_id=member.id, ladder="levels", tier="gold", actor=SYSTEM, now=NOON)
    actions.review_tiers(shop_id=shop_id, now=NOON + DAY)
    assert (tier(ania, 1).tier.key, tier(ania, 1).granted, tier(ania, 1).progress.at_risk) == ("gold", "gold", False)

    actions.grant_tier(member_id=member.id, ladder="levels", tier=None, actor=SYSTEM, now=NOON + DAY)
    actions.review_tiers(shop_id=shop_id, now=NOON + 2 * DAY)
    assert tier(ania, 2).tier.key == "silver"
    with pytest.raises(UnknownTierError):
        actions.grant_tier(member_id=member.id, ladder="levels", tier="platinum", actor=SYSTEM, now=NOON)


@pytest.mark.parametrize(
    ("kept", "lost", "stays"), [(None, "gold", "gold"), ("gold", "silver", "gold"), ("silver", None, "silver")]
)
def test_a_tier_given_by_hand_outlives_a_merge_and_of_two_the_higher_one_stays(shop_id, kept, lost, stays):
    open_program()
    open_ladder()
    ania, bartek = tell(order(shop_id, 1, total_minor=100, lines=()), order(shop_id, 2, who="bartek", total_minor=100))
    survivor, absorbed = sorted([ania, bartek])
    for who, given in ((survivor, kept), (absorbed, lost)):
        if given:
            actions.grant_tier(member_id=member_of(who).id, ladder="levels", tier=given, actor=SYSTEM, now=NOON)

    one = customers.merge(shop_id=shop_id, left_id=ania, right_id=bartek, actor=SYSTEM, now=NOON)
    events.deliver_all(now=NOON)
    actions.review_tiers(shop_id=shop_id, now=NOON + DAY)

    assert (one, tier(survivor, 1).tier.key, tier(survivor, 1).granted) == (survivor, stays, stays)


def test_a_visitor_reads_tiers_and_rewards_before_signing_in(client, shop_id):
    title = {"pl": "Złoty", "en": "Gold"}
    open_program()
    publish("tier_ladder", "levels", {"tiers": [
        {"key": "green", "from": 0, "title": {"pl": "Zielony", "en": "Green"}},
        {"key": "gold", "from": 400, "title": title, "benefits": {"points_multiplier": "1.5"}},
    ]})  # fmt: skip
    publish("reward", "pot", {"title": {"pl": "Doniczka", "en": "Pot"}, "kind": "product", "points": 300})

    page = client.get("/club/zielnik/").content.decode()

    assert "<strong>Złoty</strong> · od 400\u00a0punktów" in page
    assert "<strong>Doniczka</strong><br><span>300\u00a0punktów</span>" in page
    assert "redeem" not in page
